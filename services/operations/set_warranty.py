"""Entering what the warranty of a building part is computed from, and the investigation on site (R15-02 to R15-09)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Warranty
from models.enums import EventKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Reason, Refused, Text
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.warranty import Warranty as WarrantyRule
from services.records import check_version, grant_for_record, put_values, record_change, require_open, save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import load, write_event
from services.workflow.warranty import appeared, compute, warranty_of


def set_warranty(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, values: Mapping[str, Any]
) -> Warranty:
    """The warranty data of the complaint, entered or changed. Refused where the procedure knows no warranty."""
    complaint = load(work, complaint_id)
    grant = grant_for_record(work, Permission.MEASURE_WRITE, complaint)
    require_open(complaint)
    rule = procedure_of(work.session, complaint).warranty
    if rule is None:
        raise Refused([Reason("no_warranty", _l("The procedure of this complaint knows no warranty."))])
    record = warranty_of(work.session, complaint)
    earlier = audit.values_of(record) if record else None
    if record is None:
        record = Warranty(complaint_id=complaint.id)
    else:
        check_version(record, version)
    with work.session.no_autoflush:
        put_values(record, values)
        faults = _faults(work, record, rule)
    if faults:
        raise Invalid(faults)
    work.session.add(record)
    save(work, record)
    if not record_change(work, "edit" if earlier else "create", record, earlier, grant=grant):
        return record
    computed = compute(rule, record, appeared(work.session, complaint, record))
    write_event(
        work,
        complaint,
        EventKind.INVESTIGATED,
        text=computed.explanation,
        clause=", ".join(computed.part.clause) or None,
        grant=grant,
        done=f"warranty_{computed.standing.value}",
    )
    return record


def _faults(work: UnitOfWork, record: Warranty, rule: WarrantyRule) -> dict[str, Text]:
    today = work.now.astimezone(desk_zone(work.session)).date()
    faults: dict[str, Text] = {}
    if not (record.project or "").strip():
        faults["project"] = _l("Name the project.")
    part = rule.part(record.part or "")
    if part is None:
        faults["part"] = _l("Choose a part that the procedure lists.")
    for key in ("completed_on", "appeared_on", "visited_on"):
        day = getattr(record, key)
        if day is not None and day > today:
            faults[key] = _l("This can't lie in the future.")
    for key in ("design_life_years", "contract_years"):
        years = getattr(record, key)
        if years is not None and not 1 <= years <= 200:
            faults[key] = _l("Between 1 and 200 years.")
    if part is not None and record.completed_on is not None:
        if part.term == "design_life" and record.design_life_years is None:
            faults.setdefault("design_life_years", _l("For this part the design working life counts."))
        if part.term == "contract" and record.contract_years is None:
            faults.setdefault("contract_years", _l("For this part the term of the contract counts."))
    if (record.visited_on is None) != (not (record.visit_found or "").strip()):
        key = "visit_found" if record.visited_on is not None else "visited_on"
        faults[key] = _l("An investigation on site has a day and what was found.")
    return faults
