"""The lifecycle as a picture and in words, drawn from the table that the desk works by."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from admin_views.complaints.role_actions import ROLES, other_rows, step_rows
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


@blueprint.get("/lifecycle/roles")
@requires(Permission.PROCEDURE_READ)
def roles() -> ResponseReturnValue:
    """Which role may do what, as the desk decides it (R07-02)."""
    return render_template(
        "desk/role_actions.html",
        roles=[role.label for role in ROLES],
        groups=[(_("Steps of a complaint"), step_rows()), (_("Everything else"), other_rows())],
    )
