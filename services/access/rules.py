"""Which rows an actor may see, table by table: one rule each. services.access.scope puts them on every statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

import models as m
from models.enums import MeasureKind
from models.job_enums import BatchStatus
from services.access.issued import document_ids
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.actor import Actor

Rule = Callable[[Actor], ColumnElement[bool]]

_visible = m.ComplaintVisibility.__table__


def visible_complaint_ids(actor: Actor) -> sa.Select[tuple[int]]:
    """The ids of the complaints that one of the actor's audiences may see."""
    return sa.select(_visible.c.complaint_id).where(_visible.c.audience.in_(sorted(actor.audiences)))


def visible(column: Any, actor: Actor) -> ColumnElement[bool]:
    """The complaint that `column` holds the id of is one that the actor may see.

    The few complaints of a small department are gathered first and lead to the rows; for whoever sees much, each row is
    looked up when its turn comes: SQLite would gather a million ids before the first row.
    """
    if actor.sees_few:
        return column.in_(visible_complaint_ids(actor))
    mine: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        _visible.c.audience.in_(sorted(actor.audiences)), _visible.c.complaint_id == column
    )
    return mine.correlate_except(_visible).exists()


def on_the_desk() -> ColumnElement[bool]:
    """Imported complaints are there from when their batch is published until it is undone."""
    batch = m.LedgerBatch.__table__.c
    imported = sa.select(batch.id).where(batch.status == BatchStatus.IMPORTED)
    return sa.or_(m.Complaint.batch_id.is_(None), m.Complaint.batch_id.in_(imported))


def _through(column: Any) -> Rule:
    """The rule of a table whose rows belong to a complaint."""
    return lambda actor: visible(column, actor)


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
    linked = visible(accident.complaint_id, actor)
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
    return sa.or_(visible(hold.complaint_id, actor), sa.and_(told, open_))


def _hold_entity(actor: Actor) -> ColumnElement[bool]:
    return m.Hold.id.in_(sa.select(m.Hold.__table__.c.id).where(_hold(actor)))


def _of_hold(column: Any) -> Rule:
    return lambda actor: column.in_(sa.select(m.Hold.__table__.c.id).where(_hold(actor)))


def _complaint_or_accident(model: Any) -> Rule:
    def rule(actor: Actor) -> ColumnElement[bool]:
        accidents = sa.select(m.Accident.__table__.c.id).where(_accident(actor))
        by_complaint = visible(model.complaint_id, actor)
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
    theirs = sa.or_(
        case.department_id.in_(departments),
        sa.and_(case.department_id.is_(None), case.receiving_department_id.in_(departments)),
    )
    of_theirs = sa.select(case.id).where(case.id == m.Measure.complaint_id, theirs)
    return sa.or_(
        m.Measure.kind != MeasureKind.DISCIPLINE,
        m.Measure.owner_id.in_(sorted(actor.people)),
        of_theirs.correlate_except(m.Complaint.__table__).exists() if departments else sa.false(),
    )


def _of_investigation(column: Any) -> Rule:
    def rule(actor: Actor) -> ColumnElement[bool]:
        investigation = m.Investigation.__table__
        return column.in_(sa.select(investigation.c.id).where(visible(investigation.c.complaint_id, actor)))

    return rule


def _audit(actor: Actor) -> ColumnElement[bool]:
    entry = m.AuditEntry
    on_case = visible(entry.complaint_id, actor)
    if actor.may(Permission.AUDIT_READ):
        return sa.or_(on_case, entry.complaint_id.is_(None))
    return on_case


def _own(column: Any) -> Rule:
    return lambda actor: column == actor.user_id if actor.user_id is not None else sa.false()


def _notice(actor: Actor) -> ColumnElement[bool]:
    case = sa.or_(m.Notice.complaint_id.is_(None), visible(m.Notice.complaint_id, actor))
    return sa.and_(_own(m.Notice.user_id)(actor), case)


def _enquiry(actor: Actor) -> ColumnElement[bool]:
    """Whoever reads the complaint it came out of; and whom it concerns, unless that complaint is confidential."""
    enquiry, complaint = m.Enquiry, m.Complaint.__table__.c
    if not actor.may(Permission.ENQUIRY_READ):
        return sa.false()
    of_readable = visible(enquiry.complaint_id, actor)
    if "*" in actor.audiences:
        return sa.or_(enquiry.complaint_id.is_(None), of_readable)
    secret = sa.select(complaint.id).where(complaint.is_confidential)
    open_ = sa.or_(enquiry.complaint_id.is_(None), enquiry.complaint_id.not_in(secret))
    departments = [int(a[1:]) for a in actor.audiences if a.startswith("d")]
    concerned = sa.or_(
        enquiry.department_id.in_(departments),
        enquiry.responsible_id == actor.user_id,
        enquiry.recorded_by_id == actor.user_id,
    )
    return sa.or_(of_readable, sa.and_(concerned, open_))


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
    known = sa.or_(finding.complaint_id.is_(None), visible(finding.complaint_id, actor))
    return sa.and_(_of_the_house(actor), known)


def _inspected(actor: Actor) -> ColumnElement[bool]:
    return sa.and_(_of_the_house(actor), visible(m.InspectionCase.complaint_id, actor))


def _nobody(actor: Actor) -> ColumnElement[bool]:
    return sa.false()


def _destruction(actor: Actor) -> ColumnElement[bool]:
    """Whoever reads a case of the register, and then only the lines of such cases."""
    item = m.DestructionItem.__table__.c
    return m.Destruction.id.in_(sa.select(item.destruction_id).where(visible(item.complaint_id, actor)))


def _data_request(actor: Actor) -> ColumnElement[bool]:
    """Those who work on such requests, where they read every complaint that it is about."""
    if not actor.may(Permission.DATA_REQUEST_READ):
        return sa.false()
    case = m.DataRequestCase.__table__.c
    hidden = sa.select(case.request_id).where(sa.not_(visible(case.complaint_id, actor)))
    return m.DataRequest.id.not_in(hidden)


def _documents(column: Any) -> Rule:
    return lambda actor: column.in_(document_ids(actor, visible_complaint_ids(actor), _accident(actor)))


SCOPES: dict[type[Any], Rule] = {
    m.Accident: _accident_entity,
    m.Acknowledgement: _through(m.Acknowledgement.complaint_id),
    m.AnalysisReport: _of_the_house,
    m.AccidentReport: _of_accident(m.AccidentReport.accident_id),
    m.Appraisal: _through(m.Appraisal.complaint_id),
    m.ArchiveLoan: _through(m.ArchiveLoan.complaint_id),
    m.ArchiveSeal: _through(m.ArchiveSeal.complaint_id),
    m.ArchiveRecord: _through(m.ArchiveRecord.complaint_id),
    m.Assignment: _through(m.Assignment.complaint_id),
    m.Attachment: _complaint_or_accident(m.Attachment),
    m.AuditEntry: _audit,
    m.ClockRun: _complaint_or_accident(m.ClockRun),
    m.ColumnChoice: _own(m.ColumnChoice.user_id),
    m.Complaint: _through(m.Complaint.id),
    m.Consent: _through(m.Consent.complaint_id),
    m.ComplaintCheck: _through(m.ComplaintCheck.complaint_id),
    m.ComplaintEvent: _through(m.ComplaintEvent.complaint_id),
    m.ComplaintMonth: lambda actor: m.ComplaintMonth.audience.in_(sorted(actor.audiences)),
    m.ComplaintOrder: _through(m.ComplaintOrder.id),
    m.ComplaintText: _nobody,  # read only beside its complaint, by services.search
    m.ComplaintValue: _through(m.ComplaintValue.complaint_id),
    m.ComplaintVisibility: _nobody,
    m.AuditSalt: _nobody,
    m.DataRequest: _data_request,
    m.DataRequestCase: _through(m.DataRequestCase.complaint_id),
    m.Destruction: _destruction,
    m.DestructionItem: _through(m.DestructionItem.complaint_id),
    m.RetentionExtension: _through(m.RetentionExtension.complaint_id),
    m.DocumentDelivery: _documents(m.DocumentDelivery.document_id),
    m.DoneRequest: _own(m.DoneRequest.user_id),
    m.Enquiry: _enquiry,
    m.Evaluation: _through(m.Evaluation.complaint_id),
    m.Extension: _through(m.Extension.complaint_id),
    m.Finding: _of_investigation(m.Finding.investigation_id),
    m.FollowUp: _through(m.FollowUp.complaint_id),
    m.Inspection: _of_the_house,
    m.InspectionCase: _inspected,
    m.InspectionFinding: _finding,
    m.FurtherReport: _through(m.FurtherReport.complaint_id),
    m.GradeRecord: _through(m.GradeRecord.complaint_id),
    m.InternalMemo: _through(m.InternalMemo.complaint_id),
    m.Hold: _hold_entity,
    m.HoldNotice: _of_hold(m.HoldNotice.hold_id),
    m.IdentityDocument: _through(m.IdentityDocument.complaint_id),
    m.AccusedDepartment: _through(m.AccusedDepartment.complaint_id),
    m.Informant: _through(m.Informant.complaint_id),
    m.InformantRequest: _through(m.InformantRequest.complaint_id),
    m.InformedPerson: _through(m.InformedPerson.complaint_id),
    m.Investigation: _through(m.Investigation.complaint_id),
    m.InvestigationMember: _of_investigation(m.InvestigationMember.investigation_id),
    m.IssuedDocument: _documents(m.IssuedDocument.id),
    m.InvestigationRecord: _through(m.InvestigationRecord.complaint_id),
    m.InvestigationRequest: _through(m.InvestigationRequest.complaint_id),
    m.InvestigationWaiver: _through(m.InvestigationWaiver.complaint_id),
    m.Job: _job,
    m.LeaderInstruction: _through(m.LeaderInstruction.complaint_id),
    m.LedgerBatch: _own(m.LedgerBatch.imported_by_id),
    m.StagedRow: lambda actor: m.StagedRow.batch_id.in_(
        sa.select(m.LedgerBatch.__table__.c.id).where(
            m.LedgerBatch.__table__.c.imported_by_id == actor.user_id
        )
    ),
    m.Liability: _through(m.Liability.complaint_id),
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
    m.RepeatLink: _through(m.RepeatLink.complaint_id),
    m.Reply: _through(m.Reply.complaint_id),
    m.ReportCase: _through(m.ReportCase.complaint_id),
    m.RequestedMaterial: _through(m.RequestedMaterial.complaint_id),
    m.ResolutionPlan: _through(m.ResolutionPlan.complaint_id),
    m.SavedView: lambda actor: sa.or_(m.SavedView.user_id == actor.user_id, m.SavedView.is_shared),
    m.Solution: _through(m.Solution.complaint_id),
    m.Signal: _of_the_house,
    m.Supervision: _through(m.Supervision.complaint_id),
    m.Warranty: _through(m.Warranty.complaint_id),
}
