"""What an acknowledgement carries and who is kept informed, as tables of a procedure's page."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_views.procedure_way import Row, Rows
from models.labels import LazyString, _l
from services.procedures.schema import Procedure
from services.procedures.sections.acknowledgement import Told

TOLD_LABELS: dict[Told, LazyString] = {
    Told.STEPS: _l("the steps that follow"),
    Told.DUE_DATES: _l("the due dates"),
    Told.ESTIMATED_COMPLETION: _l("the estimated completion"),
}


def told_tables(procedure: Procedure) -> list[Rows]:
    """The tables for which the procedure has rows."""
    found: list[Rows] = [
        (_("Acknowledgement"), [_("Rule"), _("Value")], _acknowledgement(procedure)),
        (_("Kept informed"), [_("Post"), _("Informed of")], _informed(procedure)),
    ]
    return [table for table in found if table[2]]


def _acknowledgement(procedure: Procedure) -> list[Row]:
    rule = procedure.acknowledgement
    if rule is None:
        return []
    rows: list[Row] = [([_("Tells"), str(TOLD_LABELS[told.part])], told) for told in rule.tells]
    if rule.signature is not None:
        rows.append(([_("Signature"), _("of whoever receives the complaint")], rule.signature))
    return rows


def _informed(procedure: Procedure) -> list[Row]:
    return [([str(rule.post.label), str(rule.of.label)], rule) for rule in procedure.informed]
