"""One scope rule a table: which rows an actor may see, added to every statement that names a scoped table.

A session listener puts the rule on ORM selects and bulk statements. Core statements go through `apply`. What carries
neither (text, a forgotten Core select) is refused by an engine listener with `UnscopedStatement`, in production too:
a screen that fails is better than one that shows another department's case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import ColumnElement, visitors

import models as m
from models.enums import MeasureKind
from services.access.issued import document_ids
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.actor import NOBODY, Actor

Rule = Callable[[Actor], ColumnElement[bool]]

MARK = "desk_scope"
"""Execution option that says how a statement came by its scope; the engine listener asks for it."""

_visible = m.ComplaintVisibility.__table__


class UnscopedStatement(RuntimeError):
    """A statement names a scoped table without its rule: a programming error, never the user's."""


def visible_complaint_ids(actor: Actor) -> sa.Select[tuple[int]]:
    """The ids of the complaints that one of the actor's audiences may see."""
    return sa.select(_visible.c.complaint_id).where(_visible.c.audience.in_(sorted(actor.audiences)))


def _through(column: Any) -> Rule:
    """The rule of a table whose rows belong to a complaint."""
    return lambda actor: column.in_(visible_complaint_ids(actor))


def _accident(actor: Actor) -> ColumnElement[bool]:
    accident = m.Accident.__table__.c  # plain columns: inside a subquery no second rule must be put on them
    if not actor.may(Permission.ACCIDENT_READ):
        return sa.false()
    departments = [int(a[1:]) for a in actor.audiences if a.startswith("d")]
    alone = (
        sa.true()
        if "*" in actor.audiences
        else sa.or_(accident.department_id.in_(departments), accident.reported_by_id == actor.user_id)
    )
    linked = accident.complaint_id.in_(visible_complaint_ids(actor))
    return sa.or_(linked, sa.and_(accident.complaint_id.is_(None), alone))


def _accident_entity(actor: Actor) -> ColumnElement[bool]:
    return m.Accident.id.in_(sa.select(m.Accident.__table__.c.id).where(_accident(actor)))


def _of_accident(column: Any) -> Rule:
    return lambda actor: column.in_(sa.select(m.Accident.__table__.c.id).where(_accident(actor)))


def _hold(actor: Actor) -> ColumnElement[bool]:
    """Whoever reads the complaint; and the departments told of it, unless the complaint is confidential."""
    if not actor.may(Permission.HOLD_READ):
        return sa.false()
    hold, notice, complaint = m.Hold.__table__.c, m.HoldNotice.__table__.c, m.Complaint.__table__.c
    departments = {int(a[1:]) for a in actor.audiences if a.startswith("d")}
    departments |= {actor.department_id} if actor.department_id is not None else set()
    told = hold.id.in_(sa.select(notice.hold_id).where(notice.department_id.in_(sorted(departments))))
    open_ = hold.complaint_id.not_in(sa.select(complaint.id).where(complaint.is_confidential))
    return sa.or_(hold.complaint_id.in_(visible_complaint_ids(actor)), sa.and_(told, open_))


def _hold_entity(actor: Actor) -> ColumnElement[bool]:
    return m.Hold.id.in_(sa.select(m.Hold.__table__.c.id).where(_hold(actor)))


def _of_hold(column: Any) -> Rule:
    return lambda actor: column.in_(sa.select(m.Hold.__table__.c.id).where(_hold(actor)))


def _complaint_or_accident(model: Any) -> Rule:
    def rule(actor: Actor) -> ColumnElement[bool]:
        accidents = sa.select(m.Accident.__table__.c.id).where(_accident(actor))
        by_complaint = model.complaint_id.in_(visible_complaint_ids(actor))
        by_accident = sa.and_(model.complaint_id.is_(None), model.accident_id.in_(accidents))
        return sa.or_(by_complaint, by_accident)

    return rule


def _restricted(actor: Actor) -> ColumnElement[bool]:
    """Discipline of staff is read by those entitled to it in the department of the case, and by who carries it out."""
    entitled = [g for g in actor.grants if Permission.DISCIPLINE_READ in ROLE_PERMISSIONS[g.role]]
    if any(grant.department_id is None for grant in entitled):
        return sa.true()
    case = m.Complaint.__table__.c
    departments = sorted({g.department_id for g in entitled if g.department_id is not None})
    of_theirs = sa.select(case.id).where(
        sa.or_(
            case.department_id.in_(departments),
            sa.and_(case.department_id.is_(None), case.receiving_department_id.in_(departments)),
        )
    )
    return sa.or_(
        m.Measure.kind != MeasureKind.DISCIPLINE,
        m.Measure.owner_id.in_(sorted(actor.people)),
        m.Measure.complaint_id.in_(of_theirs),
    )


def _of_investigation(column: Any) -> Rule:
    def rule(actor: Actor) -> ColumnElement[bool]:
        investigation = m.Investigation.__table__
        return column.in_(
            sa.select(investigation.c.id).where(
                investigation.c.complaint_id.in_(visible_complaint_ids(actor))
            )
        )

    return rule


def _audit(actor: Actor) -> ColumnElement[bool]:
    entry = m.AuditEntry
    on_case = entry.complaint_id.in_(visible_complaint_ids(actor))
    if actor.may(Permission.AUDIT_READ):
        return sa.or_(on_case, entry.complaint_id.is_(None))
    return on_case


def _own(column: Any) -> Rule:
    return lambda actor: column == actor.user_id if actor.user_id is not None else sa.false()


def _notice(actor: Actor) -> ColumnElement[bool]:
    case = sa.or_(m.Notice.complaint_id.is_(None), m.Notice.complaint_id.in_(visible_complaint_ids(actor)))
    return sa.and_(_own(m.Notice.user_id)(actor), case)


def _job(actor: Actor) -> ColumnElement[bool]:
    return sa.true() if actor.may(Permission.JOB_READ_ALL) else _own(m.Job.user_id)(actor)


def _of_the_house(actor: Actor) -> ColumnElement[bool]:
    """Figures over all departments are for those whose role counts for all of them."""
    return sa.true() if "*" in actor.audiences and actor.may(Permission.ANALYSIS_READ) else sa.false()


def _measure(actor: Actor) -> ColumnElement[bool]:
    """Those of a complaint or accident as these; those of analysis for their owner, their department and the house."""
    measure = m.Measure
    departments = [int(a[1:]) for a in actor.audiences if a.startswith("d")]
    alone = sa.and_(measure.complaint_id.is_(None), measure.accident_id.is_(None))
    concerned = sa.or_(
        _of_the_house(actor),
        measure.owner_id.in_(sorted(actor.people)),
        measure.department_id.in_(departments),
    )
    visible = sa.or_(_complaint_or_accident(measure)(actor), sa.and_(alone, concerned))
    return sa.and_(visible, _restricted(actor))


def _origin(actor: Actor) -> ColumnElement[bool]:
    measures = m.Measure.__table__.c
    departments = [int(a[1:]) for a in actor.audiences if a.startswith("d")]
    own = sa.select(measures.id).where(
        measures.complaint_id.is_(None),
        measures.accident_id.is_(None),
        sa.or_(measures.owner_id.in_(sorted(actor.people)), measures.department_id.in_(departments)),
    )
    return sa.or_(_of_the_house(actor), m.MeasureOrigin.measure_id.in_(own))


def _finding(actor: Actor) -> ColumnElement[bool]:
    finding = m.InspectionFinding
    known = sa.or_(finding.complaint_id.is_(None), finding.complaint_id.in_(visible_complaint_ids(actor)))
    return sa.and_(_of_the_house(actor), known)


def _inspected(actor: Actor) -> ColumnElement[bool]:
    return sa.and_(_of_the_house(actor), m.InspectionCase.complaint_id.in_(visible_complaint_ids(actor)))


def _nobody(actor: Actor) -> ColumnElement[bool]:
    return sa.false()


def _documents(column: Any) -> Rule:
    return lambda actor: column.in_(document_ids(actor, visible_complaint_ids(actor), _accident(actor)))


SCOPES: dict[type[Any], Rule] = {
    m.Accident: _accident_entity,
    m.AnalysisReport: _of_the_house,
    m.AccidentReport: _of_accident(m.AccidentReport.accident_id),
    m.Appraisal: _through(m.Appraisal.complaint_id),
    m.ArchiveRecord: _through(m.ArchiveRecord.complaint_id),
    m.Assignment: _through(m.Assignment.complaint_id),
    m.Attachment: _complaint_or_accident(m.Attachment),
    m.AuditEntry: _audit,
    m.ClockRun: _complaint_or_accident(m.ClockRun),
    m.ColumnChoice: _own(m.ColumnChoice.user_id),
    m.Complaint: _through(m.Complaint.id),
    m.ComplaintEvent: _through(m.ComplaintEvent.complaint_id),
    m.ComplaintValue: _through(m.ComplaintValue.complaint_id),
    m.ComplaintVisibility: _nobody,
    m.DocumentDelivery: _documents(m.DocumentDelivery.document_id),
    m.DoneRequest: _own(m.DoneRequest.user_id),
    m.Evaluation: _through(m.Evaluation.complaint_id),
    m.Extension: _through(m.Extension.complaint_id),
    m.Finding: _of_investigation(m.Finding.investigation_id),
    m.FollowUp: _through(m.FollowUp.complaint_id),
    m.Inspection: _of_the_house,
    m.InspectionCase: _inspected,
    m.InspectionFinding: _finding,
    m.GradeRecord: _through(m.GradeRecord.complaint_id),
    m.InternalMemo: _through(m.InternalMemo.complaint_id),
    m.Hold: _hold_entity,
    m.HoldNotice: _of_hold(m.HoldNotice.hold_id),
    m.Investigation: _through(m.Investigation.complaint_id),
    m.InvestigationMember: _of_investigation(m.InvestigationMember.investigation_id),
    m.IssuedDocument: _documents(m.IssuedDocument.id),
    m.InvestigationRecord: _through(m.InvestigationRecord.complaint_id),
    m.InvestigationRequest: _through(m.InvestigationRequest.complaint_id),
    m.InvestigationWaiver: _through(m.InvestigationWaiver.complaint_id),
    m.Job: _job,
    m.LedgerBatch: _own(m.LedgerBatch.imported_by_id),
    m.Measure: _measure,
    m.Measure: _measure,
    m.MeasureOrigin: _origin,
    m.NamedPerson: _through(m.NamedPerson.complaint_id),
    m.Notice: _notice,
    m.Opinion: _through(m.Opinion.complaint_id),
    m.OutboxMessage: _nobody,
    m.Party: _through(m.Party.complaint_id),
    m.Pause: _through(m.Pause.complaint_id),
    m.PenaltyReferral: _through(m.PenaltyReferral.complaint_id),
    m.QualityDecision: _through(m.QualityDecision.complaint_id),
    m.ProcedureChange: _through(m.ProcedureChange.complaint_id),
    m.Reply: _through(m.Reply.complaint_id),
    m.ReportCase: _through(m.ReportCase.complaint_id),
    m.ResolutionPlan: _through(m.ResolutionPlan.complaint_id),
    m.SavedView: lambda actor: sa.or_(m.SavedView.user_id == actor.user_id, m.SavedView.is_shared),
    m.Solution: _through(m.Solution.complaint_id),
    m.Signal: _of_the_house,
    m.Supervision: _through(m.Supervision.complaint_id),
    m.Warranty: _through(m.Warranty.complaint_id),
}

_BY_TABLE = {model.__tablename__: model for model in SCOPES}
_NAMED = re.compile(r"\b(" + "|".join(sorted(_BY_TABLE, key=len, reverse=True)) + r")\b")


def rule_for(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    """The condition on `model` for this actor: everything for the desk itself, nothing for nobody."""
    if actor.is_system:
        return sa.true()
    if actor.user_id is None:
        return sa.false()
    return SCOPES[model](actor)


def apply(statement: Any, actor: Actor, *scoped: type[Any]) -> Any:
    """A Core select with the rules of the models it reads, marked as scoped.

    Name every scoped model of the statement; the engine listener can't tell that one was forgotten beside another.
    """
    for model in scoped:
        statement = statement.where(rule_for(model, actor))
    return statement.execution_options(**{MARK: "core"})


@contextmanager
def unscoped(session: Session, reason: str) -> Iterator[None]:
    """The desk's own bookkeeping over rows that the actor may not see (numbers, visibility, recipients).

    Every user of it is listed with its reason in tests/architecture; what it reads never reaches a screen.
    """
    outer = session.info.get("unscoped")
    session.info["unscoped"] = reason
    try:
        yield
    finally:
        session.info["unscoped"] = outer


def current_actor(session: Session) -> Actor:
    """Who this session works for; nobody until somebody is set."""
    actor: Actor = session.info.get("actor", NOBODY)
    return actor


@lru_cache(maxsize=256)
def _reachable(model: type[Any]) -> frozenset[type[Any]]:
    """The scoped models that eager loading could pull in beside `model`."""
    found: set[type[Any]] = set()
    queue = [model]
    while queue:
        mapper: Mapper[Any] = sa.inspect(queue.pop())
        for target in (relation.mapper.class_ for relation in mapper.relationships):
            if target in SCOPES and target not in found:
                found.add(target)
                queue.append(target)
    return frozenset(found)


def _models_in(state: ORMExecuteState) -> set[type[Any]]:
    """The scoped models that the statement may read, eager loading included.

    UnscopedStatement for a plain table on its own, which no loader rule would reach.
    """
    entities = {mapper.class_ for mapper in state.all_mappers}
    plain: set[type[Any]] = set()
    for element in visitors.iterate(cast(Any, state.statement)):
        if not isinstance(element, sa.Table | sa.Column):
            continue
        table = element if isinstance(element, sa.Table) else element.table
        model = _BY_TABLE.get(getattr(table, "name", ""))
        if model is not None:
            (entities if "parententity" in element._annotations else plain).add(model)
    reached = (entities & SCOPES.keys()).union(*(_reachable(cast(Any, entity)) for entity in entities))
    if plain - reached:
        raise UnscopedStatement(f"plain tables in an ORM statement: {plain - reached}")
    return reached


def _add_rules(state: ORMExecuteState) -> None:
    if state.is_column_load:
        # The object was loaded under its rule; refreshing it must not fail after the actor handed it on.
        state.update_execution_options(**{MARK: "column"})
        return
    if not state.is_orm_statement or state.execution_options.get(MARK) == "core":
        return  # left to `apply` and the engine listener
    session = state.session
    if session.info.get("unscoped"):
        state.update_execution_options(**{MARK: "unscoped"})
        return
    actor, reached = current_actor(session), _models_in(state)
    if not actor.is_system:
        rules = [
            with_loader_criteria(
                model, rule_for(model, actor), include_aliases=True, propagate_to_loaders=False
            )
            for model in sorted(reached, key=lambda model: model.__name__)
        ]
        state.statement = state.statement.options(*rules)
    state.update_execution_options(**{MARK: "orm"})


def _flush_begins(session: Session, *_: Any) -> None:
    session.connection().info["desk_flush"] = True


def _flush_ends(session: Session, *_: Any) -> None:
    session.connection().info.pop("desk_flush", None)


def _returned(dbapi_connection: Any, record: Any) -> None:
    """A failed flush never reaches `after_flush`: its mark goes with the connection's return to the pool."""
    record.info.pop("desk_flush", None)


def _refuse_unscoped(
    connection: sa.Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    options = context.execution_options if context is not None else {}
    if options.get(MARK):
        return
    verb = statement.lstrip()[:6].upper()
    if verb in {"INSERT", "CREATE", "PRAGMA", "ALTER ", "DROP T"}:
        return
    if verb in {"UPDATE", "DELETE"} and connection.info.get("desk_flush"):
        return
    named = _NAMED.search(statement)
    if named:
        raise UnscopedStatement(f"statement on {named.group(1)} without its scope rule: {statement[:120]}")


def install(session_class: Any, engine: sa.Engine) -> None:
    """Put the listeners on the desk's sessions and its engine. Idempotent."""
    if not event.contains(session_class, "do_orm_execute", _add_rules):
        event.listen(session_class, "do_orm_execute", _add_rules)
        event.listen(session_class, "before_flush", _flush_begins)
        event.listen(session_class, "after_flush", _flush_ends)
    if not event.contains(engine, "before_cursor_execute", _refuse_unscoped):
        event.listen(engine, "before_cursor_execute", _refuse_unscoped)
        event.listen(engine, "checkin", _returned)
