"""A report as a workbook and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Emu, Pt
from flask_babel import gettext as _
from xlsxwriter.worksheet import Worksheet

from admin_views.analysis.report_words import ReportWords
from admin_views.locale import locale
from admin_views.values import moment_text
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
from services.ledger.frame import FONT

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _heads() -> list[str]:
    return [
        _("Indicator"),
        _("This period"),
        _("Complaints"),
        _("Period before"),
        _("Change since"),
        _("What is counted"),
        _("Out of"),
    ]


def _about(words: ReportWords, organisation: str) -> list[tuple[str, str]]:
    report = words.report
    return [
        (_("Organisation"), organisation),
        (_("Period"), f"{report.starts_on.isoformat()} – {report.ends_on.isoformat()}"),
        (_("Period before"), words.before),
        (_("Produced at"), moment_text(report.produced_at, words.zone)),
        (_("Owner"), report.owner.name if report.owner else "—"),
        (_("Status"), str(report.status.label)),
        (_("Digest of the figures"), report.digest),
    ]


def workbook(words: ReportWords, organisation: str) -> BytesIO:
    """Figures, slices and the owner's words, a sheet each. Texts are written as texts: no cell is a formula."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    plain = book.add_format({"font_name": FONT, "font_size": 10, "text_wrap": True, "valign": "top"})
    head = book.add_format(
        {"font_name": FONT, "font_size": 10, "bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"}
    )
    bold = book.add_format({"font_name": FONT, "font_size": 13, "bold": True})
    sheet = _sheet(book, _("Indicators"))
    sheet.set_column(0, 0, 28, plain)
    sheet.set_column(1, 4, 15, plain)
    sheet.set_column(5, 6, 46, plain)
    sheet.write_string(0, 0, words.title, bold)
    row = 1
    for label, text in _about(words, organisation):
        sheet.write_string(row, 0, label, plain)
        sheet.write_string(row, 1, text)
        row += 1
    row += 1
    for column, text in enumerate(_heads()):
        sheet.write_string(row, column, text, head)
    for line in words.lines:
        row += 1
        cells = (line.name, line.value, line.cases, line.before, line.change.text, line.counted, line.out_of)
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, plain)
    for part in words.slices:
        sheet = _sheet(book, part.title[:31])
        sheet.set_column(0, 0, 30, plain)
        sheet.set_column(1, len(part.heads), 18, plain)
        for column, text in enumerate([part.title, *part.heads]):
            sheet.write_string(0, column, text, head)
        for number, (name, values) in enumerate(part.rows, 1):
            for column, text in enumerate([name, *values]):
                sheet.write_string(number, column, text, plain)
    sheet = _sheet(book, _("Analysis"))
    sheet.set_column(0, 0, 30, plain)
    sheet.set_column(1, 1, 90, plain)
    for number, written in enumerate(words.written):
        sheet.write_string(number, 0, written.heading, head)
        sheet.write_string(number, 1, written.text, plain)
    book.close()
    file.seek(0)
    return file


def _sheet(book: xlsxwriter.Workbook, name: str) -> Worksheet:
    """A sheet that prints on A4, as wide as the paper, with its pages numbered."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    return sheet


def document(words: ReportWords, organisation: str) -> BytesIO:
    """The report to print, sign and file."""
    paper = new_paper(words.title)
    number_pages(paper, "zh" if locale().startswith("zh") else "en")
    _heading(paper, organisation, 12, centred=True)
    _heading(paper, words.title, 18, centred=True)
    _table(paper, None, _about(words, organisation)[1:], (1, 3))
    _heading(paper, _("Indicators"))
    rows = [(line.name, line.value, line.cases, line.before, line.change.text) for line in words.lines]
    _table(paper, _heads()[:5], rows, (3, 2, 2, 2, 2))
    for part in words.slices:
        _heading(paper, part.title)
        widths = (3, *[2] * len(part.heads))
        _table(paper, [part.title, *part.heads], [(name, *values) for name, values in part.rows], widths)
    for written in words.written:
        _heading(paper, written.heading)
        _paragraph(paper, written.text or _("Not written yet."))
    _heading(paper, _("Definitions"))
    definitions = [(line.name, line.counted, line.out_of or "—", line.unit) for line in words.lines]
    _table(paper, [_("Indicator"), _("What is counted"), _("Out of"), _("Unit")], definitions, (3, 5, 4, 3))
    return BytesIO(bytes_of(paper))


def _heading(paper: DocumentType, text: str, size: float = 12, *, centred: bool = False) -> None:
    paragraph = paper.add_paragraph()
    sized(paragraph.add_run(text), size, bold=size > 12 or not centred)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(4 if centred else 12)
    paragraph.paragraph_format.space_after = Pt(4)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(paper: DocumentType, text: str) -> None:
    for part in text.splitlines():
        lines_of_at_least(paper.add_paragraph(part), 18)


def _table(
    paper: DocumentType, heads: list[str] | None, rows: Sequence[tuple[str, ...]], shares: tuple[int, ...]
) -> None:
    """`shares`: how the columns divide the width of the page."""
    if not rows:
        paper.add_paragraph("—")
        return
    table = paper.add_table(rows=0, cols=len(shares), style="Table Grid")
    table.autofit = False
    widths = [Emu(width_of(paper) * share // sum(shares)) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, row in enumerate([*([tuple(heads)] if heads else []), *rows]):
        made = table.add_row()
        mark(made, "w:cantSplit")
        is_head = heads is not None and number == 0
        for cell, text, width in zip(made.cells, row, widths, strict=True):
            cell.width = width
            cell.paragraphs[0].add_run(text).bold = is_head
            lines_of_at_least(cell.paragraphs[0], 16)
        if is_head:
            mark(made, "w:tblHeader")
            keep_with_next(made)
