"""Quality accidents of a made-up organisation, handled as its procedure says: one to the end, others on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Accident, Measure
from models.enums import AccidentGrade, DeliveryKind, MeasureKind
from services.attachments.store import FileStore
from services.demonstration.playing import Moments, Stage
from services.demonstration.setting import Mishap
from services.documents.forms import form_of, required_before
from services.operations.announce_accident import announce_accident
from services.operations.carry_out_measure import carry_out_measure
from services.operations.close_accident import close_accident
from services.operations.decide_accident import decide_accident
from services.operations.deliver_document import deliver_document
from services.operations.edit_accident import edit_accident
from services.operations.grade_accident import grade_accident
from services.operations.issue_document import issue_document
from services.operations.record_accident_report import record_accident_report
from services.operations.record_measure import record_measure
from services.operations.record_self_examination import record_self_examination
from services.operations.report_accident import report_accident
from services.operations.sign_accident import Capacity, sign_accident
from services.operations.visit_scene import visit_scene
from services.procedures.sections.documents import Audience


def mishap(stage: Stage, story: Mishap, at: datetime, number: int) -> Moments:
    """From the report at once to the closing; the youngest ones end where now comes between."""
    login = stage.setting.handlers[story.place]
    with stage.work(login, at) as work:
        values = {
            "title": story.title,
            "scope": story.scope,
            "happened_at": at - timedelta(minutes=35),
            "department_id": stage.places[story.place],
            "product": story.product,
            "batch": story.batch,
            "facts": story.facts,
            **story.grading,
        }
        found = report_accident(work, values=values).id
    accident = _Handled(stage, found, story)
    yield (at := stage.working_moment(at + timedelta(hours=3)))
    accident.visit(at)
    yield (at := stage.working_moment(at + timedelta(days=2)))
    accident.investigate(at)
    yield (at := stage.working_moment(at + timedelta(days=3)))
    accident.improve(at, login)
    yield (at := stage.working_moment(at + timedelta(days=6)))
    accident.decide(at)
    yield (at := stage.working_moment(at + timedelta(days=5)))
    accident.close(at)


class _Handled:
    def __init__(self, stage: Stage, found: int, story: Mishap) -> None:
        self.stage, self.found, self.story = stage, found, story

    def _do(self, login: str, at: datetime, operation: Any, **given: Any) -> None:
        with self.stage.work(login, at) as work:
            version = work.session.get_one(Accident, self.found).version
            operation(work, self.found, version, **given)

    def visit(self, at: datetime) -> None:
        self._do(
            "quality",
            at,
            visit_scene,
            arrived_at=at - timedelta(minutes=25),
            visitor_id=self.stage.people["investigator"],
            emergency_measures="立即停止销售，下架同批次商品，通知已购顾客停用。",
            scene_protection="现场拍照留存，涉事商品封存并贴封条，专人看管。",
        )

    def investigate(self, at: datetime) -> None:
        """Cause, responsibility and loss; a grade that the facts leave open is decided by a person."""
        self._do(
            "quality",
            at,
            edit_accident,
            values={
                "cause": self.story.cause,
                "responsibility": "直接责任人为当班人员，部门负责人负管理责任。",
                **self.story.grading,
            },
            complaint_id=None,
        )
        with self.stage.work("quality", at) as work:
            asked = work.session.get_one(Accident, self.found).grade is AccidentGrade.UNDETERMINED
        if asked:
            reason = "无经济损失和人员伤亡，影响限于本部门。"
            self._do("quality", at, grade_accident, grade=AccidentGrade.GENERAL, reason=reason)
        accidents = self.stage.procedure.accidents
        for duty in accidents.reports if accidents else ():
            if not duty.by_desk:
                self._do("quality", at, record_accident_report, kind=duty.kind, sent_at=at)

    def improve(self, at: datetime, login: str) -> None:
        self._do(
            "quality",
            at,
            record_self_examination,
            text="未按规定检查陈列商品和温湿度，交接流于形式，今后逐日检查登记。",
            on=at.astimezone(self.stage.zone).date(),
        )
        values = {
            "kind": MeasureKind.CORRECTIVE,
            "text": "每日检查陈列商品并登记，按批次先进先出，由质量负责人每周抽查。",
            "owner_id": self.stage.people[login],
            "department_id": self.stage.places[self.story.place],
            "due_on": (at + timedelta(days=5)).astimezone(self.stage.zone).date(),
        }
        with self.stage.work(login, at) as work:
            measure = record_measure(work, values=values, accident_id=self.found)
            found, version = measure.id, measure.version
        with self.stage.work(login, at + timedelta(hours=2)) as work:
            kept = work.session.get_one(Measure, found)
            assert kept.version == version
            carry_out_measure(work, found, version, how="检查登记本已启用，全员完成培训。")

    def decide(self, at: datetime) -> None:
        """Two signatures and the announcement."""
        self._do(
            "quality",
            at,
            decide_accident,
            disposition="对直接责任人批评教育并扣发当月绩效，部门负责人作出书面检查。",
            outcome="涉事商品已退回供货单位，顾客已得到更换。",
        )
        self._do("quality", at, sign_accident, capacity=Capacity.QUALITY)
        self._do("leader2", at, sign_accident, capacity=Capacity.HEAD)
        day = at.astimezone(self.stage.zone).date()
        self._do("quality", at, announce_accident, on=day, where="公司办公会议")

    def close(self, at: datetime) -> None:
        for required in required_before(self.stage.procedure, "close_accident"):
            self._issue(at, required.form, required.delivered_to)
        self._do("quality", at, close_accident, remark="措施落实，同意结案。")

    def _issue(self, at: datetime, form: str, to: Audience | None) -> None:
        known = {
            "opinion": "按“三不放过”原则处理，同意整改措施。",
            "result": "已处理完毕，相关人员已受教育。",
        }
        asked = form_of(self.stage.procedure, form, "accident").asks
        typed = {each.code: known.get(each.code, self.story.cause) for each in asked}
        with self.stage.work("quality", at) as work:
            address = work.session.get_one(Accident, self.found).public_id
            document = issue_document(
                work, FileStore(self.stage.settings), form, accident=address, typed=typed
            ).public_id
        if to is not None:
            with self.stage.work("quality", at) as work:
                deliver_document(
                    work, document, kind=DeliveryKind(to.value), user_id=self.stage.people["leader2"]
                )
