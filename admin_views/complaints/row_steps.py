"""Which steps the menu of a row in the list offers: those whose dialog would open for this person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload

from admin_views.complaints.wording import ROW_STEPS
from models import Assignment, Complaint
from models.enums import AssignmentStatus, EventKind
from models.fields import fields_of
from services.access.permissions import for_event
from services.access.roles import ROLE_PERMISSIONS
from services.actor import Actor
from services.listing import ListRow
from services.workflow.gates import Situation
from services.workflow.steps import OPEN_TO_HELPERS, grant_for
from services.workflow.table import TRANSITIONS


class RowSteps:
    """`prepare` reads what a page of rows needs in one statement; `of` answers for one of its rows."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self._situations: dict[int, Situation] = {}
        self._from: dict[object, list[EventKind]] = {}
        held = [event for event in TRANSITIONS if event in ROW_STEPS and actor.may(for_event(event))]
        everywhere = {
            event
            for event in held
            for grant in actor.grants
            if grant.department_id is None and for_event(event) in ROLE_PERMISSIONS[grant.role]
        }
        self._held = held
        # Whoever reads the case may do what helpers may; and a role for all departments covers every case.
        self._unasked = everywhere | (OPEN_TO_HELPERS & set(held))

    def prepare(self, rows: Sequence[ListRow]) -> None:
        if set(self._held) <= self._unasked or not rows:
            return
        without_texts = [
            defer(getattr(Complaint, spec.key)) for spec in fields_of(Complaint) if spec.kind == "long_text"
        ]
        open_ones = sa.and_(
            Assignment.complaint_id == Complaint.id,
            Assignment.status.in_((AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)),
        )
        found = self.session.execute(
            sa.select(Complaint, Assignment)
            .outerjoin(Assignment, open_ones)
            .where(Complaint.id.in_([row.id for row in rows]))
            .order_by(Complaint.id, Assignment.id)
            .options(*without_texts, joinedload(Assignment.department))
        )
        assignments: dict[Complaint, list[Assignment]] = defaultdict(list)
        for complaint, assignment in found:
            assignments[complaint] += [assignment] if assignment is not None else []
        now = datetime.now(UTC)
        for complaint, of_it in assignments.items():
            situation = Situation(self.session, complaint, self.actor, None, now)
            situation.assignments = of_it
            self._situations[complaint.id] = situation

    def of(self, row: ListRow) -> list[EventKind]:
        """The steps that the lifecycle allows from this state and the person's roles on this case."""
        state = row.values.get("state")
        if state not in self._from:
            self._from[state] = [event for event in self._held if state in TRANSITIONS[event].sources]
        return [event for event in self._from[state] if self._granted(row, event)]

    def _granted(self, row: ListRow, event: EventKind) -> bool:
        if event in self._unasked:
            return True
        situation = self._situations.get(row.id)
        return situation is not None and grant_for(situation, event) is not None
