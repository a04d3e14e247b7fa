"""A made-up record with every value that a form knows: templates are tried on it before they are taken."""

from __future__ import annotations

from collections.abc import Iterable

from services.documents.layout import Own
from services.documents.word import template_context
from services.procedures.sections.documents import DocumentForm, Table


class _Sample:
    """A `layout.Source` with the name of each value in its place."""

    def value(self, reference: str) -> str:
        return reference

    def has(self, reference: str) -> bool:
        return True

    def rows(self, table: Table) -> Iterable[tuple[list[str], str]]:
        for _row in range(2):
            yield [column.field for column in table.columns], ""


def sample_context(form: DocumentForm, own: Own) -> dict[str, object]:
    """What a template of this form may use, filled with the names of the values."""
    return template_context(form, _Sample(), own)
