"""Correcting the record: an audited change of what was typed in, never of state, department or clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import Complaint
from models.enums import Channel, EventKind
from models.fields import fields_of
from models.labels import _l
from services import audit, own_fields
from services.deadlines import clocks
from services.errors import Invalid, Text
from services.unit_of_work import UnitOfWork
from services.workflow.confidentiality import open_matter_faults
from services.workflow.intake import customer_date_faults
from services.workflow.materials import expect_materials
from services.workflow.procedure_words import coded_faults, keep_category, missing_at_registration
from services.workflow.repeats import bring_about, open_link
from services.workflow.steps import Act, begin
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

    Only fields that the declarations let people edit, those that the procedure declares (`own_<code>`) among them; the
    due dates stay where they are. The customer's own date begins the time limit that waits for it (R16-10).
    """
    act = begin(work, complaint_id, EventKind.CORRECT, version)
    typed_own = {
        code: value for key, value in values.items() if (code := own_fields.code_of(key)) is not None
    }
    values = {key: value for key, value in values.items() if own_fields.code_of(key) is None}
    editable = {spec.key for spec in fields_of(Complaint) if spec.form}
    foreign = set(values) - editable
    if foreign:
        raise Invalid({key: _l("This field is not edited by hand.") for key in foreign})
    own = _check(work, act, values, typed_own)
    for key, value in values.items():
        if getattr(act.complaint, key) != value:
            setattr(act.complaint, key, value)
    if "category_code" in values:
        keep_category(act.complaint, act.situation.procedure)
    own_fields.keep(work.session, act.complaint, act.situation.procedure, own)
    before, after = audit.differences(act.complaint, act.earlier)
    if not after:
        return act.complaint
    expect_materials(work, act.complaint)
    if "customer_due_on" in after:
        clocks.start_customer_clocks(work, act.complaint)
    act.finish(text=reason, reason=reason, before=before, after=after)
    if after.get("is_repeat"):
        bring_about(work, act.complaint)
    return act.complaint


def _check(
    work: UnitOfWork, act: Act, values: Mapping[str, Any], typed_own: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of declared fields as they are stored. Invalid with a message for each field that can't be taken."""
    complaint, procedure = act.complaint, act.situation.procedure
    own = own_fields.clean(work.session, procedure, work.actor, typed_own, complaint)
    faults = {**own.faults, **_faults(work, complaint, values), **coded_faults(procedure, values, complaint)}
    if values.get("category_code", complaint.category_code) != complaint.category_code:
        faults |= open_matter_faults(
            procedure,
            values["category_code"],
            confidential=complaint.is_confidential,
            field="category_code",
        )
    missing = missing_at_registration(
        procedure,
        work.actor,
        {**complaint.own_values, **own.values},
        category=values.get("category_code", complaint.category_code),
        nature=values.get("nature", complaint.nature),
    )
    # What was never there (an old ledger, an older version) does not stand in the way of correcting something else.
    faults |= {key: text for key, text in missing.items() if own_fields.code_of(key) in typed_own}
    if faults:
        raise Invalid(faults)
    return own.values


def _faults(work: UnitOfWork, complaint: Complaint, values: Mapping[str, Any]) -> dict[str, Text]:
    faults = column_faults(Complaint, values)
    if "summary" in values and not str(values["summary"] or "").strip():
        faults["summary"] = _l("Say in a few words what it is about.")
    if "content" in values and not str(values["content"] or "").strip():
        faults["content"] = _l("Write down what the complainant says.")
    received = values.get("received_at")
    if isinstance(received, datetime) and received > work.now:
        faults["received_at"] = _l("A complaint can't have been received in the future.")
    due_on = values.get("customer_due_on")
    if due_on != complaint.customer_due_on:
        faults |= customer_date_faults(work.session, due_on, received or complaint.received_at)
    if complaint.is_repeat and values.get("is_repeat") is False and open_link(work, complaint) is not None:
        faults["is_repeat"] = _l("It is linked as a repeat of another one. Take that link away instead.")
    channel = values.get("channel", complaint.channel)
    if channel is Channel.THIRD_PARTY and not values.get("passed_on_by", complaint.passed_on_by):
        faults["passed_on_by"] = _l("Who passed the complaint on?")
    return faults
