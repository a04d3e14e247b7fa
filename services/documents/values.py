"""The values that a document takes from the record, as text in its language. Read in the scope of whoever issues it.

What is internal is not even read for a form that leaves the organisation (R03-13). Personal values are masked for an
issuer who may not read them plainly, and on confidential cases for everybody but the complainant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

import models as m
from models.enums import PartySide
from models.fields import Sensitivity
from models.labels import _l
from services.access.masking import mask_text, reads_plainly
from services.documents.layout import words
from services.documents.reading import RecordReader
from services.documents.vocabulary import Reference, columns_of, find
from services.own_fields.specs import CODED, Several, may_read, spec_of
from services.own_fields.values import read
from services.procedures.sections.documents import Audience, Table
from services.procedures.sections.fields import FieldKind

_OF_COMPLAINANT = frozenset({"complainant_name", "complainant_phone"})
_COMPLAINANTS = frozenset(f"complaint.{key}" for key in _OF_COMPLAINANT)


@dataclass
class RecordValues(RecordReader):
    """A `layout.Source` that reads the record."""

    typed: Mapping[str, str] = field(default_factory=dict)

    # What the layout asks for

    def value(self, reference: str) -> str:
        group, _, key = reference.partition(".")
        if group == "typed":
            return self._typed(key)
        if group == "own":
            return self._own(key)
        found = find(reference)
        if self._withheld(found):
            return ""
        record = self._record(group)
        given = getattr(self, f"_{group}_{key}", None)
        value = (
            given()
            if given
            else getattr(record, found.spec.relation or key)
            if found.spec and record
            else None
        )
        return self._shown(found, value, own=group == "complainant" or reference in _COMPLAINANTS)

    def has(self, reference: str) -> bool:
        return bool(self.value(reference))

    def rows(self, table: Table) -> Iterable[tuple[list[str], str]]:
        columns = columns_of(table.of)
        rows: Sequence[Any] = getattr(self, f"_list_{table.of}")()
        for number, row in enumerate(rows, 1):
            yield [self._cell(columns[each.field], row, number) for each in table.columns], ""
        if not rows:
            none = words(_l("None"), self.language)
            yield [none, *[""] * (len(table.columns) - 1)], ""

    def _cell(self, reference: Reference, row: Any, number: int) -> str:
        if self._withheld(reference):
            return ""
        if reference.key == "row":
            return str(number)
        if isinstance(row, Mapping):
            return self.text(row.get(reference.key))
        if reference.key == "grade_name":
            return self._grade(row.grade)
        value = getattr(row, (reference.spec.relation if reference.spec else None) or reference.key)
        own = (
            isinstance(row, m.Party) and row.side is PartySide.COMPLAINANT
        ) or reference.key in _OF_COMPLAINANT
        case = row if isinstance(row, m.Complaint) else None
        return self._shown(reference, value, own=own, case=case)

    def _typed(self, key: str) -> str:
        ask = next(ask for ask in self.form.asks if ask.code == key)
        said = self.typed.get(key, "")
        if not ask.choices:
            return said
        options = [choice.in_language(self.language) for choice in ask.choices]
        return "　".join(f"{'■' if option == said else '□'}{option}" for option in options)

    def _own(self, code: str) -> str:
        """A field that the procedure declares; empty for an issuer whose role does not read it."""
        one, complaint = self.subject.own[code], self.subject.complaint
        stored = complaint.own_values.get(code) if complaint else None
        if stored is None or not may_read(one, self.subject.actor):
            return ""
        if self.form.audience.leaves and one.level is Sensitivity.INTERNAL:
            return ""
        spec = spec_of(one, self.language, choices={each.code: each.names for each in one.choices})
        value = read(spec, stored)
        if spec.target is not None:
            value = self.subject.session.get(spec.target, stored)
        if one.kind is FieldKind.NUMBER and isinstance(value, Decimal):
            value = f"{value.normalize():,f}"  # a count, not an amount of money
        if isinstance(value, Several):
            value = "、".join(self.text(each) for each in value)
        text = self.text(value)
        return (
            str(mask_text(text))
            if one.level is Sensitivity.PERSONAL and not self._plain(True, None)
            else text
        )

    def _withheld(self, reference: Reference) -> bool:
        return reference.sensitivity is Sensitivity.SECRET or (
            self.form.audience.leaves and reference.sensitivity is Sensitivity.INTERNAL
        )

    def _shown(self, reference: Reference, value: Any, *, own: bool, case: m.Complaint | None = None) -> str:
        # A column of the same name may hold a fixed list instead of a code: the grade of an accident does.
        is_code = reference.spec is not None and reference.key in CODED and not isinstance(value, Enum)
        text = self._coded(reference, value) if is_code else self.text(value)
        if reference.sensitivity is not Sensitivity.PERSONAL or not text:
            return text
        return text if self._plain(own, case) else str(mask_text(text))

    def _plain(self, own: bool, case: m.Complaint | None) -> bool:
        """Whether a personal value is printed: needed by whom it is for, and readable by whoever issues it."""
        case = case or self.subject.complaint
        to_complainant = self.form.audience is Audience.COMPLAINANT
        if to_complainant:
            # The letter needs the name of whom it is for; that it was issued is on record.
            return own and (not self.subject.is_preview or reads_plainly(self.subject.actor, case))
        if case is not None and case.is_confidential:
            return False
        return reads_plainly(self.subject.actor, case)
