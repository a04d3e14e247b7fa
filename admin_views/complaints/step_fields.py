"""Fields of step forms: each maker gives a field whose choices would not be refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_wtf.file import MultipleFileField
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models import ClockRun, Department, RoleGrant, User
from models.enums import ClockState, EventKind, Labelled
from models.labels import LazyString, _l
from services.deadlines.clocks import days_left_to_extend
from services.deadlines.runs import clock_of
from services.workflow.filing import suggested_file_number
from services.workflow.gates import Situation
from services.workflow.people import SIGNING_ROLES

E = EventKind
FieldMaker = Callable[["Scene"], Field]


@dataclass(frozen=True)
class Scene:
    """What choices depend on: the session, the desk's zone and language and, for a single row, the complaint."""

    session: Session
    zone: ZoneInfo
    locale: str
    situation: Situation | None
    own_department_id: int | None = None


def must() -> list[Any]:
    return [InputRequired(message=_l("This is required."))]


def long(
    label: LazyString, *, required: bool = True, help: LazyString | str = "", rows: int = 4
) -> FieldMaker:
    return lambda scene: TextAreaField(
        label,
        must() if required else [Optional()],
        description=help,
        render_kw={"rows": rows, "wide": True, "maxlength": 20000},
    )


def line(label: LazyString, *, required: bool = True, help: LazyString | str = "") -> FieldMaker:
    return lambda scene: StringField(
        label, [*(must() if required else [Optional()]), Length(max=200)], description=help
    )


def choice(label: LazyString, values: type[Labelled], *, required: bool = True) -> FieldMaker:
    def make(scene: Scene) -> Field:
        choices = [("", _l("– choose –")), *((value.value, value.label) for value in values)]
        return SelectField(
            label,
            must() if required else [Optional()],
            choices=choices,
            coerce=lambda raw: values(raw) if raw else None,
        )

    return make


def moment(label: LazyString, *, help: LazyString | str = "") -> FieldMaker:
    return lambda scene: DateTimeLocalField(label, [Optional()], format="%Y-%m-%dT%H:%M", description=help)


def day(label: LazyString) -> FieldMaker:
    return lambda scene: DateField(label, [Optional()])


def tick(label: LazyString) -> FieldMaker:
    return lambda scene: BooleanField(label)


def people(scene: Scene, roles: Sequence[Any] | None = None) -> list[tuple[int, str, int | None]]:
    query = sa.select(User.id, User.name, User.department_id).where(User.is_active).order_by(User.name)
    if roles is not None:
        query = query.where(
            sa.exists().where(
                RoleGrant.user_id == User.id,
                RoleGrant.ended_at.is_(None),
                RoleGrant.confirmed_at.is_not(None),
                RoleGrant.role.in_(list(roles)),
            )
        )
    return list(scene.session.execute(query).tuples())


def receivers(scene: Scene) -> dict[str, list[tuple[str, str]]]:
    """Who can sign, by department: one choice gives both, so that the two always fit together."""
    query = (
        sa.select(RoleGrant.department_id, User.id, User.name, User.post, User.department_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(User.is_active, RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_not(None))
        .where(RoleGrant.role.in_(SIGNING_ROLES))
    )
    names = dict(
        scene.session.execute(
            sa.select(Department.id, Department.name)
            .where(Department.ended_on.is_(None))
            .order_by(Department.name)
        )
        .tuples()
        .all()
    )
    grouped: dict[int, dict[int, str]] = {department_id: {} for department_id in names}
    for granted_for, user_id, name, post, own in scene.session.execute(query):
        department_id = granted_for or own
        if department_id in grouped:
            grouped[department_id][user_id] = f"{name} · {post}" if post else name
    return {
        names[department_id]: [(f"{department_id}:{user_id}", label) for user_id, label in named.items()]
        for department_id, named in grouped.items()
        if named
    }


def receiver(label: LazyString) -> FieldMaker:
    def make(scene: Scene) -> Field:
        choices: dict[Any, Any] = {"": [("", _l("– choose –"))], **receivers(scene)}
        return SelectField(label, must(), choices=choices, render_kw={"wide": True})

    return make


def person(
    label: LazyString,
    *,
    roles: Sequence[Any] | None = None,
    required: bool = True,
    own_department: bool = False,
    help: LazyString | str = "",
) -> FieldMaker:
    def make(scene: Scene) -> Field:
        found = people(scene, roles)
        if own_department:
            found = [one for one in found if one[2] == scene.own_department_id]
        choices = [("", _l("– choose –")), *((str(user_id), name) for user_id, name, _ in found)]
        return SelectField(
            label,
            must() if required else [Optional()],
            choices=choices,
            coerce=lambda raw: int(raw) if raw else None,
            description=help,
        )

    return make


class CheckboxListField(SelectMultipleField):
    """Several of a list, as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def several_people(label: LazyString, help: LazyString) -> FieldMaker:
    return lambda scene: CheckboxListField(
        label,
        must(),
        choices=[(user_id, name) for user_id, name, _ in people(scene)],
        coerce=int,
        description=help,
    )


def clock(scene: Scene) -> Field:
    """The time limits that may be extended, with what is left. For many rows: by code, found again on each."""
    choices: list[tuple[str, Any]] = []
    query = sa.select(ClockRun).where(ClockRun.state.in_([ClockState.RUNNING, ClockState.PAUSED]))
    if scene.situation is not None:
        runs = scene.session.scalars(query.where(ClockRun.complaint_id == scene.situation.complaint.id))
        for run in runs:
            left = days_left_to_extend(run)
            if left:
                name = clock_of(run).names.in_language(scene.locale)
                choices.append(
                    (run.public_id, _l("%(name)s (at most %(left)s days more)", name=name, left=left))
                )
    else:
        codes = scene.session.execute(
            sa.select(ClockRun.code, ClockRun.name_zh, ClockRun.name_en)
            .where(ClockRun.state == ClockState.RUNNING)
            .distinct()
        )
        zh = scene.locale.startswith("zh")
        choices = [(code, name_zh if zh else name_en) for code, name_zh, name_en in codes]
    return SelectField(_l("Time limit"), must(), choices=choices, render_kw={"wide": True})


def coordinator(scene: Scene) -> Field:
    """Who coordinates a joint case: as the procedure says, where it does, and then required (R15-13)."""
    joint = scene.situation.procedure.joint_handling if scene.situation else None
    return StringField(
        _l("Coordinated by"),
        [*(must() if joint else [Optional()]), Length(max=200)],
        default=joint.coordinator.in_language(scene.locale) if joint else None,
        description=_l("Who brings the departments together."),
    )


def grades(scene: Scene) -> Field:
    grading = scene.situation.procedure.grading if scene.situation else None
    choices: list[tuple[str, Any]] = [("", _l("– choose –"))]
    if grading is not None:
        for level in grading.levels:
            name, criteria = level.names.in_language(scene.locale), level.criteria.in_language(scene.locale)
            choices.append((level.code, f"{name}: {criteria}"))
    return SelectField(_l("Grade"), must(), choices=choices, render_kw={"wide": True})


def days(scene: Scene) -> Field:
    return IntegerField(_l("Days"), [*must(), NumberRange(min=1, max=365)], render_kw={"min": 1})


def file_number(scene: Scene) -> Field:
    suggested = suggested_file_number(scene.session, scene.situation) if scene.situation else ""
    return StringField(
        _l("File number"),
        [Length(max=80)],
        default=suggested,
        description=_l("Left empty, the next number of the procedure's pattern is taken."),
    )


def pages(scene: Scene) -> Field:
    return IntegerField(_l("Pages"), [*must(), NumberRange(min=1, max=100000)], render_kw={"min": 1})


def files(scene: Scene) -> Field:
    return MultipleFileField(_l("Files (optional)"), [Optional()])
