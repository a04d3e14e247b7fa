"""Taking a complaint down from its form: as a new one, as a repeat, or as a further report on one that is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from admin_views.attachments import staged_files, store
from admin_views.complaints.register_form import own_files, typed_complaint, typed_report
from admin_views.complaints.repeats import (
    AS_REPEAT,
    AS_REPORT,
    LikelyLine,
    chosen,
    likely_lines,
    probe_from,
)
from admin_views.errors import messages_of
from admin_views.form_context import ErrorPage
from admin_views.guard import acting
from extensions import db
from services.access.permissions import Permission
from services.attachments.store import Staged
from services.errors import DeskError, Invalid, Stale
from services.operations.accept import accept
from services.operations.attach import attach
from services.operations.record_identity import record_identity
from services.operations.register import NewComplaint, procedure_in_force, register
from services.operations.report_again import report_again
from services.procedures.of_complaint import parsed
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork
from services.workflow.once import done_before, remember

LIKELY_FIELDS = "phone batch product summary content received_at nature category_code confidential"
"""What is compared while it is typed."""


@dataclass(frozen=True)
class Taken:
    """What came of the form: a complaint of its own, or (`is_report`) the case that took it."""

    address: str
    number: str
    is_report: bool = False


def take_down(form: Any, procedure: Procedure) -> Taken | None:
    """What the registrar chose, with the files; None when this form was carried out before."""
    key = request.form.get("key", "")
    of_fields = own_files(form)
    further = form["files"].data or () if "files" in form else ()
    try:
        with (
            staged_files([*of_fields.values(), *further]) as staged,
            UnitOfWork(db.session(), acting()) as work,
        ):
            if done_before(work, key):
                return None
            if chosen()[0] == AS_REPORT:
                complaint = report_again(work, chosen()[1], typed_report(form))
            else:
                complaint = register(work, _with_link(typed_complaint(form), procedure))
            made = Taken(complaint.public_id, complaint.number, chosen()[0] == AS_REPORT)
            _keep_identity(work, form, made.address)
            _keep_files(work, staged, made, list(of_fields))
            remember(work, key)
    except IntegrityError as clash:
        # The same form twice at the same instant: the database let one of them through.
        raise Stale from clash
    return made


def _keep_identity(work: UnitOfWork, form: Any, address: str) -> None:
    if "identity_number" in form and form["identity_number"].data:
        kind, number = form["identity_kind"].data, form["identity_number"].data
        record_identity(work, address, kind=kind, number=number)


def _keep_files(work: UnitOfWork, staged: Sequence[Staged], made: Taken, of_fields: Sequence[str]) -> None:
    """The first of the files are the values of the fields `of_fields`; a case that is here keeps its own values."""
    for index, one in enumerate(staged):
        code = of_fields[index] if index < len(of_fields) and not made.is_report else None
        attach(work, store(), one, complaint=made.address, field=code)


def _with_link(new: NewComplaint, procedure: Procedure) -> NewComplaint:
    """With the complaint that it repeats, and in what it is like it, where the registrar chose one."""
    way, address = chosen()
    if way != AS_REPEAT:
        return new
    likely = likely_lines(procedure, probe_from(request.form))
    reasons = next((one.reasons for one in likely if one.address == address), "")
    return replace(new, repeat_of=address, repeat_reason=reasons)


def in_force() -> tuple[Procedure | None, Any]:
    with UnitOfWork(db.session(), acting()) as work:
        try:
            version = procedure_in_force(work)
        except Invalid as invalid:
            text = str(next(iter(invalid.fields.values())))
            return None, ErrorPage(code=409, title=_("The desk is not set up yet"), text=text)
        return parsed(version), None


def further_submits() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if acting().may(Permission.COMPLAINT_ACCEPT):
        found.append(("and_accept", _("Register and accept")))
    found.append(("and_next", _("Register and take the next")))
    return found


def undecided(procedure: Procedure) -> list[LikelyLine]:
    """The likely ones, as long as nobody said how to go on; none for a form that was carried out already."""
    with UnitOfWork(db.session(), acting()) as work:
        if chosen()[0] or done_before(work, request.form.get("key", "")):
            return []
        return likely_lines(procedure, probe_from(request.form))


def chosen_before(procedure: Procedure) -> list[LikelyLine]:
    """A form that comes back with another fault still offers what was chosen from."""
    return likely_lines(procedure, probe_from(request.form)) if chosen()[0] else []


def accept_at_once(address: str) -> None:
    """Accept what was just registered; what is missing is said, the registration stands."""
    try:
        with UnitOfWork(db.session(), acting()) as work:
            accept(work, address)
        flash(_("Accepted."), "success")
    except DeskError as error:
        for message in messages_of(error):
            flash(message, "warning")
