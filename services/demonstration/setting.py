"""What a made-up organisation is described by: one value of `Setting` each in services/demonstration/organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.accident_enums import AccidentScope
from models.enums import Category, MeasureKind, Responsibility, RoleName
from models.hold_enums import DepartmentDuty

OFFICE = "office"
"""Key of the department that receives complaints, in every organisation."""
HERE = object()
"""As a value of a declared field: the department that the complaint concerns."""


@dataclass(frozen=True)
class Place:
    """A department; `above` is the key of the one it stands below."""

    key: str
    name: str
    head: str | None = None
    in_charge: str | None = None
    above: str | None = None
    duty: DepartmentDuty | None = None


@dataclass(frozen=True)
class Person:
    """An account. `everywhere`: the role counts for all departments, else for their own."""

    login: str
    name: str
    place: str
    post: str
    role: RoleName
    everywhere: bool = False
    shown: bool = True
    """Among the accounts printed at the start: one a role, and the second person where two are needed."""


@dataclass(frozen=True)
class Story:
    """One complaint's texts. `place` is the key of the department that it concerns; {p} stands for one of the goods."""

    place: str
    category: Category
    summary: str
    content: str
    request: str
    where: str
    about: str
    result: str
    responsibility: Responsibility
    measure: str = ""
    measure_kind: MeasureKind = MeasureKind.IMPROVEMENT
    grade: str = "ordinary"
    product: str | None = None
    batch: str | None = None
    code: str | None = None
    """Which of the procedure's categories, where more than one is of this kind."""
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mishap:
    """A quality accident: what happened, and the facts by which the procedure grades it."""

    place: str
    title: str
    facts: str
    scope: AccidentScope
    cause: str
    grading: Mapping[str, Any] = field(default_factory=dict)
    product: str | None = None
    batch: str | None = None


@dataclass(frozen=True)
class Question:
    """An enquiry of one of the procedure's kinds, with its answer."""

    kind: str
    place: str | None
    title: str
    content: str
    answer: str
    sender: str
    product: str | None = None


@dataclass(frozen=True)
class Building:
    """A building part for which somebody invokes the warranty."""

    part: str
    project: str
    accepted_years_ago: float | None
    found: str
    design_life_years: int | None = None
    contract_years: int | None = None


@dataclass(frozen=True)
class Words:
    """What people of this organisation say in the course of a case."""

    us: str = "我公司"
    missing: str = "请补充产品名称、批号、购买凭证和问题照片。"
    misdirected: str = "经核对该事项不属本部门职责，请重新核实责任部门。"
    redirected: str = "已核实，责任在贵部门，请签收办理。"
    refused: str = "所反映事项不属于本公司产品和服务。"
    route: str = "可向实际销售单位或当地市场监管部门反映，已告知电话和地址。"
    authority: str = "市市场监督管理局"
    referred: str = "涉及其他单位，属其管理职权。"
    statutory: str = "民事诉讼或调解"
    explained: str = "双方对责任认定分歧较大，已书面告知可申请检验、调解或起诉。"
    paused: str = "委托第三方检验机构检验，等待报告。"
    extended: str = "检验报告尚未出具。"
    co_task: str = "请质量管理部协助核查检验记录。"
    co_opinion: str = "记录完整，执行有缺口，建议纳入季度质量检查。"
    plan: str = "核对销售与检验记录，查看留样，询问当班人员和客户，对照标准逐项核实。"
    standard: str = "企业标准及质量管理制度"
    second_finding: str = "未向投诉人及时说明情况"
    reopened: str = "投诉人提供了新的证据，称处理结果未兑现。"
    statement: str = "投诉人提供的购买凭证、现场照片说明和书面陈述，经核对与原件一致。"
    measures_done: str = "已按要求落实，整改材料已报质量管理部。"
    instructions: tuple[str, ...] = (
        "请核实经过，五个工作日内提出处理意见。",
        "请负责人亲自过问，查清责任，注意与客户沟通。",
        "请尽快核实并报处理意见，注意保存证据和样品。",
    )
    notes: tuple[str, ...] = (
        "投诉人来电询问进展，已告知正在核实。",
        "已调取当日记录，样品封存待检。",
        "与当班人员谈话，情况说明已收。",
        "投诉人补充了购买凭证照片。",
    )
    content_words: tuple[str, ...] = (
        "对处理结果表示满意。",
        "认可处理和整改，谢谢回复。",
        "基本满意，希望以后真的能改。",
        "满意，没有其他要求。",
    )


@dataclass(frozen=True)
class Setting:
    """A made-up organisation. `key` is how it is chosen; its procedure is the one that it was made with."""

    key: str
    zh: str
    en: str
    organisation: str
    procedure: str
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    quality: str
    stories: tuple[Story, ...]
    confidential: Story
    accident: Story | None = None
    """The complaint with which an accident comes to light."""
    words: Words = Words()
    goods: tuple[tuple[str, str], ...] = ()
    """Names, and how their batch numbers begin."""
    units: tuple[str, ...] = ()
    kinds: tuple[tuple[str | None, bool], ...] = ((None, False),)
    """Kinds of complainants by turns: code in the procedure, and whether it is a unit."""
    own: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Values of declared fields, one of each by turns."""
    group: tuple[tuple[str, str], ...] = ()
    """Of the standing handling group: login and function."""
    mishaps: tuple[Mishap, ...] = ()
    questions: tuple[Question, ...] = ()
    buildings: tuple[Building, ...] = ()
    outlived: tuple[Story, Building] | None = None
    """A complaint about a part whose warranty is over."""
    trainings: tuple[str, ...] = ()

    @cached_property
    def handlers(self) -> dict[str, str]:
        """Who signs for the complaints of a department."""
        found: dict[str, str] = {}
        for person in self.people:
            if person.role is RoleName.HANDLER:
                found.setdefault(person.place, person.login)
        return found

    @cached_property
    def chiefs(self) -> dict[str, str]:
        return {place.key: place.head for place in self.places if place.head}

    def person(self, login: str) -> Person:
        return next(each for each in self.people if each.login == login)
