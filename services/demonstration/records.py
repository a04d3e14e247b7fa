"""Files, documents, time limits and archive of the made-up complaints."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveRecord, ClockRun
from models.enums import AccidentGrade, DeliveryKind
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.attachments.store import FileStore
from services.demonstration.playing import Case
from services.documents.forms import form_of, required_before
from services.operations.attach import Particulars, attach
from services.operations.deliver_document import deliver_document
from services.operations.issue_document import issue_document
from services.operations.report_accident import report_accident as report
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.documents import Audience
from services.unit_of_work import UnitOfWork


def add_statement(case: Case) -> None:
    """What the complainant brought along, as evidence on the complaint."""
    text = f"投诉人陈述\n\n{case.story.content}\n\n{case.words.statement}\n"
    add_file(case, "receiver", "投诉人陈述及材料清单.txt", text, complaint=case.address)


def add_file(case: Case, login: str, name: str, text: str, **owner: str) -> None:
    """A text as evidence on a complaint or an investigation."""
    store = FileStore(case.stage.settings)
    staged = store.stage(BytesIO(text.encode()), name)
    said = Particulars(is_evidence=True, taken_at=case.at, taken_where=case.story.where)
    with case.work(login) as work:
        attach(work, store, staged, particulars=said, **owner)


def report_accident(case: Case) -> None:
    """A quality accident comes to light with the complaint."""
    story = case.story
    with case.work(case.handler) as work:
        values = {
            "title": story.summary,
            "grade": AccidentGrade.GENERAL,
            "happened_at": case.at - timedelta(hours=9),
            "department_id": case.department_id,
            "product": story.product,
            "batch": story.batch,
            "casualties": 2,
            "facts": story.content,
            "emergency_measures": "立即停止输注，更换输液器，封存剩余药液和同批次药品，两名患者专人观察。",
        }
        report(work, values=values, complaint_id=case.read().id)


def extendable_clock(case: Case) -> str | None:
    """The time limit of the case that may be extended; None where no limit may."""
    with unscoped(case.stage.session, "the made-up complaint's time limit is extended"):
        runs = case.stage.session.scalars(sa.select(ClockRun).where(ClockRun.complaint_id == case.read().id))
        return next((run.public_id for run in runs if run.rule.get("extendable")), None)


def free_file_number(case: Case) -> str:
    """The next number of the archive's own counting."""
    with unscoped(case.stage.session, "the next free file number of the made-up archive"):
        count = case.stage.session.scalar(sa.select(sa.func.count(ArchiveRecord.id))) or 0
    return f"{case.stage.procedure.number_prefix}-{case.at.year}-{count + 1:04d}"


def issue_required(case: Case, step: str) -> None:
    """The documents that the procedure wants before this step, issued by the archivist and handed on."""
    complaint = case.read()
    procedure = procedure_of(case.stage.session, complaint)
    for required in required_before(procedure, step):
        asked = form_of(procedure, required.form, "complaint").asks
        known = {"reason": case.story.result, "way": "向投诉人说明情况并按整改措施落实。"}
        typed = {each.code: known.get(each.code, case.story.result) for each in asked}
        with case.work("archivist") as work:
            document = issue_document(
                work, FileStore(case.stage.settings), required.form, complaint=case.address, typed=typed
            )
            address = document.public_id
        if required.delivered_to:
            hand_on(case, address, required.delivered_to)


def hand_on(case: Case, address: str, whom: Audience) -> None:
    """To the department concerned or to the leader."""
    inside = whom is Audience.DEPARTMENT
    with case.work("archivist") as work:
        deliver_document(
            work,
            address,
            kind=DeliveryKind(whom.value),
            department_id=case.department_id if inside else None,
            user_id=None if inside else case.person("leader2"),
        )


def end_retention(session: Session, now: datetime) -> None:
    """The made-up archive is young: its files from three years ago are of a class that is kept for three years."""
    with UnitOfWork(session, SYSTEM, now) as work:
        old = sa.select(ArchiveRecord).where(ArchiveRecord.archived_at < now - timedelta(days=3 * 366))
        for record in work.session.scalars(old):
            day = record.archived_at.date()
            record.retention_years, record.review_on = 3, day.replace(year=day.year + 3, day=min(day.day, 28))
