"""The side menu: subjects, their screens, and how much waits in each, by what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app, request, url_for

from admin_views.guard import PUBLIC, acting, declared
from admin_views.shell_context import MenuGroup, MenuItem
from extensions import db
from models import Complaint, Measure, Notice
from models.enums import MeasureStatus
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.actor import Actor
from services.listing.queues import is_major
from services.listing.special import is_mine, is_open, is_overdue, is_to_sign

COUNTED_TO = 999
"""Counts in the menu stop here."""


@dataclass(frozen=True)
class Entry:
    """A link of the menu; shown when its endpoint exists and its declared permission is held."""

    endpoint: str
    label: LazyString
    icon: str
    count: str = ""
    tone: str = ""
    query: dict[str, str] = field(default_factory=dict)


MENU: tuple[tuple[LazyString | str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("worklist.index", _l("My work"), "worklist", "mine"),
            Entry("notices.page", _l("Notices"), "bell", "notices", "warn"),
        ),
    ),
    (
        _l("Complaints"),
        (
            Entry("complaints.index_view", _l("Complaints"), "complaint"),
            Entry("complaints.index_view", _l("Overdue"), "timer", "overdue", "bad", {"f.overdue": "1"}),
            Entry(
                "complaints.index_view",
                _l("Awaiting my signature"),
                "sign",
                "to_sign",
                "warn",
                {"f.to_sign": "1"},
            ),
            Entry("complaints.index_view", _l("Major complaints"), "star", "major", query={"f.major": "1"}),
            Entry("complaint_lifecycle.page", _l("Lifecycle"), "flow"),
            Entry("complaint_lifecycle.roles", _l("Roles and actions"), "shield"),
        ),
    ),
    (
        _l("Quality"),
        (
            Entry("investigations.index_view", _l("Investigations"), "investigation"),
            Entry("groups.index_view", _l("Handling groups"), "users"),
            Entry("measures.index_view", _l("Measures"), "approve", "measures"),
            Entry("solutions.index_view", _l("Solutions offered"), "reply"),
            Entry("appraisals.index_view", _l("Appraisals"), "search"),
            Entry("penalty_referrals.index_view", _l("Referrals for penalty"), "scale"),
            Entry("accidents.index_view", _l("Accidents"), "accident"),
            Entry("enquiries.index_view", _l("Queries and suggestions"), "help"),
            Entry("documents.index_view", _l("Documents"), "file"),
            Entry("holds.index_view", _l("Holds"), "pause"),
            Entry("archive.index_view", _l("Archive records"), "archive"),
        ),
    ),
    (
        _l("Analysis"),
        (
            Entry("analysis.index", _l("Analysis"), "chart"),
            Entry("signals.index_view", _l("Signals"), "flag"),
            Entry("reports.index_view", _l("Reports"), "file"),
            Entry("inspections.index_view", _l("Inspections"), "list-checks"),
        ),
    ),
    (
        _l("Ledger"),
        (
            Entry("document_forms.register", _l("Register of complaints"), "print"),
            Entry("ledger.import_page", _l("Import ledger"), "import"),
            Entry("jobs.index", _l("Jobs"), "jobs"),
        ),
    ),
    (
        _l("Rules"),
        (
            Entry("reading.page", _l("Procedure in force"), "file"),
            Entry("procedures.index_view", _l("Procedures"), "procedure"),
            Entry("reading.for_complainants", _l("For complainants"), "info"),
            Entry("procedure_drafts.index_view", _l("Drafts of procedures"), "edit"),
            Entry("procedure_adoptions.index_view", _l("Procedure in force"), "scale"),
            Entry("clauses.index", _l("Why does the system do this?"), "help"),
            Entry("document_templates.index", _l("Letters and forms"), "file"),
            Entry("calendar.index_view", _l("Calendar"), "calendar"),
            Entry("reception_month.index", _l("Reception and duty"), "phone"),
        ),
    ),
    (
        _l("Organisation"),
        (
            Entry("departments.index_view", _l("Departments"), "department"),
            Entry("users.index_view", _l("Users"), "users"),
            Entry("grants.index_view", _l("Roles"), "shield"),
            Entry("covers.index_view", _l("Leave cover"), "person-add"),
            Entry("exemptions.index_view", _l("Exemptions"), "scale"),
            Entry("staffing.index", _l("Workload and training"), "dashboard"),
            Entry("posts.index_view", _l("Posts of the procedure"), "sign"),
            Entry("organisation.index", _l("Organisation"), "settings"),
            Entry("audit.index_view", _l("Audit trail"), "audit"),
        ),
    ),
)


_OF_MENU = {name for _title, entries in MENU for entry in entries for name in entry.query}
"""Filters by which an entry of the menu knows its own page."""


_PAGES_OF: dict[str, set[str]] = {}
for _group, _entries in MENU:
    for _entry in _entries:
        _PAGES_OF.setdefault(_entry.endpoint.split(".")[0], set()).add(_entry.endpoint)


def desk_menu() -> list[MenuGroup]:
    """The menu of this request's reader."""
    actor = acting()
    if actor.user_id is None:
        return []
    counted = counts(actor)
    groups = []
    for title, entries in MENU:
        items = [_item(entry, counted) for entry in entries if _is_open(entry, actor)]
        if items:
            groups.append(MenuGroup(title=str(title), items=items))
    return groups


def _is_open(entry: Entry, actor: Actor) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False
    needed = declared(current_app, entry.endpoint)
    return needed is not None and (needed == PUBLIC or actor.may(Permission(needed)))


def _item(entry: Entry, counted: dict[str, int]) -> MenuItem:
    blueprint = entry.endpoint.split(".")[0]
    same_screen = request.blueprint == blueprint
    if len(_PAGES_OF[blueprint]) > 1:  # several entries lead to pages of one subject: the page itself decides
        same_screen = request.endpoint == entry.endpoint
    asked = {name: value for name, value in request.args.items() if name in _OF_MENU}
    number = counted.get(entry.count)
    return MenuItem(
        label=str(entry.label),
        url=url_for(entry.endpoint) + (f"?{urlencode(entry.query)}" if entry.query else ""),
        icon=entry.icon,
        count=number or None,
        tone=entry.tone,
        active=same_screen and asked == entry.query,
    )


def counts(actor: Actor) -> dict[str, int]:
    """How much waits, each counted to COUNTED_TO; one statement for all."""
    now = datetime.now(UTC)
    people = sorted(actor.people)
    wanted: dict[str, Any] = {
        "notices": sa.select(Notice.id).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
    }
    if actor.may(Permission.COMPLAINT_READ):
        wanted |= {
            "mine": sa.select(Complaint.id).where(is_open(), is_mine(actor)),
            "overdue": sa.select(Complaint.id).where(is_overdue(now)),
            "to_sign": sa.select(Complaint.id).where(is_to_sign(actor)),
            "major": sa.select(Complaint.id).where(is_major()),
            "measures": sa.select(Measure.id).where(
                Measure.owner_id.in_(people), Measure.status == MeasureStatus.PLANNED
            ),
        }
    numbers = [
        sa.select(sa.func.count()).select_from(statement.limit(COUNTED_TO).subquery()).scalar_subquery()
        for statement in wanted.values()
    ]
    return dict(zip(wanted, db.session().execute(sa.select(*numbers)).one(), strict=True))
