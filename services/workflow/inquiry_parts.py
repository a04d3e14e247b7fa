"""What a procedure asks of an investigation before it can be finished, and whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Attachment,
    Complaint,
    Finding,
    InternalMemo,
    Investigation,
    InvestigationRecord,
    InvestigationRequest,
    Measure,
)
from models.enums import (
    Category,
    Existence,
    FindingVerdict,
    InquiryKind,
    MeasureKind,
    MeasureStatus,
    Need,
    RequestKind,
    Responsibility,
)
from models.labels import LazyString, _l
from services.errors import Reason
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.investigation import InquiryPart, InvestigationRules, Needed, When
from services.workflow.levels import graded

OWN_FAULT = frozenset({Responsibility.DEPARTMENT, Responsibility.STAFF})


@dataclass
class Inquiry:
    """An investigation with everything that was put on record for it."""

    session: Session
    complaint: Complaint
    investigation: Investigation

    @cached_property
    def rules(self) -> InvestigationRules:
        return procedure_of(self.session, self.complaint).investigation

    @cached_property
    def kinds(self) -> frozenset[InquiryKind]:
        """The kinds of record that there are."""
        query = sa.select(InvestigationRecord.kind).where(
            InvestigationRecord.investigation_id == self.investigation.id
        )
        return frozenset(self.session.scalars(query))

    @cached_property
    def files(self) -> list[Attachment]:
        """Files of the investigation and evidence on the complaint itself; withdrawn ones don't count."""
        query = sa.select(Attachment).where(
            Attachment.withdrawn_at.is_(None),
            sa.or_(
                Attachment.investigation_id == self.investigation.id,
                sa.and_(
                    Attachment.complaint_id == self.complaint.id,
                    Attachment.investigation_id.is_(None),
                    Attachment.is_evidence,
                ),
            ),
        )
        return list(self.session.scalars(query))

    @cached_property
    def requests(self) -> list[InvestigationRequest]:
        query = sa.select(InvestigationRequest).where(
            InvestigationRequest.investigation_id == self.investigation.id
        )
        return list(self.session.scalars(query))

    @cached_property
    def measures(self) -> frozenset[MeasureKind]:
        query = sa.select(Measure.kind).where(
            Measure.complaint_id == self.complaint.id, Measure.status != MeasureStatus.DROPPED
        )
        return frozenset(self.session.scalars(query))

    @cached_property
    def problem_is_found(self) -> bool:
        """Said outright, or an allegation was upheld."""
        if self.investigation.problem_found is not None:
            return self.investigation.problem_found is Existence.FOUND
        upheld = (FindingVerdict.UPHELD, FindingVerdict.PARTLY)
        query = sa.select(Finding.id).where(
            Finding.investigation_id == self.investigation.id, Finding.verdict.in_(upheld)
        )
        return self.session.scalar(query.limit(1)) is not None

    def holds(self, when: When) -> bool:
        """Whether the case is one of those in which something is asked for."""
        if when is When.PRODUCT:
            return self.complaint.category is Category.PRODUCT
        if when is When.PROBLEM_FOUND:
            return self.problem_is_found
        if when is When.OWN_FAULT:
            return self.investigation.responsibility in OWN_FAULT
        if when is When.COMPLAINANT_CAUSE:
            return self.investigation.responsibility is Responsibility.COMPLAINANT
        return True

    def has(self, part: InquiryPart) -> bool:
        return _CHECKS[part](self)

    def asked_for(self) -> list[Needed]:
        """What the procedure asks for in this case; of a simplified or optional level nothing (R10-05)."""
        level = graded(self.session, self.complaint)
        if level is not None and level.team in ("simplified", "optional"):
            return []
        return [needed for needed in self.rules.needed if self.holds(needed.when)]

    def missing(self) -> list[Reason]:
        """What is asked for and not there."""
        found = [
            Reason(f"missing_{needed.part.value}", MISSING[needed.part], needed.part.value)
            for needed in self.asked_for()
            if not self.has(needed.part)
        ]
        if self.awaits_determination():
            found.append(
                Reason("undetermined", _l("The responsibility still awaits its determination."), "assess")
            )
        return found

    def awaits_determination(self) -> bool:
        """Whether the responsibility is unclear and the procedure says who decides it (R05-14, R16-15)."""
        return (
            self.rules.undetermined is not None
            and self.investigation.responsibility is Responsibility.UNDETERMINED
        )


def _filled(key: str) -> Callable[[Inquiry], bool]:
    return lambda inquiry: getattr(inquiry.investigation, key) not in (None, "")


def _kept(kind: InquiryKind) -> Callable[[Inquiry], bool]:
    return lambda inquiry: kind in inquiry.kinds


def _evidence(inquiry: Inquiry) -> bool:
    return any(file.is_evidence for file in inquiry.files) or InquiryKind.SAMPLE in inquiry.kinds


def _photos(inquiry: Inquiry) -> bool:
    return any(file.mime_type.startswith("image/") for file in inquiry.files)


def _site_visit(inquiry: Inquiry) -> bool:
    """Said to be unnecessary, or made and on record (R15-21)."""
    need = inquiry.investigation.site_visit
    return need is Need.NOT_NEEDED or (need is Need.NEEDED and InquiryKind.SITE_VISIT in inquiry.kinds)


def _production_records(inquiry: Inquiry) -> bool:
    return any(
        each.kind is RequestKind.PRODUCTION_RECORDS and each.answered_at is not None
        for each in inquiry.requests
    )


def _requests_answered(inquiry: Inquiry) -> bool:
    return all(each.answered_at is not None for each in inquiry.requests)


def _memo_decided(inquiry: Inquiry) -> bool:
    query = sa.select(InternalMemo.id).where(
        InternalMemo.investigation_id == inquiry.investigation.id, InternalMemo.decided_at.is_not(None)
    )
    return inquiry.session.scalar(query.limit(1)) is not None


_CHECKS: dict[InquiryPart, Callable[[Inquiry], bool]] = {
    InquiryPart.EVIDENCE: _evidence,
    InquiryPart.PHOTOS: _photos,
    InquiryPart.CONTACT: _kept(InquiryKind.CONTACT),
    InquiryPart.INTERVIEW: _kept(InquiryKind.INTERVIEW),
    InquiryPart.SITE_VISIT: _site_visit,
    InquiryPart.SAMPLE: _kept(InquiryKind.SAMPLE),
    InquiryPart.MEETING: _kept(InquiryKind.MEETING),
    InquiryPart.PRODUCTION_RECORDS: _production_records,
    InquiryPart.REQUESTS_ANSWERED: _requests_answered,
    InquiryPart.MEMO_DECIDED: _memo_decided,
    InquiryPart.STANDARD: _filled("standard"),
    InquiryPart.DESIGN_DOCUMENT: _filled("design_document"),
    InquiryPart.ACCEPTANCE_BODY: _filled("acceptance_body"),
    InquiryPart.PROBLEM_FOUND: _filled("problem_found"),
    InquiryPart.SEVERITY: _filled("severity"),
    InquiryPart.IMPACT: _filled("impact"),
    InquiryPart.HAZARD_ANALYSIS: _filled("hazard_analysis"),
    InquiryPart.TECHNICAL_ANALYSIS: _filled("technical_analysis"),
    InquiryPart.ROOT_CAUSE: _filled("root_cause"),
    InquiryPart.RESPONSIBILITY: _filled("responsibility"),
    InquiryPart.RESPONSIBLE_DEPARTMENT: _filled("responsible_department_id"),
    InquiryPart.RESPONSIBLE_PERSON: _filled("responsible_person_id"),
    InquiryPart.EXPLANATION: _filled("customer_told_at"),
    InquiryPart.MEASURE: lambda inquiry: bool(inquiry.measures),
    InquiryPart.PREVENTIVE_MEASURE: lambda inquiry: MeasureKind.PREVENTION in inquiry.measures,
}

LABELS: dict[InquiryPart, LazyString] = {
    InquiryPart.EVIDENCE: _l("Evidence or a sample"),
    InquiryPart.PHOTOS: _l("Photos of the defect"),
    InquiryPart.CONTACT: _l("Contact with the party complained about"),
    InquiryPart.INTERVIEW: _l("Interview"),
    InquiryPart.SITE_VISIT: _l("Visit to the site"),
    InquiryPart.SAMPLE: _l("Sample"),
    InquiryPart.MEETING: _l("Meeting"),
    InquiryPart.PRODUCTION_RECORDS: _l("Production records"),
    InquiryPart.REQUESTS_ANSWERED: _l("Requests answered"),
    InquiryPart.MEMO_DECIDED: _l("Internal memo decided"),
    InquiryPart.STANDARD: _l("Standard or document compared with"),
    InquiryPart.DESIGN_DOCUMENT: _l("Design document compared with"),
    InquiryPart.ACCEPTANCE_BODY: _l("Acceptance body"),
    InquiryPart.PROBLEM_FOUND: _l("Finding on quality"),
    InquiryPart.SEVERITY: _l("Severity"),
    InquiryPart.IMPACT: _l("Impact"),
    InquiryPart.HAZARD_ANALYSIS: _l("Hazard analysis"),
    InquiryPart.TECHNICAL_ANALYSIS: _l("Technical analysis"),
    InquiryPart.ROOT_CAUSE: _l("Root cause"),
    InquiryPart.RESPONSIBILITY: _l("Responsibility"),
    InquiryPart.RESPONSIBLE_DEPARTMENT: _l("Responsible department"),
    InquiryPart.RESPONSIBLE_PERSON: _l("Responsible person"),
    InquiryPart.EXPLANATION: _l("Explained to the customer at"),
    InquiryPart.MEASURE: _l("Measure"),
    InquiryPart.PREVENTIVE_MEASURE: _l("Preventive measure"),
}

MISSING: dict[InquiryPart, LazyString] = {
    InquiryPart.EVIDENCE: _l("No evidence is on record yet. Add a file marked as evidence, or a sample."),
    InquiryPart.PHOTOS: _l("Photos of the defect are missing. Add at least one picture."),
    InquiryPart.CONTACT: _l("No contact with the party complained about is on record yet."),
    InquiryPart.INTERVIEW: _l("No interview is on record yet."),
    InquiryPart.SITE_VISIT: _l("Say whether the site has to be visited; if so, record the visit."),
    InquiryPart.SAMPLE: _l("No sample is on record yet."),
    InquiryPart.MEETING: _l("The meeting of the departments is not on record yet."),
    InquiryPart.PRODUCTION_RECORDS: _l(
        "The production records are missing. Ask the production department for them."
    ),
    InquiryPart.REQUESTS_ANSWERED: _l("A request to another department is still unanswered."),
    InquiryPart.MEMO_DECIDED: _l("The manager in charge has not decided on an internal memo yet."),
    InquiryPart.STANDARD: _l("The standard compared with is missing."),
    InquiryPart.DESIGN_DOCUMENT: _l("The design document compared with is missing."),
    InquiryPart.ACCEPTANCE_BODY: _l("The acceptance body is missing."),
    InquiryPart.PROBLEM_FOUND: _l("Say whether a quality problem exists."),
    InquiryPart.SEVERITY: _l("The severity is not assessed yet."),
    InquiryPart.IMPACT: _l("The impact is not assessed yet."),
    InquiryPart.HAZARD_ANALYSIS: _l("The hazard analysis is missing."),
    InquiryPart.TECHNICAL_ANALYSIS: _l("The technical analysis is missing."),
    InquiryPart.ROOT_CAUSE: _l("The root cause is missing."),
    InquiryPart.RESPONSIBILITY: _l("The responsibility is not assessed yet."),
    InquiryPart.RESPONSIBLE_DEPARTMENT: _l("The responsible department is missing."),
    InquiryPart.RESPONSIBLE_PERSON: _l("The responsible person is missing."),
    InquiryPart.EXPLANATION: _l("It has not been explained to the customer yet."),
    InquiryPart.MEASURE: _l("No measure is recorded yet."),
    InquiryPart.PREVENTIVE_MEASURE: _l("No preventive measure is recorded yet."),
}
