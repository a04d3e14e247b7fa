"""Grades: by criteria and facts, kept one by one, with what follows from a grade in the same act."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Complaint, ComplaintEvent, GradeRecord
from models.enums import Category, EventKind, RoleName
from services.deadlines.desk_calendar import desk_time
from services.errors import Invalid, Refused
from services.reports.worklist import worklist
from tests.factories import NOW, House, actor_of, create_complaint, create_house, take
from tests.integration.operations.looking import events, last_event, rows, told, values

E = EventKind
R = RoleName


def of(session: Session, procedure: str) -> House:
    made = create_house(session, procedure)
    session.commit()
    return made


def regraded(session: Session, house: House, complaint: Complaint, **form: Any) -> str:
    take(session, house, complaint, E.GRADE, R.FIRST_RECEIVER, **({"level": None} | form))
    grade = values(session, complaint)["grade"]
    assert isinstance(grade, str)
    return grade


COMBINATIONS = [
    ("grave", "great", "level_1"),
    ("some", "not_great", "level_2"),
    ("slight", "not_great", "level_3"),
    ("grave", "not_great", None),
    ("some", "great", None),
    ("slight", "great", None),
]


@pytest.mark.clause("R10-03")
def test_three_levels_by_their_facts_and_the_open_ones_asked(session: Session) -> None:
    house = of(session, "three-level")
    for use, society, level in COMBINATIONS:
        complaint = create_complaint(session, house, "accepted")
        facts = {"use": use, "society": society}
        if level is None:
            with pytest.raises(Invalid) as caught:
                regraded(session, house, complaint, facts=facts)
            assert set(caught.value.fields) == {"level"}, "nothing is guessed"
            assert regraded(session, house, complaint, facts=facts, level="level_2") == "level_2"
        else:
            assert regraded(session, house, complaint, facts=facts) == level
            wrong = "level_3" if level != "level_3" else "level_1"
            with pytest.raises(Invalid) as caught:
                regraded(session, house, complaint, facts=facts, level=wrong)
            assert set(caught.value.fields) == {"level"}
        [record] = rows(session, GradeRecord, complaint)
        assert (record.facts, record.was_asked) == (facts, level is None)
    with pytest.raises(Invalid) as caught:
        regraded(session, house, complaint, facts={"use": "grave"}, level="level_1")
    assert set(caught.value.fields) == {"fact_society"}
    with pytest.raises(Invalid) as caught:
        regraded(session, house, complaint, facts={"society": "great"}, level="level_1")
    assert set(caught.value.fields) == {"fact_use"}


def medicine(session: Session, house: House, state: str = "accepted", **typed: Any) -> Complaint:
    return create_complaint(session, house, state, product="注射用头孢曲松钠", batch="20260105", **typed)


@pytest.mark.clause("R13-07")
def test_class_one_is_raised_at_once(session: Session) -> None:
    house = of(session, "pharma-manufacturer")
    complaint = medicine(session, house)
    assert regraded(session, house, complaint, level="class_1", reason="标签与内容物不相符") == "class_1"
    assert events(session, complaint)[-2:] == ["grade", "escalate"]
    assert last_event(session, complaint).data["level"] == "head_of_quality"
    assert told(session, complaint, "graded.urgent") == {house[R.HEAD_OF_QUALITY].id, house[R.LEADER].id}
    assert values(session, complaint)["escalation_level"] == 2


@pytest.mark.clause("R13-08")
def test_suspected_counterfeits_start_in_class_two_and_can_be_regraded(session: Session) -> None:
    house = of(session, "pharma-manufacturer")
    complaint = medicine(session, house, category=Category.COUNTERFEIT)
    with pytest.raises(Invalid) as caught:
        regraded(session, house, complaint, level="class_1", reason="疑为假药")
    assert set(caught.value.fields) == {"level"}
    assert regraded(session, house, complaint, level="class_2", reason="疑为假药（初始分类）") == "class_2"
    assert "escalate" not in events(session, complaint)
    assert regraded(session, house, complaint, level="class_1", reason="检验确认为假药") == "class_1"
    kept = [(row.earlier, row.level, row.reason) for row in rows(session, GradeRecord, complaint)]
    assert kept == [
        (None, "class_2", "疑为假药（初始分类）"),
        ("class_2", "class_1", "检验确认为假药"),
    ]


@pytest.mark.parametrize(
    "level",
    [
        pytest.param("class_3", marks=pytest.mark.clause("R13-09")),
        pytest.param("class_4", marks=pytest.mark.clause("R13-10")),
    ],
)
def test_classes_three_and_four_raise_nothing(session: Session, level: str) -> None:
    house = of(session, "pharma-manufacturer")
    complaint = medicine(session, house)
    assert regraded(session, house, complaint, level=level, reason="对照示例") == level
    assert events(session, complaint)[-1] == "grade"
    assert told(session, complaint, "graded.urgent") == set()
    scale = f"{last_event(session, complaint).clause}"
    assert scale == {"class_3": "R13-09", "class_4": "R13-10"}[level]


@pytest.mark.clause("R13-11")
def test_class_five_needs_the_complainants_recognition(session: Session) -> None:
    house = of(session, "pharma-manufacturer")
    complaint = medicine(session, house, "in_work")
    with pytest.raises(Invalid) as caught:
        regraded(session, house, complaint, level="class_5", reason="环境引入颗粒")
    assert set(caught.value.fields) == {"recognition"}
    words = "3月10日电话确认，认可非产品问题。"
    assert regraded(session, house, complaint, level="class_5", reason="环境引入颗粒", recognition=words)
    [record] = rows(session, GradeRecord, complaint)
    assert record.recognition == words
    record.recognition = None  # as an older row may have it
    session.commit()
    for event, role in (
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.HEAD_OF_QUALITY),
        (E.REPLY, R.FIRST_RECEIVER),
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.FIRST_RECEIVER),
    ):
        take(session, house, complaint, event, role)
    with pytest.raises(Refused) as refused:
        take(session, house, complaint, E.CLOSE, R.LEADER)
    assert [reason.code for reason in refused.value.reasons] == ["no_recognition"]


@pytest.mark.clause("R06-05")
def test_serious_starts_the_emergency_procedure_in_the_same_act(session: Session) -> None:
    house = of(session, "production")
    complaint = create_complaint(session, house, "in_work", product="电机")
    assert regraded(session, house, complaint, level="serious", reason="批量失效") == "serious"
    assert events(session, complaint)[-2:] == ["grade", "escalate"]
    assert last_event(session, complaint).data["level"] == "general_manager"
    urgent = told(session, complaint, "graded.urgent")
    assert {house[r].id for r in (R.HEAD_OF_QUALITY, R.LEADER, R.DEPARTMENT_HEAD, R.HANDLER)} <= urgent
    grades, raised = (rows(session, GradeRecord, complaint), values(session, complaint)["escalation_level"])
    assert (len(grades), raised) == (1, 3)
    assert regraded(session, house, complaint, level="serious", reason="复核仍严重") == "serious"
    assert events(session, complaint)[-1] == "grade", "it stands there already"


@pytest.mark.clause("R06-13")
def test_leaders_have_a_view_of_major_complaints_and_supervise_them(session: Session) -> None:
    house = of(session, "production")
    major = create_complaint(session, house, "in_work", product="电机")
    create_complaint(session, house, "in_work", product="电机")
    regraded(session, house, major, level="serious", reason="批量失效")
    take(session, house, major, E.SUPERVISE, R.LEADER, demand="每日报告进展。")
    session.info["actor"] = actor_of(session, house[R.LEADER])
    queue = next(
        filled
        for filled in worklist(session, actor_of(session, house[R.LEADER]), NOW, desk_time(session))
        if filled.spec.key == "major"
    )
    assert [item.public_id for item in queue.items] == [major.public_id]
    assert values(session, major)["supervised_at"] == NOW
    assert last_level(session, major) == "general_manager"


def last_level(session: Session, complaint: Complaint) -> str:
    """The rung that the complaint was raised to last."""
    raised = [row for row in rows(session, ComplaintEvent, complaint) if row.event is E.ESCALATE]
    return str(raised[-1].data["level"])


@pytest.mark.clause("R06-10")
def test_complex_complaints_go_to_quality_management(session: Session) -> None:
    house = of(session, "production")
    complaint = create_complaint(session, house, "in_work", product="电机")
    assert regraded(session, house, complaint, level="complex", reason="涉及三道工序") == "complex"
    assert last_event(session, complaint).data["level"] == "head_of_quality"
    assert told(session, complaint, "graded.urgent") == {house[R.HEAD_OF_QUALITY].id}
    assert values(session, complaint)["escalation_level"] == 2
