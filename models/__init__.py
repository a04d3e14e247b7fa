"""The tables. Import them from here: `from models import Complaint`."""

from models.accidents import Accident, AccidentReport
from models.analysis import (
    AnalysisReport,
    Inspection,
    InspectionCase,
    InspectionFinding,
    MeasureOrigin,
    ReportCase,
    Signal,
)
from models.archives import ArchiveLoan, ArchiveSeal
from models.base import Base
from models.cases import (
    ArchiveRecord,
    Attachment,
    Finding,
    Investigation,
    InvestigationMember,
)
from models.complaint_months import ComplaintMonth
from models.complaint_orders import ComplaintOrder
from models.complaints import (
    Complaint,
    ComplaintValue,
    ComplaintVisibility,
    NamedPerson,
    Party,
)
from models.decisions import Evaluation, GradeRecord, PostBinding
from models.destruction import Destruction, DestructionItem, RetentionExtension
from models.documents import DocumentDelivery, DocumentTemplate, IssuedDocument
from models.enquiries import Enquiry
from models.groups import HandlingGroup, HandlingGroupMember
from models.holds import Hold, HoldNotice
from models.informants import AccusedDepartment, Informant, InformantRequest
from models.inquiry import (
    InternalMemo,
    InvestigationRecord,
    InvestigationRequest,
    InvestigationWaiver,
    QualityDecision,
    ResolutionPlan,
)
from models.instructions import LeaderInstruction
from models.intake import ComplaintCheck, RequestedMaterial
from models.liability import Liability
from models.measures import Measure
from models.numbers import NumberSeries, WithdrawnNumber
from models.organisation import (
    ColumnChoice,
    Department,
    DepartmentSuccession,
    Exemption,
    LeaveCover,
    Organisation,
    RoleGrant,
    SavedView,
    User,
)
from models.privacy import Consent, IdentityDocument
from models.privacy_requests import DataRequest, DataRequestCase
from models.procedure_drafts import ProcedureAdoption, ProcedureChange, ProcedureDraft, ProcedureDraftStep
from models.procedures import CalendarDay, CalendarYear, ProcedureVersion
from models.receipts import Acknowledgement, InformedPerson
from models.reception import DutyShift, ReceptionSession
from models.remedies import Appraisal, PenaltyReferral, Solution, Warranty
from models.repeats import FurtherReport, RepeatLink
from models.searching import ComplaintText
from models.staff import ReadingConfirmation, Training
from models.trail import (
    AuditEntry,
    AuditSalt,
    DoneRequest,
    Job,
    LedgerBatch,
    Notice,
    OutboxMessage,
    StagedRow,
)
from models.work import (
    Assignment,
    ClockRun,
    ComplaintEvent,
    Extension,
    FollowUp,
    Opinion,
    Pause,
    Reply,
    Supervision,
)

__all__ = [
    "Accident",
    "AccidentReport",
    "AccusedDepartment",
    "Acknowledgement",
    "AnalysisReport",
    "Appraisal",
    "ArchiveLoan",
    "ArchiveRecord",
    "ArchiveSeal",
    "Assignment",
    "Attachment",
    "AuditEntry",
    "AuditSalt",
    "Base",
    "CalendarDay",
    "CalendarYear",
    "ClockRun",
    "ColumnChoice",
    "Complaint",
    "ComplaintCheck",
    "ComplaintEvent",
    "ComplaintMonth",
    "ComplaintOrder",
    "ComplaintText",
    "ComplaintValue",
    "ComplaintVisibility",
    "Consent",
    "DataRequest",
    "DataRequestCase",
    "Department",
    "DepartmentSuccession",
    "Destruction",
    "DestructionItem",
    "DocumentDelivery",
    "DocumentTemplate",
    "DoneRequest",
    "DutyShift",
    "Enquiry",
    "Evaluation",
    "Exemption",
    "Extension",
    "Finding",
    "FollowUp",
    "FurtherReport",
    "GradeRecord",
    "HandlingGroup",
    "HandlingGroupMember",
    "Hold",
    "HoldNotice",
    "IdentityDocument",
    "Informant",
    "InformantRequest",
    "InformedPerson",
    "Inspection",
    "InspectionCase",
    "InspectionFinding",
    "InternalMemo",
    "Investigation",
    "InvestigationMember",
    "InvestigationRecord",
    "InvestigationRequest",
    "InvestigationWaiver",
    "IssuedDocument",
    "Job",
    "LeaderInstruction",
    "LeaveCover",
    "LedgerBatch",
    "Liability",
    "Measure",
    "MeasureOrigin",
    "NamedPerson",
    "Notice",
    "NumberSeries",
    "Opinion",
    "Organisation",
    "OutboxMessage",
    "Party",
    "Pause",
    "PenaltyReferral",
    "PostBinding",
    "ProcedureAdoption",
    "ProcedureChange",
    "ProcedureDraft",
    "ProcedureDraftStep",
    "ProcedureVersion",
    "QualityDecision",
    "ReadingConfirmation",
    "ReceptionSession",
    "RepeatLink",
    "Reply",
    "ReportCase",
    "RequestedMaterial",
    "ResolutionPlan",
    "RetentionExtension",
    "RoleGrant",
    "SavedView",
    "Signal",
    "Solution",
    "StagedRow",
    "Supervision",
    "Training",
    "User",
    "Warranty",
    "WithdrawnNumber",
]
