"""Posts, replies by grade, gates and rulings of a procedure, as tables of its page."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_views.locale import enumerated, locale
from models.enums import Category, PostName, RoleName
from models.labels import LazyString, _l
from services.procedures.schema import Grading, Procedure, Ruled, Text
from services.procedures.sections.gates import Need
from services.procedures.sections.grading import Ruling

Row = tuple[list[str], Ruled]
Rows = tuple[str, list[str], list[Row]]
"""Title, heads and rows of one table."""

NEED_LABELS: dict[Need, LazyString] = {
    Need.ACCEPTING_EVALUATION: _l("an evaluation of the result that accepts it"),
    Need.GRADED: _l("a grade"),
    Need.FINAL_RESULT: _l("a result on record"),
    Need.RESULT_TOLD_THIS_ROUND: _l("the result told to the complainant, or the reason for not telling"),
}


def way_tables(procedure: Procedure) -> list[Rows]:
    """The tables for which the procedure has rows."""
    scale = procedure.grading
    found: list[Rows] = [
        (_("Posts"), [_("Post"), _("Named"), _("Held by role")], _posts(procedure)),
        (_("Who replies"), [_("Grade"), _("By"), _("Together with")], _replies(procedure)),
        (_("Needed before a step"), [_("Step"), _("Needs")], _gates(procedure)),
        (_("Managed by one department"), [_("Category"), _("Task of the department")], _managed(procedure)),
        (
            _("Joint liability"),
            [_("Clock"), _("Liable"), _("Reason accepted by"), _("Liability found by")],
            _liability(procedure),
        ),
        (_("Grades by facts"), [_("Facts"), _("Grade")], _rulings(scale) if scale else []),
        (_("First grade"), [_("Category"), _("Grade")], _starts(scale) if scale else []),
    ]
    return [table for table in found if table[2]]


def _said(text: Text | None) -> str:
    return text.in_language(locale()) if text else ""


def _posts(procedure: Procedure) -> list[Row]:
    return [
        ([str(post.post.label), _said(post.names), enumerated(role.label for role in post.roles)], post)
        for post in procedure.posts
    ]


def _post_name(procedure: Procedure, post: PostName | None) -> str:
    if post is None:
        return ""
    named = procedure.post(post)
    return _said(named.names) if named else str(post.label)


def _replies(procedure: Procedure) -> list[Row]:
    scale = procedure.grading
    rows: list[Row] = []
    for rule in procedure.replies_by:
        grade = scale.level(rule.level) if scale else None
        cells = [
            _said(grade.names) if grade else rule.level,
            _post_name(procedure, rule.by),
            _post_name(procedure, rule.together_with),
        ]
        rows.append((cells, rule))
    return rows


def _gates(procedure: Procedure) -> list[Row]:
    return [([str(gate.event.label), str(NEED_LABELS[gate.needs])], gate) for gate in procedure.gates]


def _managed(procedure: Procedure) -> list[Row]:
    own = {kind.code: _said(kind.names) for kind in procedure.categories}
    built_in = {category.value: str(category.label) for category in Category}
    return [
        (
            [enumerated(own.get(code) or built_in[code] for code in rule.categories), str(rule.duty.label)],
            rule,
        )
        for rule in procedure.managed_by
    ]


def _liability(procedure: Procedure) -> list[Row]:
    return [
        (
            [
                _said(clock.names),
                str(RoleName(clock.liability.of).label),
                _post_name(procedure, clock.liability.excused_by),
                _post_name(procedure, clock.liability.confirmed_by),
            ],
            clock.liability,
        )
        for clock in procedure.clocks
        if clock.liability is not None
    ]


def _rulings(scale: Grading) -> list[Row]:
    return [([_facts(scale, ruling), _grade(scale, ruling)], ruling) for ruling in scale.rulings]


def _facts(scale: Grading, ruling: Ruling) -> str:
    said = []
    for fact in scale.facts:
        value = next(one for one in fact.values if one.code == ruling.when[fact.code])
        said.append(f"{_said(fact.names)}: {_said(value.names)}")
    return " · ".join(said)


def _grade(scale: Grading, ruling: Ruling) -> str:
    level = scale.level(ruling.level)
    return _said(level.names) if level else _("asked, not guessed")


def _starts(scale: Grading) -> list[Row]:
    return [
        ([str(start.category.label), _said(level.names)], start)
        for start in scale.starts
        if (level := scale.level(start.level)) is not None
    ]
