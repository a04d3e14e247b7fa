"""The Word file: a template with tags, drawn from the same layout as the PDF or the organisation's own, then filled."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from models.fields import Sensitivity
from models.labels import _l
from services.documents.layout import Own, Paragraph, Source, TableCell, TableRow, lay_out
from services.documents.paper import (
    bytes_of,
    keep_with_next,
    lines_of_at_least,
    mark,
    new_paper,
    number_pages,
    sized,
    width_of,
)
from services.documents.vocabulary import (
    GROUPS,
    TABLES,
    columns_of,
    fault_of,
    table_fault_of,
    values_of_group,
)
from services.errors import Invalid, Text
from services.procedures.sections.documents import OWN, UNITS, Column, DocumentForm, Table

LARGEST_UNPACKED = 40 * 1024 * 1024
"""A template that unpacks to more than this is refused before anything of it is read."""

_ALIGNED = {
    "organisation": WD_ALIGN_PARAGRAPH.CENTER,
    "title": WD_ALIGN_PARAGRAPH.CENTER,
    "head": WD_ALIGN_PARAGRAPH.RIGHT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
}
_SIZES = {"organisation": 12.0, "title": 18.0, "head": 9.5}


class Tags:
    """A `layout.Source` that gives tags in place of values: what stands in a template."""

    def value(self, reference: str) -> str:
        return "{{ " + reference + " }}"

    def has(self, reference: str) -> bool:
        return True

    def rows(self, table: Table) -> Iterator[tuple[list[str], str]]:
        yield ["{{ row." + column.field + " }}" for column in table.columns], table.of


def default_template(form: DocumentForm, language: str, own: Own) -> bytes:
    """The template of a form as its procedure lays it out: what one downloads to begin a template of one's own."""
    word = new_paper(form.names.in_language(language), landscape=form.landscape)
    number_pages(word, language, "{{ document.number }}　　")
    waiting: list[TableRow] = []
    for piece in lay_out(form, language, Tags(), own):
        if isinstance(piece, TableRow):
            waiting.append(piece)
            continue
        _rows(word, waiting)
        waiting = []
        if piece.given:
            word.add_paragraph("{%p if " + " and ".join(piece.given) + " %}")
        _paragraph(word, piece, language)
        if piece.given:
            word.add_paragraph("{%p endif %}")
    _rows(word, waiting)
    return bytes_of(word)


def render_word(template: bytes, context: Mapping[str, Any]) -> bytes:
    """The template filled. Invalid({"file": …}) says what is wrong with it."""
    try:
        word = DocxTemplate(BytesIO(template))
        word.render(dict(context), jinja_env=_environment(), autoescape=True)
        out = BytesIO()
        word.save(out)
    except UndefinedError as fault:
        raise Invalid({"file": _unknown(str(fault), context)}) from fault
    except TemplateSyntaxError as fault:
        message = _l("A tag of the template is not written properly: %(fault)s", fault=fault.message or "")
        raise Invalid({"file": message}) from fault
    except (TemplateError, SecurityError) as fault:
        message = _l("The template does what a template may not do: %(fault)s", fault=str(fault))
        raise Invalid({"file": message}) from fault
    except (ValueError, KeyError, OverflowError, zipfile.BadZipFile) as fault:
        raise Invalid(
            {"file": _l("Word could not have written this file: %(fault)s", fault=str(fault))}
        ) from fault
    return out.getvalue()


def check_unpacked(template: bytes) -> None:
    """Invalid for a file that grows without measure, or that would fetch something from elsewhere when it is opened."""
    try:
        with zipfile.ZipFile(BytesIO(template)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
                raise Invalid({"file": _l("The template is too large when it is unpacked.")})
            links = [archive.read(info) for info in infos if info.filename.endswith(".rels")]
    except zipfile.BadZipFile as fault:
        raise Invalid({"file": _l("This is no Word file; save it as .docx in Word or WPS.")}) from fault
    if any(b'TargetMode="External"' in link and b"/hyperlink" not in link for link in links):
        raise Invalid(
            {
                "file": _l(
                    "The template takes pictures or a style from elsewhere; put them into the file itself."
                )
            }
        )


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _unknown(fault: str, context: Mapping[str, Any]) -> Text:
    """'dict object' has no attribute 'numbr' → which name is meant."""
    name = fault.rsplit("'", 2)[-2] if fault.count("'") >= 2 else fault
    words = {key for value in context.values() if isinstance(value, dict) for key in value} | set(context)
    words |= {key for value in context.values() if isinstance(value, list) for row in value for key in row}
    near = get_close_matches(name, sorted(words), n=1)
    if near:
        return _l(
            "The template uses %(name)s, which is unknown; did you mean %(near)s?", name=name, near=near[0]
        )
    return _l(
        "The template uses %(name)s, which is unknown or may not stand on this form; download the default to see"
        " what may.",
        name=name,
    )


def template_context(form: DocumentForm, values: Source, own: Own) -> dict[str, Any]:
    """Everything a template of this form may use: every value of its subject that may stand on it, and its lists."""
    leaves = form.audience.leaves
    context: dict[str, Any] = {}
    for group, declared in GROUPS.items():
        if form.subject in declared.subjects:
            context[group] = {
                key: values.value(f"{group}.{key}")
                for key in values_of_group(group)
                if not fault_of(f"{group}.{key}", form.subject, leaves=leaves)
            }
    context["own"] = {
        code: values.value(f"{OWN}{code}")
        for code, field in own.items()
        if not (leaves and field.level is Sensitivity.INTERNAL)
    }
    first = {block.table.of: block.table.columns[0].field for block in form.layout if block.table}
    context["typed"] = {ask.code: values.value(f"typed.{ask.code}") for ask in form.asks}
    for table, declared in TABLES.items():
        if form.subject in declared.subjects:
            columns = [
                key
                for key in columns_of(table)
                if not table_fault_of(table, key, form.subject, leaves=leaves)
            ]
            if table in first:
                # What an empty list says stands in the first column of a row: in the first that the form shows.
                columns.sort(key=lambda key: key != first[table])
            wanted = Table.model_construct(
                of=table, title=None, columns=tuple(_column(key) for key in columns)
            )
            context[table] = [dict(zip(columns, cells, strict=True)) for cells, _loop in values.rows(wanted)]
    return context


def _column(key: str) -> Any:
    return Column.model_construct(field=key, label=None, width=None)


# Drawing


def _paragraph(word: WordDocument, piece: Paragraph, language: str) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = _ALIGNED.get(piece.role, WD_ALIGN_PARAGRAPH.LEFT)
    sized(paragraph.add_run(piece.text), _SIZES.get(piece.role, 12.0), bold=piece.role == "title")
    if piece.role == "title":
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(8)
    elif piece.role == "head":
        paragraph.paragraph_format.space_after = Pt(4)
    elif piece.role != "organisation":
        lines_of_at_least(paragraph, 20)
        paragraph.paragraph_format.space_after = Pt(4)
        paragraph.paragraph_format.space_before = Pt(4)
        if piece.role == "indented" and language == "zh":
            paragraph.paragraph_format.first_line_indent = Pt(24)


def _rows(word: WordDocument, rows: list[TableRow]) -> None:
    if not rows:
        return
    table = word.add_table(rows=0, cols=UNITS, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    unit = Emu(width_of(word) // UNITS)
    for column in table.columns:
        column.width = unit
    for place, row in enumerate(rows):
        after = rows[place + 1] if place + 1 < len(rows) else None
        if row.loop:
            _loop(table, "{%tr for row in " + row.loop + " %}")
        made = _row(table, row, unit)
        if row.is_heading and all(before.is_heading for before in rows[:place]):
            mark(made, "w:tblHeader")  # Word repeats only rows that a table begins with
        if row.is_heading or (after is not None and after.is_signature):
            keep_with_next(made)
        if row.loop:
            _loop(table, "{%tr endfor %}")


def _loop(table: WordTable, tag: str) -> None:
    """A row that holds nothing but the tag; filling the template takes it out again."""
    cells = table.add_row().cells
    cells[0].merge(cells[-1]).text = tag


def _row(table: WordTable, row: TableRow, unit: Emu) -> WordRow:
    made = table.add_row()
    lines = max(cell.lines for cell in row.cells)
    if lines > 1:
        made.height = Pt(16 * lines)
        made.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
    if lines == 1 or row.is_signature:
        mark(made, "w:cantSplit")
    places = []
    start = 0
    for cell in row.cells:
        merged = _merged(made, start, cell.span, unit)
        _fill(merged, cell)
        places.append((merged, start, cell))
        start += cell.span
    signed = [cell for _place, _start, cell in places if cell.signed]
    return _sign_below(table, made, places, unit) if signed else made


def _merged(row: WordRow, start: int, span: int, unit: Emu) -> _Cell:
    cells = row.cells
    merged = cells[start].merge(cells[start + span - 1])
    merged.width = Emu(unit * span)
    return merged


def _sign_below(
    table: WordTable, above: WordRow, places: list[tuple[_Cell, int, TableCell]], unit: Emu
) -> WordRow:
    """The line to sign in a row of its own with no line above it: at the foot of the box, whatever stands in it."""
    keep_with_next(above)
    below = table.add_row()
    mark(below, "w:cantSplit")
    for place, start, cell in places:
        under = _merged(below, start, cell.span, unit)
        if not cell.signed:
            place.merge(under)
            continue
        line = under.paragraphs[0]
        line.add_run(cell.signed)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _space(line)
        _without_border(place, "bottom")
        _without_border(under, "top")
    return below


def _without_border(place: _Cell, side: str) -> None:
    borders = OxmlElement("w:tcBorders")
    border = OxmlElement(f"w:{side}")
    border.set(qn("w:val"), "nil")
    borders.append(border)
    properties = place._tc.get_or_add_tcPr()
    followers = [each for each in properties if each.tag in (qn("w:shd"), qn("w:vAlign"))]
    if followers:
        followers[0].addprevious(borders)
    else:
        properties.append(borders)


def _fill(place: _Cell, cell: TableCell) -> None:
    paragraph: WordParagraph = place.paragraphs[0]
    paragraph.add_run(cell.text)
    _space(paragraph)
    if cell.role != "value":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "F4F4F4")
        place._tc.get_or_add_tcPr().append(shade)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "top" if cell.lines > 1 and cell.role == "value" else "center")
    place._tc.get_or_add_tcPr().append(middle)


def _space(paragraph: WordParagraph) -> None:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    lines_of_at_least(paragraph, 15)
