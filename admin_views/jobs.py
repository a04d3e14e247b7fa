"""Background jobs: one's own, or everybody's for those who keep the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedBaseView
from admin_views.form_context import JobLine
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action
from admin_views.sessions import now
from admin_views.values import badge_of, moment_text
from extensions import db
from models import Job, User
from models.job_enums import JobStatus
from models.labels import _l
from services.access.permissions import Permission
from services.ledger.batches import KIND as IMPORT
from services.ledger.batches import Step
from services.ledger.wishes import KIND as EXPORT
from services.ledger.wishes import has_expired
from services.operations.cancel_job import cancel_job
from services.unit_of_work import UnitOfWork

SHOWN = 50
REFRESH_SECONDS = 5
_KINDS = {
    "export": _l("Ledger export"),
    "import": _l("Ledger import"),
    "calendar": _l("Due dates computed again"),
    "backup": _l("Backup"),
}
_STEPS = {Step.CHECK: _l("Dry run"), Step.WRITE: _l("Import")}
_GOING = (JobStatus.QUEUED, JobStatus.RUNNING)


class JobsView(GuardedBaseView):
    """The newest jobs with their progress; the page asks again while one runs."""

    permission = Permission.JOB_READ

    @expose("/")
    def index(self) -> ResponseReturnValue:
        rows = db.session().execute(
            sa.select(Job, User.name).outerjoin(Job.user).order_by(Job.id.desc()).limit(SHOWN)
        ).all()  # fmt: skip
        going = any(job.status in _GOING for job, _name in rows)
        lines = [self._line(job, name) for job, name in rows]
        everybody = acting().may(Permission.JOB_READ_ALL)
        return self.render(
            "desk/jobs.html",
            jobs=lines,
            refresh=REFRESH_SECONDS if going else "",
            page_title=_("Jobs"),
            note=_("Of everybody") if everybody else _("Your own"),
        )

    @expose("/<address>/cancel", methods=["POST"])
    @requires(Permission.JOB_READ)
    def cancel(self, address: str) -> ResponseReturnValue:
        with UnitOfWork(db.session(), acting(), now()) as work:
            cancel_job(work, address)
        return redirect(url_for("jobs.index"), 303)

    @staticmethod
    def _line(job: Job, name: str | None) -> JobLine:
        zone = desk_zone()
        badge = badge_of(job.status)
        assert badge is not None
        return JobLine(
            name=_KINDS.get(job.kind, job.kind),
            state=badge,
            percent=job.progress if job.status is JobStatus.RUNNING else None,
            text=job.error or _outcome(job, zone),
            started=moment_text(job.started_at or job.created_at, zone),
            finished=moment_text(job.finished_at, zone) if job.finished_at else "",
            who=name or _("The desk itself"),
            actions=_actions(job),
        )


def _outcome(job: Job, zone: ZoneInfo) -> str:
    """Which list or file, and what has come of it."""
    if job.kind == IMPORT:
        return _of_import(job)
    if job.kind != EXPORT:
        return ""
    title = str(job.arguments.get("title", ""))
    if job.status is not JobStatus.DONE or not job.result:
        return title
    name, rows = job.result["filename"], _("%(count)s rows", count=job.result["rows"])
    if has_expired(job.result, now()):
        return _("%(file)s · %(rows)s · no longer kept", file=name, rows=rows)
    until = moment_text(datetime.fromisoformat(job.result["expires_at"]), zone)
    return _("%(file)s · %(rows)s · kept until %(until)s", file=name, rows=rows, until=until)


def _of_import(job: Job) -> str:
    file, step = job.arguments["filename"], _STEPS[Step(job.arguments["step"])]
    if not job.result:
        return _("%(file)s · %(step)s", file=file, step=step)
    rows = _("%(count)s rows", count=job.result["rows"])
    return _("%(file)s · %(step)s · %(rows)s", file=file, step=step, rows=rows)


def _actions(job: Job) -> list[Action]:
    if job.status in _GOING:
        return [
            Action(
                label=_("Cancel"),
                url=url_for("jobs.cancel", address=job.public_id),
                method="post",
                icon="close",
            )
        ]
    if job.kind == IMPORT and job.user_id is not None and job.user_id == acting().user_id:
        url = url_for("ledger.import_page", batch=job.arguments["batch"])
        return [Action(label=_("Show the import"), url=url, icon="import")]
    own = job.kind == EXPORT and job.user_id == acting().user_id
    if not own or job.status is not JobStatus.DONE or not job.result or has_expired(job.result, now()):
        return []
    return [Action(label=_("Download"), url=url_for("ledger.fetch", address=job.public_id), icon="export")]


def screens() -> list[Any]:
    return [JobsView(name="jobs", endpoint="jobs", url="/jobs")]
