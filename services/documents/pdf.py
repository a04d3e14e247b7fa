"""The PDF of a laid-out form, by Typst with the desk's own font: nothing is fetched, no library of the machine is used."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import typst

from services.documents.layout import Piece, as_data
from services.procedures.sections.documents import UNITS

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
FORM = HERE / "form.typ"


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
        FORM.read_bytes(),
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no single file")
    return made
