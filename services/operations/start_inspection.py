"""Starting an inspection that the procedure plans: its checklist is kept, its sample drawn by a seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Inspection, InspectionCase
from models.analysis_enums import InspectionStatus
from models.labels import _l
from services.access.permissions import Permission
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.analysis import InspectionPlan, clauses_text
from services.records import put_values, record_change, save
from services.reports import inspecting
from services.reports.owners import grant_as
from services.reports.periods import Period
from services.unit_of_work import UnitOfWork
from services.workflow.typed import optional


def start_inspection(
    work: UnitOfWork, plan_code: str | None, *, values: Mapping[str, Any], seed: str | None = None
) -> Inspection:
    """The inspection under way, led by the actor. `values` are its form fields.

    Invalid for a plan that the procedure does not have, or a period without a complaint to draw; NotPermitted unless
    the actor holds the role that the plan names.
    """
    version = current_version(work.session)
    procedure = parsed(version) if version else None
    plan = procedure.analysis.plan(plan_code or "") if procedure and procedure.analysis else None
    if procedure is None or plan is None:
        raise Invalid({"plan": _l("Choose an inspection that the procedure plans.")})
    grant = grant_as(work.actor, plan.held_by, Permission.INSPECTION_WRITE)
    inspection = Inspection(
        kind=plan.kind,
        status=InspectionStatus.OPEN,
        plan=plan.code,
        clause=clauses_text(plan.clause),
        checklist=inspecting.checklist_of(plan),
        led_by_id=work.actor.user_id,
        sample_size=0,
    )
    put_values(inspection, values)
    if inspection.covers_to < inspection.covers_from:
        raise Invalid({"covers_to": _l("The last day lies before the first.")})
    period = Period(inspection.covers_from, inspection.covers_to, desk_zone(work.session))
    if plan.kind in inspecting.JUDGED:
        inspection.figures = inspecting.judged_by(work.session, procedure, period)
    drawn = _draw(work, inspection, plan, period, optional(seed, "seed", 40))
    work.session.add(inspection)
    save(work, inspection)
    work.session.add_all(
        InspectionCase(inspection_id=inspection.id, complaint_id=case_id, position=position)
        for position, case_id in enumerate(drawn, 1)
    )
    record_change(work, "start", inspection, grant=grant)
    return inspection


def _draw(
    work: UnitOfWork, inspection: Inspection, plan: InspectionPlan, period: Period, seed: str | None
) -> list[int]:
    if not plan.sample:
        return []
    ids = inspecting.population(work.session, period)
    if not ids:
        raise Invalid({"covers_from": _l("No complaint was received in this period; choose another one.")})
    inspection.seed = seed or inspecting.new_seed()
    drawn = inspecting.draw(ids, plan.sample, inspection.seed)
    inspection.sample_size, inspection.drawn_from = len(drawn), len(ids)
    return drawn
