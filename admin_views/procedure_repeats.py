"""How repeats are found and what they bring about, as a table of a procedure's page."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_views.locale import enumerated, locale
from admin_views.procedure_way import Row, Rows
from services.notifications.messages import level_label
from services.procedures.schema import Procedure
from services.procedures.sections.repeats import Match, RepeatedOnes


def repeat_tables(procedure: Procedure) -> list[Rows]:
    rules = procedure.repeats
    rows: list[Row] = [([_("Found by"), _found_by(match)], match) for match in rules.matches]
    if rules.brings is not None:
        rows.append(([_("What follows"), _brought(rules.brings)], rules.brings))
    return [(_("Repeated complaints"), [_("Rule"), _("Value")], rows)] if rows else []


def _found_by(match: Match) -> str:
    said = _("%(likeness)s, within %(days)s days", likeness=match.by.label, days=match.within_days)
    if match.alike is not None:
        said += " · " + _("at least %(share)s%% of the words", share=round(match.alike * 100))
    return said


def _brought(rule: RepeatedOnes) -> str:
    said = []
    if rule.escalates_to is not None:
        said.append(_("escalated at once to: %(level)s", level=level_label(rule.escalates_to)))
    if rule.notify:
        said.append(_("told at once: %(roles)s", roles=enumerated(role.label for role in rule.notify)))
    if rule.supervised is not None:
        said.append(_("supervised: %(demand)s", demand=rule.supervised.in_language(locale())))
    return "\n".join(said)
