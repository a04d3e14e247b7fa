"""The forms of the steps: which fields each event asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm

from admin_views.complaints import acknowledging
from admin_views.complaints import step_fields as make
from admin_views.complaints.step_fields import FieldMaker, Scene
from models.enums import Channel, EventKind, FollowUpResult, PauseReason, Responsibility, Verdict
from models.labels import _l

E = EventKind

_REASON = make.long(_l("Reason"))
_NOTE = make.long(_l("Note"), required=False, rows=2)

FIELDS: dict[EventKind, dict[str, FieldMaker]] = {
    E.ASK_TO_COMPLETE: {"missing": make.long(_l("What is missing"))},
    E.SUPPLY_MISSING: {"supplied": make.long(_l("What came in"))},
    E.ACKNOWLEDGE: {
        "channel": make.choice(_l("Told by"), Channel),
        "language": acknowledging.language,
        "text": acknowledging.text,
        "estimated_completion": acknowledging.estimated_completion,
        "at": make.moment(_l("Told at"), help=_l("Left empty: now.")),
        "signed": acknowledging.signature,
    },
    E.ACCEPT: {"note": _NOTE},
    E.REFUSE: {
        "reason": make.long(_l("Reason"), help=_l("It goes to the complainant.")),
        "clause": make.line(_l("Clause"), help=_l("The clause of the procedure it rests on.")),
        "route": make.long(_l("Where the complainant can turn instead"), rows=2),
        "second_person_id": make.person(
            _l("Second person who agreed"), help=_l("Of the office or a leader; not yourself.")
        ),
    },
    E.CLOSE_ON_SPOT: {
        "result": make.long(_l("What was done and answered")),
        "complainant_agrees": make.tick(_l("The complainant agrees")),
    },
    E.TRANSFER: {
        "receiver": make.receiver(_l("To department and person")),
        "instruction": make.long(_l("Leader's instruction"), required=False),
        "files": make.files,
    },
    E.SIGN_FOR: {"note": _NOTE},
    E.REFUSE_SIGNATURE: {
        "reason": make.long(_l("Why it is not yours")),
        "clause": make.line(_l("Clause or duty list it rests on")),
    },
    E.ARBITRATE: {
        "receiver": make.receiver(_l("To department and person")),
        "ruling": make.long(_l("Ground of the ruling")),
    },
    E.TAKE_ON: {
        "handler_id": make.person(
            _l("Handler"), own_department=True, required=False, help=_l("Left empty: yourself.")
        ),
        "note": _NOTE,
    },
    E.ADD_CO_HANDLER: {
        "receiver": make.receiver(_l("Co-handling department and person")),
        "instruction": make.long(_l("What this department is to do")),
        "coordinator": make.coordinator,
    },
    E.SIGN_CO_HANDLING: {},
    E.GIVE_CO_OPINION: {"opinion": make.long(_l("Opinion of your department"))},
    E.GRADE: {
        "level": make.grades,
        "reason": make.long(_l("Criterion met, or reason for another grade")),
        "recognition": make.recognition,
    },
    E.SUBMIT_OPINION: {
        "result": make.long(_l("Result"), rows=6),
        "responsibility": make.choice(_l("Responsibility"), Responsibility),
        "no_measures_reason": make.long(
            _l("Why no measure is needed"), required=False, rows=2, help=_l("Only when none is recorded.")
        ),
    },
    E.APPROVE: {
        "meaning": make.line(_l("Meaning of your signature"), help=_l("For example: reviewed and approved")),
    },
    E.RETURN_OPINION: {"reason": make.long(_l("What has to be done"))},
    E.REPLY: {
        "text": make.long(_l("Reply"), required=False, rows=8),
        "channel": make.choice(_l("Sent through"), Channel, required=False),
        "sent_at": make.moment(_l("Sent at"), help=_l("Left empty: now.")),
        "not_notifiable_reason": make.long(
            _l("Or: why no reply can be given"),
            required=False,
            rows=2,
            help=_l("Anonymous, or not to be reached."),
        ),
        "together_with_id": make.together_with,
    },
    E.START_FOLLOW_UP: {},
    E.FOLLOW_UP: {
        "result": make.choice(_l("The complainant is"), FollowUpResult),
        "channel": make.choice(_l("Asked by"), Channel),
        "words": make.long(_l("The complainant's words, or the attempts made")),
        "execution": make.execution,
        "at": make.moment(_l("Asked at"), help=_l("Left empty: now.")),
    },
    E.EVALUATE: {
        "verdict": make.choice(_l("The result is"), Verdict),
        "opinion": make.long(_l("Your opinion on the handling")),
    },
    E.CLOSE: {
        "opinion": make.long(_l("Your opinion on the handling")),
        "external_route": make.external_route,
    },
    E.REOPEN: {"new_fact": make.long(_l("The new fact"))},
    E.ARCHIVE: {
        "file_number": make.file_number,
        "catalogue": make.long(_l("Catalogue: what the file contains")),
        "pages": make.pages,
        "box": make.line(_l("Box"), required=False),
        "absent_reason": make.absent_reason,
    },
    E.MERGE: {
        "master_number": make.line(_l("Number of the complaint to merge into")),
        "reason": make.long(_l("Why they are one matter")),
    },
    E.STATUTORY_ROUTE: {
        "route": make.line(_l("Route"), help=_l("For example: expert determination, litigation")),
        "explanation": make.long(_l("What was explained to the complainant")),
    },
    E.REFER: {
        "authority": make.line(_l("Authority")),
        "reason": _REASON,
        "complainant_told": make.tick(_l("The complainant was told")),
    },
    E.PAUSE: {
        "reason": make.choice(_l("Reason"), PauseReason),
        "text": make.long(_l("What is being waited for")),
    },
    E.RESUME: {"note": _NOTE},
    E.REQUEST_EXTENSION: {"clock": make.clock, "amount": make.days, "reason": _REASON},
    E.EXTEND: {
        "clock": make.clock,
        "amount": make.days,
        "reason": _REASON,
        "told_how": make.line(_l("How the complainant was told the reason")),
    },
    E.DECLINE_EXTENSION: {"reason": _REASON},
    E.SUPERVISE: {"demand": make.long(_l("Demand")), "due_at": make.moment(_l("To be done by"))},
    E.URGE: {"text": make.long(_l("What is urgent"))},
    E.ESCALATE: {"reason": _REASON},
    E.NOTE: {
        "text": make.long(
            _l("Note"), help=_l("Internal: it never appears on anything that leaves the house.")
        )
    },
    E.INSTRUCT: {
        "text": make.long(_l("What is to be done")),
        "department_id": make.department(_l("By which department"), required=False),
    },
    E.MARK_CONFIDENTIAL: {
        "reason": _REASON,
        "named_user_ids": make.several_people(
            _l("People who may know of it"),
            _l(
                "You yourself are named too. At least one leader or the head of quality has to be among them."
            ),
        ),
    },
    E.NAME_PERSON: {
        "user_id": make.person(_l("Person")),
        "deputy": make.tick(_l("As a named deputy")),
        "reason": _REASON,
    },
}


def form_for(event: EventKind, scene: Scene, *, empty: bool = False) -> FlaskForm:
    """The form of one event, bound to the request by Flask-WTF; `empty`: whatever the request carries."""
    alone = scene.situation is not None  # a file goes with one complaint, never with a selection
    made_of = {name: maker(scene) for name, maker in FIELDS[event].items() if alone or name != "files"}
    fields = {name: made for name, made in made_of.items() if made is not None}
    if event is E.GRADE:
        fields = {**make.grade_facts(scene), **fields}
    kind = type(f"{event.name.title().replace('_', '')}Form", (FlaskForm,), fields)
    made: FlaskForm = kind(formdata=None) if empty else kind()
    return made


def arguments(event: EventKind, form: FlaskForm, zone: ZoneInfo) -> dict[str, Any]:
    """What the operation takes, from what was typed: local moments get their zone, the receiver is taken apart."""
    values: dict[str, Any] = {}
    if event is E.GRADE:
        values["facts"] = {one.name[5:]: one.data for one in form if one.name.startswith("fact_")}
    for name in FIELDS[event]:
        if name == "files" or name not in form:
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
