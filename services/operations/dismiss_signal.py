"""Dismissing a signal, with the reason why nothing follows from it."""

from __future__ import annotations

from models import Signal
from models.analysis_enums import SignalStatus
from models.labels import _l
from services import audit
from services.errors import Reason, Refused
from services.records import load_record, record_change, save
from services.reports.owners import owner_grant
from services.unit_of_work import UnitOfWork
from services.workflow.typed import required


def dismiss_signal(work: UnitOfWork, signal_id: int, version: int | None, *, reason: str | None) -> Signal:
    """The dismissed signal. Refused once it is decided, Invalid without a reason."""
    signal: Signal = load_record(work, Signal, signal_id, version)
    grant = owner_grant(work.session, work.actor)
    if signal.status is not SignalStatus.OPEN:
        raise Refused([Reason("decided", _l("The signal has been decided on already."))])
    earlier = audit.values_of(signal)
    signal.reason = required(reason, "reason", _l("Say why nothing follows from it."))
    signal.status = SignalStatus.DISMISSED
    signal.decided_at, signal.decided_by_id = work.now, work.actor.user_id
    save(work, signal)
    record_change(work, "dismiss", signal, earlier, grant=grant, reason=signal.reason)
    return signal
