"""What a procedure says of accidents, as tables of its page."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from admin_views.locale import enumerated
from models import Accident
from models.enums import AccidentGrade
from models.fields import field_of
from services.procedures.parts import Text
from services.procedures.sections.accidents import AccidentCase, AccidentFact, Accidents, Bounds

Words = Callable[[Text | None], str]
Rows = list[tuple[list[str], Any]]


def fact_label(fact: AccidentFact) -> str:
    """A fact as the forms call it."""
    return str(field_of(Accident, fact.value).label)


def bounds_words(bounds: Bounds) -> str:
    """A range with its boundaries as written: ≥ 500, < 5,000."""
    signs = (("≥", bounds.at_least), (">", bounds.above), ("≤", bounds.at_most), ("<", bounds.below))
    parts = [f"{sign} {Decimal(str(value)):,f}" for sign, value in signs if value is not None]
    return ", ".join(part.removesuffix(".0") for part in parts)


def rule_words(rule: Bounds) -> str:
    """One reason for a grade."""
    range_ = bounds_words(rule)
    return f"{fact_label(rule.fact)} {range_}" if range_ else fact_label(rule.fact)


def accident_case(case: AccidentCase) -> str:
    """The accidents that a time limit is for, in words."""
    parts = [str(AccidentGrade(grade).label) for grade in case.grade]
    if case.any_of:
        parts.append(_("any of: %(facts)s", facts=enumerated(fact_label(fact) for fact in case.any_of)))
    if case.none_of:
        parts.append(_("none of: %(facts)s", facts=enumerated(fact_label(fact) for fact in case.none_of)))
    return " · ".join(parts)


def accident_tables(accidents: Accidents, words: Words) -> list[tuple[str, list[str], Rows]]:
    """Title, heads and rows of each table."""
    title, scale = words(accidents.names), accidents.scale
    grades: Rows = [
        ([words(level.names), rule_words(rule)], rule)
        for level in (scale.grades if scale else ())
        for rule in level.rules
    ]
    scope: Rows = [([words(kind.names)], kind) for kind in accidents.scope]
    facts: Rows = [([words(asked.names)], asked) for asked in (scale.facts if scale else ())]
    rulings: Rows = [
        ([f"{fact_label(ruling.fact)} {bounds_words(ruling)}", words(ruling.words)], ruling)
        for ruling in (scale.rulings if scale else ())
    ]
    reports: Rows = [
        ([words(duty.names), enumerated(str(each.label) for each in duty.recipients)], duty)
        for duty in accidents.reports
    ]
    steps: Rows = [([words(each.names)], each) for each in accidents.steps]
    sanctions: Rows = [
        ([words(each.names), words(each.gravity)], each)
        for each in (accidents.concealment.sanctions if accidents.concealment else ())
    ]
    tables = [
        (_("What counts as an accident"), [_("Kind")], scope),
        (_("Facts asked of an accident"), [_("Fact")], facts),
        (title, [_("Grade"), _("If")], grades),
        (_("How overlaps and gaps of the scale are read"), [_("Range"), _("Reading")], rulings),
        (_("Reports of an accident"), [_("Report"), _("Recipients")], reports),
        (_("Needed before an accident is closed"), [_("Record")], steps),
        (_("Sanctions for concealed accidents"), [_("Sanction"), _("Gravity")], sanctions),
    ]
    return [table for table in tables if table[2]]
