"""Labels that are translated when they are shown, not when they are imported."""

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_l", "in_either"]


def in_either(zh: str, en: str) -> LazyString:
    """Words that a procedure gives in both languages, shown in the reader's: English only where English is set."""
    return LazyString(_chosen, zh, en)  # type: ignore[call-arg]


def _chosen(zh: str, en: str) -> str:
    locale = get_locale()
    return en if locale is not None and locale.language == "en" else zh
