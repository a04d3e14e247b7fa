"""What a complaint says in the words of its procedure: category, nature, kind of complainant, declared fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Complaint
from models.labels import _l, in_both
from services.actor import Actor
from services.errors import Reason, Text
from services.own_fields.required import missing_at
from services.own_fields.specs import coded_values, key_of, may_read
from services.procedures.schema import Procedure, Requirement
from services.procedures.sections.fields import DeclaredField, Moment
from services.workflow.gates import Situation

_CODED = ("category_code", "nature", "complainant_kind")


def coded_faults(procedure: Procedure, values: Mapping[str, Any], stands: Any = None) -> dict[str, Text]:
    """Codes among `values` that the procedure does not know; one that stands on the record already may stay."""
    faults: dict[str, Text] = {}
    for key in _CODED:
        value = values.get(key)
        if value is None or value == getattr(stands, key, None):
            continue
        if str(value) not in {one.code for one in coded_values(procedure, key)}:
            faults[key] = _l("Pick one of the values offered.")
    return faults


def keep_category(complaint: Complaint, procedure: Procedure) -> None:
    """The desk's own category follows from the procedure's, where that says which one it belongs to."""
    chosen = next((kind for kind in procedure.categories if kind.code == complaint.category_code), None)
    if chosen is not None and chosen.category is not None:
        complaint.category = chosen.category


def missing_at_registration(
    procedure: Procedure,
    actor: Actor,
    values: Mapping[str, Any],
    *,
    category: str | None,
    nature: str | None,
) -> dict[str, Text]:
    """A message at each declared field that must be filled at registration; only those that the actor may write."""
    missing = missing_at(Moment.REGISTRATION, procedure, values, category=category, nature=nature)
    return {key_of(one.code): _l("Please fill this in.") for one in missing if may_read(one, actor)}


def missing_for_acceptance(s: Situation) -> list[Reason]:
    """Declared fields that acceptance needs: named in required_for_acceptance, or required by their declaration."""
    named = {
        rule.field: rule for rule in s.procedure.intake.required_for_acceptance if isinstance(rule.field, str)
    }
    needed = {one.code: one for one in _missing(s, Moment.ACCEPTANCE)}
    for one in s.procedure.fields:
        if one.code in named and s.complaint.own_values.get(one.code) in (None, "", []):
            needed[one.code] = one
    return [
        _reason(
            one,
            _l(
                "Missing for acceptance: %(field)s (%(clause)s).",
                field=in_both(one.names.zh, one.names.en),
                clause=_clauses(named.get(one.code) or one),
            ),
        )
        for one in needed.values()
    ]


def closing_complete(s: Situation) -> list[Reason]:
    """Declared fields that must be filled before a complaint is closed."""
    return [
        _reason(
            one,
            _l(
                "Missing for closing: %(field)s (%(clause)s).",
                field=in_both(one.names.zh, one.names.en),
                clause=_clauses(one),
            ),
        )
        for one in _missing(s, Moment.CLOSING)
    ]


def _missing(s: Situation, moment: Moment) -> list[DeclaredField]:
    complaint = s.complaint
    return missing_at(
        moment,
        s.procedure,
        complaint.own_values,
        category=complaint.category_code,
        nature=complaint.nature,
    )


def _clauses(rule: Requirement | DeclaredField) -> Text:
    return ", ".join(rule.clause) or _l("own rule")


def _reason(one: DeclaredField, message: Text) -> Reason:
    return Reason(f"missing_{one.code}", message, f"record:{key_of(one.code)}")
