"""Background jobs: one's own, or everybody's for those who keep the system."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import GuardedBaseView
from admin_views.form_context import JobLine
from admin_views.guard import acting, desk_zone
from admin_views.values import badge_of, moment_text
from extensions import db
from models import Job, User
from models.job_enums import JobStatus
from models.labels import _l
from services.access.permissions import Permission

SHOWN = 50
REFRESH_SECONDS = 5
_KINDS = {
    "export": _l("Ledger export"),
    "import": _l("Ledger import"),
    "calendar": _l("Due dates computed again"),
    "backup": _l("Backup"),
}
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

    @staticmethod
    def _line(job: Job, name: str | None) -> JobLine:
        zone = desk_zone()
        badge = badge_of(job.status)
        assert badge is not None
        return JobLine(
            name=_KINDS.get(job.kind, job.kind),
            state=badge,
            percent=job.progress if job.status is JobStatus.RUNNING else None,
            text=job.error or "",
            started=moment_text(job.started_at or job.created_at, zone),
            finished=moment_text(job.finished_at, zone) if job.finished_at else "",
            who=name or _("The desk itself"),
        )


def screens() -> list[Any]:
    return [JobsView(name="jobs", endpoint="jobs", url="/jobs")]
