"""Everything about complaints: worklist, list, registration, page, steps."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin


def register(app: Flask, admin: Admin) -> None:
    """Put the complaint screens on the desk."""
    from admin_views.complaints import steps, worklist
    from admin_views.complaints.view import ComplaintsView

    admin.add_view(ComplaintsView(endpoint="complaints", url="/complaints"))
    app.register_blueprint(steps.blueprint)
    app.register_blueprint(worklist.blueprint)
