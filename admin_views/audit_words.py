"""The audit trail in words: what was done, and values as they were kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g
from flask_babel import gettext as _

from admin_views.case_context import ChangeLine
from admin_views.guard import acting, desk_zone
from admin_views.locale import locale
from admin_views.values import actor_text, moment_text, text_of
from extensions import db
from models import AuditEntry, Base, Complaint, Party
from models.enums import EventKind
from models.fields import FieldSpec, fields_of, relation_target
from models.labels import _l
from services.listing.lookup import by_id
from services.own_fields import Declared, declared, read
from services.own_fields.values import named
from services.records import subject_of

_MODELS: dict[str, type[Any]] = {subject_of(mapper.class_): mapper.class_ for mapper in Base.registry.mappers}

_SUBJECTS = {
    "complaint": _l("Complaint"),
    "party": _l("Party"),
    "investigation": _l("Investigation"),
    "investigation_record": _l("Record of an investigation"),
    "investigation_request": _l("Request to a department"),
    "investigation_waiver": _l("No investigation needed"),
    "internal_memo": _l("Internal memo"),
    "quality_decision": _l("Decision on the report"),
    "resolution_plan": _l("Resolution plan"),
    "handling_group": _l("Handling group"),
    "measure": _l("Measure"),
    "analysis_report": _l("Periodic report"),
    "signal": _l("Signal"),
    "inspection": _l("Inspection"),
    "solution": _l("Solution offered"),
    "warranty": _l("Warranty"),
    "acknowledgement": _l("Acknowledgement"),
    "informed_person": _l("Kept informed"),
    "repeat_link": _l("Link to an earlier complaint"),
    "further_report": _l("Further report"),
    "informant": _l("Informant"),
    "informant_request": _l("Request to read the identity"),
    "accused_department": _l("Department complained about"),
    "identity_document": _l("Identity document"),
    "consent": _l("Consent of the customer"),
    "complaint_check": _l("Intake check"),
    "requested_material": _l("Written material of an oral complaint"),
    "appraisal": _l("Appraisal"),
    "penalty_referral": _l("Referral for penalty"),
    "accident": _l("Accident"),
    "hold": _l("Hold"),
    "liability": _l("Joint liability"),
    "archive_record": _l("Archive record"),
    "data_request": _l("Request about personal data"),
    "destruction": _l("Register of destruction"),
    "archive_loan": _l("Retrieval of a file"),
    "attachment": _l("Attachment"),
    "issued_document": _l("Document"),
    "document_template": _l("Template of a document"),
    "register": _l("Register of complaints"),
    "enquiry": _l("Query or suggestion"),
    "leader_instruction": _l("Written instruction"),
    "reception_session": _l("Reception day"),
    "duty_shift": _l("Duty"),
    "training": _l("Training"),
    "department": _l("Department"),
    "user": _l("User"),
    "role_grant": _l("Role"),
    "leave_cover": _l("Leave cover"),
    "exemption": _l("Exemption"),
    "post_binding": _l("Post of the procedure"),
    "organisation": _l("Organisation"),
    "calendar_day": _l("Calendar day"),
    "calendar_year": _l("Calendar year"),
    "procedure_version": _l("Procedure"),
    "procedure_draft": _l("Draft of a procedure"),
    "procedure_adoption": _l("Adoption of a procedure"),
    "ledger_batch": _l("Ledger import"),
    "ledger": _l("Ledger"),
}
_VERBS = {
    "create": _l("Entered"),
    "edit": _l("Changed"),
    "open": _l("Opened"),
    "finish": _l("Finished"),
    "ask": _l("Asked"),
    "answer": _l("Answered"),
    "assess": _l("Responsibility assessed"),
    "determine": _l("Responsibility determined"),
    "send": _l("Sent"),
    "decide": _l("Decided"),
    "end": _l("Ended"),
    "verify": _l("Verified"),
    "drop": _l("Dropped"),
    "carry_out": _l("Carried out"),
    "check": _l("Effect checked"),
    "appeal": _l("Appealed"),
    "state_reason": _l("Reason stated"),
    "excuse": _l("Reason accepted"),
    "find_liable": _l("Found jointly liable"),
    "decide_appeal": _l("Appeal decided"),
    "result": _l("Result recorded"),
    "settle": _l("Cost settled"),
    "outcome": _l("Outcome recorded"),
    "close": _l("Closed"),
    "view": _l("Looked at"),
    "read": _l("Looked at"),
    "reveal": _l("Personal data revealed"),
    "search": _l("Searched by number"),
    "report": _l("Reported"),
    "grade": _l("Graded"),
    "visit_scene": _l("On site"),
    "self_examine": _l("Self-examination"),
    "sign": _l("Signed"),
    "announce": _l("Announced"),
    "conceal": _l("Marked as concealed"),
    "confirm": _l("Confirmed as read"),
    "place": _l("Hold placed"),
    "tell": _l("Told"),
    "acknowledge": _l("Acknowledged"),
    "check_neighbours": _l("Neighbouring batches checked"),
    "release": _l("Released"),
    "export": _l("Exported"),
    "import": _l("Imported"),
    "download": _l("Downloaded"),
    "produce": _l("Produced"),
    "take_over": _l("Taken over"),
    "submit": _l("Submitted"),
    "raise": _l("Signal raised"),
    "dismiss": _l("Dismissed"),
    "start": _l("Started"),
    "check_items": _l("Items checked"),
    "conclude": _l("Concluded"),
    "sign_in": _l("Signed in"),
    "sign_out": _l("Signed out"),
}
_ACTIONS = {
    "accident.decide": _l("Disposition"),
    "archive_loan.consult": _l("Archived file opened"),
    "archive_loan.lend": _l("File lent"),
    "archive_loan.take_back": _l("File taken back"),
    "archive_record.extend_retention": _l("Retention extended"),
    "archive_record.seal": _l("Sealed"),
    "archive_record.verify_seal": _l("Seal checked"),
    "attachment.add": _l("File added"),
    "attachment.withdraw": _l("File withdrawn"),
    "complaint.destroyed": _l("Content destroyed"),
    "complaint.handed_over": _l("Duties handed over"),
    "complaint.procedure_changed": _l("Procedure changed"),
    "data_request.copy": _l("Copy of personal data made"),
    "data_request.done": _l("Carried out"),
    "destruction.propose": _l("Destruction proposed"),
    "destruction.carry_out": _l("Second signature: content destroyed"),
    "destruction.decline": _l("Destruction declined"),
    "document.deliver": _l("Document handed on"),
    "document.download": _l("Document downloaded"),
    "document.issue": _l("Document issued"),
    "document.register": _l("Register printed"),
    "document.template": _l("Template replaced"),
    "ledger.exported": _l("Exported"),
    "ledger.imported": _l("Imported"),
    "ledger.undone": _l("Import undone"),
    "procedure_version.read": _l("Reading confirmed"),
    "sign_in.done": _l("Signed in"),
    "sign_in.failed": _l("Wrong password"),
    "sign_in.refused": _l("Sign-in refused"),
    "sign_out.done": _l("Signed out"),
    "sign_out.everywhere": _l("Signed out everywhere"),
    "password.changed": _l("Password changed"),
    "password.reset_code_created": _l("One-time code created"),
    "password.reset": _l("Password set with a one-time code"),
    "password.reset_failed": _l("Wrong one-time code"),
    "password.reset_refused": _l("One-time code refused"),
    "department.created": _l("Entered"),
    "department.edited": _l("Changed"),
    "department.renamed": _l("Renamed"),
    "department.merged": _l("Department merged"),
    "department.split": _l("Department split"),
    "user.created": _l("Entered"),
    "user.edited": _l("Changed"),
    "user.disabled": _l("Account disabled"),
    "user.enabled": _l("Account enabled"),
    "user.duties_handed_over": _l("Duties handed over"),
    "role.granted": _l("Role granted"),
    "role.confirmed": _l("Role confirmed"),
    "role.ended": _l("Role ended"),
    "role.turned_down": _l("Role turned down"),
    "role.moved": _l("Role moved to another department"),
    "cover.arranged": _l("Leave cover arranged"),
    "cover.ended": _l("Leave cover ended"),
    "post.bound": _l("Post bound"),
    "post.ended": _l("Binding of a post ended"),
    "exemption.recorded": _l("Exemption recorded"),
    "exemption.ended": _l("Exemption ended"),
    "organisation.set_up": _l("Desk set up"),
    "organisation.seeded": _l("Made-up complaints written"),
    "organisation.edited": _l("Changed"),
    "organisation.procedure_changed": _l("Procedure changed"),
    "procedure_draft.copied": _l("Copied"),
    "procedure_draft.edited": _l("Edited"),
    "procedure_draft.submitted": _l("Submitted"),
    "procedure_draft.returned": _l("Returned"),
    "procedure_draft.published": _l("Published"),
    "procedure_draft.withdrawn": _l("Withdrawn"),
    "procedure_adoption.proposed": _l("Proposed"),
    "procedure_adoption.adopted": _l("Adopted"),
    "procedure_adoption.declined": _l("Declined"),
}


def action_label(action: str) -> str:
    """An action of the trail ("complaint.transfer", "measures.edit") in words."""
    if action in _ACTIONS:
        return str(_ACTIONS[action])
    _subject, _dot, verb = action.rpartition(".")
    if action.startswith("complaint.") and verb in EventKind._value2member_map_:
        return str(EventKind(verb).label)
    return str(_VERBS.get(verb, action))


def subject_label(subject: str) -> str:
    """A kind of record in words."""
    return str(_SUBJECTS.get(subject, subject))


def change_lines(entry: AuditEntry, *, whole: bool = False) -> list[ChangeLine]:
    """One entry as lines of a history, a field each; what no field of today stands for is left out.

    A new record is one line, unless `whole` asks for the values it began with.
    """
    model = _MODELS.get(entry.subject_type)
    specs = {spec.key: spec for spec in _specs_of(model)} if model is not None else {}
    at = moment_text(entry.at, desk_zone())
    before, after, reason = entry.before or {}, entry.after or {}, entry.reason or ""
    keys = [key for key in {**before, **after} if key in specs]
    if model is None or not keys or not (before or whole):
        return [
            ChangeLine(
                at=at, who=actor_text(entry.actor_name), field=action_label(entry.action), reason=reason
            )
        ]
    return [
        ChangeLine(
            at=at,
            who=actor_text(entry.actor_name),
            field=specs[key].label,
            old=kept_text(model, specs[key], before.get(key)),
            new=kept_text(model, specs[key], after.get(key)),
            reason=reason,
        )
        for key in keys
    ]


def _specs_of(model: type[Any]) -> list[FieldSpec]:
    """The columns of a kind of record; of complaints with what procedures declare and the reader may read."""
    if model not in (Complaint, Party):
        return fields_of(model)
    if "declared_fields" not in g:
        g.declared_fields = declared(db.session(), acting(), locale())
    known: Declared = g.declared_fields
    return known.fields_of(model)


def kept_text(model: type[Any], spec: FieldSpec, value: Any) -> str:
    """A value of the trail (plain JSON) as people read it."""
    if value is None or value == "***":
        return _("hidden") if value else ""
    try:
        if spec.kind in ("choice", "choices", "file") and (spec.code or spec.coded):
            return str(read(spec, value)) if spec.kind != "choice" else text_of(named(spec, value), None)
        if spec.kind == "relation":
            found = by_id(db.session(), relation_target(model, spec), int(value), locale=locale())
            return found.label if found else _("hidden")
        if spec.kind == "choice" and spec.choices is not None:
            return text_of(spec.choices(value), desk_zone())
        if spec.kind == "moment":
            return text_of(datetime.fromisoformat(value), desk_zone())
        if spec.kind == "date":
            return text_of(date.fromisoformat(value), desk_zone())
        if spec.kind == "number":
            return text_of(Decimal(value), desk_zone())
    except (ValueError, TypeError, InvalidOperation):
        return str(value)
    return text_of(value, desk_zone())
