"""What was checked at intake, and the papers of an oral complaint, on the page of the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.locale import enumerated
from admin_views.page_parts import Action, Badge, Fact
from admin_views.values import moment_text
from models import ComplaintCheck, RequestedMaterial
from models.enums import OPEN_STATES, State
from models.intake_enums import CheckOutcome, MaterialStatus
from services.access.permissions import Permission
from services.operations.receive_material import AWAITED
from services.operations.record_checks import permission_for
from services.operations.request_material import ASKABLE
from services.procedures.sections.intake import IntakeCheck, Material
from services.workflow.intake_checks import ACCEPTANCE, checks_of, recorded, standing
from services.workflow.materials import OUTSTANDING

_OUTCOMES = {CheckOutcome.PASSED: "good", CheckOutcome.NOT_PASSED: "bad", CheckOutcome.NOT_POSSIBLE: "warn"}
_STANDINGS = {
    MaterialStatus.TO_REQUEST: "warn",
    MaterialStatus.REQUESTED: "info",
    MaterialStatus.RECEIVED: "good",
    MaterialStatus.NOT_SUPPLIED: "bad",
    MaterialStatus.NOT_NEEDED: "plain",
}


def intake_tables(case: CaseReader) -> list[RecordTable]:
    """Nothing, and nothing read, where the procedure asks for neither."""
    return [*_checks(case), *_materials(case)]


def intake_notice(case: CaseReader) -> list[tuple[str, Any]]:
    """Papers that have not come in yet, as long as the case is open."""
    if case.complaint.state not in OPEN_STATES:
        return []
    waiting = [row for row in case.materials if row.status in OUTSTANDING]
    if not waiting:
        return []
    names = _names(case)
    said = enumerated(names.get(row.code, row.code) for row in waiting)
    return [("warn", _("Outstanding from the complainant: %(papers)s", papers=said))]


# Checks


def _checks(case: CaseReader) -> list[RecordTable]:
    procedure, complaint = case.situation.procedure, case.complaint
    if not procedure.intake.checks:
        return []
    wanted = checks_of(procedure, complaint)
    records = recorded(case.session, complaint)
    if not wanted and not records:
        return []
    known = standing(records)
    by_code = {check.code: check for check in procedure.intake.checks}
    rows = [_check_row(case, check, known.get(check.code)) for check in wanted]
    counted = {known[check.code].id for check in wanted if check.code in known}
    rows += [
        _check_row(case, by_code.get(record.code), record, earlier=True)
        for record in reversed(records)
        if record.id not in counted
    ]
    heads = [
        _("Intake check"),
        _("Needed for"),
        _("Outcome"),
        _("What was found, or the reason"),
        _("Who checked it, and when"),
    ]
    return [
        RecordTable(
            key="checks",
            title=_("Intake checks"),
            heads=heads,
            rows=rows,
            actions=_check_actions(case, wanted),
        )
    ]


def _check_actions(case: CaseReader, wanted: Sequence[IntakeCheck]) -> list[Action]:
    may = any(case.actor.may(permission_for(check)) for check in wanted)
    if not may or case.complaint.state not in OPEN_STATES:
        return []
    url = url_for("complaint_intake.checks", address=case.complaint.public_id)
    return [Action(label=_("Record checks"), url=url, icon="check", dialog=True)]


def _check_row(
    case: CaseReader, check: IntakeCheck | None, record: ComplaintCheck | None, *, earlier: bool = False
) -> list[Fact]:
    code = record.code if record else ""
    name = check.names.in_language(case.reader.locale) if check else code
    clause = f" ({', '.join(check.clause)})" if check and check.clause else ""
    step = ""
    if check and not earlier:
        step = _("acceptance") if check.required_for == ACCEPTANCE else _("investigation")
    by = record.checked_by.name if record and record.checked_by else ""
    at = moment_text(record.checked_at, case.reader.zone) if record else ""
    return [
        Fact(label="", value=f"{name}{clause}"),
        Fact(label="", value=_("replaced") if earlier else step),
        Fact(label="", badge=_outcome(record, earlier=earlier)),
        Fact(label="", value=record.note if record else ""),
        Fact(label="", value=" · ".join(part for part in (by, at) if part)),
    ]


def _outcome(record: ComplaintCheck | None, *, earlier: bool) -> Badge:
    if record is None:
        return Badge(text=_("Outstanding"), tone="warn")
    tone: Any = "plain" if earlier else _OUTCOMES[record.outcome]
    return Badge(text=record.outcome.label, tone=tone)


# Papers of an oral complaint


def _items(case: CaseReader) -> dict[str, Material]:
    rule = case.situation.procedure.intake.oral_material
    return {item.code: item for item in (rule.items if rule else ())}


def _names(case: CaseReader) -> dict[str, str]:
    return {code: item.names.in_language(case.reader.locale) for code, item in _items(case).items()}


def _materials(case: CaseReader) -> list[RecordTable]:
    rule = case.situation.procedure.intake.oral_material
    if rule is None or not case.materials:
        return []
    clause = ", ".join(rule.clause)
    title = _("Written material of an oral complaint")
    return [
        RecordTable(
            key="materials",
            title=f"{title} ({clause})" if clause else title,
            heads=[
                _("Paper"),
                _("Status"),
                _("Asked for when and how"),
                _("Came in when"),
                _("File"),
                _("Remark"),
            ],
            rows=[_material_row(case, row) for row in case.materials],
            actions=_material_actions(case, case.materials),
        )
    ]


def _material_actions(case: CaseReader, rows: Sequence[RequestedMaterial]) -> list[Action]:
    address, actions = case.complaint.public_id, []
    if case.complaint.state in (State.ARCHIVED, State.MERGED) or not case.actor.may(
        Permission.COMPLAINT_NOTE
    ):
        return []
    if case.complaint.state in OPEN_STATES and any(row.status in ASKABLE for row in rows):
        url = url_for("complaint_intake.material_requested", address=address)
        actions.append(Action(label=_("Ask for it"), url=url, icon="mail", dialog=True))
    if any(row.status in AWAITED for row in rows):
        url = url_for("complaint_intake.material_received", address=address)
        actions.append(Action(label=_("Record what came in"), url=url, icon="inbox", dialog=True))
    return actions


def _material_row(case: CaseReader, row: RequestedMaterial) -> list[Fact]:
    item, zone = _items(case).get(row.code), case.reader.zone
    tone: Any = _STANDINGS[row.status]
    return [
        Fact(label="", value=_names(case).get(row.code, row.code), action=_form_to_print(case, item)),
        Fact(label="", badge=Badge(text=row.status.label, tone=tone)),
        Fact(label="", value=_said(row.requested_at, row.requested_by, zone, row.how)),
        Fact(label="", value=_said(row.received_at, row.received_by, zone)),
        _file(row),
        Fact(label="", value=row.note or ""),
    ]


def _said(at: Any, by: Any, zone: Any, how: str | None = None) -> str:
    parts = (moment_text(at, zone) if at else "", by.name if at and by else "", how if at else "")
    return " · ".join(part for part in parts if part)


def _file(row: RequestedMaterial) -> Fact:
    if row.attachment is None:
        return Fact(label="", value="")
    url = url_for("attachments.download", public_id=row.attachment.public_id)
    return Fact(label="", value=row.attachment.filename, href=url)


def _form_to_print(case: CaseReader, item: Material | None) -> Action | None:
    """The form of the procedure for this paper, ready to be issued and printed."""
    if item is None or item.form is None or not case.actor.may(Permission.DOCUMENT_ISSUE):
        return None
    url = url_for(
        "document_forms.issue_on_complaint", public_id=case.complaint.public_id, form_code=item.form
    )
    return Action(label=_("Print the form"), url=url, icon="print", dialog=True)
