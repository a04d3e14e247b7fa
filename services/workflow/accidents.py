"""What the procedure makes of an accident: its grade, its time limits, its reports, and what closing still lacks.

Nothing here commits. An accident pins the procedure in force when it was reported; one that has no chapter on accidents
leaves the grade to people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Accident, AccidentReport, ClockRun, Complaint, Measure, OutboxMessage, ProcedureVersion
from models.accident_enums import ReportKind, ReportRecipient
from models.enums import AccidentGrade, AccidentStatus, ClockState, MeasureStatus, RoleName
from models.labels import _l
from services import audit
from services.deadlines import clocks
from services.deadlines.desk_calendar import desk_time
from services.deadlines.runs import clock_of, is_run_past, put_due
from services.errors import Invalid, Reason, Refused, Text
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.procedures.sections.accidents import (
    AccidentCase,
    AccidentFact,
    AccidentReportDuty,
    Accidents,
    ClosingStep,
    GradeRule,
    GradeRuling,
    Scale,
)
from services.procedures.vocabulary import ClockEvent
from services.unit_of_work import UnitOfWork
from services.workflow import people

_STARTS = (ClockEvent.ACCIDENT_HAPPENED, ClockEvent.ACCIDENT_REPORTED)


def procedure_of_accident(session: Session, accident: Accident | None) -> Procedure | None:
    """The procedure that the accident pinned, else the one in force; None before the desk is set up."""
    pinned = accident.procedure_version_id if accident is not None else None
    version = session.get(ProcedureVersion, pinned) if pinned else current_version(session)
    return parsed(version) if version is not None else None


def scale_of(session: Session, accident: Accident | None) -> Scale | None:
    """The procedure's scale of accidents; None when it leaves the grade to people."""
    scheme = scheme_of(session, accident)
    return scheme.scale if scheme is not None else None


def scheme_of(session: Session, accident: Accident | None) -> Accidents | None:
    """What the procedure says of accidents; None when it says nothing."""
    procedure = procedure_of_accident(session, accident)
    return procedure.accidents if procedure is not None else None


# The grade


@dataclass(frozen=True)
class Verdict:
    """The grade that the facts give, why, and the ruling behind it where the text overlaps or is silent."""

    grade: AccidentGrade
    rules: tuple[GradeRule, ...] = ()
    ruling: GradeRuling | None = None

    @property
    def is_asked(self) -> bool:
        return self.grade is AccidentGrade.UNDETERMINED


def grade_by_facts(scale: Scale, facts: Any) -> Verdict:
    """The strictest grade that one of its rules gives (R09-02, R14-08). Undetermined where the text has none.

    `facts` has an attribute for each AccidentFact: an accident.
    """
    hits = {
        level.grade: tuple(rule for rule in level.rules if _is_met(rule, facts)) for level in scale.grades
    }
    graded = [level.grade for level in scale.grades if hits[level.grade]]
    ruling = next((each for each in scale.rulings if _covers(each, facts)), None)
    if not graded:
        return Verdict(AccidentGrade.UNDETERMINED, (), ruling)
    by_yes = [grade for grade in graded if any(not rule.fact.is_number for rule in hits[grade])]
    if ruling is not None and ruling.takes and graded[0] not in by_yes:
        taken = AccidentGrade(ruling.takes)
        return Verdict(taken, hits[taken], ruling)
    return Verdict(graded[0], hits[graded[0]], None if by_yes else ruling)


def _is_met(rule: GradeRule, facts: Any) -> bool:
    value = getattr(facts, rule.fact.value)
    if not rule.fact.is_number:
        return bool(value)
    return value is not None and rule.holds(float(value))


def _covers(ruling: GradeRuling, facts: Any) -> bool:
    value = getattr(facts, ruling.fact.value)
    return value is not None and ruling.holds(float(value))


def typed_values(session: Session, accident: Accident, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form may say: the grade is no matter of typing where the procedure has a scale for it."""
    if scale_of(session, accident) is None:
        return dict(values)
    return {key: value for key, value in values.items() if key != "grade"}


def put_grade(work: UnitOfWork, accident: Accident) -> None:
    """Let the facts give the grade, unless somebody has decided otherwise with a reason (R09-03)."""
    scale = scale_of(work.session, accident)
    if scale is not None and accident.grade_reason is None:
        accident.grade = grade_by_facts(scale, accident).grade


def check_scope(work: UnitOfWork, accident: Accident) -> None:
    """Invalid when the procedure says what counts as an accident and this is none of it (R09-01, R14-06)."""
    scheme = scheme_of(work.session, accident)
    if scheme is not None and accident.scope not in {kind.code for kind in scheme.scope}:
        raise Invalid({"scope": _l("Say which kind of accident this is: the procedure counts only these.")})


# Time limits


def applies(case: AccidentCase | None, accident: Accident) -> bool:
    """Whether a time limit is for this accident."""
    if case is None:
        return True
    if case.grade and accident.grade.value not in case.grade:
        return False
    if case.any_of and not any(holds(fact, accident) for fact in case.any_of):
        return False
    return not any(holds(fact, accident) for fact in case.none_of)


def holds(fact: AccidentFact, accident: Accident) -> bool:
    """A yes, or a number above nought."""
    return bool(getattr(accident, fact.value))


def renew_clocks(work: UnitOfWork, accident: Accident) -> None:
    """All time limits that the facts call for run at once; those that they no longer call for are void.

    Each counts from its own event, however late its facts became known.
    """
    procedure = procedure_of_accident(work.session, accident)
    if procedure is None or accident.status is AccidentStatus.CLOSED:
        return
    wanted = {
        clock.code
        for clock in procedure.clocks
        if set(clock.start_event) & set(_STARTS) and applies(clock.when, accident)
    }
    moments = dict(zip(_STARTS, (accident.happened_at, accident.reported_at), strict=True))
    for event, moment in moments.items():
        clocks.start_clocks(work, accident, event, moment, procedure=procedure, codes=wanted)
    time = desk_time(work.session)
    for run in clocks.runs_of(work.session, accident):
        if run.code in wanted and run.state is ClockState.VOID:
            run.state, run.stopped_at = ClockState.RUNNING, None
            put_due(run, time)
        elif run.code not in wanted and run.state is ClockState.RUNNING:
            run.state, run.stopped_at, run.next_check_at = ClockState.VOID, work.now, None
    work.session.flush()
    for kind in ReportKind:
        stop_for(work, accident, kind)


# Reports


def reports_of(session: Session, accident: Accident) -> list[AccidentReport]:
    """Everything sent so far, oldest first."""
    query = sa.select(AccidentReport).where(AccidentReport.accident_id == accident.id)
    return list(session.scalars(query.order_by(AccidentReport.sent_at, AccidentReport.id)))


def recipients_of(scheme: Accidents | None, kind: ReportKind) -> tuple[ReportRecipient, ...]:
    """Who must have this report before its time limit is kept; nobody in particular without a rule."""
    duty = scheme.report(kind) if scheme is not None else None
    return duty.recipients if duty is not None else ()


def still_to_tell(session: Session, accident: Accident, duty: AccidentReportDuty) -> list[ReportRecipient]:
    """The recipients that an owed report has not reached yet."""
    procedure = procedure_of_accident(session, accident)
    limits = procedure.clocks_stopped_by(ClockEvent(duty.kind.value)) if procedure else ()
    if limits and not any(applies(clock.when, accident) for clock in limits):
        return []
    told = {row.recipient for row in reports_of(session, accident) if row.kind is duty.kind}
    return [recipient for recipient in duty.recipients if recipient not in told]


def add_report(
    work: UnitOfWork,
    accident: Accident,
    kind: ReportKind,
    recipient: ReportRecipient,
    sent_at: datetime,
    to_whom: str | None = None,
) -> AccidentReport:
    """Record a report with its moment; late when a time limit for it was over by then (R14-12)."""
    runs = [run for run in clocks.runs_of(work.session, accident) if _stops_at(run, kind)]
    row = AccidentReport(
        accident_id=accident.id,
        kind=kind,
        recipient=recipient,
        to_whom=to_whom,
        sent_at=sent_at,
        is_late=any(run.state is not ClockState.VOID and is_run_past(run, sent_at) for run in runs),
        by_id=work.actor.user_id,
    )
    work.session.add(row)
    work.session.flush()
    stop_for(work, accident, kind)
    return row


def _stops_at(run: ClockRun, kind: ReportKind) -> bool:
    return ClockEvent(kind.value) in clock_of(run).stop_event


def stop_for(work: UnitOfWork, accident: Accident, kind: ReportKind) -> None:
    """Stop the limits of a report once everybody named for it has got it, at the moment the last one did."""
    sent: dict[ReportRecipient, datetime] = {}
    for row in reports_of(work.session, accident):
        if row.kind is kind:
            sent.setdefault(row.recipient, row.sent_at)
    wanted = recipients_of(scheme_of(work.session, accident), kind)
    if not sent or any(recipient not in sent for recipient in wanted):
        return
    at = max(sent[recipient] for recipient in wanted) if wanted else min(sent.values())
    for run in clocks.stop_clocks(work, accident, ClockEvent(kind.value), at):
        if run.state is ClockState.MISSED and not is_run_past(run, at):
            # Sent in time, entered later: the sweep had taken the silence for a breach.
            run.state, run.breached_at = ClockState.MET, None


# Closing


def missing_for_closing(session: Session, accident: Accident) -> list[Reason]:
    """What the procedure wants on record before the accident is closed, and is not there yet."""
    scheme = scheme_of(session, accident)
    wanted = _USUAL if scheme is None else [each.step for each in scheme.steps]
    found = [
        Reason(step.value, _STEPS[step].missing)
        for step in wanted
        if not _STEPS[step].stands(session, accident)
    ]
    for duty in scheme.reports if scheme is not None else ():
        for recipient in still_to_tell(session, accident, duty):
            message = _l(
                "Not recorded yet: %(report)s, to: %(recipient)s.",
                report=duty.kind.label,
                recipient=recipient.label,
            )
            found.append(Reason(duty.kind.value, message))
    if accident.concealed_at is not None and accident.sanction is None:
        found.append(Reason("sanction", _l("The accident was concealed; the sanction is not recorded yet.")))
    return found


def _has_corrective_measure(session: Session, accident: Accident) -> bool:
    query = sa.select(Measure.id).where(
        Measure.accident_id == accident.id, Measure.status.in_([MeasureStatus.DONE, MeasureStatus.VERIFIED])
    )
    return session.scalar(query.limit(1)) is not None


_USUAL = [ClosingStep.CAUSE, ClosingStep.RESPONSIBILITY]
"""Wanted where the procedure has no chapter on accidents."""


@dataclass(frozen=True)
class _Step:
    """When a step stands, and what is said while it does not."""

    stands: Callable[[Session, Accident], bool]
    missing: Text


_STEPS: dict[ClosingStep, _Step] = {
    ClosingStep.SCENE_VISIT: _Step(
        lambda session, accident: accident.scene_arrived_at is not None,
        _l("The arrival of quality management on site is not recorded yet."),
    ),
    ClosingStep.EMERGENCY_MEASURES: _Step(
        lambda session, accident: bool(accident.emergency_measures),
        _l("The emergency measures are not recorded yet."),
    ),
    ClosingStep.SCENE_PROTECTION: _Step(
        lambda session, accident: bool(accident.scene_protection),
        _l("The protection of the scene is not recorded yet."),
    ),
    ClosingStep.CAUSE: _Step(
        lambda session, accident: bool(accident.cause), _l("The cause is not recorded yet.")
    ),
    ClosingStep.RESPONSIBILITY: _Step(
        lambda session, accident: bool(accident.responsibility),
        _l("The responsibility is not recorded yet."),
    ),
    ClosingStep.LOSS: _Step(
        lambda session, accident: accident.loss is not None, _l("The loss is not recorded yet.")
    ),
    ClosingStep.SELF_EXAMINATION: _Step(
        lambda session, accident: bool(accident.self_examination),
        _l("The written self-examination of those responsible is not recorded yet."),
    ),
    ClosingStep.CORRECTIVE_MEASURES: _Step(
        _has_corrective_measure, _l("No corrective measure has been carried out yet.")
    ),
    ClosingStep.JOINT_DISPOSITION: _Step(
        lambda session, accident: bool(accident.quality_signed_at and accident.head_signed_at),
        _l("Quality management and the head of the enterprise have not both signed the disposition yet."),
    ),
    ClosingStep.ANNOUNCEMENT: _Step(
        lambda session, accident: accident.announced_on is not None,
        _l("The announcement at the office meeting is not recorded yet."),
    ),
}


def require_open_accident(accident: Accident) -> None:
    """Refused once the accident is closed."""
    if accident.status is AccidentStatus.CLOSED:
        raise Refused([Reason("closed", _l("The accident is closed; its record stands."))])


def tell_quality(work: UnitOfWork, accident: Accident, case: Complaint | None) -> list[int]:
    """Tell quality management of the accident; on a confidential complaint only those named there."""
    told = people.holders(work.session, [RoleName.HEAD_OF_QUALITY])
    return tell_of_accident(work, accident, case, told, "accident.reported")


def tell_of_accident(
    work: UnitOfWork, accident: Accident, case: Complaint | None, wanted: Iterable[int], topic: str
) -> list[int]:
    """Put a message for each of these people into the outbox; returns those who are told."""
    told = list(dict.fromkeys(wanted))
    if case is not None:
        told = people.only_named(work.session, case, told)
    for person in told:
        work.session.add(
            OutboxMessage(
                recipient_id=person,
                complaint_id=accident.complaint_id,
                topic=topic,
                payload={
                    "by": audit.plain(work.actor.name),
                    "accident": accident.number,
                    "accident_address": accident.public_id,
                },
                next_attempt_at=work.now,
            )
        )
    return told
