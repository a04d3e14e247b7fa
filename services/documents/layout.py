"""A form laid out: paragraphs and table rows in one language, the same for Word and PDF.

Where the words come from is left to a `Source`: the values of a record, or the tags of a Word template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from services.documents.vocabulary import columns_of, find
from services.procedures.sections.documents import (
    OWN,
    PLACEHOLDER,
    UNITS,
    Block,
    Box,
    Cell,
    DocumentForm,
    Table,
)
from services.procedures.sections.fields import DeclaredField
from services.workflow.words import CHINESE, SOURCE, said_in

LABEL = {1: 4, 2: 4, 3: 3}
"""Units of a label, by how many labelled values stand in a row."""


@dataclass(frozen=True)
class Paragraph:
    text: str
    role: str
    """organisation, title, head, left, right, centre, indented"""
    given: tuple[str, ...] = ()
    """In a template: the values without which it is left out."""
    kind: str = "paragraph"


@dataclass(frozen=True)
class TableCell:
    text: str
    span: int
    role: str = "value"
    """value, label, heading"""
    lines: int = 1
    signed: str = ""


@dataclass(frozen=True)
class TableRow:
    cells: tuple[TableCell, ...]
    loop: str = ""
    """In a template: the list that this row is repeated for."""
    kind: str = "row"
    begins: bool = False
    """The first row of its block: where Word and the PDF may begin a table of their own."""
    is_signature: bool = False
    """Never alone on a page: it stays with the row above."""

    @property
    def is_heading(self) -> bool:
        return all(cell.role == "heading" for cell in self.cells)


Piece = Paragraph | TableRow


class Source(Protocol):
    """Where the words of a form come from."""

    def value(self, reference: str) -> str: ...

    def has(self, reference: str) -> bool:
        """Whether the record holds the value; in a template, whether it may."""
        ...

    def rows(self, table: Table) -> Iterable[tuple[list[str], str]]:
        """The cells of each row, and the list it is repeated for in a template."""
        ...


def language_of(locale: str) -> str:
    """The language a document is written in: Chinese or English."""
    return "zh" if locale.lower().startswith("zh") else "en"


def words(label: Any, language: str) -> str:
    """A label of the desk in the language of a document."""
    return said_in(CHINESE if language == "zh" else SOURCE, label)


Own = Mapping[str, DeclaredField]
"""The fields that the procedure declares itself, by code."""


def label_of(form: DocumentForm, cell: Cell, language: str, table: str = "", own: Own | None = None) -> str:
    """The label of a value: the form's own word, or that of the field."""
    if cell.label:
        return cell.label.in_language(language)
    if cell.field.startswith("typed."):
        code = cell.field.removeprefix("typed.")
        return next(ask.names for ask in form.asks if ask.code == code).in_language(language)
    if cell.field.startswith(OWN):
        return (own or {})[cell.field.removeprefix(OWN)].names.in_language(language)
    reference = columns_of(table)[cell.field] if table else find(cell.field)
    return words(reference.label, language)


def lay_out(form: DocumentForm, language: str, source: Source, own: Own) -> Iterator[Piece]:
    """The pieces of the form from top to bottom."""
    yield Paragraph(source.value("organisation.name"), "organisation")
    yield Paragraph(form.names.in_language(language), "title")
    if form.head:
        colon = "：" if language == "zh" else ": "
        said = [
            f"{label_of(form, cell, language, own=own)}{colon}{source.value(cell.field)}"
            for cell in form.head
        ]
        yield Paragraph("　　".join(said), "head")
    for block in form.layout:
        yield from _block(form, block, language, source, own)


def as_data(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    return [asdict(piece) | {"heading": isinstance(piece, TableRow) and piece.is_heading} for piece in pieces]


def _block(form: DocumentForm, block: Block, language: str, source: Source, own: Own) -> Iterator[Piece]:
    for place, piece in enumerate(_pieces(form, block, language, source, own)):
        yield replace(piece, begins=place == 0) if isinstance(piece, TableRow) else piece


def _pieces(form: DocumentForm, block: Block, language: str, source: Source, own: Own) -> Iterator[Piece]:
    for row in block.rows:
        yield _row(form, row, language, source, own)
    if block.box:
        yield _box(form, block.box, language, source, own)
    if block.table:
        yield from _table(form, block.table, language, source)
    if block.text and all(source.has(needed) for needed in block.given):
        text = block.text.in_language(language)
        yield Paragraph(PLACEHOLDER.sub(lambda found: source.value(found[1]), text), block.align, block.given)
    if block.signatures:
        yield _signatures(block, language)


def _row(form: DocumentForm, row: tuple[Cell, ...], language: str, source: Source, own: Own) -> TableRow:
    label = LABEL[len(row)]
    value = UNITS // len(row) - label
    cells = []
    for cell in row:
        cells.append(TableCell(label_of(form, cell, language, own=own), label, "label"))
        cells.append(TableCell(source.value(cell.field), value))
    return TableRow(tuple(cells))


def _box(form: DocumentForm, box: Box, language: str, source: Source, own: Own) -> TableRow:
    signed = ""
    if box.signed:
        signed = box.signed.in_language(language) + (
            "：　　　　　　　　　年　　月　　日"
            if language == "zh"
            else ": ______________  Date: ____________"
        )
    label = TableCell(label_of(form, box, language, own=own), LABEL[1], "label")
    said = source.value(box.field) if box.field else ""
    return TableRow((label, TableCell(said, UNITS - LABEL[1], lines=box.lines, signed=signed)))


def _table(form: DocumentForm, table: Table, language: str, source: Source) -> Iterator[TableRow]:
    if table.title:
        yield TableRow((TableCell(table.title.in_language(language), UNITS, "heading"),))
    heads = [label_of(form, column, language, table.of) for column in table.columns]
    yield TableRow(
        tuple(TableCell(text, width, "heading") for text, width in zip(heads, table.widths, strict=True))
    )
    for cells, loop in source.rows(table):
        yield TableRow(
            tuple(TableCell(text, width) for text, width in zip(cells, table.widths, strict=True)), loop
        )


def _signatures(block: Block, language: str) -> TableRow:
    count = len(block.signatures)
    share = UNITS // count
    label = min(share // 2, 4)
    cells = []
    for index, text in enumerate(block.signatures):
        rest = UNITS - share * (count - 1) if index == count - 1 else share
        cells.append(TableCell(text.in_language(language), label, "label", lines=2))
        cells.append(TableCell("", rest - label, lines=2))
    return TableRow(tuple(cells), is_signature=True)
