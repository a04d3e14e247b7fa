"""How the made-up complaints go: one generator an outcome. What differs between two of a kind is left to chance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from models.enums import Channel, FollowUpResult, PauseReason
from services.demonstration import records
from services.demonstration.playing import Case, Moments
from services.demonstration.stories import INSTRUCTIONS, NOTES, WORDS

Plot = Callable[[Case], Moments]
_CHANNELS = (
    Channel.HOTLINE,
    Channel.VISIT,
    Channel.ONLINE,
    Channel.LETTER,
    Channel.SUPERIOR,
    Channel.HOTLINE,
)


def registered(case: Case) -> Moments:
    case.register(case.chance.choice(_CHANNELS), case.chance.choice(("receiver", "receiver", "receiver2")))
    return
    yield case.at


def to_complete(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=1)
    case.fire("ask_to_complete", "receiver", missing="请补充就诊日期、就诊卡号和缴费凭证。")


def accepted(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=2)
    case.fire("accept", "receiver")
    yield case.wait(hours=0.2)
    level = case.story.grade
    case.fire("grade", "receiver", level=level, reason="按投诉内容和影响范围评定。")


def dispatched(case: Case) -> Moments:
    yield from accepted(case)
    yield case.wait(hours=3)
    _transfer(case, case.chance.choice(INSTRUCTIONS))


def _transfer(case: Case, instruction: str) -> None:
    case.fire(
        "transfer",
        "receiver",
        department_id=case.department_id,
        person_id=case.person(case.handler),
        instruction=instruction,
        instructed_by_id=case.person("leader"),
    )


def refused_once(case: Case) -> Moments:
    yield from dispatched(case)
    yield case.wait(hours=20)
    case.fire(
        "refuse_signature",
        case.handler,
        reason="经核对当日不是本科室值班，请重新核实责任科室。",
        clause="R01-07",
    )
    yield case.wait(hours=5)
    _transfer(case, "已核实排班，责任在贵科，请签收办理。")


def in_work(case: Case) -> Moments:
    yield from dispatched(case)
    yield case.wait(hours=4)
    case.fire("sign_for", case.handler)
    yield case.wait(days=1)
    case.fire("note", case.handler, text=case.chance.choice(NOTES))


def supervised(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=3)
    due = case.at + timedelta(days=5)
    case.fire("supervise", "leader", demand="上级交办，请于五日内报告进展。", due_at=due)
    yield case.wait(days=1)
    case.fire("urge", "receiver", text="请抓紧办理，注意督办期限。")


def paused(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=3)
    case.fire("pause", "leader", reason=PauseReason.APPRAISAL, text="委托市医学会鉴定，等待结论。")


def extended(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=8)
    clock = records.extendable_clock(case)
    case.fire("request_extension", case.handler, clock=clock, amount=10, reason="相关检验结论尚未出具。")
    yield case.wait(hours=6)
    case.fire(
        "extend", "leader", clock=clock, amount=10, reason="同意延期，及时告知投诉人。", told_how="电话告知"
    )


def co_handled(case: Case) -> Moments:
    yield from in_work(case)
    other, person = ("zhiguan", "investigator")
    yield case.wait(hours=3)
    case.fire(
        "add_co_handler",
        "receiver",
        department_id=case.stage.places[other],
        person_id=case.person(person),
        instruction="请质量管理部协助核查流程执行情况。",
    )
    yield case.wait(days=1)
    case.fire("sign_co_handling", person)
    yield case.wait(days=1)
    case.fire("give_co_opinion", person, opinion="流程文件完备，执行有缺口，建议纳入季度质控检查。")


def investigated(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(days=1)
    investigation = records.open_investigation(case)
    yield case.wait(days=1)
    records.add_finding(case, investigation)


def awaiting(case: Case) -> Moments:
    """Investigated or not, with a measure or without: the opinion lies with the leader."""
    yield from in_work(case)
    investigation = None
    if case.story.grade != "ordinary":
        yield case.wait(days=1)
        investigation = records.open_investigation(case)
        yield case.wait(days=1)
        records.add_finding(case, investigation)
        yield case.wait(days=1)
        records.finish_investigation(case, investigation)
    yield case.wait(days=2)
    if case.story.measure:
        records.plan_measure(case)
    _submit(case)


def _submit(case: Case) -> None:
    none = None if case.story.measure else "问题已当场解决，无需另行采取措施。"
    case.fire(
        "submit_opinion",
        case.handler,
        result=case.story.result,
        responsibility=case.story.responsibility,
        no_measures_reason=none,
    )


def returned(case: Case) -> Moments:
    yield from awaiting(case)
    yield case.wait(hours=8)
    case.fire("return_opinion", "leader", reason="请补充与投诉人的沟通情况和责任人谈话记录。")
    yield case.wait(days=1)
    _submit(case)


def approved(case: Case) -> Moments:
    yield from awaiting(case)
    yield case.wait(hours=12)
    case.fire("approve", "leader", meaning="同意处理意见，按此答复投诉人。")


def replied(case: Case) -> Moments:
    yield from approved(case)
    yield case.wait(hours=6)
    text = (
        f"您反映的“{case.story.summary}”一事已调查完毕。{case.story.result}"
        + (f"我院已采取以下措施：{case.story.measure}。" if case.story.measure else "")
        + "感谢您对我院工作的监督。"
    )
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
    case.fire("follow_up", "receiver", result=result, channel=Channel.HOTLINE, words=words)


def satisfied(case: Case) -> Moments:
    yield from following_up(case)
    yield case.wait(days=1)
    _follow_up(case, FollowUpResult.SATISFIED, case.chance.choice(WORDS))


def closed(case: Case) -> Moments:
    yield from satisfied(case)
    yield case.wait(hours=5)
    records.carry_out_measures(case)
    yield case.wait(hours=5)
    case.fire("close", "leader2", opinion="处理得当，整改到位，同意办结。")


def on_spot(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=0.3)
    case.fire(
        "close_on_spot", "receiver", result=f"当场核实并解决。{case.story.result}", complainant_agrees=True
    )


def unreachable(case: Case) -> Moments:
    """An anonymous complaint: nobody to reply to."""
    case.register(Channel.ONLINE, anonymous=True)
    yield case.wait(hours=2)
    case.fire("accept", "receiver")
    yield case.wait(hours=3)
    _transfer(case, INSTRUCTIONS[0])
    yield case.wait(hours=4)
    case.fire("sign_for", case.handler)
    yield case.wait(days=3)
    case.fire(
        "submit_opinion",
        case.handler,
        result=case.story.result,
        responsibility=case.story.responsibility,
        no_measures_reason="已当场整改，无需另行采取措施。",
    )
    yield case.wait(hours=10)
    case.fire("approve", "leader", meaning="同意处理意见。")
    yield case.wait(hours=5)
    case.fire("reply", "receiver", not_notifiable_reason="匿名投诉，未留联系方式。")
    yield case.wait(days=1)
    case.fire("close", "leader2", opinion="匿名投诉已查实整改，同意办结。")


def archived(case: Case) -> Moments:
    yield from closed(case)
    yield case.wait(days=2)
    _archive(case, "登记表、转办单、调查材料、处理意见、答复函、回访记录")


def on_spot_archived(case: Case) -> Moments:
    yield from on_spot(case)
    yield case.wait(days=3)
    _archive(case, "登记表、现场处理记录")


def _archive(case: Case, catalogue: str) -> None:
    records.issue_required(case, "archive")
    case.fire(
        "archive",
        "archivist",
        file_number=records.free_file_number(case),
        catalogue=catalogue,
        pages=case.chance.randint(4, 46),
        box=f"{case.at.year}-投诉-{case.chance.randint(1, 6):02d}",
    )


def reopened(case: Case) -> Moments:
    yield from closed(case)
    yield case.wait(days=4)
    case.fire("reopen", "leader", new_fact="投诉人提供了新的录音，称处理结果未兑现。")
    yield case.wait(hours=5)
    _transfer(case, "请按新情况重新核实，并当面答复投诉人。")
    yield case.wait(hours=5)
    case.fire("sign_for", case.handler)


def refused(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=3)
    case.fire(
        "refuse",
        "receiver",
        reason="所反映事项不属于本院职责范围。",
        clause="R01-15",
        route="可向市医疗保障局反映，已告知电话和地址。",
        second_person_id=case.person("leader"),
    )


def statutory_route(case: Case) -> Moments:
    yield from accepted(case)
    yield case.wait(days=1)
    case.fire(
        "statutory_route",
        "leader",
        route="医疗损害鉴定或诉讼",
        explanation="双方对责任认定分歧较大，已书面告知可申请鉴定、调解或起诉。",
    )


def referred(case: Case) -> Moments:
    yield from registered(case)
    yield case.wait(hours=6)
    case.fire(
        "refer",
        "receiver",
        authority="市卫生健康委员会",
        reason="涉及院外机构，属其管理职权。",
        complainant_told=True,
    )


def merged(case: Case) -> Moments:
    """Somebody complains again about the same thing."""
    yield from accepted(case)
    yield case.wait(days=1)
    second = Case(case.stage, case.story, case.number, case.at)
    second.register(Channel.VISIT)
    yield second.wait(hours=2)
    second.fire(
        "merge", "receiver", master_number=case.read().number, reason="同一投诉人就同一事项重复投诉。"
    )


def confidential(case: Case) -> Moments:
    case.register(
        Channel.LETTER,
        confidential=True,
        named_user_ids=(case.person("leader"), case.person("quality"), case.person("investigator")),
    )
    yield case.wait(hours=2)
    case.fire("accept", "receiver")
    yield case.wait(days=1)
    case.fire(
        "transfer",
        "receiver",
        department_id=case.stage.places["zhiguan"],
        person_id=case.person("investigator"),
        instruction="按保密要求核查，材料专人保管。",
        instructed_by_id=case.person("leader"),
    )
    yield case.wait(hours=5)
    case.fire("sign_for", "investigator")


def accident(case: Case) -> Moments:
    yield from in_work(case)
    yield case.wait(hours=2)
    records.report_accident(case)
    yield case.wait(days=1)
    investigation = records.open_investigation(case)
    yield case.wait(days=2)
    records.add_finding(case, investigation)
