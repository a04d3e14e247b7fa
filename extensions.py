"""The Flask extensions: made here, configured in app.py."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask_babel import Babel, Domain, get_locale
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from models.base import Base


class Catalogues(Domain):
    """Keeps the catalogue of a request's locale at hand; the library looks it up anew for each of a page's texts."""

    _last: tuple[Any, Any] = (None, None)

    def get_translations(self) -> Any:
        locale = get_locale()
        known, found = self._last  # read at once: threads of other languages put theirs here
        if locale is None or known is not locale:
            found = super().get_translations()
            self._last = (locale, found)
        return found


class DeskBabel(Babel):
    """Flask-Babel with the desk's catalogues."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        return Catalogues(domain=self.domain)


db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = DeskBabel()
