"""What the editor calls the keys and the words of a procedure. A key that is new in the schema gets its line here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from admin_views.procedure_way import NEED_LABELS
from admin_views.procedures import CLOCK_EVENT_LABELS, FIELD_LABELS
from admin_views.section_words import SECTION_KEYS, SECTION_WORDS
from models.labels import LazyString, _l
from services.deadlines.explain import UNIT_LABELS
from services.deadlines.rules import LastDay
from services.procedures.forms import BASICS, OBJECT, Node, item, tree
from services.procedures.schema import Procedure
from services.procedures.sections.gates import Need
from services.procedures.sections.investigation import InquiryPart
from services.procedures.vocabulary import ClockEvent, Level
from services.workflow.inquiry_parts import LABELS as INQUIRY_LABELS

KEY_LABELS: dict[str, LazyString] = {
    BASICS: _l("Name and regulation"),
    "accident_grading": _l("Grades of accidents"),
    "allowed": _l("Allowed"),
    "amount": _l("Amount"),
    "anonymous": _l("Anonymous complaints"),
    "anonymous_exempt": _l("Not for anonymous complainants"),
    "approval": _l("Approval of the opinion"),
    "approver": _l("Approved by"),
    "arbiter": _l("Decided by"),
    "archive": _l("Archive"),
    "asked_at_registration": _l("Asked at registration"),
    "assumption": _l("Assumption (what the text leaves open)"),
    "at": _l("When"),
    "at_breach": _l("When it has passed"),
    "at_warn": _l("When it warns"),
    "before": _l("Before"),
    "belongs_to": _l("Part of the form"),
    "categories": _l("Categories"),
    "category": _l("Category"),
    "channels": _l("Channels"),
    "choices": _l("Choices"),
    "clause": _l("Clause"),
    "clauses": _l("Clauses in the regulation's own words"),
    "clocks": _l("Time limits"),
    "closes": _l("Until"),
    "closing_time": _l("Ends at this time of the last day"),
    "code": _l("Code"),
    "complainant_kinds": _l("Kinds of complainants"),
    "complainant_told": _l("The complainant is told"),
    "criteria": _l("Criteria"),
    "default_column": _l("Column of a new user's list"),
    "escalate": _l("Escalates to the next level"),
    "escalation": _l("Escalation"),
    "exit_with_leader_approval": _l("May end dissatisfied with the leader's approval"),
    "extendable": _l("Extension"),
    "field": _l("Field"),
    "fields": _l("Fields of its own"),
    "file_number_pattern": _l("Pattern of file numbers"),
    "follow_up": _l("Follow-up"),
    "fraction": _l("After this part of the period (0 to 1)"),
    "grading": _l("Grades of complaints"),
    "handover": _l("Signed handover"),
    "help": _l("Help at the field"),
    "if_last_day_not_working": _l("When the last day is not worked"),
    "intake": _l("How complaints come in"),
    "is": _l("Has one of these values"),
    "kind": _l("Kind"),
    "leader_instruction": _l("Only with the leader's instruction"),
    "level": _l("Level"),
    "levels": _l("Levels"),
    "max_amount": _l("At most"),
    "max_refusals": _l("Refused signatures before it is decided"),
    "names": _l("Name"),
    "nature": _l("Nature"),
    "natures": _l("Natures"),
    "notify": _l("Tells these roles"),
    "number_prefix": _l("Numbers begin with"),
    "office_hours": _l("Office hours"),
    "on_the_spot_exempt": _l("Not when closed on the spot"),
    "opens": _l("From"),
    "oral": _l("Oral complaints"),
    "organisation_kind": _l("Kind of organisation"),
    "party": _l("Usually a"),
    "pause": _l("Standing still"),
    "reasons": _l("Reasons"),
    "regulation": _l("Regulation"),
    "reply": _l("Reply"),
    "required": _l("Required"),
    "required_for_acceptance": _l("Needed for acceptance"),
    "required_when": _l("Required"),
    "retention_years": _l("Years kept"),
    "retired": _l("No longer in use"),
    "scheme": _l("Code of the scale"),
    "sensitivity": _l("Who may read it"),
    "start_event": _l("Starts at"),
    "stop_event": _l("Stops at"),
    "team": _l("Special group"),
    "text": _l("Words of the clause"),
    "unit": _l("Unit"),
    "unreachable_exempt": _l("Not for those who can't be reached"),
    "until_satisfied": _l("Until the complainant is satisfied"),
    "visible_to": _l("Only for these roles"),
    "warn_points": _l("Warnings before the end"),
    "written_required": _l("In writing"),
    "written_result_required": _l("Needs a written result"),
}

LEVEL_LABELS: dict[Level, LazyString] = {
    Level.DEPARTMENT_HEAD: _l("Department head"),
    Level.LEADER: _l("Leader in charge"),
    Level.HEAD_OF_QUALITY: _l("Head of quality"),
    Level.GENERAL_MANAGER: _l("General manager"),
}

LAST_DAY_LABELS: dict[LastDay, LazyString] = {
    LastDay.STAYS: _l("ends on that day"),
    LastDay.NEXT_WORKING_DAY: _l("moves to the next working day"),
}

WORDS: dict[str, LazyString] = {
    OBJECT: _l("under a condition …"),
    "acceptance": _l("at acceptance"),
    "category": _l("Category"),
    "channel": _l("Channel"),
    "choice": _l("one of several values"),
    "closing": _l("at closing"),
    "complainant": _l("Complainant"),
    "complainant_kind": _l("Kind of complainant"),
    "complaint": _l("Complaint"),
    "date": _l("date"),
    "department": _l("department"),
    "file": _l("file"),
    "form": _l("Form"),
    "internal": _l("everybody who reads the case; never on anything that leaves the organisation"),
    "long_text": _l("long text"),
    "money": _l("amount of money"),
    "multiple_choice": _l("several of several values"),
    "nature": _l("Nature"),
    "never": _l("never"),
    "number": _l("number"),
    "occurred_on": _l("Happened on"),
    "open": _l("everybody who reads the case"),
    "optional": _l("optional"),
    "organisation": _l("organisation"),
    "party_complained_about": _l("Party complained about"),
    "person": _l("person"),
    "personal": _l("masked unless the reader handles the case"),
    "registration": _l("at registration"),
    "required": _l("required"),
    "simplified": _l("simplified"),
    "subject": _l("Subject"),
    "text": _l("text"),
    "third_party_name": _l("Passed on by"),
    "third_party_reference": _l("Sender's reference"),
    "customer_date": _l("Answer wanted by"),
}


def key_label(key: str | int) -> LazyString | str:
    """A key of the procedure in words."""
    return {**KEY_LABELS, **SECTION_KEYS}.get(str(key), str(key))


def word_label(word: str, of: type[Any] | None = None) -> LazyString | str:
    """A word that may stand at a place, in the reader's language; `of` is the enumeration it comes from."""
    tables: dict[Any, dict[Any, LazyString]] = {
        ClockEvent: CLOCK_EVENT_LABELS,
        Level: LEVEL_LABELS,
        LastDay: LAST_DAY_LABELS,
        Need: NEED_LABELS,
        InquiryPart: INQUIRY_LABELS,
    }
    if of is not None and word in {str(each.value) for each in of}:
        member = of(word)
        if hasattr(member, "label"):
            return str(member.label)
        if member in tables.get(of, {}):
            return tables[of][member]
    for table in (UNIT_LABELS, FIELD_LABELS):
        for known, label in table.items():
            if known.value == word and (of is None or type(known) is of):
                return label
    return {**WORDS, **SECTION_WORDS}.get(word, word)


@cache
def _enumerations() -> dict[str, tuple[type[Any], ...]]:
    """The enumerations behind each key of the schema."""
    found: dict[str, list[type[Any]]] = {}
    for node in every_place(tree(Procedure, None)):
        if node.kind in ("choice", "choices", "open_choice") and node.of is not None:
            listed = found.setdefault(str(node.key), [])
            if node.of not in listed:
                listed.append(node.of)
    return {key: tuple(listed) for key, listed in found.items()}


def every_place(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Every place that a form can show, with an item of every list."""
    for node in nodes:
        yield node
        if node.of is not None and node.kind in ("object", "either"):
            yield from every_place(node.children or tree(node.of, None, node.path))
        elif node.of is not None and node.kind == "list":
            yield from every_place(item(node.of, None, (*node.path, 0)).children)


def word_at(key: str, word: str) -> LazyString | str:
    """A word that stands under a key; anything that is no word of the schema stays as it is."""
    for of in _enumerations().get(key, ()):
        if word in {str(each.value) for each in of}:
            return word_label(word, of)
    return word_label(word) if key not in ("code", "clause", "text", "scheme") else word
