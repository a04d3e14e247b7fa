"""The screens of the desk. `register` puts them on the application: the one list of screens and their order."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin_views import (
    analysis,
    archive,
    archive_loans,
    assets,
    attachments,
    audit,
    auth,
    calendar,
    clause_links,
    clauses,
    compression,
    data_requests,
    destruction,
    documents,
    enquiries,
    errors,
    figures,
    first_run,
    guard,
    jobs,
    ledger,
    notices,
    organisation,
    procedure_adoptions,
    procedure_drafts,
    procedure_versions,
    procedures,
    quality,
    reading,
    reception,
    security,
    sessions,
    shell,
    staffing,
)
from admin_views.base import DeskIndexView
from admin_views.complaints import (
    archived,
    informants,
    informed,
    intake,
    lifecycle,
    parties,
    privacy,
    repeats,
    steps,
    warranty,
    worklist,
)
from admin_views.complaints.view import ComplaintsView
from admin_views.documents import issuing as document_forms
from admin_views.documents import templates as document_templates

PAGES = (clause_links, auth, first_run, attachments, notices, ledger, reading)
"""Modules with `register(app)`."""

BLUEPRINTS = (
    figures.blueprint,
    worklist.blueprint,
    steps.blueprint,
    parties.blueprint,
    lifecycle.blueprint,
    clauses.blueprint,
    document_forms.blueprint,
    document_templates.blueprint,
    procedure_versions.blueprint,
    warranty.blueprint,
    privacy.blueprint,
    informants.blueprint,
    intake.blueprint,
    informed.blueprint,
    repeats.blueprint,
    archived.blueprint,
)

SCREENS = (
    quality,
    enquiries,
    analysis,
    documents,
    archive,
    archive_loans,
    destruction,
    data_requests,
    audit,
    jobs,
    calendar,
    reception,
    staffing,
    procedures,
    procedure_drafts,
    procedure_adoptions,
    organisation,
)
"""Modules with `screens()`, the Flask-Admin views they bring."""


def register(app: Flask) -> None:
    """Every screen, in the order in which requests meet them: session rules first, then the guard."""
    compression.init_compression(app)  # first, so that it has the last word on what goes out
    assets.init_assets(app)
    sessions.register(app)
    guard.register(app)
    security.register(app)
    errors.register(app)
    shell.register(app)
    for page in PAGES:
        page.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    admin = Admin(
        app,
        name="Zhisu",
        url="/start",
        index_view=DeskIndexView(name="Zhisu", url="/start", endpoint="admin"),
        theme=Bootstrap4Theme(base_template="admin/base.html"),
        csp_nonce_generator=security.csp_nonce,
    )
    admin.add_view(ComplaintsView(endpoint="complaints", url="/complaints"))
    for screen in SCREENS:
        for view in screen.screens():
            admin.add_view(view)
