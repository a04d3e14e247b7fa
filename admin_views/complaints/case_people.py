"""Parties, handling people and time limits of the case page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import ClockLine, Person
from admin_views.complaints.case_base import CaseReader, due_day
from admin_views.complaints.case_informants import case_informants
from admin_views.page_parts import Action, Badge, Fact
from admin_views.values import badge_of, due_words, moment_text
from models import (
    Assignment,
    ClockRun,
    IdentityDocument,
    NamedPerson,
    Party,
)
from models.enums import OPEN_STATES, AssignmentStatus, ClockState, EventKind
from models.fields import fields_of
from services.access.masking import mask, may_reveal, reads_plainly
from services.access.permissions import Permission
from services.deadlines.runs import clock_of
from services.workflow.privacy import consents_of

_CLOCK_TONES = {
    ClockState.MET: "good",
    ClockState.MISSED: "bad",
    ClockState.PAUSED: "warn",
    ClockState.RUNNING: "info",
}


class CasePeople(CaseReader):
    """Parties, handling people and time limits of the case page."""

    # People

    def _parties(self) -> list[Person]:
        query = sa.select(Party).where(Party.complaint_id == self.complaint.id).order_by(Party.id)
        shown = ("complainant_kind", "phone", "email", "address", "notes")
        specs = [s for s in self.declared.fields_of(Party) if s.key in shown]
        found: list[Person] = []
        for party in self.session.scalars(query):
            name_spec = next(s for s in fields_of(Party) if s.key == "name")
            name = mask(name_spec, party.name, self.actor, self.complaint, revealed=self.plain)
            found.append(
                Person(
                    role=party.side.label,
                    name=name or party.kind.label,
                    note=party.kind.label if party.name else "",
                    facts=[self.fact(Party, party, spec) for spec in specs if getattr(party, spec.key)],
                    masked=bool(party.name) and not self.plain,
                    actions=self._party_actions(party, first=not found),
                )
            )
        found += self._privacy()
        found += self._named()
        return found

    def _party_actions(self, party: Party, *, first: bool) -> Sequence[Action]:
        if not self._may_correct():
            return self._reveal_action() if first else ()
        url = url_for("complaint_parties.edit", address=self.complaint.public_id, party_id=party.id)
        return [Action(label=_("Correct"), url=url, icon="edit", dialog=True)]

    def _may_correct(self) -> bool:
        """Whoever reads the data masked would write over what they can't see."""
        return self.plain and EventKind.CORRECT in self.possible

    def _add_party(self) -> Action | None:
        if not self._may_correct():
            return None
        url = url_for("complaint_parties.add", address=self.complaint.public_id)
        return Action(label=_("Add party"), url=url, icon="person-add", dialog=True)

    def _privacy(self) -> list[Person]:
        """The identity document with its masked number, and to whom the customer agreed that data may go."""
        found = [
            Person(
                role=_("Identity document"),
                name=row.number_masked,
                note=row.kind.label,
                masked=True,
                actions=self._identity_actions(recorded=True),
            )
            for row in self.session.scalars(
                sa.select(IdentityDocument).where(IdentityDocument.complaint_id == self.complaint.id)
            )
        ]
        asked = self.situation.procedure.identity_document is not None
        if asked and not found and (actions := self._identity_actions(recorded=False)):
            found = [
                Person(role=_("Identity document"), name=_("Not entered yet."), note="", actions=actions)
            ]
        return [*found, *self._consents(), *case_informants(self)]

    def _identity_actions(self, *, recorded: bool) -> Sequence[Action]:
        address = self.complaint.public_id
        actions = []
        if recorded and may_reveal(self.actor, self.complaint):
            url = url_for("complaint_privacy.identity_number", address=address)
            actions.append(Action(label=_("Show number"), url=url, icon="eye", dialog=True))
        if reads_plainly(self.actor, self.complaint) and self.complaint.state in OPEN_STATES:
            url = url_for("complaint_privacy.identity", address=address)
            label = _("Change") if recorded else _("Enter")
            actions.append(Action(label=label, url=url, icon="edit", dialog=True))
        return actions

    def _consents(self) -> list[Person]:
        address = self.complaint.public_id
        may = self.actor.may(Permission.COMPLAINT_NOTE)
        found = []
        for row in consents_of(self.session, self.complaint):
            day = row.withdrawn_on or row.given_on
            said = _("withdrawn on %(day)s", day=day) if row.withdrawn_on else _("agreed on %(day)s", day=day)
            url = url_for("complaint_privacy.consent_withdrawn", address=address, consent_id=row.public_id)
            action = Action(label=_("Withdraw"), url=url, icon="close", dialog=True)
            found.append(
                Person(
                    role=_("Consent of the customer"),
                    name=row.recipient,
                    note=f"{row.scope} · {said}",
                    actions=[action] if may and row.withdrawn_on is None else [],
                )
            )
        if may and not found and self.situation.procedure.consent_to_pass_on is not None:
            url = url_for("complaint_privacy.consent", address=address)
            action = Action(label=_("Record consent"), url=url, icon="plus", dialog=True)
            found.append(
                Person(
                    role=_("Consent of the customer"),
                    name=_("None on record"),
                    note=_("Data may go to nobody outside."),
                    actions=[action],
                )
            )
        elif may and found:
            url = url_for("complaint_privacy.consent", address=address)
            more = [
                *found[-1].actions,
                Action(label=_("Record consent"), url=url, icon="plus", dialog=True),
            ]
            found[-1] = replace(found[-1], actions=more)
        return found

    def _reveal_action(self) -> Sequence[Action]:
        if self.plain or not may_reveal(self.actor, self.complaint):
            return ()
        url = url_for("complaints.reveal", address=self.complaint.public_id)
        return [Action(label=_("Show personal data"), url=url, icon="eye", dialog=True)]

    def _named(self) -> list[Person]:
        if not self.complaint.is_confidential:
            return []
        query = (
            sa.select(NamedPerson)
            .where(NamedPerson.complaint_id == self.complaint.id, NamedPerson.ended_at.is_(None))
            .options(joinedload(NamedPerson.user))
        )
        return [
            Person(
                role=_("Named deputy") if named.is_deputy else _("Named person"),
                name=named.user.name,
                note=named.reason or "",
            )
            for named in self.session.scalars(query)
        ]

    def _assignments(self) -> list[Person]:
        query = (
            sa.select(Assignment)
            .where(Assignment.complaint_id == self.complaint.id)
            .order_by(Assignment.id.desc())
            .options(
                joinedload(Assignment.person),
                joinedload(Assignment.signed_by),
                joinedload(Assignment.sent_by),
            )
        )
        return [self._assignment(row) for row in self.session.scalars(query)]

    def _assignment(self, row: Assignment) -> Person:
        zone = self.reader.zone
        facts = [Fact(label=_("Sent at"), value=_by(moment_text(row.sent_at, zone), row.sent_by))]
        if row.signed_at:
            facts.append(
                Fact(label=_("Signed at"), value=_by(moment_text(row.signed_at, zone), row.signed_by))
            )
            held = (row.ended_at or self.complaint.closed_at or self.now) - row.signed_at
            facts.append(
                Fact(
                    label=_("In hands"),
                    value=_("%(days)s days", days=round(held.days + held.seconds / 86400, 1)),
                )
            )
        for label, value in (
            (_("Instruction"), row.instruction),
            (_("Coordinated by"), row.coordinator),
            (_("Refused because"), row.refusal_reason),
            (_("Clause cited"), row.refusal_clause),
            (_("Opinion"), row.opinion),
        ):
            if value:
                facts.append(Fact(label=label, value=value, wide=True))
        return Person(
            role=row.kind.label,
            name=f"{row.department_name} · {row.person.name}",
            badge=badge_of(row.status),
            facts=facts if row.status is not AssignmentStatus.ENDED else facts[:2],
        )

    # Clocks

    def _clocks(self) -> list[ClockLine]:
        return [self._clock_line(run) for run in self.runs]

    def _clock_line(self, run: ClockRun) -> ClockLine:
        zone = self.reader.zone
        running = run.state is ClockState.RUNNING
        due = due_words(run.due_at, self.now, zone, lower_bound=run.is_lower_bound) if running else None
        return ClockLine(
            name=clock_of(run).names.in_language(self.reader.locale),
            due=due,
            due_at=due_day(run, run.due_at, zone),
            original_due_at=due_day(run, run.original_due_at, zone),
            started_at=moment_text(run.started_at, zone),
            state=Badge(text=run.state.label, tone=_CLOCK_TONES.get(run.state, "plain")),  # type: ignore[arg-type]
            clause=run.clause or "",
            explain_url=url_for("complaints.due", run_id=run.public_id),
        )


def _by(at: str, person: Any) -> str:
    return f"{at} · {person}" if person is not None else at
