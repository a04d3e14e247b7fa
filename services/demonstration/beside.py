"""What an organisation does beside its cases: enquiries, accidents, duty roster, training, reading, reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from models import AnalysisReport, DutyShift, ProcedureVersion, ReceptionSession, Training
from models.analysis_enums import ReportKind, ReportStatus
from models.enums import RoleName
from models.reception_enums import DutyKind
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.demonstration.accidents import mishap
from services.demonstration.playing import Moments, Stage
from services.demonstration.setting import Question
from services.operations.answer_enquiry import answer_enquiry
from services.operations.confirm_reading import confirm_reading
from services.operations.create_record import create_record
from services.operations.edit_record import edit_record
from services.operations.plan_reception import plan_reception
from services.operations.produce_report import produce_report
from services.operations.record_enquiry import record_enquiry
from services.operations.submit_report import submit_report
from services.operations.write_report import write_report
from services.reports.periods import Period, whole
from services.unit_of_work import UnitOfWork

Play = tuple[datetime, Callable[[], Moments]]
_AGES = (170.0, 96.0, 41.0, 12.0, 3.0)
"""How many days ago enquiries came in and accidents happened, by turns."""


def beside(stage: Stage) -> list[Play]:
    """Everything beside the cases that the procedure knows of."""
    plays: list[Play] = []
    for number, question in enumerate(stage.setting.questions):
        at = _moment(stage, _AGES[number % len(_AGES)])
        plays.append((at, partial(_enquiry, stage, question, at, number)))
    for number, story in enumerate(stage.setting.mishaps):
        at = _moment(stage, _AGES[(number + 1) % len(_AGES)])
        plays.append((at, partial(mishap, stage, story, at, number)))
    if stage.procedure.duty is not None:
        plays.append((_moment(stage, 14), partial(_roster, stage, _moment(stage, 14))))
    if stage.procedure.reception_days:
        plays.append((_moment(stage, 30), partial(_reception, stage, _moment(stage, 30))))
    if stage.procedure.staffing is not None:
        plays.append((_moment(stage, 60), partial(_trainings, stage, _moment(stage, 60))))
    if stage.procedure.reading is not None:
        plays.append((_moment(stage, 50), partial(_readings, stage, _moment(stage, 50))))
    return plays + _reports(stage)


def _moment(stage: Stage, days: float) -> datetime:
    at = stage.working_moment(stage.now - timedelta(days=days))
    return at if at <= stage.now else stage.working_moment(stage.now - timedelta(days=days + 3))


def _enquiry(stage: Stage, question: Question, at: datetime, number: int) -> Moments:
    kinds = {kind.code: kind for kind in stage.procedure.enquiries}
    kind = kinds[question.kind]
    stage.present = at
    with stage.work("receiver", at) as work:
        values = {
            "title": question.title,
            "content": question.content,
            "channel": kind.channels[number % len(kind.channels)],
            "received_at": at - timedelta(minutes=10),
            "sender": question.sender,
            "sender_contact": f"100{stage.chance.randint(0, 99_999_999):08d}",
            "product": question.product,
            "department_id": stage.places[question.place] if question.place else None,
        }
        found = record_enquiry(work, question.kind, values).id
    at = stage.working_moment(at + timedelta(days=5))
    yield at
    with stage.work("quality", at) as work:
        answer_enquiry(work, found, answer=question.answer)


def _roster(stage: Stage, at: datetime) -> Moments:
    """Two weeks back and two ahead: somebody on duty every night, a leader every week."""
    people = [each.login for each in stage.setting.people if each.role is RoleName.FIRST_RECEIVER]
    leaders = [each.login for each in stage.setting.people if each.role is RoleName.LEADER]
    first = at.astimezone(stage.zone).date()
    monday = first - timedelta(days=first.weekday())
    for day in range(28):
        on = monday + timedelta(days=day)
        _shift(stage, at, DutyKind.OFFICER, people[day % len(people)], on, 1)
        if day % 7 == 0:
            _shift(stage, at, DutyKind.LEADER, leaders[day // 7 % len(leaders)], on, 7)
    return
    yield at


def _shift(stage: Stage, at: datetime, kind: DutyKind, login: str, on: date, days: int) -> None:
    starts = datetime.combine(on, time(8, 0), stage.zone)
    with stage.work("receiver", at) as work:
        values = {
            "kind": kind,
            "user_id": stage.people[login],
            "starts_at": starts,
            "ends_at": starts + timedelta(days=days),
            "phone": "8100" if kind is DutyKind.OFFICER else "8001",
        }
        create_record(work, DutyShift, values, Permission.DUTY_WRITE)


def _reception(stage: Stage, at: datetime) -> Moments:
    """The sittings of a month back and two ahead, each with its host."""
    today = at.astimezone(stage.zone).date()
    stage.present = at
    with UnitOfWork(stage.session, SYSTEM, at) as work:
        plan_reception(work, today, today + timedelta(days=92))
    rows = stage.session.execute(
        sa.select(ReceptionSession.id, ReceptionSession.version).order_by(
            ReceptionSession.held_on, ReceptionSession.id
        )
    ).all()
    hosts = [
        each.login
        for each in stage.setting.people
        if each.role in (RoleName.LEADER, RoleName.DEPARTMENT_HEAD)
    ]
    for number, (session_id, version) in enumerate(rows):
        with stage.work("receiver", at) as work:
            values = {"host_id": stage.people[hosts[number % len(hosts)]]}
            edit_record(work, ReceptionSession, session_id, version, values, Permission.DUTY_WRITE)
    return
    yield at


def _trainings(stage: Stage, at: datetime) -> Moments:
    """Those who handle complaints took part; the newest of them has not been trained yet."""
    trained = [
        each.login
        for each in stage.setting.people
        if each.role in (RoleName.FIRST_RECEIVER, RoleName.HANDLER, RoleName.INVESTIGATOR)
    ][:-1]
    for number, topic in enumerate(stage.setting.trainings):
        for login in trained:
            with stage.work("leader", at) as work:
                values = {
                    "user_id": stage.people[login],
                    "topic": topic,
                    "held_on": (at - timedelta(days=2)).astimezone(stage.zone).date(),
                    "hours": Decimal(4 - number % 2),
                    "result": stage.chance.choice(("考核合格", "考核优秀", "考核合格")),
                }
                create_record(work, Training, values, Permission.TRAINING_WRITE)
        at = stage.working_moment(at + timedelta(days=21))
        yield at


def _readings(stage: Stage, at: datetime) -> Moments:
    """Most have confirmed that they have read the procedure; two have not yet."""
    version = stage.session.scalars(
        sa.select(ProcedureVersion.id).order_by(ProcedureVersion.id.desc())
    ).first()
    assert version is not None  # the organisation was made with its procedure
    for person in stage.setting.people[:-2]:
        with stage.work(person.login, at) as work:
            confirm_reading(work, version)
        at = stage.working_moment(at + timedelta(hours=2))
        yield at


def _reports(stage: Stage) -> list[Play]:
    """The reports of the periods that are over: all submitted but the last, which waits for its owner."""
    analysis = stage.procedure.analysis
    if analysis is None:
        return []
    plays: list[Play] = []
    for rule in analysis.reports:
        period = whole(rule.kind, stage.now.astimezone(stage.zone).date(), stage.zone).previous
        for back in range(3 if rule.kind is ReportKind.MONTHLY else 2):
            at = stage.working_moment(period.end + timedelta(hours=9))
            if at < stage.now - timedelta(days=330) or at > stage.now:
                break
            if not _is_reported(stage, rule.kind, period):
                plays.append((at, partial(_report, stage, rule.kind, period, at, back > 0)))
            period = period.previous
    return plays


def _is_reported(stage: Stage, kind: ReportKind, period: Period) -> bool:
    """Whether an earlier play of this desk, or its worker, has made the report already."""
    known = sa.select(AnalysisReport.id).where(
        AnalysisReport.kind == kind, AnalysisReport.starts_on == period.first
    )
    with unscoped(stage.session, "the made-up reports are not made twice"):
        return stage.session.scalar(known) is not None


def _report(stage: Stage, kind: ReportKind, period: Period, at: datetime, submitted: bool) -> Moments:
    stage.present = at
    with UnitOfWork(stage.session, SYSTEM, at) as work:
        report = produce_report(work, kind, period)
        found, owner = report.id, report.owner_id
    if not submitted or owner is None:
        return
    login = next(login for login, user_id in stage.people.items() if user_id == owner)
    at = stage.working_moment(at + timedelta(days=2))
    yield at
    with stage.work(login, at) as work:
        kept = work.session.get_one(AnalysisReport, found)
        assert kept.status is ReportStatus.DRAFT
        values = {
            "comparison": "与上期相比总量基本持平，按期办结率有所提高。",
            "causes": "主要集中在告知不及时、交接记录不完整和检查未落实三个方面。",
            "improvements": "完善交接核对单，缩短告知时限，纳入下月质量检查。",
        }
        report = write_report(work, found, kept.version, values=values)
        version = report.version
    with stage.work(login, at + timedelta(minutes=20)) as work:
        submit_report(work, found, version)
