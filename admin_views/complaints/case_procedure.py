"""The procedure of a case: its version, and putting it under the one in force."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.case_context import RecordTable
from admin_views.guard import acting, desk_zone
from admin_views.locale import locale
from admin_views.organisation.dialogs import ReasonForm
from admin_views.page_parts import Fact
from admin_views.record_dialog import step_dialog
from admin_views.values import moment_text
from extensions import db
from models import ClockRun, Complaint, ComplaintEvent, ProcedureChange, ProcedureVersion
from models.enums import OPEN_STATES
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_time
from services.errors import Reason
from services.operations.change_procedure import change_procedure
from services.procedures.impact import clock_changes
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version


def offers_change(session: Session, complaint: Complaint) -> bool:
    """Whether the reader may put this case under another version: it is open, and another one is in force."""
    if complaint.state not in OPEN_STATES or not acting().may(Permission.PROCEDURE_WRITE):
        return False
    current = current_version(session)
    return current is not None and current.id != complaint.procedure_version_id


def change_dialog(screen: Any, address: str) -> ResponseReturnValue:
    """The dialog: what would become of the clocks, and why it is done."""
    row = screen.row(address)
    complaint = screen.get_one(address)
    current = current_version(db.session())
    missing = []
    if current is None or current.id == complaint.procedure_version_id:
        missing.append(Reason("same_version", _("The case follows the version in force already.")))
    return step_dialog(
        screen,
        row,
        ReasonForm,
        lambda work, version, form: change_procedure(work, address, version, reason=form.reason.data),
        title=_("Change procedure"),
        submit=_("Change procedure"),
        icon="procedure",
        explanation=_meaning(complaint, current),
        missing=missing,
    )


def _meaning(complaint: Complaint, target: ProcedureVersion | None) -> str:
    if target is None or target.id == complaint.procedure_version_id:
        return ""
    name = target.name_en if locale() == "en" else target.name_zh
    said = [_("The case would follow %(name)s, version %(number)s.", name=name, number=target.number)]
    session = db.session()
    runs = session.scalars(sa.select(ClockRun).where(ClockRun.complaint_id == complaint.id)).all()
    events = session.scalars(
        sa.select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint.id)
    ).all()
    for one in clock_changes(complaint, runs, events, parsed(target), desk_time(session)):
        clock = one.clock.names.in_language(locale())
        before, after = one.before or _("not running"), one.after or _("no such clock")
        said.append(f"{clock}: {before} → {after}.")
    said.append(_("When each clock was first due stays on record."))
    return " ".join(said)


def change_tables(session: Session, complaint: Complaint) -> list[RecordTable]:
    """The changes of procedure that this case has been through; none for most."""
    query = sa.select(ProcedureChange).where(ProcedureChange.complaint_id == complaint.id)
    found = session.scalars(query.order_by(ProcedureChange.id.desc())).all()
    if not found:
        return []
    table = RecordTable(
        title=_("Changes of procedure"),
        key="procedure",
        heads=[_("When"), _("Who"), _("From"), _("To"), _("Reason"), _("Clocks")],
        rows=[
            [
                Fact(label="", value=moment_text(one.created_at, desk_zone())),
                Fact(label="", value=one.changed_by.name),
                Fact(label="", value=_version_text(one.from_version)),
                Fact(label="", value=_version_text(one.to_version)),
                Fact(label="", value=one.reason),
                Fact(label="", value="; ".join(_clock_text(line) for line in one.clocks)),
            ]
            for one in found
        ],
    )
    return [table]


def _version_text(version: ProcedureVersion) -> str:
    name = version.name_en if locale() == "en" else version.name_zh
    return _("%(code)s, version %(number)s", code=name, number=version.number)


def _clock_text(line: dict[str, str | None]) -> str:
    name = line["en" if locale() == "en" else "zh"]
    return f"{name}: {line['before'] or _('not running')} → {line['after'] or _('no such clock')}"
