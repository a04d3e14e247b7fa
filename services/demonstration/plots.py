"""How the made-up complaints go: one generator an outcome. What differs between two of a kind is left to chance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from models.enums import Channel, FollowUpResult
from services.demonstration import holding, investigating, papers, records, remedying
from services.demonstration.playing import Case, Moments
from services.procedures.vocabulary import Field

Plot = Callable[[Case], Moments]
_CHANNELS = (
    Channel.HOTLINE,
    Channel.VISIT,
    Channel.ONLINE,
    Channel.LETTER,
    Channel.EMAIL,
    Channel.SUPERIOR,
    Channel.HOTLINE,
)


def open_channel(case: Case, *wanted: Channel) -> Channel:
    """One of these ways in that the procedure has; telephone or letter is always one."""
    there = {each.code for each in case.stage.procedure.intake.channels}
    return case.chance.choice([each for each in wanted or _CHANNELS if each in there] or [Channel.LETTER])


def registered(case: Case) -> Moments:
    case.register(open_channel(case), case.chance.choice(("receiver", "receiver", "receiver2")))
    return
    yield case.at


def to_complete(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=1)
    case.fire("ask_to_complete", "receiver", missing=case.words.missing)


def accepted(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=2)
    accept(case)
    yield from graded(case)


def graded(case: Case) -> Moments:
    """Where the procedure has grades."""
    if case.stage.procedure.grading is not None:
        yield case.wait(hours=0.2)
        level = case.story.grade
        case.fire("grade", "receiver", level=level, reason="按投诉内容和影响范围评定。")


def accept(case: Case) -> None:
    """With what the procedure wants to see before it."""
    papers.ask_for_papers(case)
    if any(each.field is Field.EVIDENCE for each in case.stage.procedure.intake.required_for_acceptance):
        records.add_statement(case)
    case.fire("accept", "receiver")


def dispatched(case: Case) -> Moments:
    yield from accepted(case)
    instruction = case.chance.choice(case.words.instructions)
    if case.stage.procedure.handover.leader_instruction:
        yield case.wait(hours=1)
        case.fire("instruct", "leader", text=instruction, department_id=case.department_id)
    yield case.wait(hours=2)
    transfer(case, instruction)


def transfer(case: Case, instruction: str) -> None:
    asks = case.stage.procedure.handover.leader_instruction
    case.fire(
        "transfer",
        "receiver",
        department_id=case.department_id,
        person_id=case.person(case.handler),
        instruction=instruction,
        instructed_by_id=case.person("leader") if asks else None,
    )


def refused_once(case: Case) -> Moments:
    yield from dispatched(case)
    yield case.wait(hours=20)
    case.fire(
        "refuse_signature",
        case.handler,
        reason=case.words.misdirected,
        clause=next(iter(case.stage.procedure.handover.clause), "部门职责分工"),
    )
    yield case.wait(hours=5)
    transfer(case, case.words.redirected)


def in_work(case: Case) -> Moments:
    yield from dispatched(case)
    yield case.wait(hours=4)
    case.fire("sign_for", case.handler)
    yield case.wait(days=1)
    papers.take_in_papers(case)
    case.fire("note", case.handler, text=case.chance.choice(case.words.notes))
    holding.stop_goods(case)
    remedying.check_warranty(case)


def supervised(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=3)
    due = case.at + timedelta(days=5)
    case.fire("supervise", "leader", demand="上级交办，请于五日内报告进展。", due_at=due)
    yield case.wait(days=1)
    case.fire("urge", "receiver", text="请抓紧办理，注意督办期限。")


def paused(case: Case) -> Moments:
    """Where the procedure lets a time limit stand still; elsewhere the work goes on."""
    yield from in_work(case)
    yield case.wait(days=3)
    rules = [clock.pause for clock in case.stage.procedure.clocks if clock.pause]
    if rules:
        case.fire("pause", "leader", reason=rules[0].reasons[0], text=case.words.paused)


def extended(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=8)
    clock = records.extendable_clock(case)
    if clock is None:
        return
    case.fire("request_extension", case.handler, clock=clock, amount=10, reason=case.words.extended)
    yield case.wait(hours=6)
    case.fire(
        "extend", "leader", clock=clock, amount=10, reason="同意延期，及时告知投诉人。", told_how="电话告知"
    )


def co_handled(case: Case) -> Moments:
    yield from in_work(case)
    other, person = case.stage.setting.quality, "investigator"
    joint = case.stage.procedure.joint_handling
    yield case.wait(hours=3)
    case.fire(
        "add_co_handler",
        "receiver",
        department_id=case.stage.places[other],
        person_id=case.person(person),
        instruction=case.words.co_task,
        coordinator=joint.coordinator.zh if joint else None,
    )
    yield case.wait(days=1)
    case.fire("sign_co_handling", person)
    yield case.wait(days=1)
    case.fire("give_co_opinion", person, opinion=case.words.co_opinion)


def investigated(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=1)
    investigation = investigating.open_investigation(case)
    yield case.wait(days=1)
    investigating.add_finding(case, investigation)


_PLAIN = ("ordinary", "class_4", "class_5")
"""Grades that are answered without an investigation."""


def awaiting(case: Case) -> Moments:
    """Investigated or not, with a measure or without: the opinion lies with the leader."""
    yield from in_work(case)
    investigation = None
    if case.story.grade not in _PLAIN:
        yield case.wait(days=1)
        investigation = investigating.open_investigation(case)
        yield case.wait(days=1)
        investigating.add_finding(case, investigation)
        yield case.wait(days=1)
        investigating.put_on_record(case, investigation)
        yield case.wait(hours=6)
        investigating.finish_investigation(case, investigation)
    yield case.wait(days=2)
    if case.story.measure:
        remedying.plan_measure(case)
    remedying.offer_solution(case)
    remedying.order_repair(case)
    yield case.wait(hours=5)
    remedying.meet_demands(case, "submit_opinion")
    _submit(case)


def _submit(case: Case) -> None:
    none = "问题已当场解决，无需另行采取措施。"
    case.fire(
        "submit_opinion",
        case.handler,
        result=case.story.result,
        responsibility=case.story.responsibility,
        no_measures_reason=None if remedying.planned(case) else none,
    )


def returned(case: Case) -> Moments:
    yield from awaiting(case)
    yield case.wait(hours=8)
    case.fire("return_opinion", case.approver, reason="请补充与投诉人的沟通情况和责任人谈话记录。")
    yield case.wait(days=1)
    _submit(case)


def approved(case: Case) -> Moments:
    yield from awaiting(case)
    yield case.wait(hours=12)
    case.fire("approve", case.approver, meaning="同意处理意见，按此答复投诉人。")


def replied(case: Case) -> Moments:
    yield from approved(case)
    yield case.wait(hours=6)
    us = case.words.us
    text = (
        f"您反映的“{case.story.summary}”一事已调查完毕。{case.story.result}"
        + (f"{us}已采取以下措施：{case.story.measure}。" if case.story.measure else "")
        + f"感谢您对{us}工作的监督。"
    )
    remedying.meet_demands(case, "reply")
    case.fire("reply", "receiver", text=text, channel=Channel.LETTER)


def following_up(case: Case) -> Moments:
    yield from replied(case)
    yield case.wait(days=2)
    case.fire("start_follow_up", "receiver")


def dissatisfied(case: Case) -> Moments:
    yield from following_up(case)
    yield case.wait(days=1)
    _follow_up(case, FollowUpResult.DISSATISFIED, "没有看到责任人的处理结果，不满意。")
    yield case.wait(days=1)
    case.fire("note", case.handler, text="已约投诉人下周当面沟通。")


def _follow_up(case: Case, result: FollowUpResult, words: str) -> None:
    execution = "方案已执行完毕，客户确认收到。" if result is FollowUpResult.SATISFIED else "方案正在执行。"
    case.fire(
        "follow_up", "receiver", result=result, channel=Channel.HOTLINE, words=words, execution=execution
    )


def satisfied(case: Case) -> Moments:
    yield from following_up(case)
    yield case.wait(days=1)
    _follow_up(case, FollowUpResult.SATISFIED, case.chance.choice(case.words.content_words))


def closed(case: Case) -> Moments:
    yield from satisfied(case)
    yield case.wait(hours=5)
    remedying.meet_demands(case, "close")
    remedying.carry_out_measures(case)
    holding.release_goods(case)
    yield case.wait(hours=5)
    records.issue_required(case, "close")
    case.fire("close", "leader2", opinion="处理得当，整改到位，同意办结。")


def on_spot(case: Case) -> Moments:
    """Where the procedure exempts what is solved at once from approval; elsewhere it goes the whole way."""
    if not case.stage.procedure.approval.on_the_spot_exempt:
        yield from closed(case)
        return
    case.at_the_desk = True
    yield from registered(case)
    yield case.wait(hours=0.3)
    remedying.offer_solution(case)
    remedying.meet_demands(case, "close")
    remedying.carry_out_measures(case)
    case.fire(
        "close_on_spot", "receiver", result=f"当场核实并解决。{case.story.result}", complainant_agrees=True
    )


def unreachable(case: Case) -> Moments:
    """Nobody to reply to: without a name where the procedure takes that, else not to be reached."""
    anonymous = case.stage.procedure.intake.anonymous.allowed
    case.register(open_channel(case, Channel.ONLINE, Channel.LETTER), anonymous=anonymous)
    yield case.wait(hours=2)
    accept(case)
    yield from graded(case)
    yield case.wait(hours=3)
    transfer(case, case.words.instructions[0])
    yield case.wait(hours=4)
    case.fire("sign_for", case.handler)
    yield case.wait(days=3)
    holding.stop_goods(case)
    remedying.check_warranty(case)
    remedying.offer_solution(case)
    remedying.order_repair(case)
    remedying.meet_demands(case, "submit_opinion")
    none = "已当场整改，无需另行采取措施。"
    case.fire(
        "submit_opinion",
        case.handler,
        result=case.story.result,
        responsibility=case.story.responsibility,
        no_measures_reason=None if remedying.planned(case) else none,
    )
    yield case.wait(hours=10)
    case.fire("approve", case.approver, meaning="同意处理意见。")
    yield case.wait(hours=5)
    remedying.meet_demands(case, "reply")
    reason = "匿名投诉，未留联系方式。" if anonymous else "三次去电无人接听，信函退回。"
    case.fire("reply", "receiver", not_notifiable_reason=reason)
    yield case.wait(days=1)
    remedying.meet_demands(case, "close")
    remedying.carry_out_measures(case)
    holding.release_goods(case)
    records.issue_required(case, "close")
    case.fire("close", "leader2", opinion="已查实整改，同意办结。")


def archived(case: Case) -> Moments:
    yield from closed(case)
    yield case.wait(days=2)
    _archive(case, "登记表、转办单、调查材料、处理意见、答复函、回访记录")


def on_spot_archived(case: Case) -> Moments:
    yield from on_spot(case)
    yield case.wait(days=3)
    _archive(case, "登记表、处理记录")


def _archive(case: Case, catalogue: str) -> None:
    records.issue_required(case, "archive")
    case.fire(
        "archive",
        "archivist",
        file_number=records.free_file_number(case),
        catalogue=catalogue,
        pages=case.chance.randint(4, 46),
        absent_reason="按投诉分级无需另行调查取证，依据见处理意见。",
        box=f"{case.at.year}-投诉-{case.chance.randint(1, 6):02d}",
    )


def reopened(case: Case) -> Moments:
    yield from closed(case)
    yield case.wait(days=4)
    case.fire("reopen", "leader", new_fact=case.words.reopened)
    yield case.wait(hours=5)
    transfer(case, "请按新情况重新核实，并当面答复投诉人。")
    yield case.wait(hours=5)
    case.fire("sign_for", case.handler)
