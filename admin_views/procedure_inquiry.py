"""What a procedure says of investigations, as a table of its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask_babel import gettext as _

from models.labels import LazyString, _l
from services.notifications.messages import level_label
from services.procedures.parts import Ruled, Text
from services.procedures.sections.investigation import InvestigationRules, When
from services.workflow.inquiry_parts import LABELS

Row = tuple[list[str], Ruled]
Words = Callable[[Text | None], str]

WHEN: dict[When, LazyString] = {
    When.ALWAYS: _l("in every investigation"),
    When.PRODUCT: _l("of a product complaint"),
    When.PROBLEM_FOUND: _l("where a quality problem was found"),
    When.OWN_FAULT: _l("where a department or a person is responsible"),
    When.COMPLAINANT_CAUSE: _l("where it is the complainant's own cause"),
}


def inquiry_tables(rules: InvestigationRules, words: Words) -> list[tuple[str, list[str], list[Row]]]:
    """Title, heads and rows; none where the regulation is silent."""
    rows = [*_people(rules, words), *_needed(rules, words), *_decisions(rules, words)]
    return [(_("Investigations"), [_("Rule"), _("Value")], rows)] if rows else []


def _people(rules: InvestigationRules, words: Words) -> Iterator[Row]:
    team = rules.team
    if team is not None:
        parts = [_("a leader")]
        if team.members:
            parts.append(_("at least %(count)s members", count=team.members))
        if team.departments > 1:
            parts.append(_("of at least %(count)s departments", count=team.departments))
        if team.appointed_by is not None:
            parts.append(_("appointed by: %(role)s", role=team.appointed_by.label))
        yield [_("Team"), " · ".join(parts)], team
    for each in rules.functions:
        yield [_("Function in the standing group"), words(each.names)], each
    heads = rules.standing_group.heads_and_staff if rules.standing_group else None
    if heads is not None and heads.required:
        yield [_("Standing handling group"), _("heads of departments and staff")], heads


def _needed(rules: InvestigationRules, words: Words) -> Iterator[Row]:
    for needed in rules.needed:
        yield [_("Needed before the end"), f"{LABELS[needed.part]} · {WHEN[needed.when]}"], needed
    for kind in rules.evidence_kinds:
        yield [_("Kind of evidence"), words(kind.names)], kind


def _decisions(rules: InvestigationRules, words: Words) -> Iterator[Row]:
    if rules.memo is not None:
        yield [_("Internal memo"), _("to: %(level)s", level=level_label(rules.memo.to))], rules.memo
    if rules.decision is not None:
        yield [_("Decision on the report"), _("by %(role)s", role=rules.decision.by.label)], rules.decision
        for each in rules.decision.criteria:
            yield [_("Weighed in the decision"), words(each.names)], each
    unclear = rules.undetermined
    if unclear is not None:
        to = " / ".join(str(level_label(level)) for level in unclear.to)
        back = " · " + _("the product is sent back first") if unclear.product_sent_back else ""
        yield [_("Unclear responsibility is determined by"), f"{to}{back}"], unclear
    follows = rules.follows_responsibility
    if follows is not None:
        value = _("the case goes to the department responsible") if follows.moves_case else _("No")
        yield [_("Determined responsibility"), value], follows
    if rules.plan is not None:
        told = " / ".join(str(role.label) for role in rules.plan.notify)
        yield [_("Told their tasks by the resolution plan"), told], rules.plan
