"""Correcting the parties of a complaint and adding one: dialogs for whoever reads their data plainly."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.complaints.revealed import is_revealed
from admin_views.errors import messages_of
from admin_views.fields import PlainSelect, stripped
from admin_views.form_context import DialogForm
from admin_views.fragments import done
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import locale
from admin_views.own_fields import coded_select, plain_codes
from admin_views.page_parts import Fact
from admin_views.record_forms import form_class, posted, put_errors, values_of
from admin_views.values import text_of
from extensions import db
from models import Complaint, Party
from models.enums import PartySide
from models.fields import field_of, fields_of
from models.labels import _l
from services.access.masking import reads_plainly
from services.access.permissions import Permission
from services.errors import DeskError, NotFound, NotPermitted, Stale
from services.operations.edit_parties import EDITABLE, LONGEST_REASON, add_party, edit_party
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.once import done_before, remember

blueprint = Blueprint("complaint_parties", __name__, url_prefix="/complaints")

Carry = Callable[[UnitOfWork, int | None, dict[str, Any]], Any]


def _form_class(complaint: Complaint, party: Party | None = None) -> type[Any]:
    """The party's own fields, and why they change; a new one also says on which side it stands.

    The kinds of complainants are those of the case's procedure.
    """
    side = party is None
    about = party is not None and party.side is PartySide.COMPLAINED_ABOUT
    label = field_of(Party, "complainant_kind").label
    stands = party.complainant_kind if party is not None else None
    procedure = procedure_of(db.session(), complaint)
    kind = (
        None if about else coded_select(procedure, "complainant_kind", locale(), label=label, stands=stands)
    )
    members: dict[str, Any] = {"complainant_kind": kind}
    if side:
        members["side"] = PlainSelect(_l("Side"), [InputRequired()], members=PartySide)
    base = form_class(Party, BaseForm, EDITABLE)
    members["reason"] = StringField(
        _l("Reason"), [Optional(), Length(max=LONGEST_REASON)], filters=[stripped], render_kw={"wide": True}
    )
    return type("PartyForm", (base,), members)


@blueprint.route("/<address>/parties/new", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_CORRECT)
def add(address: str) -> ResponseReturnValue:
    complaint = _readable(address)
    form = _form_class(complaint)(posted())

    def carry_out(work: UnitOfWork, version: int | None, said: dict[str, Any]) -> None:
        add_party(work, address, side=said["side"], values=_values(said), reason=said["reason"])

    return _dialog(complaint, form, carry_out, title=_("Add party"), icon="person-add")


@blueprint.route("/<address>/parties/<int:party_id>", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_CORRECT)
def edit(address: str, party_id: int) -> ResponseReturnValue:
    complaint = _readable(address)
    query = sa.select(Party).where(Party.id == party_id, Party.complaint_id == complaint.id)
    party = db.session().scalars(query).first()
    if party is None:
        raise NotFound
    form = _form_class(complaint, party)(posted(), obj=party)

    def carry_out(work: UnitOfWork, version: int | None, said: dict[str, Any]) -> None:
        edit_party(work, address, party_id, version, values=_values(said), reason=said["reason"])

    title = _("Correct party: %(side)s", side=party.side.label)
    return _dialog(complaint, form, carry_out, title=title, icon="edit", party=party)


def _readable(address: str) -> Complaint:
    """The complaint, when its personal data are not masked for the reader."""
    complaint = db.session().scalars(sa.select(Complaint).where(Complaint.public_id == address)).first()
    if complaint is None:
        raise NotFound
    if not (is_revealed(address) or reads_plainly(acting(), complaint)):
        raise NotPermitted
    return complaint


def _values(said: dict[str, Any]) -> dict[str, Any]:
    return plain_codes({key: said[key] for key in EDITABLE if key in said})


def _dialog(
    complaint: Complaint, form: Any, carry_out: Carry, *, title: str, icon: str, party: Party | None = None
) -> ResponseReturnValue:
    page = url_for("complaints.details_view", address=complaint.public_id)
    version = _number(request.form.get("version")) or (party.version if party else None)
    subject = complaint.number
    theirs: Sequence[Fact] = ()
    errors: list[str] = []
    if request.method == "POST" and form.validate():
        try:
            _carry_out(carry_out, version, values_of(form))
        except (NotFound, NotPermitted):
            raise
        except Stale as stale:
            errors, version = messages_of(stale), stale.version
            theirs = _facts(stale.theirs)
        except DeskError as error:
            errors = put_errors(form, error)
        else:
            flash(_("Saved."), "success")
            return done(f"{page}#people")
        db.session.rollback()
    key = request.form.get("key") or secrets.token_urlsafe(18)
    dialog = DialogForm(
        title=f"{title} · {subject}",
        url=request.path,
        submit=_("Save"),
        icon=icon,
        explanation=_("Who changed something, when and why stays on record; the old value does not."),
        facts=theirs,
        hidden=[("version", str(version or "")), ("key", key)],
        errors=errors,
        back_url=page,
    )
    html = render_template("desk/dialog_form.html", dialog=dialog, form=form)
    return html, 422 if request.method == "POST" else 200


def _carry_out(carry_out: Carry, version: int | None, said: dict[str, Any]) -> None:
    key = request.form.get("key", "")
    try:
        with UnitOfWork(db.session(), acting()) as work:
            if not done_before(work, key):
                carry_out(work, version, said)
                remember(work, key)
    except IntegrityError as clash:
        raise Stale from clash


def _facts(theirs: Any) -> list[Fact]:
    """What stands there now, beside what was typed."""
    found = []
    for spec in fields_of(Party):
        if spec.key in EDITABLE:
            value = theirs.get(spec.key)
            if spec.choices is not None and value is not None:
                value = spec.choices(value)
            found.append(Fact(label=_("Now: %(field)s", field=spec.label), value=text_of(value, desk_zone())))
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
