"""Limits of the law beside those of a procedure, as a table of its page."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_views.case_context import RecordTable
from admin_views.locale import locale
from admin_views.page_parts import Badge, Fact
from models.labels import LazyString, _l
from services.deadlines.explain import UNIT_LABELS
from services.deadlines.rules import Unit
from services.procedures.schema import Procedure
from services.procedures.statutes import Comparison, Standing, compared

_STANDINGS: dict[Standing, tuple[LazyString, str]] = {
    Standing.KEEPS: (_l("keeps the law"), "good"),
    Standing.LAXER: (_l("laxer than the law"), "bad"),
    Standing.UNVERIFIED: (_l("text of the law not verified: not judged"), "plain"),
}


def statute_table(procedure: Procedure) -> list[RecordTable]:
    """The table, when a statute speaks of one of the procedure's time limits."""
    found = compared(procedure)
    if not found:
        return []
    heads = [_("Clock"), _("Limit"), _("What the regulation says"), _("Law"), _("Limit of the law")]
    heads += [_("What the law says"), _("Standing")]
    return [RecordTable(title=_("Limits of the law"), heads=heads, rows=[_row(one) for one in found])]


def _row(one: Comparison) -> list[Fact]:
    words, tone = _STANDINGS[one.standing]
    statute, language = one.statute, locale()
    cells = [
        one.clock.names.in_language(language),
        _limit(one.amount, one.unit, statute.extension),
        f"{statute.law.in_language(language)} {statute.article.in_language(language)}",
        _limit(statute.amount, statute.unit, statute.extension),
        statute.says.in_language(language),
    ]
    badge = Badge(text=words, tone=tone)  # type: ignore[arg-type]
    facts = [Fact(label="", value=cell) for cell in cells]
    facts.insert(2, Fact(label="", value=one.own_text, lang="zh-CN"))
    return [*facts, Fact(label="", value=words, badge=badge)]


def _limit(amount: int, unit: str, extension: bool) -> str:
    limit = f"{amount} {UNIT_LABELS[Unit(unit)]}"
    return _("extension: %(limit)s", limit=limit) if extension else limit
