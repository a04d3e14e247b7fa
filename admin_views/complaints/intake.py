"""Checks of a complaint at intake, and the papers that an oral one is asked for: dialogs on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.attachments import store
from admin_views.complaints.privacy import complaint_at, step_on_case
from admin_views.complaints.step_fields import CheckboxListField
from admin_views.fields import REQUIRED, MomentField, stripped
from admin_views.guard import acting, requires
from admin_views.locale import locale
from admin_views.record_forms import posted
from extensions import db
from models import Complaint, ComplaintCheck
from models.intake_enums import CheckOutcome, MaterialStatus
from models.labels import _l
from services.access.permissions import Permission
from services.attachments.store import Staged
from services.operations.attach import Particulars, attach
from services.operations.receive_material import AWAITED, receive_material
from services.operations.record_checks import Answer, permission_for, record_checks
from services.operations.request_material import ASKABLE, request_material
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.intake import IntakeCheck
from services.unit_of_work import UnitOfWork
from services.workflow.intake_checks import checks_of, recorded, standing
from services.workflow.materials import materials_of

blueprint = Blueprint("complaint_intake", __name__, url_prefix="/complaints")


def recordable(complaint: Complaint) -> list[IntakeCheck]:
    """The checks of this complaint that the reader may record."""
    checks = checks_of(procedure_of(db.session(), complaint), complaint)
    return [check for check in checks if acting().may(permission_for(check))]


def _checks_form(checks: Sequence[IntakeCheck], known: dict[str, ComplaintCheck]) -> Any:
    """Outcome and finding of every check; what stands on record is filled in."""
    members: dict[str, Any] = {}
    for check in checks:
        name, record = check.names.in_language(locale()), known.get(check.code)
        clause = f" ({', '.join(check.clause)})" if check.clause else ""
        members[f"outcome_{check.code}"] = RadioField(
            name,
            [Optional()],
            choices=[(each.value, each.label) for each in check.outcomes],
            default=record.outcome.value if record else None,
            description=f"{check.asks.in_language(locale())}{clause}",
            render_kw={"wide": True},
        )
        label = (
            _l("%(check)s: what was found", check=name) if check.note else _l("%(check)s: note", check=name)
        )
        members[f"note_{check.code}"] = TextAreaField(
            label,
            [Optional(), Length(max=4000)],
            default=record.note if record else None,
            filters=[stripped],
            description="" if check.note else _l("Needed unless it was passed."),
            render_kw={"rows": 2, "wide": True},
        )
    return type("ChecksForm", (BaseForm,), members)(posted())


def _answers(form: Any, checks: Sequence[IntakeCheck]) -> dict[str, Answer]:
    """What was said of each check; one that nobody touched is left as it is."""
    found = {}
    for check in checks:
        outcome, note = form[f"outcome_{check.code}"].data, form[f"note_{check.code}"].data
        if outcome or note:
            found[check.code] = Answer(CheckOutcome(outcome) if outcome else None, note)
    return found


@blueprint.route("/<address>/checks", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_NOTE)
def checks(address: str) -> ResponseReturnValue:
    """Records what the checks of the procedure came to."""
    complaint = complaint_at(address)
    offered = recordable(complaint)
    form = _checks_form(offered, standing(recorded(db.session(), complaint)) if offered else {})
    return step_on_case(
        address,
        form,
        lambda work: record_checks(work, address, _answers(form, offered)),
        title=_("Intake checks"),
        explanation=_("Your name and the time are put on record. An earlier outcome stays readable.")
        if offered
        else _("The procedure asks for no check that is yours to record."),
        submit=_("Put on record"),
        icon="check",
        anchor="checks",
        draft="checks",
    )


def _items(complaint: Complaint, statuses: Sequence[MaterialStatus]) -> list[tuple[str, str]]:
    """Code and name of the papers of this complaint that stand so."""
    rule = procedure_of(db.session(), complaint).intake.oral_material
    names = {item.code: item.names.in_language(locale()) for item in (rule.items if rule else ())}
    rows = materials_of(db.session(), complaint) if rule else []
    return [(row.code, names.get(row.code, row.code)) for row in rows if row.status in statuses]


def _codes(choices: list[tuple[str, str]]) -> Any:
    """Which papers: asked first, before the fields that every such form has."""
    field: Any = CheckboxListField(
        _l("Papers"),
        [InputRequired(_l("Tick at least one."))],
        choices=choices,
        default=[code for code, _name in choices],
        render_kw={"wide": True},
    )
    field.creation_counter = 0
    return field


class RequestForm(BaseForm):
    how = StringField(
        _l("How it was requested"),
        [InputRequired(REQUIRED), Length(max=200)],
        filters=[stripped],
        description=_l("For example: told on the telephone, form handed over at the counter."),
    )
    at = MomentField(_l("Requested at"), [Optional()], description=_l("Left empty: now."))


class ReceiptForm(BaseForm):
    supplied = RadioField(
        _l("What came of it"),
        [InputRequired(REQUIRED)],
        choices=[("yes", _l("Has come in")), ("no", _l("The complainant supplies nothing"))],
        default="yes",
        render_kw={"wide": True},
    )
    at = MomentField(_l("Received at"), [Optional()], description=_l("Left empty: now."))
    file = FileField(_l("File (scan or photo)"), [Optional()])
    note = TextAreaField(
        _l("Remark, or why it is not supplied"),
        [Optional(), Length(max=4000)],
        filters=[stripped],
        render_kw={"rows": 2, "wide": True},
    )


@blueprint.route("/<address>/material/request", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_NOTE)
def material_requested(address: str) -> ResponseReturnValue:
    """Records that the complainant was asked for the papers."""
    choices = _items(complaint_at(address), ASKABLE)
    form = type("AskForm", (RequestForm,), {"codes": _codes(choices)})(posted())
    return step_on_case(
        address,
        form,
        lambda work: request_material(
            work, address, codes=form.codes.data or (), how=form.how.data, at=form.at.data
        ),
        title=_("Ask for written material"),
        explanation=_(
            "Whoever complains by word of mouth is asked to put it in writing and to answer for its truth."
        ),
        submit=_("Put on record"),
        icon="mail",
        anchor="materials",
        draft="material",
    )


@blueprint.route("/<address>/material/receipt", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_NOTE)
def material_received(address: str) -> ResponseReturnValue:
    """Records that papers came in, with their file, or that none will come."""
    choices = _items(complaint_at(address), AWAITED)
    form = type("ReceivedForm", (ReceiptForm,), {"codes": _codes(choices)})(posted())

    def carry_out(work: UnitOfWork, staged: Sequence[Staged]) -> Any:
        said = Particulars(description=form.note.data, is_evidence=True)
        kept = [attach(work, store(), one, complaint=address, particulars=said) for one in staged]
        return receive_material(
            work,
            address,
            codes=form.codes.data or (),
            supplied=form.supplied.data == "yes",
            at=form.at.data,
            note=form.note.data,
            attachment=kept[0] if kept else None,
        )

    return step_on_case(
        address,
        form,
        carry_out,
        title=_("Receipt of written material"),
        explanation=_("Papers with a file each are recorded one after the other."),
        submit=_("Put on record"),
        icon="inbox",
        anchor="materials",
        file="file",
        draft="receipt",
    )
