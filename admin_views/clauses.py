"""Why does the system do this: every clause of the regulations with the rule, screen and tests that carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.guard import acting, requires
from admin_views.locale import locale
from admin_views.menu import entry_of, may_open
from admin_views.shell_context import Crumb
from extensions import db
from models import ProcedureVersion
from models.enums import EventKind
from services.access.permissions import Permission
from services.errors import NotFound
from services.procedures.clause_texts import clause_texts
from services.procedures.clauses import Sum, Trace, own_traces, procedure_names, sums, traces
from services.procedures.of_complaint import parsed
from services.procedures.published import newest_versions

blueprint = Blueprint("clauses", __name__)
READ = Permission.PROCEDURE_READ


@dataclass(frozen=True)
class Listed:
    """A clause as the page shows it. `procedure_url` leads to the published procedure, where there is one."""

    trace: Trace
    screen: str
    screen_url: str
    procedure_url: str

    @property
    def lacks(self) -> list[str]:
        """What it takes to be carried out, in words."""
        clause = self.trace.clause
        needed = (
            (self.trace.rules, _("rule")),
            (clause.screen, _("screen")),
            (self.trace.tests, _("test")),
        )
        return [] if clause.organisational else [str(word) for found, word in needed if not found]


def all_traces() -> list[Trace]:
    """Clauses of the known regulations, then those that published procedures bring along."""
    own = [
        trace
        for version in newest_versions(db.session())
        if version.document.get("regulation") not in clause_texts()
        for trace in own_traces(parsed(version)).values()
    ]
    return [*traces().values(), *own]


def listed(rows: Sequence[Trace]) -> list[Listed]:
    """The clauses with the names and addresses of their screens and procedures."""
    published = {version.code: version for version in newest_versions(db.session())}
    return [
        Listed(row, *_screen(row.clause.screen), _procedure_url(published.get(row.clause.procedure)))
        for row in rows
    ]


def _procedure_url(version: ProcedureVersion | None) -> str:
    return url_for("procedures.details_view", address=version.public_id) if version else ""


def _screen(endpoint: str) -> tuple[str, str]:
    """What a screen is called and where it is; a page of one record is reached through its list."""
    entry = entry_of(endpoint)
    subject, label = endpoint.split(".")[0], str(entry.label) if entry else ""
    if subject == "complaint_steps":
        step = endpoint.split(".")[-1].removeprefix("one_").removeprefix("many_")
        known = step in {event.value for event in EventKind}
        label = str(EventKind(step).label) if known else label
    for candidate in (endpoint, f"{subject}.index_view", f"{subject}.index", entry.endpoint if entry else ""):
        if _leads_anywhere(candidate) and may_open(candidate, acting()):
            return label or str(_("Open the page")), url_for(candidate)
    return label, ""


def _leads_anywhere(endpoint: str) -> bool:
    """Whether a page can be opened by itself, without naming a record."""
    rules = (rule for rule in current_app.url_map.iter_rules() if rule.endpoint == endpoint)
    return any(not rule.arguments and "GET" in (rule.methods or ()) for rule in rules)


def _matches(row: Trace, words: str) -> bool:
    clause = row.clause
    said = " ".join((clause.code, clause.text, clause.requirement, clause.procedure, *row.rules, *row.tests))
    return all(word in said.lower() for word in words.lower().split())


def _names() -> dict[str, str]:
    known = {code: names.in_language(locale()) for code, names in procedure_names().items()}
    published = {
        version.code: version.name_en if locale() == "en" else version.name_zh
        for version in newest_versions(db.session())
    }
    return known | published


@blueprint.get("/clauses")
@requires(READ)
def index() -> ResponseReturnValue:
    """Counts of every regulation; with a search or the filter, the clauses themselves."""
    words = request.args.get("q", "").strip()[:100]
    missing = request.args.get("show") == "missing"
    rows = all_traces()
    found = [
        row for row in rows if (not missing or not row.is_carried_out) and (not words or _matches(row, words))
    ]
    return render_template(
        "desk/clauses.html",
        words=words,
        missing=missing,
        total=_total(rows),
        sums=sums(rows),
        names=_names(),
        found=listed(found) if words or missing else None,
    )


def _total(rows: Sequence[Trace]) -> Sum:
    known = [row for row in rows if row.clause.regulation in clause_texts()]
    return Sum("", "", "", sum(row.is_carried_out for row in known), len(known))


@blueprint.get("/clauses/<regulation>/")
@requires(READ)
def regulation(regulation: str) -> ResponseReturnValue:
    """One regulation to read: each clause in its own words, with what carries it out."""
    rows = [row for row in all_traces() if row.clause.regulation == regulation]
    if not rows:
        raise NotFound
    missing = request.args.get("show") == "missing"
    return render_template(
        "desk/regulation.html",
        total=sums(rows)[0],
        missing=missing,
        names=_names(),
        found=listed([row for row in rows if not missing or not row.is_carried_out]),
        breadcrumbs=_crumbs(Crumb(label=regulation)),
    )


@blueprint.get("/clauses/clause/<code>")
@requires(READ)
def clause(code: str) -> ResponseReturnValue:
    """One clause, also as the dialog behind every clause number on the screens."""
    row = next((row for row in all_traces() if row.clause.code == code), None)
    if row is None:
        raise NotFound
    crumbs = _crumbs(
        Crumb(
            label=row.clause.regulation,
            url=url_for("clauses.regulation", regulation=row.clause.regulation),
        ),
        Crumb(label=code),
    )
    return render_template("desk/clause.html", one=listed([row])[0], names=_names(), breadcrumbs=crumbs)


def _crumbs(*steps: Crumb) -> list[Crumb]:
    return [Crumb(label=_("Why does the system do this?"), url=url_for("clauses.index")), *steps]
