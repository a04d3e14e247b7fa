"""The archive: what was filed of each ended complaint. Records come from the step "archive" and are only read here."""

from __future__ import annotations

from typing import Any

from admin_views.base import GuardedModelView
from admin_views.page_parts import Empty
from models import ArchiveRecord
from models.labels import _l
from services.access.permissions import Permission


class ArchiveView(GuardedModelView):
    """Archive records."""

    model = ArchiveRecord
    permission = Permission.ARCHIVE_READ
    title = _l("Archive records")
    default_sort = "-archived_at"
    empty = Empty(
        title=_l("Nothing is archived yet"),
        text=_l("A closed complaint is archived from its page; its file then stands here."),
        icon="archive",
    )


def screens() -> list[Any]:
    return [ArchiveView(endpoint="archive", url="/archive")]
