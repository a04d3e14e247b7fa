"""What the counts of the menu say, fetched once the page stands: nobody waits for them."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from admin_views import menu
from admin_views.guard import acting, requires
from admin_views.list_length import capped
from services.access.permissions import Permission

blueprint = Blueprint("figures", __name__)


@blueprint.get("/figures")
@requires(Permission.SELF)
def of_menu() -> ResponseReturnValue:
    """The words of each count by its name; nothing for none."""
    found = menu.figures(acting())
    return jsonify({key: capped(number, menu.COUNTED_TO) if number else "" for key, number in found.items()})
