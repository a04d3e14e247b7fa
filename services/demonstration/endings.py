"""How the made-up complaints end that go no ordinary way: refused, referred, merged, kept secret, an accident."""

from __future__ import annotations

from models.enums import Channel
from services.demonstration import investigating, plots, records, remedying
from services.demonstration.playing import Case, Moments


def refused(case: Case) -> Moments:
    yield from plots.registered(case)
    yield case.wait(hours=3)
    case.fire(
        "refuse",
        "receiver",
        reason=case.words.refused,
        clause=f"{case.stage.procedure.regulation} 适用范围",
        route=case.words.route,
        second_person_id=case.person("leader"),
    )


def statutory_route(case: Case) -> Moments:
    yield from plots.accepted(case)
    yield case.wait(days=1)
    case.fire(
        "statutory_route",
        "leader",
        route=case.words.statutory,
        explanation=case.words.explained,
    )


def referred(case: Case) -> Moments:
    """Not for this organisation; or, where the warranty of a building part is over, for its owner."""
    if case.stage.setting.outlived is not None:
        yield from plots.dispatched(case)
        yield case.wait(hours=4)
        case.fire("sign_for", case.handler)
        yield case.wait(days=1)
        remedying.enter_warranty(case, case.stage.setting.outlived[1])
    else:
        yield from plots.registered(case)
    yield case.wait(hours=6)
    past = case.stage.procedure.warranty.past if case.stage.procedure.warranty else None
    case.fire(
        "refer",
        "receiver",
        authority=past.to.zh if past else case.words.authority,
        reason=case.words.referred,
        complainant_told=True,
    )


def merged(case: Case) -> Moments:
    """Somebody complains again about the same thing."""
    yield from plots.accepted(case)
    yield case.wait(days=1)
    second = Case(case.stage, case.story, case.number, case.at)
    second.register(plots.open_channel(second, Channel.VISIT, Channel.HOTLINE))
    yield second.wait(hours=2)
    second.fire(
        "merge", "receiver", master_number=case.read().number, reason="同一投诉人就同一事项重复投诉。"
    )


def confidential(case: Case) -> Moments:
    case.register(
        plots.open_channel(case, Channel.LETTER),
        confidential=True,
        first_receiver_id=case.person("receiver"),
        named_user_ids=(case.person("leader"), case.person("quality"), case.person("investigator")),
    )
    yield case.wait(hours=2)
    plots.accept(case)
    yield case.wait(days=1)
    case.fire(
        "transfer",
        "receiver",
        department_id=case.stage.places[case.stage.setting.quality],
        person_id=case.person("investigator"),
        instruction="按保密要求核查，材料专人保管。",
        instructed_by_id=case.person("leader") if case.stage.procedure.handover.leader_instruction else None,
    )
    yield case.wait(hours=5)
    case.fire("sign_for", "investigator")


def accident(case: Case) -> Moments:
    yield from plots.in_work(case)
    yield case.wait(hours=2)
    records.report_accident(case)
    yield case.wait(days=1)
    investigation = investigating.open_investigation(case)
    yield case.wait(days=2)
    investigating.add_finding(case, investigation)
