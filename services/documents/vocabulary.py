"""What a form may refer to: the declared fields of the record's tables, by group, and its lists.

A field that a table gains can be printed at once: the words come from the declarations of the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

import models as m
from models.fields import FieldSpec, Sensitivity, fields_of
from models.labels import LazyString, _l

COMPLAINT, ACCIDENT, REGISTER, PROCEDURE = "complaint", "accident", "register", "procedure"
ON_CASE = frozenset({COMPLAINT, ACCIDENT})


@dataclass(frozen=True)
class Reference:
    """One value: its label, and whether it may leave the organisation. `spec` is None for what is worked out."""

    key: str
    label: LazyString | str
    sensitivity: Sensitivity = Sensitivity.OPEN
    spec: FieldSpec | None = None


@dataclass(frozen=True)
class Group:
    """The values of one record (complaint, accident, …) or of one row of a list."""

    subjects: frozenset[str]
    model: type[Any] | None = None
    worked_out: tuple[Reference, ...] = ()
    without: frozenset[str] = field(default_factory=frozenset)

    def references(self) -> dict[str, Reference]:
        own = {
            spec.key: Reference(spec.key, spec.label, spec.sensitivity, spec)
            for spec in (fields_of(self.model) if self.model else ())
            if spec.key not in self.without
        }
        return own | {reference.key: reference for reference in self.worked_out}


def _out(key: str, label: LazyString | str, sensitivity: Sensitivity = Sensitivity.OPEN) -> Reference:
    return Reference(key, label, sensitivity)


_EVERYWHERE = frozenset({COMPLAINT, ACCIDENT, REGISTER, PROCEDURE})
_INTERNAL = Sensitivity.INTERNAL

GROUPS: Mapping[str, Group] = {
    "document": Group(
        _EVERYWHERE,
        worked_out=(
            _out("number", _l("Document number")),
            _out("date", _l("Date of issue")),
            _out("issuer", _l("Issued by")),
            _out("department", _l("Issuing department")),
        ),
    ),
    "organisation": Group(_EVERYWHERE, m.Organisation, without=frozenset({"procedure_code", "timezone"})),
    "procedure": Group(
        _EVERYWHERE,
        worked_out=(
            _out("name", _l("Procedure")),
            _out("regulation", _l("Regulation")),
            _out("organisation_kind", _l("Kind of organisation")),
            _out("channels", _l("Channels")),
            _out("retention", _l("Kept for")),
        ),
    ),
    "period": Group(
        frozenset({REGISTER}),
        worked_out=(_out("from", _l("From")), _out("until", _l("Until")), _out("count", _l("Complaints"))),
    ),
    "complaint": Group(
        ON_CASE,
        m.Complaint,
        (
            _out("answer_by", _l("Answer due")),
            _out("estimated_completion", _l("Estimated completion")),
            _out("grade_name", _l("Grade")),
        ),
    ),
    "complainant": Group(
        ON_CASE,
        m.Party,
        (_out("address_form", _l("Form of address"), Sensitivity.PERSONAL),),
        without=frozenset({"side"}),
    ),
    "respondent": Group(ON_CASE, m.Party, without=frozenset({"side"})),
    "investigation": Group(
        ON_CASE, m.Investigation, (_out("team", _l("Team")), _out("verdicts", _l("Verdicts")))
    ),
    "acknowledgement": Group(frozenset({COMPLAINT}), m.Acknowledgement),
    "opinion": Group(
        frozenset({COMPLAINT}),
        m.Opinion,
        (_out("submitted_by", _l("Submitted by")), _out("approved_by", _l("Approved by"))),
    ),
    "reply": Group(frozenset({COMPLAINT}), m.Reply, (_out("sent_by", _l("Sent by")),)),
    "follow_up": Group(frozenset({COMPLAINT}), m.FollowUp, (_out("by", _l("Asked by")),)),
    "transfer": Group(
        frozenset({COMPLAINT}),
        m.Assignment,
        (_out("due", _l("Due")),),
    ),
    "extension": Group(
        frozenset({COMPLAINT}),
        m.Extension,
        (_out("limit", _l("Time limit")), _out("new_due", _l("New due date"))),
    ),
    "accident": Group(frozenset({ACCIDENT}), m.Accident),
}
"""Groups of single values. `typed` comes on top: what the form itself asks for."""

TABLES: Mapping[str, Group] = {
    "measures": Group(ON_CASE, m.Measure),
    "findings": Group(ON_CASE, m.Finding),
    "team": Group(ON_CASE, m.InvestigationMember),
    "parties": Group(ON_CASE, m.Party),
    "follow_ups": Group(frozenset({COMPLAINT}), m.FollowUp),
    "files": Group(ON_CASE, m.Attachment),
    "transfers": Group(frozenset({COMPLAINT}), m.Assignment),
    "limits": Group(
        frozenset({COMPLAINT, ACCIDENT, PROCEDURE}),
        worked_out=(
            _out("name", _l("Step")),
            _out("limit", _l("Time limit")),
            _out("starts", _l("From")),
            _out("due", _l("Due")),
        ),
    ),
    "history": Group(
        frozenset({COMPLAINT}), m.ComplaintEvent, without=frozenset({"from_state", "to_state", "round"})
    ),
    "deliveries": Group(ON_CASE, worked_out=(_out("to", _l("To")), _out("at", _l("At")))),
    "stages": Group(
        frozenset({PROCEDURE, COMPLAINT}),
        worked_out=(_out("number", _l("No.")), _out("name", _l("Stage")), _out("text", _l("What happens"))),
    ),
    "complaints": Group(
        frozenset({REGISTER}),
        m.Complaint,
        (_out("row", _l("No.")), _out("grade_name", _l("Grade"))),
    ),
}
"""Lists: one row a record."""


@cache
def values_of_group(group: str) -> dict[str, Reference]:
    return GROUPS[group].references()


@cache
def columns_of(table: str) -> dict[str, Reference]:
    return TABLES[table].references()


def find(reference: str) -> Reference:
    """The declaration of `group.key`. KeyError when there is none."""
    group, _, key = reference.partition(".")
    return values_of_group(group)[key]


def fault_of(reference: str, subject: str, *, leaves: bool) -> str:
    """What is wrong with `group.key` on a form about `subject`; empty when nothing is."""
    group, _, key = reference.partition(".")
    known = [name for name, each in GROUPS.items() if subject in each.subjects]
    if group not in known:
        return f"{reference} is unknown on a form about a {subject}; {_near(group, known, 'write one of')}"
    found = values_of_group(group)
    if key not in found:
        return f"{reference} is unknown; {_near(key, list(found), f'after {group}. write one of')}"
    return _leaving(reference, found[key], leaves)


def table_fault_of(table: str, column: str, subject: str, *, leaves: bool) -> str:
    """What is wrong with a column of a list; empty when nothing is."""
    known = [name for name, each in TABLES.items() if subject in each.subjects]
    if table not in known:
        return f"{table} is no list of a {subject}; {_near(table, known, 'write one of')}"
    found = columns_of(table)
    if column not in found:
        return f"{column} is no column of {table}; {_near(column, list(found), 'write one of')}"
    return _leaving(f"{table}.{column}", found[column], leaves)


def _leaving(name: str, reference: Reference, leaves: bool) -> str:
    if leaves and reference.sensitivity is _INTERNAL:
        return f"{name} is internal and this form leaves the organisation; take it out or change the audience"
    return ""


def _near(word: str, known: list[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"{otherwise}: {', '.join(known)}"
