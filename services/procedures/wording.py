"""Names of what procedures define: grades are stored by code and read by name."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import get_locale
from sqlalchemy.orm import Session

from models import ProcedureVersion
from models.labels import LazyString
from services.procedures.of_complaint import parsed
from services.procedures.parts import Text


def grade_names(session: Session, locale: str) -> dict[str, str]:
    """The name of every grade of every published procedure, by code; a later version's name wins."""
    names: dict[str, str] = {}
    for version in session.scalars(sa.select(ProcedureVersion).order_by(ProcedureVersion.id)):
        grading = parsed(version).grading
        for level in grading.levels if grading else ():
            names[level.code] = level.names.in_language(locale)
    return names


def said_of(text: Text) -> LazyString:
    """The words of a procedure in the language of whoever reads them."""
    return LazyString(lambda: text.in_language(str(get_locale() or "zh")))
