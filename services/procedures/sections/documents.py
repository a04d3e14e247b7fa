"""Letters and forms of a procedure: what stands where, filled from the record; Word and PDF are drawn from it alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic import Field as Setting

from services.documents.vocabulary import fault_of, table_fault_of
from services.procedures.parts import Code, Part, Ruled, Text
from services.procedures.sections.measures import When

UNITS = 24
"""The width of every form, in units: labels and values of all rows stand on this one grid."""
PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")
OWN = "own."
"""Before the code of a field that the procedure declares itself."""


class Audience(StrEnum):
    """For whom a document is made. What leaves the organisation holds nothing internal (R03-13)."""

    COMPLAINANT = "complainant"
    AUTHORITY = "authority"
    DEPARTMENT = "department"
    LEADERSHIP = "leadership"
    FILE = "file"

    @property
    def leaves(self) -> bool:
        return self in (Audience.COMPLAINANT, Audience.AUTHORITY)


def _written_short(value: Any) -> Any:
    return {"field": value} if isinstance(value, str) else value


class Cell(Part):
    """A labelled value. A bare reference takes the label of its field; a list of `choices` is printed as boxes."""

    field: str
    label: Text | None = None


class Column(Cell):
    width: Annotated[int, Setting(gt=0, lt=UNITS)] | None = None


ShortCell = Annotated[Cell, BeforeValidator(_written_short)]
ShortColumn = Annotated[Column, BeforeValidator(_written_short)]


class Box(Cell):
    """A long text beside its label, `lines` high when it is empty; `signed` is the line for a signature in it.

    Without a field the box stays empty: it is filled in by hand.
    """

    field: str = ""

    lines: Annotated[int, Setting(gt=0, le=40)] = 4
    signed: Text | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.field and self.label is None:
            raise ValueError("a box without a field needs a label that says what is written into it")
        return self


class Table(Part):
    """The rows of a list of the record (measures, findings, …)."""

    of: str
    title: Text | None = None
    columns: Annotated[tuple[ShortColumn, ...], Setting(min_length=1, max_length=10)]

    @property
    def widths(self) -> tuple[int, ...]:
        """In units; columns without a width share what is left."""
        left = UNITS - sum(column.width or 0 for column in self.columns)
        open_ones = sum(column.width is None for column in self.columns)
        widths = [column.width or left // open_ones for column in self.columns]
        widths[-1] += UNITS - sum(widths)
        return tuple(widths)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = sum(column.width or 0 for column in self.columns)
        open_ones = sum(column.width is None for column in self.columns)
        if given + open_ones > UNITS or (not open_ones and given != UNITS):
            raise ValueError(f"the widths of the columns must add up to {UNITS}")
        return self


class Block(Part):
    """One piece of a form: labelled rows, a long box, a table, a paragraph, or a row to sign."""

    rows: Annotated[
        tuple[Annotated[tuple[ShortCell, ...], Setting(min_length=1, max_length=3)], ...],
        Setting(min_length=1),
    ] = ()
    box: Box | None = None
    table: Table | None = None
    text: Text | None = None
    align: Literal["left", "right", "centre", "indented"] = "indented"
    given: tuple[str, ...] = ()
    """Of a paragraph: it is printed only while the record holds each of these values."""
    signatures: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [bool(self.rows), bool(self.box), bool(self.table), bool(self.text), bool(self.signatures)]
        if sum(given) != 1:
            raise ValueError("a block is one of: rows, box, table, text, signatures")
        if self.given and not self.text:
            raise ValueError("given belongs to a paragraph (text); take it out")
        return self

    def references(self) -> Iterator[str]:
        """Every value of the record that stands here, columns of tables apart."""
        for row in self.rows:
            yield from (cell.field for cell in row)
        if self.box and self.box.field:
            yield self.box.field
        yield from self.given
        if self.text:
            yield from PLACEHOLDER.findall(self.text.zh)
            yield from PLACEHOLDER.findall(self.text.en)


class Ask(Ruled):
    """What the record does not hold and is typed when the document is issued: `typed.<code>` in the layout."""

    code: Code
    names: Text
    required: bool = True
    long: bool = True
    choices: tuple[Text, ...] = ()


class DocumentForm(Ruled):
    """A letter or form. `needs` are values without which it may not be issued."""

    code: Code
    names: Text
    subject: Literal["complaint", "accident", "register", "procedure"] = "complaint"
    audience: Audience
    landscape: bool = False
    head: tuple[ShortCell, ...] = ()
    asks: tuple[Ask, ...] = ()
    needs: tuple[str, ...] = ()
    layout: Annotated[tuple[Block, ...], Setting(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        typed = [f"typed.{ask.code}" for ask in self.asks]
        for reference in self.references():
            if reference in typed or reference.startswith(OWN):
                continue
            if fault := fault_of(reference, self.subject, leaves=self.audience.leaves):
                raise ValueError(fault)
        for block in self.layout:
            for column in block.table.columns if block.table else ():
                of = block.table.of if block.table else ""
                if fault := table_fault_of(of, column.field, self.subject, leaves=self.audience.leaves):
                    raise ValueError(fault)
        unused = sorted(set(typed) - set(self.references()))
        if unused:
            raise ValueError(
                f"{unused[0]} is asked for but stands nowhere in the layout; put it there or take it out"
            )
        return self

    def references(self) -> Iterator[str]:
        yield from (cell.field for cell in self.head)
        yield from self.needs
        for block in self.layout:
            yield from block.references()


class RequiredDocument(Ruled):
    """A document without which a step is refused; with `delivered_to` it must have been handed on as well.

    `when`: only for these complaints; an accident has no such conditions.
    """

    form: Code
    before: Literal["submit_opinion", "reply", "close", "archive", "close_accident"]
    delivered_to: Audience | None = None
    when: When = When()

    @model_validator(mode="after")
    def _conditions_of_a_complaint(self) -> Self:
        if self.before == "close_accident" and self.when != When():
            raise ValueError("when belongs to a document before a step of a complaint; take it out")
        return self


class Documents(Part):
    """The forms of a regulation, beside the desk's standard letters, and when they must be there."""

    forms: tuple[DocumentForm, ...] = ()
    required: tuple[RequiredDocument, ...] = ()
