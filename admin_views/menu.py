"""The side menu: subjects, their screens, and how much waits in each, by what the reader may do."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app, g, request, url_for

from admin_views.guard import PUBLIC, acting, declared
from admin_views.shell_context import MenuGroup, MenuItem
from extensions import db
from models import Liability, Measure, Notice
from models.enums import MeasureStatus
from models.labels import LazyString, _l
from models.liability import LiabilityStatus
from services.access.permissions import Permission
from services.actor import Actor
from services.listing.open_work import counted
from services.listing.queues import is_major
from services.listing.special import is_mine, is_open, is_overdue, is_to_sign

COUNTED_TO = 999
"""Beyond it the menu says "more"."""
UNFOLDED_TO = 14
"""A menu of up to so many links fits on the screen and is not folded."""


@dataclass(frozen=True)
class Entry:
    """A link of the menu; shown when its endpoint exists and its declared permission is held.

    `of_use_to`: shown only to holders of one of these, when most who may read the page never need it."""

    endpoint: str
    label: LazyString
    icon: str
    count: str = ""
    tone: str = ""
    query: dict[str, str] = field(default_factory=dict)
    of_use_to: tuple[Permission, ...] = ()
    only_with: str = ""
    """Shown only while there are such records: most procedures never make any."""


@dataclass(frozen=True)
class Group:
    """What belongs to one task. The first group has no title and is always open; the others fold."""

    key: str
    title: LazyString | str
    entries: tuple[Entry, ...]


_KEEPERS_OF_PROCEDURES = (Permission.PROCEDURE_READ_DRAFT, Permission.ORGANISATION_WRITE)
_KEEPERS_OF_RIGHTS = (Permission.ROLE_GRANT, Permission.ROLE_CONFIRM, Permission.AUDIT_READ)

MENU: tuple[Group, ...] = (
    Group(
        "daily",
        "",
        (
            Entry("worklist.index", _l("My work"), "worklist", "mine"),
            Entry("notices.page", _l("Notices"), "bell", "notices", "warn"),
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
            Entry("measures.index_view", _l("Measures"), "approve", "measures"),
        ),
    ),
    Group(
        "reception",
        _l("Reception"),
        (
            Entry("enquiries.index_view", _l("Queries and suggestions"), "help"),
            Entry("reception_month.index", _l("Reception and duty"), "phone"),
            Entry("reading.for_complainants", _l("For complainants"), "info"),
            Entry("document_forms.register", _l("Register of complaints"), "print"),
            Entry("ledger.import_page", _l("Import ledger"), "import"),
        ),
    ),
    Group(
        "inquiry",
        _l("Investigation and remedy"),
        (
            Entry("investigations.index_view", _l("Investigations"), "investigation"),
            Entry("groups.index_view", _l("Handling groups"), "users"),
            Entry("appraisals.index_view", _l("Appraisals"), "search"),
            Entry("solutions.index_view", _l("Solutions offered"), "reply"),
            Entry("penalty_referrals.index_view", _l("Referrals for penalty"), "scale"),
            Entry("accidents.index_view", _l("Accidents"), "accident"),
            Entry("holds.index_view", _l("Holds"), "pause"),
            Entry(
                "liabilities.index_view",
                _l("Joint liability"),
                "scale",
                "liabilities",
                "warn",
                only_with="liabilities_kept",
            ),
        ),
    ),
    Group(
        "papers",
        _l("Documents and archive"),
        (
            Entry("documents.index_view", _l("Documents"), "file"),
            Entry("archive.index_view", _l("Archive records"), "archive"),
            Entry("archive_loans.index_view", _l("Register of retrieval"), "eye"),
            Entry("destructions.index_view", _l("Destruction of files"), "timer"),
            Entry("data_requests.index_view", _l("Requests about personal data"), "shield"),
            Entry("jobs.index", _l("Jobs"), "jobs"),
        ),
    ),
    Group(
        "analysis",
        _l("Analysis and improvement"),
        (
            Entry("analysis.index", _l("Analysis"), "chart"),
            Entry("signals.index_view", _l("Signals"), "flag"),
            Entry("reports.index_view", _l("Reports"), "file"),
            Entry("inspections.index_view", _l("Inspections"), "list-checks"),
            Entry("staffing.index", _l("Workload and training"), "dashboard"),
        ),
    ),
    Group(
        "rules",
        _l("Rules and procedure"),
        (
            Entry("reading.page", _l("Procedure in force"), "procedure"),
            Entry("clauses.index", _l("Why does the system do this?"), "help"),
            Entry("complaint_lifecycle.page", _l("Lifecycle"), "flow"),
            Entry("complaint_lifecycle.roles", _l("Roles and actions"), "shield"),
            Entry("calendar.index_view", _l("Calendar"), "calendar"),
        ),
    ),
    Group(
        "keeping",
        _l("Maintaining the rules"),
        (
            Entry("procedures.index_view", _l("Procedures"), "procedure", of_use_to=_KEEPERS_OF_PROCEDURES),
            Entry("procedure_drafts.index_view", _l("Drafts of procedures"), "edit"),
            Entry("procedure_adoptions.index_view", _l("Adoption of procedures"), "check"),
            Entry("document_templates.index", _l("Letters and forms"), "file"),
            Entry("posts.index_view", _l("Posts of the procedure"), "sign", of_use_to=_KEEPERS_OF_PROCEDURES),
        ),
    ),
    Group(
        "organisation",
        _l("Organisation"),
        (
            Entry("departments.index_view", _l("Departments"), "department"),
            Entry("users.index_view", _l("Users"), "users"),
            Entry("grants.index_view", _l("Roles"), "shield", of_use_to=_KEEPERS_OF_RIGHTS),
            Entry("covers.index_view", _l("Leave cover"), "person-add"),
            Entry("exemptions.index_view", _l("Exemptions"), "scale", of_use_to=_KEEPERS_OF_RIGHTS),
            Entry("organisation.index", _l("Organisation"), "settings"),
            Entry("audit.index_view", _l("Audit trail"), "audit"),
        ),
    ),
)


ENTRIES: tuple[Entry, ...] = tuple(entry for group in MENU for entry in group.entries)

_OF_MENU = {name for entry in ENTRIES for name in entry.query}
"""Filters by which an entry of the menu knows its own page."""

_PAGES_OF: dict[str, set[str]] = {}
for _entry in ENTRIES:
    _PAGES_OF.setdefault(_entry.endpoint.split(".")[0], set()).add(_entry.endpoint)

_BELONGS_TO = {
    "complaint_archive": "complaints",
    "complaint_parties": "complaints",
    "complaint_steps": "complaints",
    "complaint_warranty": "complaints",
    "document_forms.issue_on_accident": "accidents",
    "document_forms.issue_on_complaint": "complaints",
    "document_forms.of_accident": "accidents",
    "document_forms.of_complaint": "complaints",
    "duty": "reception_month",
    "procedure_versions": "procedures",
    "reception_sessions": "reception_month",
    "trainings": "staffing",
}
"""Pages and subjects without an entry of their own, and the subject whose entry stands for them."""


def entry_of(endpoint: str) -> Entry | None:
    """The entry that leads to a page, or to the subject that the page belongs to."""
    subject = _BELONGS_TO.get(endpoint) or _BELONGS_TO.get(endpoint.split(".")[0]) or endpoint.split(".")[0]
    of_subject = [entry for entry in ENTRIES if entry.endpoint.split(".")[0] == subject]
    return next((entry for entry in of_subject if entry.endpoint == endpoint), next(iter(of_subject), None))


UNFOLDED = "desk_menu"
"""Cookie with the keys of the groups that the reader keeps open."""


def depends_on() -> Hashable:
    """Everything of this request that its menu depends on, besides the language."""
    actor = acting()
    roles = frozenset(grant.role for grant in actor.grants)
    asked = tuple(sorted((name, value) for name, value in request.args.items() if name in _OF_MENU))
    unfolded = request.cookies.get(UNFOLDED, "")
    return actor.user_id is None, roles, _kept(actor), request.endpoint, request.blueprint, asked, unfolded


def desk_menu() -> list[MenuGroup]:
    """The menu of this request's reader."""
    actor = acting()
    if actor.user_id is None:
        return []
    kept = _kept(actor)
    kept_open = request.cookies.get(UNFOLDED, "").split(".")
    groups = []
    for group in MENU:
        items = [
            _item(entry)
            for entry in group.entries
            if _is_open(entry, actor) and (not entry.only_with or entry.only_with in kept)
        ]
        if items:
            unfolded = not group.title or group.key in kept_open or any(item.active for item in items)
            groups.append(MenuGroup(key=group.key, title=str(group.title), items=items, unfolded=unfolded))
    if sum(len(group.items) for group in groups) <= UNFOLDED_TO:
        return [replace(group, unfolded=True) for group in groups]
    return groups


def _is_open(entry: Entry, actor: Actor) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False
    if entry.of_use_to and not any(actor.may(permission) for permission in entry.of_use_to):
        return False
    return may_open(entry.endpoint, actor)


def may_open(endpoint: str, actor: Actor) -> bool:
    """Whether the page's declared permission is held."""
    needed = declared(current_app, endpoint)
    return needed is not None and (needed == PUBLIC or actor.may(Permission(needed)))


def _item(entry: Entry) -> MenuItem:
    subject = entry.endpoint.split(".")[0]
    endpoint = request.endpoint or ""
    here = _BELONGS_TO.get(endpoint) or _BELONGS_TO.get(request.blueprint or "") or request.blueprint
    same_screen = here == subject
    if len(_PAGES_OF[subject]) > 1:  # several entries lead to pages of one subject: the page itself decides
        same_screen = endpoint == entry.endpoint
    asked = {name: value for name, value in request.args.items() if name in _OF_MENU}
    return MenuItem(
        label=str(entry.label),
        url=url_for(entry.endpoint) + (f"?{urlencode(entry.query)}" if entry.query else ""),
        icon=entry.icon,
        count=entry.count,
        tone=entry.tone,
        active=same_screen and asked == entry.query,
    )


def figures(actor: Actor) -> dict[str, int]:
    """How much waits, by the names that entries give their counts; up to COUNTED_TO + 1, in one statement."""
    now = datetime.now(UTC)
    further: dict[str, Any] = {"notices": sa.select(Notice.id).where(Notice.read_at.is_(None))}
    asked: dict[str, Any] = {}
    if actor.may(Permission.COMPLAINT_READ):
        further |= {
            "liabilities": sa.select(Liability.id).where(Liability.status == LiabilityStatus.OPEN),
            "measures": sa.select(Measure.id).where(
                Measure.owner_id.in_(sorted(actor.people)), Measure.status == MeasureStatus.PLANNED
            ),
        }
        asked = {
            "mine": sa.and_(is_open(), is_mine(actor)),
            "overdue": is_overdue(now),
            "to_sign": is_to_sign(actor),
            "major": is_major(),
        }
    return counted(db.session(), asked, COUNTED_TO + 1, further)


def _kept(actor: Actor) -> frozenset[str]:
    """Which of the records exist that an entry stands only with; asked once a request."""
    if "records_kept" not in g:
        may = actor.user_id is not None and actor.may(Permission.COMPLAINT_READ)
        found = may and db.session().scalar(sa.select(Liability.id).limit(1)) is not None
        g.records_kept = frozenset({"liabilities_kept"} if found else ())
    kept: frozenset[str] = g.records_kept
    return kept
