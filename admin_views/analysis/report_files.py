"""A report as a workbook and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.shared import Pt
from flask_babel import gettext as _

from admin_views.analysis.report_words import ReportWords
from admin_views.values import moment_text
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
    sheet = book.add_worksheet(_("Indicators"))
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
        sheet = book.add_worksheet(part.title[:31])
        sheet.set_column(0, 0, 30, plain)
        sheet.set_column(1, len(part.heads), 18, plain)
        for column, text in enumerate([part.title, *part.heads]):
            sheet.write_string(0, column, text, head)
        for number, (name, values) in enumerate(part.rows, 1):
            for column, text in enumerate([name, *values]):
                sheet.write_string(number, column, text, plain)
    sheet = book.add_worksheet(_("Analysis"))
    sheet.set_column(0, 0, 30, plain)
    sheet.set_column(1, 1, 90, plain)
    for number, written in enumerate(words.written):
        sheet.write_string(number, 0, written.heading, head)
        sheet.write_string(number, 1, written.text, plain)
    book.close()
    file.seek(0)
    return file


def document(words: ReportWords, organisation: str) -> BytesIO:
    """The report to print, sign and file."""
    paper = Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    # Word takes the font of Chinese characters from an attribute of its own.
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    paper.add_heading(words.title, level=1)
    _table(paper, None, _about(words, organisation))
    paper.add_heading(_("Indicators"), level=2)
    rows = [(line.name, line.value, line.cases, line.before, line.change.text) for line in words.lines]
    _table(paper, _heads()[:5], rows)
    for part in words.slices:
        paper.add_heading(part.title, level=2)
        _table(paper, [part.title, *part.heads], [(name, *values) for name, values in part.rows])
    for written in words.written:
        paper.add_heading(written.heading, level=2)
        paper.add_paragraph(written.text or _("Not written yet."))
    paper.add_heading(_("Definitions"), level=2)
    definitions = [(line.name, line.counted, line.out_of, line.unit) for line in words.lines]
    _table(paper, [_("Indicator"), _("What is counted"), _("Out of"), _("Unit")], definitions)
    file = BytesIO()
    paper.save(file)
    file.seek(0)
    return file


def _table(paper: DocumentType, heads: list[str] | None, rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        paper.add_paragraph("—")
        return
    table = paper.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    if heads is not None:
        for cell, text in zip(table.add_row().cells, heads, strict=True):
            cell.paragraphs[0].add_run(text).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
