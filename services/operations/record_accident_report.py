"""Recording that a report of an accident went out: the clocks that wait for it stop once everybody named has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models import Accident
from models.accident_enums import ReportKind, ReportRecipient
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid
from services.records import grant_for_record, load_record, record_change
from services.unit_of_work import UnitOfWork
from services.workflow import accidents
from services.workflow.typed import not_in_future, optional

USUAL: dict[ReportKind, tuple[ReportRecipient, ...]] = {
    ReportKind.REPORTED_TO_QUALITY: (ReportRecipient.QUALITY_MANAGEMENT,),
    ReportKind.REPORTED_TO_DEPARTMENT: (ReportRecipient.DEPARTMENT_LEADER,),
    ReportKind.REPORTED_TO_MANAGER: (ReportRecipient.GENERAL_MANAGER,),
    ReportKind.ACCIDENT_FORM_SENT: (ReportRecipient.QUALITY_MANAGEMENT,),
    ReportKind.REPORTED_UP: (ReportRecipient.SUPERIOR,),
    ReportKind.REPORTED_TO_AUTHORITY: (ReportRecipient.AUTHORITY,),
    ReportKind.WRITTEN_REPORT_SENT: (ReportRecipient.SUPERIOR,),
    ReportKind.COMPANY_FORM_SENT: (ReportRecipient.HEAD_OF_ENTERPRISE,),
}
"""Who gets a report where nobody is named for it."""


def record_accident_report(
    work: UnitOfWork,
    accident_id: int,
    version: int | None,
    *,
    kind: ReportKind | None,
    recipients: Sequence[ReportRecipient] = (),
    sent_at: datetime | None = None,
    to_whom: str | None = None,
) -> Accident:
    """The accident with a report recorded for each recipient; a late one is marked (R14-12).

    Invalid for a moment ahead of now or before the accident. Without recipients: those the procedure names.
    """
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_WRITE, accident)
    accidents.require_open_accident(accident)
    if kind is None:
        raise Invalid({"kind": _l("Choose what was sent.")})
    moment = not_in_future(work, sent_at, "sent_at")
    if moment < accident.happened_at:
        raise Invalid({"sent_at": _l("A report can't go out before the accident happened.")})
    named = accidents.recipients_of(accidents.scheme_of(work.session, accident), kind)
    whom = optional(to_whom, "to_whom", 200)
    rows = [
        accidents.add_report(work, accident, kind, recipient, moment, whom)
        for recipient in dict.fromkeys(recipients or named or USUAL[kind])
    ]
    record_change(
        work,
        kind.value,
        accident,
        audit.values_of(accident),
        grant=grant,
        reason=whom,
        further={
            "report": kind.value,
            "recipients": [row.recipient.value for row in rows],
            "sent_at": moment.isoformat(),
            "late": any(row.is_late for row in rows),
        },
    )
    return accident
