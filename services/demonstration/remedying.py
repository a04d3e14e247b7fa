"""Measures, solutions, warranty and appraisals of the made-up complaints."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from models import Appraisal, Measure
from models.enums import MeasureKind, MeasureStatus, Responsibility
from models.remedy_enums import (
    AppraisalBody,
    AppraisalResult,
    Bearer,
    CompensationForm,
    Gravity,
    PenaltyGround,
    SolutionAnswer,
)
from services.access.scope import unscoped
from services.demonstration.playing import Case
from services.demonstration.setting import Building
from services.operations.answer_solution import answer_solution
from services.operations.carry_out_measure import carry_out_measure
from services.operations.commission_appraisal import commission_appraisal
from services.operations.offer_solution import offer_solution as offer
from services.operations.record_appraisal_result import record_appraisal_result
from services.operations.record_measure import record_measure
from services.operations.refer_for_penalty import refer_for_penalty
from services.operations.set_warranty import set_warranty
from services.operations.verify_measure import verify_measure
from services.procedures.sections.measures import Demand, Step
from services.workflow.remedies import unmet

_OF_KIND: dict[MeasureKind, dict[str, Any]] = {
    MeasureKind.DISCIPLINE: {"person_name": "当事人员", "severity": Gravity.MINOR},
    MeasureKind.PENALTY: {"person_name": "责任单位", "amount": Decimal(2000)},
    MeasureKind.COMPENSATION: {"amount": Decimal(160), "compensation_form": CompensationForm.MONEY},
    MeasureKind.RETURN: {"freight_by": Bearer.COMPANY},
}
"""What measures of some kinds say beside their text."""


def plan_measure(case: Case) -> None:
    """What the department will do about it."""
    record(case, case.story.measure_kind, case.story.measure)


def record(case: Case, kind: MeasureKind, text: str, **more: Any) -> None:
    """A planned measure; discipline is recorded by those entitled to read it."""
    with case.work("quality" if kind is MeasureKind.DISCIPLINE else case.hand) as work:
        values = {
            "kind": kind,
            "text": text,
            "owner_id": case.person(case.hand),
            "department_id": case.department_id,
            "due_on": _day(case, 10),
            **_OF_KIND.get(kind, {}),
            **more,
        }
        if kind is MeasureKind.COMPENSATION:
            values["given_on"] = values["due_on"]
        record_measure(work, values=values, complaint_id=case.read().id)


def _day(case: Case, days: float = 0) -> date:
    return (case.at + timedelta(days=days)).astimezone(case.stage.zone).date()


def planned(case: Case) -> bool:
    """Whether there is a measure on record."""
    return _has(case, *MeasureKind)


def _has(case: Case, *kinds: MeasureKind) -> bool:
    with unscoped(case.stage.session, "whether the made-up complaint has a measure"):
        query = sa.select(Measure.id).where(Measure.complaint_id == case.read().id, Measure.kind.in_(kinds))
        return case.stage.session.scalar(query.limit(1)) is not None


def meet_demands(case: Case, step: Step) -> None:
    """The measures that the procedure demands before this step, in the shape in which it wants them."""
    stage = case.stage
    with unscoped(stage.session, "which demanded measures the made-up complaint lacks"):
        lacking = unmet(stage.session, case.read(), stage.procedure, step)
    for demand in lacking:
        _answer(case, demand)
        if demand.carried_out or demand.verified:
            carry_out_measures(case)


def _answer(case: Case, demand: Demand) -> None:
    kind = (
        case.story.measure_kind
        if case.story.measure_kind in demand.kinds
        else next(iter(demand.kinds), MeasureKind.IMPROVEMENT)
    )
    more: dict[str, Any] = {}
    if demand.with_cause:
        more["cause"] = case.story.result
    if demand.agreed:
        more |= {"agreed_with_id": case.stage.places[case.stage.setting.quality], "agreed_on": _day(case)}
    if demand.promised:
        more["promised_on"] = _day(case)
    if demand.help_asked:
        more["help_asked_on"] = _day(case)
    if demand.freight_by is not None:
        more["freight_by"] = demand.freight_by
    if kind is MeasureKind.PENALTY:
        more["person_name"] = case.story.about
    record(case, kind, f"{demand.names.zh}：{case.story.measure or case.story.result}", **more)


def carry_out_measures(case: Case) -> None:
    """All planned measures of the case are carried out, and verified by the quality department."""
    with unscoped(case.stage.session, "the made-up complaint's measures are carried out"):
        query = sa.select(Measure.id, Measure.version).where(
            Measure.complaint_id == case.read().id, Measure.status == MeasureStatus.PLANNED
        )
        waiting = case.stage.session.execute(query).all()
    for measure_id, version in waiting:
        with case.work(case.hand) as work:
            carry_out_measure(work, measure_id, version, how=case.words.measures_done)
        with case.work("quality") as work:
            kept = work.session.get_one(Measure, measure_id)
            verify_measure(work, measure_id, kept.version, remark="现场抽查，落实到位。")


def offer_solution(case: Case) -> None:
    """Where the procedure wants a solution offered: one the customer declines now and then, then one they take."""
    rules = case.stage.procedure.measures
    if rules.solution_offered is None:
        return
    kinds = [each.kind for each in rules.resolutions]
    liked = case.story.measure_kind if case.story.measure_kind in kinds else MeasureKind.OTHER
    if case.chance.random() < 0.3:
        _offered(case, MeasureKind.REPAIR, "上门检修并更换易损件。", SolutionAnswer.DECLINED)
    _offered(case, liked, case.story.measure or "当面说明情况并致歉。", SolutionAnswer.ACCEPTED)


def _offered(case: Case, kind: MeasureKind, text: str, answer: SolutionAnswer) -> None:
    with case.work(case.hand) as work:
        values = {"kind": kind, "text": text, "offered_on": _day(case)}
        solution = offer(work, case.read().id, values=values)
        found, version = solution.id, solution.version
    words = "同意该方案。" if answer is SolutionAnswer.ACCEPTED else "不接受维修，要求更换。"
    with case.work(case.hand) as work:
        answer_solution(work, found, version, answer=answer, on=_day(case), words=words)


def check_warranty(case: Case) -> None:
    """Whether the part is under warranty; what is disputed is appraised, who is to blame put forward for penalty."""
    setting, rule = case.stage.setting, case.stage.procedure.warranty
    if rule is None or case.read().category not in rule.categories:
        return
    building = setting.buildings[case.number % len(setting.buildings)]
    enter_warranty(case, building)
    if case.number % 4 == 0:
        _appraise(case, building.project)
    if case.number % 7 == 3:
        _put_forward(case)


def order_repair(case: Case) -> None:
    """Within the warranty the responsible unit is ordered to repair, whatever the appraisal says later."""
    rule = case.stage.procedure.warranty
    wanted = rule is not None and case.read().category in rule.categories
    if wanted and not _has(case, MeasureKind.RECTIFICATION):
        record(case, MeasureKind.RECTIFICATION, "责令责任单位到场查验，属质量缺陷的限期维修。")


def enter_warranty(case: Case, building: Building) -> None:
    """What the warranty is computed from, with what was found on site."""
    years = building.accepted_years_ago
    values = {
        "project": building.project,
        "part": building.part,
        "completed_on": _day(case, -365 * years) if years is not None else None,
        "appeared_on": _day(case, -6),
        "design_life_years": building.design_life_years,
        "contract_years": building.contract_years,
        "visited_on": _day(case),
        "visit_found": building.found,
    }
    with case.work(case.hand) as work:
        set_warranty(work, case.address, values=values)


def _appraise(case: Case, project: str) -> None:
    conforms = case.story.responsibility in (Responsibility.NONE, Responsibility.COMPLAINANT)
    with case.work(case.hand) as work:
        values = {
            "subject": f"{project}：{case.story.summary}",
            "body_kind": AppraisalBody.QUALIFIED,
            "body": "省建筑工程质量检测中心（演示）",
            "qualification": "建设工程质量检测资质 JC-0001（演示）",
            "requested_on": _day(case, -1),
            "commissioned_on": _day(case),
            "cost": Decimal(6800),
        }
        found = commission_appraisal(work, case.read().id, values=values).id
    with case.work(case.hand) as work:
        kept = work.session.get_one(Appraisal, found)
        record_appraisal_result(
            work,
            found,
            kept.version,
            result=AppraisalResult.CONFORMING if conforms else AppraisalResult.NOT_CONFORMING,
            on=_day(case),
            text=case.story.result,
        )


def _put_forward(case: Case) -> None:
    rule = case.stage.procedure.penalty_referrals
    if rule is None:
        return
    with case.work(case.hand) as work:
        values = {
            "party": case.story.about,
            "authority": rule.authority.zh,
            "referred_on": _day(case),
            "ground": PenaltyGround.AGAINST_RULES,
            "facts": f"{case.story.result}责任单位未按规定履行保修义务。",
        }
        refer_for_penalty(work, case.read().id, values=values)
