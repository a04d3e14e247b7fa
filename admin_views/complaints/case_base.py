"""What every part of the case page reads from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.page_parts import Fact
from admin_views.values import Reader, fact_of, moment_text
from models import ClockRun, Complaint, RequestedMaterial
from models.enums import EventKind
from models.fields import FieldSpec, relation_target
from services.access.masking import mask, reads_plainly
from services.actor import Actor
from services.errors import Reason
from services.listing import Ref
from services.listing.lookup import by_id
from services.own_fields import Declared, declared, read
from services.own_fields.values import named
from services.procedures.sections.fields import FieldGroup
from services.workflow.gates import Situation
from services.workflow.materials import materials_of
from services.workflow.steps import possible_events


@dataclass
class CaseReader:
    """One complaint, as one person may read it. `revealed`: they have asked for the personal data, on record."""

    session: Session
    actor: Actor
    complaint: Complaint
    reader: Reader
    revealed: bool
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    printed_by: str = ""

    @cached_property
    def plain(self) -> bool:
        """Whether personal data are shown unmasked."""
        return self.revealed or reads_plainly(self.actor, self.complaint)

    @cached_property
    def situation(self) -> Situation:
        return Situation(self.session, self.complaint, self.actor, None, self.now)

    @cached_property
    def possible(self) -> dict[EventKind, list[Reason]]:
        """The events that the reader may fire now, each with what still stands in its way."""
        return possible_events(self.situation)

    @cached_property
    def runs(self) -> list[ClockRun]:
        query = sa.select(ClockRun).where(ClockRun.complaint_id == self.complaint.id).order_by(ClockRun.id)
        return list(self.session.scalars(query))

    @cached_property
    def materials(self) -> list[RequestedMaterial]:
        """The papers that an oral complaint is asked for; nothing is read where the procedure asks for none."""
        if self.situation.procedure.intake.oral_material is None:
            return []
        return materials_of(self.session, self.complaint)

    @cached_property
    def declared(self) -> Declared:
        """The fields that procedures declare, as the latest version names them."""
        return declared(self.session, self.actor, self.reader.locale)

    @cached_property
    def words(self) -> dict[str, FieldSpec]:
        """The columns of a complaint, with names for the codes of its procedure."""
        return {spec.key: spec for spec in self.declared.fields_of(Complaint)}

    def own_facts(self, group: FieldGroup) -> list[Fact]:
        """The declared fields of one group that have a value, retired ones too."""
        values = self.complaint.own_values
        return [
            self._own_fact(spec, values[spec.code])
            for spec in self.declared.own
            if spec.group == group.value and spec.code in values
        ]

    def _own_fact(self, spec: FieldSpec, stored: Any) -> Fact:
        value = read(spec, stored)
        if spec.kind == "relation":
            found = by_id(self.session, relation_target(Complaint, spec), value, locale=self.reader.locale)
            value = Ref(value, found.label, found.address) if found else None
        value = mask(spec, value, self.actor, self.complaint, revealed=self.plain)
        return fact_of(spec, value, self.reader)

    def fact(self, model: type[Any], record: Any, spec: FieldSpec) -> Fact:
        value = getattr(record, spec.key)
        if spec.coded and spec.choices is not None and value is not None:
            value = named(spec, value)
        if spec.kind == "relation" and value is not None:
            target = getattr(record, spec.relation or "")
            value = (
                Ref(target.id, str(target), getattr(target, "public_id", None))
                if target is not None
                else None
            )
        value = mask(spec, value, self.actor, self.complaint, revealed=self.plain)
        return fact_of(spec, value, self.reader)


def due_day(run: ClockRun, due_at: datetime, zone: ZoneInfo) -> str:
    """A due moment as people say it: the last day for limits in days, the minute for limits in hours."""
    if run.due_on is None:
        return moment_text(due_at, zone)
    day = (due_at - timedelta(microseconds=1)).astimezone(zone).date().isoformat()
    return f"≥ {day}" if run.is_lower_bound else day
