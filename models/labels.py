"""Labels that are translated when they are shown, not when they are imported."""

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_l", "in_both"]


def in_both(zh: str, en: str) -> LazyString:
    """Words that stand in both languages already (those of a procedure), in the language of whoever reads them."""
    return LazyString(_chosen, zh, en)


def _chosen(zh: str, en: str) -> str:
    return zh if str(get_locale() or "").startswith("zh") else en
