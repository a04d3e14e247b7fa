"""What a column of an old ledger can become: the importable fields of a complaint, and what its history brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models import Complaint
from models.fields import FieldSpec, fields_of
from models.labels import LazyString, _l
from services.actor import Actor
from services.ledger.languages import in_all_languages, key_of
from services.own_fields import declared_in
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField

HISTORY = (
    "complainant_kind",
    "complainant_name",
    "complainant_phone",
    "grade",
    "first_receiver_id",
    "department_id",
    "handler_id",
    "accepted_at",
    "result",
    "responsibility",
    "reply_text",
    "replied_at",
    "satisfaction",
    "closed_at",
)
"""Fields that an operation writes on a living complaint and that a ledger brings along for an old one."""

REQUIRED = ("received_at",)
"""Without a column for these there is no import. Subject and content may stand for each other."""

COMPLAINED_ABOUT = "complained_about"
"""The party complained about, by name: no column of the complaint, but one of every ledger."""

# Headings seen in ledgers of complaint offices, hospitals, shops and authorities. "序号" counts the lines of a sheet
# and is no identifier, so it is not among them.
_HEADINGS: dict[str, str] = {
    "source_reference": (
        "留言编号 编号 投诉编号 信访编号 工单号 工单编号 受理编号 登记编号 登记号 "
        "案件编号 来信编号 受理号 id no number reference ticket caseno casenumber "
        "ticketid complaintid complaintno"
    ),
    "complainant_name": (
        "留言用户 投诉人 投诉人姓名 姓名 来访人 来访人姓名 信访人 客户 客户名称 客户姓名 "
        "用户 网友 来电人 反映人 患者姓名 complainant customer name user customername "
        "complainantname"
    ),
    "complainant_phone": (
        "联系电话 电话 手机 手机号 手机号码 联系方式 投诉人电话 电话号码 phone telephone mobile contact tel"
    ),
    "summary": ("留言主题 主题 标题 投诉主题 事由 摘要 投诉事项 投诉事由 案由 subject title summary"),
    "received_at": (
        "留言时间 投诉时间 投诉日期 收到时间 收到日期 接收时间 接收日期 来电时间 来访时间 "
        "来信时间 来信日期 登记时间 登记日期 接诉时间 接诉日期 时间 日期 received date "
        "receivedat datereceived"
    ),
    "content": (
        "留言详情 内容 投诉内容 详情 反映内容 反映问题 问题描述 主要内容 投诉详情 "
        "情况描述 投诉情况 content details description complaint text"
    ),
    "reply_text": "答复意见 答复 答复内容 回复 回复内容 回复意见 反馈意见 reply response answer",
    "replied_at": ("答复时间 答复日期 回复时间 回复日期 反馈时间 反馈日期 repliedat replydate responsedate"),
    "channel": "来源 渠道 投诉渠道 投诉方式 来源渠道 受理渠道 投诉途径 channel source",
    "form": "投诉形式 形式 form",
    "category": "类别 分类 投诉类别 投诉类型 类型 投诉分类 category type",
    "department_id": (
        "部门 责任部门 承办部门 承办单位 科室 被投诉科室 责任科室 涉及部门 被投诉部门 "
        "责任单位 department unit"
    ),
    "handler_id": "承办人 处理人 经办人 办理人 处理人员 handler owner assignee",
    "first_receiver_id": "受理人 受理员 首接人 登记人 接待人 接待人员 接诉人 receiver receivedby",
    "product": (
        "产品 产品名称 商品 商品名称 药品名称 器械名称 项目名称 工程名称 品名 product item productname"
    ),
    "batch": "批号 批次 生产批号 产品批号 batch lot batchno lotno",
    "place": "地点 发生地点 事发地点 地址 place location",
    "occurred_on": "发生日期 事发日期 发生时间 事发时间 occurred happenedon incidentdate",
    "result": ("处理结果 处理情况 处理意见 调查处理结果 结果 办理结果 办理情况 result outcome resolution"),
    "accepted_at": "受理时间 受理日期 accepted acceptedat",
    "closed_at": "办结时间 办结日期 结案时间 结案日期 closed closedat dateclosed",
    "nature": "投诉性质 性质 nature",
    "complainant_kind": "投诉人类别 投诉人类型 complainantkind",
    "request": "诉求 投诉请求 投诉诉求 客户要求 要求 demand request",
    "grounds": "事实与理由 事实和理由 理由 grounds",
    "passed_on_by": "转办单位 来文单位 交办单位 转来单位 passedonby referredby",
    "grade": "级别 等级 投诉等级 投诉级别 严重程度 grade severity level",
    "satisfaction": "满意度 满意情况 回访结果 satisfaction",
    "responsibility": "责任认定 责任 responsibility",
    COMPLAINED_ABOUT: "被投诉人 被投诉方 被投诉单位 被投诉对象 respondent",
}


@dataclass(frozen=True)
class Target:
    """A field that a column can go to."""

    key: str
    label: LazyString | str
    kind: str
    spec: FieldSpec | None
    required: bool = False
    headings: tuple[str, ...] = ()
    """Headings that name it besides the label: its names in the other languages."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words (as key_of makes them) → code, for fields whose values the procedure names."""
    declared: DeclaredField | None = None


def targets_of(procedure: Procedure, actor: Actor) -> tuple[Target, ...]:
    """The fields that the procedure declares, and the columns whose values it names."""
    zh, en = declared_in([procedure], actor, "zh"), declared_in([procedure], actor, "en")
    english = {spec.key: spec for spec in en.fields_of(Complaint)}
    found = []
    for spec in zh.fields_of(Complaint):
        other = english[spec.key]
        if spec.code is not None and spec.import_:
            one = procedure.declared_field(spec.code)
            headings = (str(spec.label), str(other.label))
            found.append(
                Target(spec.key, spec.label, spec.kind, spec, False, headings, _words(spec, other), one)
            )
        elif spec.key in _NAMED and spec.choices is not None:
            found.append(Target(spec.key, spec.label, "choice", spec, False, (), _words(spec, other)))
    return tuple(found)


_NAMED = ("category_code", "nature", "complainant_kind")


def _words(*specs: FieldSpec) -> dict[str, str]:
    return {
        key_of(word): member.value
        for spec in specs
        if spec.choices is not None
        for member in spec.choices
        for word in (member.value, str(getattr(member, "label", "")))
    }


def targets(further: Iterable[Target] = ()) -> dict[str, Target]:
    """Every field that can be imported, by key, in the order of the table; `further`: see `targets_of`."""
    found = {}
    for spec in fields_of(Complaint):
        if spec.key != "is_confidential" and (spec.import_ or spec.key in HISTORY):
            found[spec.key] = Target(spec.key, spec.label, spec.kind, spec, spec.key in REQUIRED)
    found[COMPLAINED_ABOUT] = Target(COMPLAINED_ABOUT, _l("Party complained about"), "text", None)
    return found | {target.key: target for target in further}


def words_for(further: Iterable[Target] = ()) -> dict[str, str]:
    """Heading (as key_of makes it) → field: the fields' own labels in every language, then what others call them."""
    found: dict[str, str] = {}
    further = tuple(further)
    for target in targets().values():
        for name in in_all_languages(target.label):
            found.setdefault(key_of(name), target.key)
    for target in further:
        for name in target.headings:
            found.setdefault(key_of(name), target.key)
    for key, words in _HEADINGS.items():
        for word in words.split():
            found.setdefault(key_of(word), key)
    return found
