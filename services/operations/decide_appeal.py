"""The decision on the appeal of a penalised person, by the level that the procedure names (R16-14)."""

from __future__ import annotations

from models import Measure
from models.enums import EventKind
from models.labels import _l
from models.remedy_enums import AppealOutcome
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.procedures.of_complaint import procedure_of
from services.records import case_of, grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.people import of_level
from services.workflow.remedies import told_text
from services.workflow.steps import tell, write_event
from services.workflow.typed import required


def decide_appeal(
    work: UnitOfWork,
    measure_id: int,
    version: int | None,
    *,
    outcome: AppealOutcome | None,
    text: str | None,
) -> Measure:
    """The penalty with the outcome. NotPermitted for anybody but the level appealed to, Refused without an appeal."""
    measure: Measure = load_record(work, Measure, measure_id, version)
    grant = grant_for_record(work, Permission.APPEAL_DECIDE, measure)
    complaint = case_of(work, measure)
    appeal = procedure_of(work.session, complaint).measures.appeal if complaint else None
    if complaint is None or appeal is None or measure.appealed_on is None:
        raise Refused([Reason("no_appeal", _l("No appeal is recorded."))])
    if not work.actor.people & set(of_level(work.session, complaint, appeal.level)):
        raise NotPermitted
    if measure.appeal_decided_at is not None:
        raise Refused([Reason("decided", _l("The appeal was decided already."))])
    if outcome is None:
        raise Invalid({"outcome": _l("Say what was decided.")})
    earlier = audit.values_of(measure)
    measure.appeal_text = required(text, "text", _l("Give the reasons of the decision."))
    measure.appeal_outcome, measure.appeal_decided_at = outcome, work.now
    measure.appeal_decided_by_id = work.actor.user_id
    save(work, measure)
    record_change(work, "decide_appeal", measure, earlier, grant=grant)
    write_event(
        work,
        complaint,
        EventKind.MEASURE_RECORDED,
        text=told_text(measure, measure.appeal_text),
        grant=grant,
        done=f"appeal_{outcome.value}",
    )
    tell(work, complaint, [measure.owner_id, complaint.handler_id], "appeal.decided")
    return measure
