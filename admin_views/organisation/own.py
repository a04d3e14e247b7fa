"""The organisation itself: its name, how it is reached, the procedure and time zone it works by."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.base import GuardedBaseView
from admin_views.fields import REQUIRED, stripped
from admin_views.form_context import FormPage, FormSection
from admin_views.guard import acting
from admin_views.locale import locale
from admin_views.record_forms import posted, put_errors
from admin_views.sessions import url_for_home
from extensions import db
from models import Organisation
from models.labels import _l
from services.access.permissions import Permission
from services.errors import DeskError, NotFound
from services.organisation.exemptions import edit_organisation
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork

_FIELDS = ("name", "phone", "fax", "address")


class OwnForm(BaseForm):
    name = StringField(_l("Organisation"), [InputRequired(REQUIRED), Length(max=200)], filters=[stripped])
    phone = StringField(_l("Complaint telephone"), [Optional(), Length(max=80)], filters=[stripped])
    fax = StringField(_l("Fax"), [Optional(), Length(max=80)], filters=[stripped])
    address = StringField(_l("Address"), [Optional(), Length(max=300)], filters=[stripped])


class OrganisationView(GuardedBaseView):
    """One form; the administrator keeps it."""

    permission = Permission.ORGANISATION_WRITE

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        organisation = db.session().get(Organisation, 1)
        if organisation is None:
            raise NotFound
        data = posted()
        form = OwnForm(data, obj=organisation)
        errors: list[str] = []
        if data is not None and form.validate():
            try:
                with UnitOfWork(db.session(), acting()) as work:
                    edit_organisation(work, {key: form[key].data for key in _FIELDS})
                flash(_("Saved."), "success")
                return redirect(url_for("organisation.index"), 303)
            except DeskError as fault:
                errors = put_errors(form, fault)
        procedure = current_version(db.session())
        name = (procedure.name_en if locale() == "en" else procedure.name_zh) if procedure else "—"
        page = FormPage(
            title=_("Organisation"),
            note=_("Procedure: %(name)s · Time zone: %(zone)s", name=name, zone=organisation.timezone),
            url=url_for("organisation.index"),
            sections=[FormSection(title=_("Name and address"), fields=_FIELDS)],
            back_url=url_for_home(),
            errors=errors,
        )
        html = self.render("desk/form.html", page=page, form=form)
        return html, 422 if errors or form.errors else 200
