"""The PDF of a laid-out form, by Typst with the desk's own font: nothing is fetched, no system library needed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import typst

from services.documents.layout import Piece, as_data
from services.procedures.sections.documents import UNITS

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
FORM = HERE / "form.typ"


@cache
def _fonts() -> typst.Fonts:
    """Read once a process: the file is large."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def render_pdf(
    pieces: Iterable[Piece], *, title: str, language: str, footer: str, landscape: bool = False
) -> bytes:
    """The bytes of the PDF. A sign that the font lacks is printed as an empty box, never left out."""
    data = {
        "pieces": as_data(pieces),
        "title": title,
        "language": language,
        "footer": footer,
        "landscape": landscape,
        "units": UNITS,
    }
    made = typst.compile(
        FORM,
        root=HERE,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no single file")
    return made
