"""The lifecycle as a picture and in words, drawn from the table that the desk works by."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from admin_views.guard import requires
from admin_views.locale import locale
from services.access.permissions import Permission
from services.workflow import diagram
from services.workflow.words import CHINESE, SOURCE

blueprint = Blueprint("complaint_lifecycle", __name__)


@blueprint.get("/lifecycle")
@requires(Permission.PROCEDURE_READ)
def page() -> ResponseReturnValue:
    chosen = SOURCE if locale().startswith("en") else CHINESE
    return render_template(
        "desk/lifecycle.html",
        diagram=Markup(diagram.svg(on_its_own=False)),  # noqa: S704 (every text in it is escaped there)
        transitions=diagram.rows(chosen),
    )
