"""States of what runs in the background: messages, jobs, imported ledgers."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class OutboxStatus(Labelled):
    WAITING = "waiting", _l("Waiting")
    SENT = "sent", _l("Sent")
    FAILED = "failed", _l("Failed")


class JobStatus(Labelled):
    QUEUED = "queued", _l("Queued")
    RUNNING = "running", _l("Running")
    DONE = "done", _l("Done")
    FAILED = "failed", _l("Failed")
    CANCELLED = "cancelled", _l("Cancelled")


class BatchStatus(Labelled):
    UPLOADED = "uploaded", _l("Uploaded")
    CHECKED = "checked", _l("Checked")
    WRITING = "writing", _l("Being written")
    IMPORTED = "imported", _l("Imported")
    FAILED = "failed", _l("Failed")
    CANCELLED = "cancelled", _l("Not imported")
    UNDONE = "undone", _l("Undone")


class RowStatus(Labelled):
    """What the dry run found in a line of a ledger."""

    READY = "ready", _l("Ready to import")
    FAULTY = "faulty", _l("With faults")
    REPEATED = "repeated", _l("In the file twice")
    KNOWN = "known", _l("On the desk already")
