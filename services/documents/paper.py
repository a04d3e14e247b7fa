"""A Word file as offices print it: A4, the fonts of Chinese offices, numbered pages."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph

FONT, LATIN_FONT = "宋体", "Times New Roman"
SIZE, SIZE_ON_ITS_SIDE = 10.5, 9.0
"""In points; a page on its side carries a wide list."""


def new_paper(title: str, *, landscape: bool = False) -> WordDocument:
    """An empty file; `title` stands among its properties."""
    word: WordDocument = Document()
    _described(word, title)
    _page(word, landscape=landscape)
    return word


def _page(word: WordDocument, *, landscape: bool) -> None:
    section = word.sections[0]
    width, height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        width, height = height, width
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2), Cm(1.9)
    _set_fonts(word, SIZE_ON_ITS_SIDE if landscape else SIZE)
    word.styles["Normal"].paragraph_format.space_after = Pt(0)


def _set_fonts(word: WordDocument, size: float) -> None:
    """The fonts of Chinese offices. A machine without them is told the family and that the text is Chinese: LibreOffice
    took a Japanese or Taiwanese font with its punctuation in the middle of the line otherwise."""
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = LATIN_FONT, Pt(size)
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    properties.append(lang)


def _described(word: WordDocument, title: str) -> None:
    """What the properties of the file say, in place of those of the library it is written with."""
    said = word.core_properties
    said.title, said.author, said.last_modified_by, said.comments = title, "", "", ""
    said.created = said.modified = datetime.now(UTC)


def width_of(word: WordDocument) -> int:
    """What the margins leave of the page's width."""
    section = word.sections[0]
    return int((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))


def number_pages(word: WordDocument, language: str, begins: str = "") -> None:
    """The foot of every page: `begins`, and which page of how many."""
    paragraph = word.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    before, between, after = ("第 ", " 页 共 ", " 页") if language == "zh" else ("Page ", " of ", "")
    for text, code in ((begins + before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        sized(paragraph.add_run(text), 8.5)
        if code:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), code)
            number = paragraph.add_run("1")
            sized(number, 8.5)
            field.append(number._r)
            paragraph._p.append(field)


def sized(run: Any, size: float, *, bold: bool = False) -> None:
    run.font.size, run.bold = Pt(size), bold


def mark(row: WordRow, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def keep_with_next(row: WordRow) -> None:
    for cell in row.cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def lines_of_at_least(paragraph: WordParagraph, least: float) -> None:
    """In points: a multiple of the font's own height would differ from machine to machine."""
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    paragraph.paragraph_format.line_spacing = Pt(least)


def bytes_of(word: WordDocument) -> bytes:
    out = BytesIO()
    word.save(out)
    return out.getvalue()
