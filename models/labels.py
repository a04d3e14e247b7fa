"""Labels that are translated when they are shown, not when they are imported."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_l"]
