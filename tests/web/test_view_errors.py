"""An error in a view is told as it is, or nobody finds its place."""

from __future__ import annotations

import pytest
from flask_admin import expose

from admin_views.base import GuardedBaseView


class Empty(GuardedBaseView):
    @expose("/")
    def first(self) -> str:
        return ""


def broken(view: Empty, address: str) -> str:
    raise TypeError(f"no content for {address}")


def test_a_type_error_in_a_view_is_not_hidden_behind_a_second_call() -> None:
    with pytest.raises(TypeError, match="no content for abc"):
        Empty()._run_view(broken, address="abc")
