"""What a procedure checks at intake, and which papers it asks for, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from admin_views.locale import enumerated
from services.procedures.parts import Ruled, Text
from services.procedures.schema import Intake
from services.procedures.sections.intake import IntakeCheck
from services.workflow.intake_checks import ACCEPTANCE

Rows = list[tuple[list[str], Ruled]]


def intake_sections(
    intake: Intake, words: Callable[[Text | None], str]
) -> Iterable[tuple[str, list[str], Rows]]:
    """Title, heads and rows of each table; none where the procedure says nothing."""
    if intake.checks:
        heads = [
            _("Intake check"),
            _("What is looked at"),
            _("Needed for"),
            _("Outcomes"),
            _("Stands in the way"),
        ]
        yield _("Intake checks"), heads, [(_check(check, words), check) for check in intake.checks]
    rows: Rows = []
    if intake.acceptance is not None:
        said = _("at once") if intake.acceptance.opens_investigation else _("when somebody opens it")
        rows.append(([_("The investigation opens"), said], intake.acceptance))
    material = intake.oral_material
    if material is not None:
        papers = enumerated(words(item.names) for item in material.items)
        channels = enumerated(channel.label for channel in material.channels)
        rows.append(([_("Asked of complaints by %(channels)s", channels=channels), papers], material))
    if rows:
        yield _("Acceptance and papers"), [_("Rule"), _("Value")], rows


def _check(check: IntakeCheck, words: Callable[[Text | None], str]) -> list[str]:
    limits = [str(channel.label) for channel in check.when.channels]
    if check.when.except_anonymous:
        limits.append(_("not where the complaint is anonymous"))
    step = _("acceptance") if check.required_for == ACCEPTANCE else _("investigation")
    return [
        words(check.names),
        words(check.asks),
        " · ".join([step, *limits]),
        enumerated(each.label for each in check.outcomes),
        enumerated(each.label for each in check.blocks) or _("nothing"),
    ]
