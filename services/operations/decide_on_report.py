"""Quality management decides on the report: cause, responsibility, decision, and what was weighed (R11-08, R11-11)."""

from __future__ import annotations

from collections.abc import Mapping

from models import QualityDecision
from models.enums import EventKind, InvestigationStatus
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.steps import tell, write_event
from services.workflow.typed import optional, required


def decide_on_report(
    work: UnitOfWork,
    investigation_id: int,
    version: int | None = None,
    *,
    cause: str | None,
    responsibility: str | None,
    decision: str | None,
    weighed: Mapping[str, str | None] | None = None,
) -> QualityDecision:
    """The decision, which stands; a later one is a further row. `weighed`: what is said to each criterion, by its code.

    NotPermitted for anybody but the role that the procedure names, Refused before the report is there.
    """
    entered = enter(
        work, investigation_id, version, permission=Permission.INVESTIGATION_DECIDE, finished=True
    )
    rule = entered.rules.decision
    if rule is not None and not work.actor.is_system and not work.actor.has_role(rule.by):
        raise NotPermitted
    if entered.investigation.status is not InvestigationStatus.FINISHED:
        raise Refused(
            [Reason("no_report", _l("The decision rests on the report. Finish the investigation first."))]
        )
    given = {code: optional(text) for code, text in (weighed or {}).items()}
    criteria = rule.criteria if rule is not None else ()
    faults = {each.code: _l("Say how this was considered.") for each in criteria if not given.get(each.code)}
    if faults:
        raise Invalid(faults)
    made = QualityDecision(
        complaint_id=entered.complaint.id,
        investigation_id=entered.investigation.id,
        cause=required(cause, "cause", _l("Write down the cause.")),
        responsibility=required(
            responsibility, "responsibility", _l("Write down whose responsibility it is.")
        ),
        decision=required(decision, "decision", _l("Write down what is decided.")),
        weighed={each.code: given[each.code] for each in criteria},
        decided_by_id=work.actor.user_id,
        decided_at=work.now,
    )
    work.session.add(made)
    save(work, made)
    record_change(work, "create", made, grant=entered.grant, further={"weighed": made.weighed})
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=made.decision,
        grant=entered.grant,
        done="decided",
    )
    people = [entered.investigation.leader_id, entered.complaint.handler_id]
    tell(work, entered.complaint, people, "report.decided")
    return made
