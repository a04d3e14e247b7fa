"""The demonstration organisation: who works where, in which role."""

from __future__ import annotations

from dataclasses import dataclass

from models.enums import RoleName as R

ORGANISATION = "市立医院（演示）"
PROCEDURE = "hospital-complaint-office"


@dataclass(frozen=True)
class Place:
    """A department; `above` is the key of the one it stands below."""

    key: str
    name: str
    head: str | None = None
    in_charge: str | None = None
    above: str | None = None


@dataclass(frozen=True)
class Person:
    """An account. `everywhere`: the role counts for all departments, else for their own."""

    login: str
    name: str
    place: str
    post: str
    role: R
    everywhere: bool = False
    shown: bool = True
    """Among the accounts printed at the start: one a role, and the second person where two are needed."""


PLACES = (
    Place("office", "投诉接待中心", None, "leader"),
    Place("clinic", "临床科室", None, "leader"),
    Place("neike", "内科", "head", "leader", "clinic"),
    Place("waike", "外科", "huangzhiyuan", "leader", "clinic"),
    Place("jizhen", "急诊科", "machao", "leader", "clinic"),
    Place("menzhen", "门诊部", "linxiaoyan", "leader", "clinic"),
    Place("yaoji", "药剂科", "gaofeng", "leader2"),
    Place("houqin", "后勤保障部", "luogang", "leader2"),
    Place("zhiguan", "质量管理部", "quality", "leader"),
    Place("dangan", "档案室", None, "leader2"),
)

PEOPLE = (
    Person("admin", "周琳", "office", "信息管理员", R.ADMINISTRATOR, True),
    Person("receiver", "陈静", "office", "投诉接待员", R.FIRST_RECEIVER, True),
    Person("receiver2", "刘洋", "office", "投诉接待员", R.FIRST_RECEIVER, True, False),
    Person("handler", "王磊", "neike", "主治医师", R.HANDLER),
    Person("handler2", "李娜", "waike", "护士长", R.HANDLER),
    Person("zhaopeng", "赵鹏", "jizhen", "主治医师", R.HANDLER, shown=False),
    Person("sunyue", "孙悦", "menzhen", "导诊组长", R.HANDLER, shown=False),
    Person("wudi", "吴迪", "yaoji", "主管药师", R.HANDLER, shown=False),
    Person("zhengkai", "郑凯", "houqin", "物业主管", R.HANDLER, shown=False),
    Person("investigator", "何敏", "zhiguan", "质控专员", R.INVESTIGATOR),
    Person("head", "徐建国", "neike", "科主任", R.DEPARTMENT_HEAD),
    Person("huangzhiyuan", "黄志远", "waike", "科主任", R.DEPARTMENT_HEAD, shown=False),
    Person("machao", "马超", "jizhen", "科主任", R.DEPARTMENT_HEAD, shown=False),
    Person("linxiaoyan", "林晓燕", "menzhen", "门诊部主任", R.DEPARTMENT_HEAD, shown=False),
    Person("gaofeng", "高峰", "yaoji", "药剂科主任", R.DEPARTMENT_HEAD, shown=False),
    Person("luogang", "罗刚", "houqin", "后勤主任", R.DEPARTMENT_HEAD, shown=False),
    Person("leader", "杨振华", "office", "分管副院长", R.LEADER, True),
    Person("leader2", "沈国强", "office", "院长", R.LEADER, True),
    Person("quality", "唐慧", "zhiguan", "质量负责人", R.HEAD_OF_QUALITY, True),
    Person("archivist", "韩梅", "dangan", "档案员", R.ARCHIVIST, True),
    Person("auditor", "冯涛", "office", "内审员", R.AUDITOR, True),
)

HANDLERS = {
    "neike": "handler",
    "waike": "handler2",
    "jizhen": "zhaopeng",
    "menzhen": "sunyue",
    "yaoji": "wudi",
    "houqin": "zhengkai",
}
"""Who signs for the complaints of a department."""

COMPLAINANTS = (
    "张桂兰", "刘德明", "王秀英", "李伟强", "赵玉梅", "孙志刚", "周晓红", "吴建华", "郑丽君", "冯国庆",
    "蒋雨桐", "沈佳怡", "韩冬生", "朱美玲", "秦海涛", "许文静", "何立新", "吕春花", "施永康", "孔令芳",
    "曹卫东", "严雪莹", "金志远", "魏淑芬", "陶思源", "姜浩然", "戚慧敏", "谢长林", "邹小燕", "苏明哲",
)  # fmt: skip
STREETS = (
    "人民路",
    "解放东路",
    "和平街",
    "建设大道",
    "滨河路",
    "文化巷",
    "中山北路",
    "新华里",
    "柳林街",
    "东风路",
)
