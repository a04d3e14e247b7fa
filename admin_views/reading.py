"""Reading the procedure in force and confirming it; what complainants are told of it."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.case_context import FactGroup, RecordTable
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import enumerated, locale
from admin_views.page_parts import Empty, Fact
from admin_views.values import moment_text
from extensions import db
from models import Organisation, ProcedureVersion
from services.access.permissions import Permission
from services.deadlines.explain import UNIT_LABELS
from services.errors import NotFound
from services.operations.confirm_reading import confirm_reading
from services.procedures.clause_texts import clause_texts
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version, own_clause_texts
from services.procedures.read_by import confirmed_at, readers
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("reading", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/procedure-in-force")
@requires(Permission.PROCEDURE_READ)
def page() -> ResponseReturnValue:
    """The text of the regulation in force, one's own confirmation and, for whoever leads people, everybody's."""
    version, procedure = _in_force()
    reader_id = acting().user_id
    confirmed = confirmed_at(db.session(), version, reader_id) if reader_id else None
    return render_template(
        "desk/reading.html",
        version=version,
        name=procedure.names.in_language(locale()),
        texts=_texts(procedure),
        asks=procedure.reading,
        confirmed=moment_text(confirmed, desk_zone()) if confirmed else "",
        table=_confirmations(version) if acting().may(Permission.STAFFING_READ) else None,
    )


@blueprint.post("/procedure-in-force/confirm")
@requires(Permission.PROCEDURE_READ)
def confirm() -> ResponseReturnValue:
    """One's own confirmation."""
    version, _procedure = _in_force()
    with UnitOfWork(db.session(), acting()) as work:
        confirm_reading(work, version.id)
    flash(_("Your confirmation is on record."), "success")
    return redirect(url_for(".page"), 303)


@blueprint.get("/for-complainants")
@requires(Permission.PROCEDURE_READ)
def for_complainants() -> ResponseReturnValue:
    """How to reach the organisation with a complaint, and what then happens; made for printing and putting up."""
    _version, procedure = _in_force()
    organisation = db.session().get(Organisation, 1)
    publicity = procedure.publicity
    contact = description = None
    if publicity is not None and publicity.contact is not None and organisation is not None:
        facts = [
            Fact(label=_("Complaint telephone"), value=organisation.phone or "—"),
            Fact(label=_("Fax"), value=organisation.fax or "—"),
            Fact(label=_("Address"), value=organisation.address or "—"),
        ]
        contact = FactGroup(title=_("How to reach us"), facts=facts)
    if publicity is not None and publicity.description is not None:
        description = _steps(procedure)
    return render_template(
        "desk/for_complainants.html",
        organisation=organisation.name if organisation else "",
        contact=contact,
        incomplete=contact is not None and not (organisation and organisation.phone and organisation.address),
        may_complete=acting().may(Permission.ORGANISATION_WRITE),
        steps=description,
        channels=enumerated(
            channel.names.in_language(locale()) if channel.names else str(channel.code.label)
            for channel in procedure.intake.channels
        ),
        limits=[
            (clock.names.in_language(locale()), f"{clock.amount or ''} {UNIT_LABELS[clock.unit]}".strip())
            for clock in procedure.clocks
        ],
    )


def _in_force() -> tuple[ProcedureVersion, Procedure]:
    version = current_version(db.session())
    if version is None:
        raise NotFound
    return version, parsed(version)


def _texts(procedure: Procedure) -> dict[str, str]:
    """The clauses of its regulation in their own words."""
    known = clause_texts().get(procedure.regulation)
    if known is not None:
        return dict(known)
    own = own_clause_texts(db.session())
    return {code: text for code, text in own.items() if code.startswith(f"{procedure.regulation}-")}


def _confirmations(version: ProcedureVersion) -> RecordTable:
    rows = readers(db.session(), version)
    done = sum(1 for row in rows if row.confirmed_at)
    return RecordTable(
        title=_("Confirmed by %(done)s of %(all)s", done=done, all=len(rows)),
        heads=[_("Person"), _("Department"), _("Confirmed at")],
        rows=[
            [
                Fact(label="", value=row.name),
                Fact(label="", value=row.department),
                Fact(label="", value=moment_text(row.confirmed_at, desk_zone()) if row.confirmed_at else "—"),
            ]
            for row in rows
        ],
        empty=Empty(title=_("Nobody has an account yet"), icon="users"),
    )


def _steps(procedure: Procedure) -> list[str]:
    """What happens with a complaint, in sentences, from what the procedure says."""
    steps = [_("We write down your complaint, give it a number and tell you whether we accept it.")]
    if procedure.intake.required_for_acceptance:
        steps.append(_("If something is missing for the acceptance, we ask you for it."))
    steps.append(_("The department concerned signs for it and looks into it."))
    if procedure.approval.required:
        steps.append(_("The result is approved by somebody who did not handle it."))
    if procedure.reply.required:
        steps.append(
            _("You get the result in writing.")
            if procedure.reply.written_required
            else _("You get the result.")
        )
    if procedure.follow_up.required:
        steps.append(_("We ask you whether you are satisfied."))
    steps.append(_("What you tell us about yourself is seen only by those who handle your complaint."))
    return steps
