"""Opening an archived case that is not one's own: first what for, then the page. It stands in the register."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from admin_views.complaints.privacy import complaint_at
from admin_views.fields import REQUIRED
from admin_views.form_context import DialogForm
from admin_views.guard import acting, requires
from admin_views.record_forms import posted, put_errors
from admin_views.sessions import now
from extensions import db
from models import Complaint
from models.labels import _l
from services.access.permissions import Permission
from services.archives.reading import asks_purpose
from services.errors import DeskError, NotFound, NotPermitted
from services.operations.lend_file import LONGEST_PURPOSE, consult_file
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("complaint_archive", __name__, url_prefix="/complaints")


class PurposeForm(BaseForm):
    purpose = TextAreaField(
        _l("What you need the file for"),
        [InputRequired(REQUIRED), Length(max=LONGEST_PURPOSE)],
        render_kw={"rows": 2, "wide": True, "autofocus": True},
    )


def is_asked_first(complaint: Complaint) -> bool:
    """Whether this reader says what for before the page of an archived case opens."""
    return asks_purpose(db.session(), acting(), complaint, now())


@blueprint.route("/<address>/consult", methods=["GET", "POST"])
@requires(Permission.ARCHIVE_READ)
def consult(address: str) -> ResponseReturnValue:
    """Enters the reader into the register of retrieval; then the case is open to them for today."""
    complaint = complaint_at(address)
    page = url_for("complaints.details_view", address=address)
    number = complaint.number
    if not is_asked_first(complaint):
        return redirect(page, 303)
    form = PurposeForm(posted())
    errors: list[str] = []
    if request.method == "POST" and form.validate():
        try:
            with UnitOfWork(db.session(), acting()) as work:
                consult_file(work, address, purpose=form.purpose.data)
        except (NotFound, NotPermitted):
            raise
        except DeskError as error:
            errors = put_errors(form, error)
        else:
            return redirect(page, 303)
    dialog = DialogForm(
        title=_("Open an archived case · %(number)s", number=number),
        url=request.path,
        submit=_("Enter in the register and open"),
        icon="archive",
        explanation=_(
            "This case is archived, and you did not handle it. Who looks into an archived file, and what for, stands "
            "in the register of retrieval. It is then open to you for today."
        ),
        errors=errors,
        back_url=url_for("complaints.index_view"),
    )
    html = render_template("desk/dialog_form.html", dialog=dialog, form=form)
    return html, 422 if request.method == "POST" else 200
