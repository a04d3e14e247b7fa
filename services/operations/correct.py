"""Correcting the record: an audited change of what was typed in, never of state, department or clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import Complaint
from models.enums import Channel, EventKind
from models.fields import fields_of
from models.labels import _l
from services import audit
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.steps import begin
from services.workflow.typed import column_faults


def correct(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    values: Mapping[str, Any],
    reason: str | None = None,
) -> Complaint:
    """The changed fields, with old and new value in the history. Stale with the other person's values.

    Only fields that the declarations let people edit; the due dates stay where they are.
    """
    act = begin(work, complaint_id, EventKind.CORRECT, version)
    editable = {spec.key for spec in fields_of(Complaint) if spec.form}
    foreign = set(values) - editable
    if foreign:
        raise Invalid({key: _l("This field is not edited by hand.") for key in foreign})
    _check(work, act.complaint, values)
    for key, value in values.items():
        if getattr(act.complaint, key) != value:
            setattr(act.complaint, key, value)
    before, after = audit.differences(act.complaint, act.earlier)
    if not after:
        return act.complaint
    return act.finish(text=reason, reason=reason, before=before, after=after)


def _check(work: UnitOfWork, complaint: Complaint, values: Mapping[str, Any]) -> None:
    faults = column_faults(Complaint, values)
    if "summary" in values and not str(values["summary"] or "").strip():
        faults["summary"] = _l("Say in a few words what it is about.")
    if "content" in values and not str(values["content"] or "").strip():
        faults["content"] = _l("Write down what the complainant says.")
    received = values.get("received_at")
    if isinstance(received, datetime) and received > work.now:
        faults["received_at"] = _l("A complaint can't have been received in the future.")
    channel = values.get("channel", complaint.channel)
    if channel is Channel.THIRD_PARTY and not values.get("passed_on_by", complaint.passed_on_by):
        faults["passed_on_by"] = _l("Who passed the complaint on?")
    if faults:
        raise Invalid(faults)
