"""A published version tried on an example and compared with the one before."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.guard import requires
from admin_views.locale import locale
from admin_views.procedure_pages import difference_lines, example_context
from admin_views.shell_context import Crumb
from extensions import db
from models import ProcedureVersion
from services.access.permissions import Permission
from services.errors import NotFound
from services.procedures.of_complaint import parsed

blueprint = Blueprint("procedure_versions", __name__)


@blueprint.get("/procedures/<address>/try")
@requires(Permission.PROCEDURE_READ)
def preview(address: str) -> ResponseReturnValue:
    """A complaint that does not exist, as this version would treat it."""
    version = _load(address)
    return render_template(
        "desk/procedure_example.html",
        title=_title(version),
        url=request.path,
        cases=[],
        impact=None,
        breadcrumbs=_crumbs(version, _("Try it")),
        **example_context(parsed(version)),
    )


@blueprint.get("/procedures/<address>/compare")
@requires(Permission.PROCEDURE_READ)
def compare(address: str) -> ResponseReturnValue:
    """What this version changed; against the version before."""
    version = _load(address)
    earlier = sa.select(ProcedureVersion).where(
        ProcedureVersion.code == version.code, ProcedureVersion.number < version.number
    )
    former = db.session().scalars(earlier.order_by(ProcedureVersion.number.desc()).limit(1)).first()
    before = former.source_text if former else ""
    note = (
        _("Version %(new)s against version %(old)s", new=version.number, old=former.number)
        if former
        else _("This is the first version.")
    )
    return render_template(
        "desk/procedure_compare.html",
        title=_title(version),
        note=note,
        lines=difference_lines(before, version.source_text) if former else [],
        before=before,
        after=version.source_text,
        breadcrumbs=_crumbs(version, _("Compare")),
    )


def _load(address: str) -> ProcedureVersion:
    found = (
        db.session().scalars(sa.select(ProcedureVersion).where(ProcedureVersion.public_id == address)).first()
    )
    if found is None:
        raise NotFound
    return found


def _title(version: ProcedureVersion) -> str:
    return version.name_en if locale() == "en" else version.name_zh


def _crumbs(version: ProcedureVersion, step: str) -> list[Crumb]:
    return [
        Crumb(label=_("Procedures"), url=url_for("procedures.index_view")),
        Crumb(label=_title(version), url=url_for("procedures.details_view", address=version.public_id)),
        Crumb(label=step),
    ]
