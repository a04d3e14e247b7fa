"""The forms of the steps: which fields each event asks for, with choices that would not be refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_wtf import FlaskForm
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
from models.enums import Channel, ClockState, EventKind, FollowUpResult, Labelled, PauseReason, Responsibility
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


def _must() -> list[Any]:
    return [InputRequired(message=_l("This is required."))]


def _long(
    label: LazyString, *, required: bool = True, help: LazyString | str = "", rows: int = 4
) -> FieldMaker:
    return lambda scene: TextAreaField(
        label,
        _must() if required else [Optional()],
        description=help,
        render_kw={"rows": rows, "wide": True, "maxlength": 20000},
    )


def _line(label: LazyString, *, required: bool = True, help: LazyString | str = "") -> FieldMaker:
    return lambda scene: StringField(
        label, [*(_must() if required else [Optional()]), Length(max=200)], description=help
    )


def _choice(label: LazyString, values: type[Labelled], *, required: bool = True) -> FieldMaker:
    def make(scene: Scene) -> Field:
        choices = [("", _l("– choose –")), *((value.value, value.label) for value in values)]
        return SelectField(
            label,
            _must() if required else [Optional()],
            choices=choices,
            coerce=lambda raw: values(raw) if raw else None,
        )

    return make


def _moment(label: LazyString, *, help: LazyString | str = "") -> FieldMaker:
    return lambda scene: DateTimeLocalField(label, [Optional()], format="%Y-%m-%dT%H:%M", description=help)


def _day(label: LazyString) -> FieldMaker:
    return lambda scene: DateField(label, [Optional()])


def _tick(label: LazyString) -> FieldMaker:
    return lambda scene: BooleanField(label)


def _people(scene: Scene, roles: Sequence[Any] | None = None) -> list[tuple[int, str, int | None]]:
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
        names[department_id]: [(f"{department_id}:{user_id}", label) for user_id, label in people.items()]
        for department_id, people in grouped.items()
        if people
    }


def _receiver(label: LazyString) -> FieldMaker:
    def make(scene: Scene) -> Field:
        choices: dict[Any, Any] = {"": [("", _l("– choose –"))], **receivers(scene)}
        return SelectField(label, _must(), choices=choices, render_kw={"wide": True})

    return make


def _person(
    label: LazyString,
    *,
    roles: Sequence[Any] | None = None,
    required: bool = True,
    own_department: bool = False,
    help: LazyString | str = "",
) -> FieldMaker:
    def make(scene: Scene) -> Field:
        people = _people(scene, roles)
        if own_department:
            people = [p for p in people if p[2] == scene.own_department_id]
        choices = [("", _l("– choose –")), *((str(user_id), name) for user_id, name, _ in people)]
        return SelectField(
            label,
            _must() if required else [Optional()],
            choices=choices,
            coerce=lambda raw: int(raw) if raw else None,
            description=help,
        )

    return make


class CheckboxListField(SelectMultipleField):
    """Several of a list, as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _several_people(label: LazyString, help: LazyString) -> FieldMaker:
    return lambda scene: CheckboxListField(
        label,
        _must(),
        choices=[(user_id, name) for user_id, name, _ in _people(scene)],
        coerce=int,
        description=help,
    )


def _clock(scene: Scene) -> Field:
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
    return SelectField(_l("Time limit"), _must(), choices=choices, render_kw={"wide": True})


def _grades(scene: Scene) -> Field:
    grading = scene.situation.procedure.grading if scene.situation else None
    choices: list[tuple[str, Any]] = [("", _l("– choose –"))]
    if grading is not None:
        for level in grading.levels:
            name, criteria = level.names.in_language(scene.locale), level.criteria.in_language(scene.locale)
            choices.append((level.code, f"{name}: {criteria}"))
    return SelectField(_l("Grade"), _must(), choices=choices, render_kw={"wide": True})


def _days(scene: Scene) -> Field:
    return IntegerField(_l("Days"), [*_must(), NumberRange(min=1, max=365)], render_kw={"min": 1})


def _file_number(scene: Scene) -> Field:
    suggested = suggested_file_number(scene.session, scene.situation) if scene.situation else ""
    return StringField(
        _l("File number"),
        [Length(max=80)],
        default=suggested,
        description=_l("Left empty, the next number of the procedure's pattern is taken."),
    )


def _pages(scene: Scene) -> Field:
    return IntegerField(_l("Pages"), [*_must(), NumberRange(min=1, max=100000)], render_kw={"min": 1})


def _files(scene: Scene) -> Field:
    return MultipleFileField(_l("Files (optional)"), [Optional()])


_REASON = _long(_l("Reason"))
_NOTE = _long(_l("Note"), required=False, rows=2)

FIELDS: dict[EventKind, dict[str, FieldMaker]] = {
    E.ASK_TO_COMPLETE: {"missing": _long(_l("What is missing"))},
    E.SUPPLY_MISSING: {"supplied": _long(_l("What came in"))},
    E.ACKNOWLEDGE: {
        "text": _long(_l("What the complainant was told")),
        "channel": _choice(_l("Told by"), Channel),
        "expected_on": _day(_l("Answer promised by")),
        "at": _moment(_l("Told at"), help=_l("Left empty: now.")),
    },
    E.ACCEPT: {"note": _NOTE},
    E.REFUSE: {
        "reason": _long(_l("Reason"), help=_l("It goes to the complainant.")),
        "clause": _line(_l("Clause"), help=_l("The clause of the procedure it rests on.")),
        "route": _long(_l("Where the complainant can turn instead"), rows=2),
        "second_person_id": _person(
            _l("Second person who agreed"), help=_l("Of the office or a leader; not yourself.")
        ),
    },
    E.CLOSE_ON_SPOT: {
        "result": _long(_l("What was done and answered")),
        "complainant_agrees": _tick(_l("The complainant agrees")),
    },
    E.TRANSFER: {
        "receiver": _receiver(_l("To department and person")),
        "instruction": _long(_l("Leader's instruction"), required=False),
        "files": _files,
    },
    E.SIGN_FOR: {"note": _NOTE},
    E.REFUSE_SIGNATURE: {
        "reason": _long(_l("Why it is not yours")),
        "clause": _line(_l("Clause or duty list it rests on")),
    },
    E.ARBITRATE: {
        "receiver": _receiver(_l("To department and person")),
        "ruling": _long(_l("Ground of the ruling")),
    },
    E.TAKE_ON: {
        "handler_id": _person(
            _l("Handler"), own_department=True, required=False, help=_l("Left empty: yourself.")
        ),
        "note": _NOTE,
    },
    E.ADD_CO_HANDLER: {
        "receiver": _receiver(_l("Co-handling department and person")),
        "instruction": _long(_l("What this department is to do")),
    },
    E.SIGN_CO_HANDLING: {},
    E.GIVE_CO_OPINION: {"opinion": _long(_l("Opinion of your department"))},
    E.GRADE: {"level": _grades, "reason": _long(_l("Criterion met, or reason for another grade"))},
    E.SUBMIT_OPINION: {
        "result": _long(_l("Result"), rows=6),
        "responsibility": _choice(_l("Responsibility"), Responsibility),
        "no_measures_reason": _long(
            _l("Why no measure is needed"), required=False, rows=2, help=_l("Only when none is recorded.")
        ),
    },
    E.APPROVE: {
        "meaning": _line(_l("Meaning of your signature"), help=_l("For example: reviewed and approved")),
    },
    E.RETURN_OPINION: {"reason": _long(_l("What has to be done"))},
    E.REPLY: {
        "text": _long(_l("Reply"), required=False, rows=8),
        "channel": _choice(_l("Sent through"), Channel, required=False),
        "sent_at": _moment(_l("Sent at"), help=_l("Left empty: now.")),
        "not_notifiable_reason": _long(
            _l("Or: why no reply can be given"),
            required=False,
            rows=2,
            help=_l("Anonymous, or not to be reached."),
        ),
    },
    E.START_FOLLOW_UP: {},
    E.FOLLOW_UP: {
        "result": _choice(_l("The complainant is"), FollowUpResult),
        "channel": _choice(_l("Asked by"), Channel),
        "words": _long(_l("The complainant's words, or the attempts made")),
        "at": _moment(_l("Asked at"), help=_l("Left empty: now.")),
    },
    E.CLOSE: {"opinion": _long(_l("Your opinion on the handling"))},
    E.REOPEN: {"new_fact": _long(_l("The new fact"))},
    E.ARCHIVE: {
        "file_number": _file_number,
        "catalogue": _long(_l("Catalogue: what the file contains")),
        "pages": _pages,
        "box": _line(_l("Box"), required=False),
    },
    E.MERGE: {
        "master_number": _line(_l("Number of the complaint to merge into")),
        "reason": _long(_l("Why they are one matter")),
    },
    E.STATUTORY_ROUTE: {
        "route": _line(_l("Route"), help=_l("For example: expert determination, litigation")),
        "explanation": _long(_l("What was explained to the complainant")),
    },
    E.REFER: {
        "authority": _line(_l("Authority")),
        "reason": _REASON,
        "complainant_told": _tick(_l("The complainant was told")),
    },
    E.PAUSE: {
        "reason": _choice(_l("Reason"), PauseReason),
        "text": _long(_l("What is being waited for")),
    },
    E.RESUME: {"note": _NOTE},
    E.REQUEST_EXTENSION: {"clock": _clock, "amount": _days, "reason": _REASON},
    E.EXTEND: {
        "clock": _clock,
        "amount": _days,
        "reason": _REASON,
        "told_how": _line(_l("How the complainant was told the reason")),
    },
    E.SUPERVISE: {"demand": _long(_l("Demand")), "due_at": _moment(_l("To be done by"))},
    E.URGE: {"text": _long(_l("What is urgent"))},
    E.ESCALATE: {"reason": _REASON},
    E.NOTE: {
        "text": _long(_l("Note"), help=_l("Internal: it never appears on anything that leaves the house."))
    },
    E.MARK_CONFIDENTIAL: {
        "reason": _REASON,
        "named_user_ids": _several_people(
            _l("People who may know of it"),
            _l(
                "You yourself are named too. At least one leader or the head of quality has to be among them."
            ),
        ),
    },
    E.NAME_PERSON: {
        "user_id": _person(_l("Person")),
        "deputy": _tick(_l("As a named deputy")),
        "reason": _REASON,
    },
}


def form_for(event: EventKind, scene: Scene, *, empty: bool = False) -> FlaskForm:
    """The form of one event, bound to the request by Flask-WTF; `empty`: whatever the request carries."""
    alone = scene.situation is not None  # a file goes with one complaint, never with a selection
    fields = {name: make(scene) for name, make in FIELDS[event].items() if alone or name != "files"}
    kind = type(f"{event.name.title().replace('_', '')}Form", (FlaskForm,), fields)
    made: FlaskForm = kind(formdata=None) if empty else kind()
    return made


def arguments(event: EventKind, form: FlaskForm, zone: ZoneInfo) -> dict[str, Any]:
    """What the operation takes, from what was typed: local moments get their zone, the receiver is taken apart."""
    values: dict[str, Any] = {}
    for name in FIELDS[event]:
        if name == "files":
            continue
        value = form[name].data
        if name == "receiver":
            department, _, person = str(value or "").partition(":")
            values["department_id"] = int(department) if department.isdigit() else None
            values["person_id"] = int(person) if person.isdigit() else None
            continue
        if isinstance(value, datetime):
            value = value.replace(tzinfo=zone)
        if name == "named_user_ids":
            value = tuple(value or ())
        values[name] = value
    return values
