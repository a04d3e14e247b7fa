"""Confirming on the page of a case that one has read what one was informed of."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.complaints.privacy import NothingForm, step_on_case
from admin_views.guard import requires
from admin_views.record_forms import posted
from services.access.permissions import Permission
from services.operations.confirm_informed import confirm_informed

blueprint = Blueprint("complaint_informed", __name__, url_prefix="/complaints")


@blueprint.route("/<address>/informed", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_READ)
def confirm(address: str) -> ResponseReturnValue:
    """The reader confirms everything on this case that they were informed of."""
    return step_on_case(
        address,
        NothingForm(posted()),
        lambda work: confirm_informed(work, address),
        title=_("Confirm as read"),
        explanation=_("Your name and the moment are kept on the case."),
        submit=_("I have read it"),
        icon="check",
        anchor="informed",
    )
