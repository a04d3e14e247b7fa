"""The language of the page being made."""

from __future__ import annotations

from flask_babel import get_locale

from settings import LOCALES


def locale() -> str:
    """zh_Hans_CN or en."""
    return "en" if str(get_locale() or LOCALES[0]).startswith("en") else LOCALES[0]
