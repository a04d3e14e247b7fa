"""The dialogs of the steps: one route an event and row, one an event and selection. Each posts to one operation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError

from admin_views.attachments import staged_files, store
from admin_views.complaints.calling import OPERATIONS
from admin_views.complaints.step_fields import Scene
from admin_views.complaints.step_forms import arguments, form_for
from admin_views.complaints.wording import BULK, EXPLANATIONS, ICONS, TONES
from admin_views.errors import messages_of
from admin_views.form_context import DialogForm, MissingGate, Outcome
from admin_views.fragments import done
from admin_views.guard import acting, requires
from extensions import db
from models import Complaint
from models.enums import EventKind
from services.access.permissions import for_event
from services.attachments.store import Staged
from services.deadlines.desk_calendar import desk_zone
from services.errors import DeskError, Invalid, NotFound, NotPermitted, Refused, Stale, WrongState
from services.listing import Selected, selection
from services.listing.selection import MOST
from services.operations.attach import attach
from services.unit_of_work import UnitOfWork
from services.workflow.gates import Situation
from services.workflow.once import done_before, remember
from services.workflow.steps import grant_for, reasons_against
from services.workflow.table import TRANSITIONS

blueprint = Blueprint("complaint_steps", __name__, url_prefix="/complaints")

SHOWN_SUBJECTS = 6
_FIELD_OF_FAULT = {"department_id": "receiver", "person_id": "receiver", "file": "files"}
"""Where a dialog shows a fault that the operation names otherwise."""


def _add_routes() -> None:
    """A route of its own for every step, so that each carries the permission of its event."""
    for event in OPERATIONS:
        _add_route(event, f"/<public_id>/{event.value}", f"one_{event.value}", _one, ["GET", "POST"])
        if event in BULK:
            _add_route(event, f"/selected/{event.value}", f"many_{event.value}", _many, ["POST"])


def _add_route(event: EventKind, rule: str, name: str, serve: Callable[..., Any], methods: list[str]) -> None:
    def view(**address: str) -> ResponseReturnValue:
        answer: ResponseReturnValue = serve(event, **address)
        return answer

    view.__name__ = name
    blueprint.add_url_rule(rule, name, requires(for_event(event))(view), methods=methods)


def _one(event: EventKind, public_id: str) -> ResponseReturnValue:
    complaint = _load(public_id)
    situation = _situation(complaint, event)
    scene = _scene(situation)
    form = form_for(event, scene)
    version = request.form.get("version", str(complaint.version))
    errors: list[str] = []
    refused: list[str] = []
    if form.validate_on_submit():
        try:
            with staged_files(form["files"].data if "files" in form else ()) as staged:
                number = _carry_out(
                    event, public_id, _version(version), arguments(event, form, scene.zone), staged
                )
        except (NotFound, NotPermitted):
            raise
        except Stale as stale:
            errors, version = (
                [*messages_of(stale), _("Look at the page again; then repeat the step if it still fits.")],
                str(stale.version or ""),
            )
        except Refused as refusal:
            refused = messages_of(refusal)
        except DeskError as error:
            errors = _put(form, error)
        else:
            if number:
                flash(_("%(number)s: %(step)s done.", number=number, step=event.label), "success")
            else:
                flash(_("This form had been carried out already."), "info")
            return done(_after(public_id))
        db.session.rollback()
        situation = _situation(_load(public_id), event)
    hidden = [("version", version), ("key", request.form.get("key") or secrets.token_urlsafe(18))]
    missing = _missing(situation, event, public_id)
    listed = {str(gate.text) for gate in missing}
    errors += [text for text in refused if text not in listed]
    dialog = DialogForm(
        title=f"{event.label} · {situation.complaint.number}",
        url=url_for(f".one_{event.value}", public_id=public_id),
        submit=event.label,
        tone="bad" if TONES.get(event) == "bad" else "",
        icon=ICONS[event],
        explanation=EXPLANATIONS.get(event, ""),
        missing=missing,
        hidden=hidden,
        errors=errors,
        back_url=url_for("complaints.details_view", address=public_id),
        draft_key=f"{event.value}:{public_id}:{acting().user_id}",
    )
    status = 422 if request.method == "POST" else 200
    return render_template("desk/dialog_form.html", dialog=dialog, form=form), status


def _many(event: EventKind) -> ResponseReturnValue:
    """First the form with the count to confirm, then, row by row, the work with its report."""
    session, actor = db.session(), acting()
    zone = desk_zone(session)
    token = request.form.get("filter", "") if request.form.get("all_matching") else ""
    rowids = request.form.getlist("rowid")
    rows = selection(session, Complaint, actor, zone, rowids=rowids, token=token, limit=MOST + 1)
    too_many = len(rows) > MOST
    chosen = () if too_many else tuple(row.id for row in rows)
    scene = Scene(session, zone, str(get_locale()), None, actor.department_id, chosen)
    confirmed = request.form.get("confirmed_count") == str(len(rows)) and "confirmed" in request.form
    form = form_for(event, scene, empty="confirmed" not in request.form)
    key = request.form.get("key") or secrets.token_urlsafe(18)
    errors: list[str] = []
    if not rows:
        errors = [_("Nothing is selected, or none of it is for you to see.")]
    elif too_many:
        # Doing only a part of what was asked for would look like all of it.
        errors = [_("At most %(count)s records at once. Narrow the selection.", count=MOST)]
    elif "confirmed" in request.form:
        if not confirmed:
            errors = [_("Please confirm the number of records; it may have changed meanwhile.")]
        elif form.validate():
            outcomes = _report(event, rows, key, arguments(event, form, zone))
            return render_template("desk/dialog_form.html", dialog=_reported(event, outcomes), form=None)
    hidden = [("key", key), *(("rowid", rowid) for rowid in rowids if not token)]
    if token:
        hidden += [("filter", token), ("all_matching", "1")]
    dialog = DialogForm(
        title=event.label,
        url=url_for(f".many_{event.value}"),
        submit=event.label,
        icon=ICONS[event],
        explanation=EXPLANATIONS.get(event, ""),
        hidden=hidden,
        errors=errors,
        confirm_count=len(rows) if rows and not too_many else None,
        subjects=_numbers(rows[:SHOWN_SUBJECTS]),
        back_url=url_for("complaints.index_view"),
    )
    status = 422 if too_many or "confirmed" in request.form else 200
    possible = rows and not too_many
    return render_template("desk/dialog_form.html", dialog=dialog, form=form if possible else None), status


def _report(event: EventKind, rows: Sequence[Selected], key: str, given: dict[str, Any]) -> list[Outcome]:
    """Each row in a transaction of its own: done, or skipped with its reason."""
    numbers = dict(zip([row.address for row in rows], _numbers(rows), strict=True))
    outcomes = []
    for row in rows:
        name, url = numbers[row.address], url_for("complaints.details_view", address=row.address)
        try:
            _carry_out(event, row.address, row.version, dict(given), (), key=f"{key}:{row.id}")
        except DeskError as error:
            db.session.rollback()
            outcomes.append(Outcome(name=name, done=False, reason=" ".join(messages_of(error)), url=url))
        else:
            outcomes.append(Outcome(name=name, done=True, url=url))
    return outcomes


def _reported(event: EventKind, outcomes: list[Outcome]) -> DialogForm:
    return DialogForm(
        title=event.label,
        url=url_for(f".many_{event.value}"),
        outcomes=outcomes,
        back_url=url_for("complaints.index_view"),
        wide=True,
    )


def _carry_out(
    event: EventKind,
    public_id: str,
    version: int | None,
    given: dict[str, Any],
    files: Sequence[Staged],
    *,
    key: str | None = None,
) -> str:
    """One transaction: the files, the operation, and the key that keeps a repeated POST from doing it twice."""
    key = key if key is not None else request.form.get("key", "")
    try:
        with UnitOfWork(db.session(), acting()) as work:
            if done_before(work, key):
                return ""
            for staged in files:
                attach(work, store(), staged, complaint=public_id)
            complaint = OPERATIONS[event](work, public_id, version, **given)
            number = complaint.number
            remember(work, key)
    except IntegrityError as clash:
        # Two people at the same instant: the database let one of them through.
        raise Stale from clash
    return number


def _load(public_id: str) -> Complaint:
    complaint = db.session.query(Complaint).filter_by(public_id=public_id).first()
    if complaint is None:
        raise NotFound
    return complaint


def _situation(complaint: Complaint, event: EventKind) -> Situation:
    """What the gates look at. NotPermitted when the actor's roles do not reach this complaint."""
    situation = Situation(db.session(), complaint, acting(), None, datetime.now(UTC))
    situation.grant = grant_for(situation, event)
    if situation.grant is None:
        raise NotPermitted
    return situation


def _scene(situation: Situation) -> Scene:
    session = db.session()
    return Scene(session, desk_zone(session), str(get_locale()), situation, acting().department_id)


def _missing(situation: Situation, event: EventKind, public_id: str) -> list[MissingGate]:
    """What still stands in the way, each with the place where it can be settled."""
    transition = TRANSITIONS[event]
    if situation.complaint.state not in transition.sources:
        reasons = WrongState(situation.complaint.state.label).reasons
    else:
        reasons = reasons_against(situation, transition)
    return [MissingGate(text=reason.message, url=_place(public_id, reason.link)) for reason in reasons]


def _place(public_id: str, link: str | None) -> str:
    """An anchor of the case's page, or (`record:` and a field) that field of the correction form."""
    if not link:
        return ""
    if link.startswith("record:"):
        return url_for("complaints.edit_view", address=public_id, _anchor=link.removeprefix("record:"))
    return url_for("complaints.details_view", address=public_id, _anchor=link)


def _put(form: FlaskForm, error: DeskError) -> list[str]:
    """Faults at their fields; what belongs to none of them above the form."""
    if not isinstance(error, Invalid):
        return messages_of(error)
    rest = []
    for name, message in error.fields.items():
        target = _FIELD_OF_FAULT.get(name, name)
        if target in form:
            form[target].errors = [*form[target].errors, message]
        else:
            rest.append(str(message))
    return rest


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _after(public_id: str) -> str:
    """The page of the complaint, or the list when the step took it out of sight."""
    still = db.session.query(Complaint.id).filter_by(public_id=public_id).first()
    return (
        url_for("complaints.details_view", address=public_id) if still else url_for("complaints.index_view")
    )


def _numbers(rows: Sequence[Selected]) -> list[str]:
    ids = [row.id for row in rows]
    found: dict[int, str] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        found |= dict(
            db.session.query(Complaint.id, Complaint.number).filter(Complaint.id.in_(part)).tuples()
        )
    return [found.get(row.id, "") for row in rows]


_add_routes()
