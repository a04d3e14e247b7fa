"""Fields of step forms: each maker gives a field whose choices would not be refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_wtf.file import MultipleFileField
from markupsafe import Markup
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
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
from services.procedures.schema import Grade
from services.workflow.gates import Situation
from services.workflow.management import departments_for, rule_for
from services.workflow.people import SIGNING_ROLES
from services.workflow.posts import may_stand_for

E = EventKind
FieldMaker = Callable[["Scene"], Field | None]
"""None: this complaint's procedure asks nothing of the kind."""


@dataclass(frozen=True)
class Scene:
    """What choices depend on: the session, the desk's zone and language and, for a single row, the complaint."""

    session: Session
    zone: ZoneInfo
    locale: str
    situation: Situation | None
    own_department_id: int | None = None
    chosen: tuple[int, ...] = ()
    """The ids of a selection."""


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


def receiver(label: LazyString, *, handles: bool = True) -> FieldMaker:
    """`handles`: whoever is chosen handles it, so that only departments are offered which may."""

    def make(scene: Scene) -> Field:
        found: dict[str, list[tuple[str, str]]] = receivers(scene)
        help: LazyString | str = ""
        rule = rule_for(scene.session, scene.situation.complaint) if handles and scene.situation else None
        if rule is not None:
            managing = {department.name for department in departments_for(scene.session, rule.duty)}
            found = {name: people for name, people in found.items() if name in managing}
            help = _l(
                "Complaints of this kind are managed by the department for %(duty)s (%(clause)s).",
                duty=rule.duty.label,
                clause=", ".join(rule.clause) or _l("own rule"),
            )
        choices: dict[Any, Any] = {"": [("", _l("– choose –"))], **found}
        return SelectField(label, must(), choices=choices, description=help, render_kw={"wide": True})

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


def department(label: LazyString, *, required: bool = True) -> FieldMaker:
    def make(scene: Scene) -> Field:
        rows = scene.session.execute(
            sa.select(Department.id, Department.name)
            .where(Department.ended_on.is_(None))
            .order_by(Department.name)
        ).tuples()
        choices = [("", "—"), *((str(row_id), name) for row_id, name in rows)]
        return SelectField(
            label,
            must() if required else [Optional()],
            choices=choices,
            coerce=lambda value: int(value) if value else None,
        )

    return make


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
    """The grades with their criteria and the text's own examples. Left empty where the facts decide."""
    grading = scene.situation.procedure.grading if scene.situation else None
    choices = [(level.code, _grade_words(level, scene.locale)) for level in grading.levels] if grading else []
    by_facts = bool(grading and grading.facts)
    start = grading.start(scene.situation.complaint.category) if grading and scene.situation else None
    first = start.level if start and scene.situation and scene.situation.complaint.grade is None else None
    return RadioField(
        _l("Grade"),
        [Optional()] if by_facts else must(),
        choices=choices,
        default=first,
        validate_choice=not by_facts,
        description=_l("Only where the text leaves it open; otherwise the facts decide.") if by_facts else "",
        render_kw={"wide": True},
    )


def _grade_words(level: Grade, locale: str) -> Markup:
    words = Markup("<strong>{}</strong> {}").format(
        level.names.in_language(locale), level.criteria.in_language(locale)
    )
    if not level.examples:
        return words
    zh = locale.lower().startswith("zh")
    examples = ("；" if zh else "; ").join(example.in_language(locale) for example in level.examples)
    return words + Markup('<small class="grade-examples">{} {}</small>').format(_l("For example:"), examples)


def grade_facts(scene: Scene) -> dict[str, Field]:
    """A question for each fact that the scale asks for."""
    grading = scene.situation.procedure.grading if scene.situation else None
    return {
        f"fact_{fact.code}": SelectField(
            fact.names.in_language(scene.locale),
            must(),
            choices=[
                ("", _l("– choose –")),
                *((value.code, value.names.in_language(scene.locale)) for value in fact.values),
            ],
        )
        for fact in (grading.facts if grading else ())
    }


def recognition(scene: Scene) -> Field | None:
    grading = scene.situation.procedure.grading if scene.situation else None
    needing = [level for level in (grading.levels if grading else ()) if level.recognition]
    if not needing:
        return None
    names = ", ".join(level.names.in_language(scene.locale) for level in needing)
    made = long(
        _l("How the complainant recognised it"),
        required=False,
        rows=2,
        help=_l("Needed for: %(grades)s.", grades=names),
    )
    return made(scene)


def execution(scene: Scene) -> Field | None:
    asks = scene.situation is not None and scene.situation.procedure.follow_up.asks_execution
    made = long(
        _l("How the solution was carried out"),
        required=False,
        rows=3,
        help=_l("The procedure asks for it, unless the complainant could not be reached.") if asks else "",
    )
    return made(scene)


def together_with(scene: Scene) -> Field | None:
    """Whose agreement the reply carries, only where the procedure asks for two at this grade."""
    if scene.situation is None:
        return None
    procedure = scene.situation.procedure
    rule = procedure.reply_by(scene.situation.complaint.grade)
    if rule is None or rule.together_with is None:
        return None
    able = [
        (str(user_id), name)
        for user_id, name, _ in people(scene)
        if may_stand_for(scene.session, procedure, rule.together_with, user_id)
    ]
    return SelectField(
        _l("Answered together with"),
        [Optional()],
        choices=[("", _l("– choose –")), *able],
        coerce=lambda raw: int(raw) if raw else None,
        description=_l("This grade is answered by both: agree on the text with this person first."),
    )


def external_route(scene: Scene) -> Field | None:
    """Only when the case is closed although the complainant is not satisfied (R04-08)."""
    situation = scene.situation
    if situation is None or not situation.procedure.follow_up.exit_with_leader_approval:
        return None
    made = long(_l("Where a complainant who is not satisfied was told to turn"), required=False, rows=2)
    return made(scene)


def days(scene: Scene) -> Field:
    return IntegerField(_l("Days"), [*must(), NumberRange(min=1, max=365)], render_kw={"min": 1})


def files(scene: Scene) -> Field:
    return MultipleFileField(_l("Files (optional)"), [Optional()])
