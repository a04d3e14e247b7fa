"""Stock Flask-Admin over the table of complaints: `gunicorn benchmarks.peers.flask_admin_app:app`.

Two views of the same model: with the row count that Flask-Admin shows by default, and without (`simple_list_pager`).
"""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import relationship

from benchmarks.peers.columns import EXPORTED, LISTED, PAGE, SEARCHED, named

app = Flask(__name__)
app.config["SECRET_KEY"] = "benchmark only"  # noqa: S105
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE_URL"]
db = SQLAlchemy(app)


class Department(db.Model):  # type: ignore[name-defined]
    __tablename__ = "departments"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(120))

    def __str__(self) -> str:
        return str(self.name)


class User(db.Model):  # type: ignore[name-defined]
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(80))

    def __str__(self) -> str:
        return str(self.name)


_TYPES: dict[str, Any] = {
    "content": sa.Text, "request": sa.Text, "result": sa.Text, "reply_text": sa.Text, "occurred_on": sa.Date,
    "is_anonymous": sa.Boolean, "received_at": sa.DateTime, "due_at": sa.DateTime, "replied_at": sa.DateTime,
    "closed_at": sa.DateTime,
}  # fmt: skip


class Complaint(db.Model):  # type: ignore[name-defined]
    __tablename__ = "complaints"
    id = sa.Column(sa.Integer, primary_key=True)
    department_id: Any = sa.Column(sa.ForeignKey("departments.id"))
    handler_id: Any = sa.Column(sa.ForeignKey("users.id"))
    locals().update(
        {
            key: sa.Column(_TYPES.get(key, sa.String(200)))
            for key in EXPORTED
            if key not in ("department_id", "handler_id")
        }
    )
    department = relationship(Department)
    handler = relationship(User)


class ComplaintView(ModelView):
    can_export = True
    export_types = ["xlsx"]
    export_max_rows = 0
    page_size = PAGE
    named_filter_urls = True
    column_list = [named(key) for key in LISTED]
    column_export_list = [named(key) for key in EXPORTED]
    column_searchable_list = list(SEARCHED)
    column_filters = ["state", "department_id", "received_at", "due_at"]
    column_sortable_list = ["number", "received_at", "due_at", "product", "summary"]
    column_default_sort = ("received_at", True)


class WithoutCount(ComplaintView):
    simple_list_pager = True


admin = Admin(app)
admin.add_view(ComplaintView(Complaint, db.session, endpoint="complaint", name="Complaints"))
admin.add_view(WithoutCount(Complaint, db.session, endpoint="uncounted", name="Complaints, no count"))
