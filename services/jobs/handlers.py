"""The jobs of the desk. Imported by create_app, so that the web server and the worker know the same names."""

from __future__ import annotations

import importlib
from typing import Any

from services.jobs.queue import JobContext, handler


def _later(module: str, function: str) -> Any:
    """Loaded when it runs: the queue stands below the services whose work it carries."""
    return getattr(importlib.import_module(module), function)


@handler("sweep", every_minute=True)
def sweep(job: JobContext) -> None:
    """Warn, escalate and mark overdue whatever the clocks say by now."""
    _later("services.operations.sweep", "sweep_all")(job.session)


@handler("measures", every_minute=True)
def remind_of_measures(job: JobContext) -> None:
    """Tell of measures that are due soon or overdue, and of effects to be checked."""
    _later("services.operations.remind_of_measures", "remind_all")(job.session)


@handler("outbox", every_minute=True)
def send_outbox(job: JobContext) -> None:
    """Send the messages that committed units of work left."""
    _later("services.notifications.outbox", "send_pending")(job.session, job.settings)


@handler("reception", every_minute=True)
def look_after_reception(job: JobContext) -> None:
    """Plan the sittings of the reception days, and lay before the leader what came in out of hours."""
    _later("services.operations.plan_reception", "plan_ahead")(job.session)
    _later("services.operations.present_to_leaders", "present_all")(job.session)


@handler("files", every_minute=True)
def sweep_files(job: JobContext) -> None:
    """Remove files that no row names: what a power cut between their placing and the commit left behind."""
    _later("services.attachments.sweeping", "sweep_hourly")(job.session, job.settings)


@handler("audit-anchor", every_minute=True)
def keep_audit_anchor(job: JobContext) -> None:
    """Once a day: how far the audit trail reaches, kept outside the database."""
    _later("services.audit_anchors", "keep_daily_anchor")(job.session, job.settings.data_dir)


@handler("analysis", every_minute=True)
def analyse(job: JobContext) -> None:
    """Produce the reports of periods that are over; once an hour look for signals."""
    _later("services.reports.rounds", "analyse")(job.session)


@handler("exports", every_minute=True, aside=True)
def carry_out_exports(job: JobContext) -> None:
    """Write the long exports that people wait for, and remove those that have expired."""
    _later("services.ledger.export_jobs", "carry_out_exports")(job.session, job.settings)


@handler("imports", every_minute=True, aside=True)
def carry_out_imports(job: JobContext) -> None:
    """Check and write the old ledgers that people wait for, and clear away what nobody went on with."""
    _later("services.ledger.import_jobs", "carry_out_imports")(job.session, job.settings)


@handler("calendar")
def recompute_due_dates(job: JobContext) -> None:
    """Compute the due dates again after the calendar changed."""
    unit_of_work = _later("services.unit_of_work", "UnitOfWork")
    with unit_of_work(job.session, _later("services.actor", "SYSTEM")) as work:
        _later("services.deadlines.clocks", "recompute_for_calendar")(work)
