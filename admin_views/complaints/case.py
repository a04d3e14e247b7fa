"""The page of one complaint, put together from its rows. Everything read here is in the reader's scope."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from admin_views.case_context import (
    CasePage,
    FactGroup,
    Step,
)
from admin_views.complaints.case_base import due_day
from admin_views.complaints.case_decisions import CaseDecisions
from admin_views.complaints.case_enquiries import CaseEnquiries
from admin_views.complaints.case_head import CaseHead
from admin_views.complaints.case_history import CaseHistory, kinds
from admin_views.complaints.case_holds import CaseHolds
from admin_views.complaints.case_intake import intake_notice, intake_tables
from admin_views.complaints.case_liability import CaseLiability
from admin_views.complaints.case_people import CasePeople
from admin_views.complaints.case_procedure import change_tables, offers_change
from admin_views.complaints.case_records import CaseRecords
from admin_views.complaints.case_repeats import CaseRepeats
from admin_views.complaints.case_told import CaseTold
from admin_views.complaints.wording import ICONS, PRIMARY, STATE_TONES, TONES
from admin_views.destruction import destroyed_note
from admin_views.documents.tables import issue_action
from admin_views.field_tables import GROUP_LABELS
from admin_views.locale import enumerated
from admin_views.own_fields import CODED
from admin_views.page_parts import Action, Badge, Fact
from admin_views.values import moment_text, text_of
from models import (
    Complaint,
    ComplaintEvent,
    Supervision,
)
from models.enums import (
    OPEN_STATES,
    EventKind,
    State,
)
from services.access.permissions import Permission
from services.errors import Reason
from services.procedures.sections.fields import FieldGroup
from services.workflow.acceptance import still_asked

_ROAD = (
    State.REGISTERED,
    State.ACCEPTED,
    State.DISPATCHED,
    State.IN_WORK,
    State.AWAITING_APPROVAL,
    State.REPLIED,
    State.FOLLOWING_UP,
    State.CLOSED,
    State.ARCHIVED,
)
_BEFORE_WORK = {State.REGISTERED, State.TO_COMPLETE}
_SIDE = {State.TO_COMPLETE, State.REFUSED, State.MERGED, State.STATUTORY_ROUTE, State.REFERRED}
_RECEIVED_BY = ("first_receiver_id", "receiving_department_id")
_INTAKE = (
    "received_at",
    "channel",
    "form",
    "category",
    "category_code",
    "nature",
    "first_receiver_id",
    "receiving_department_id",
)
_IN_ASIDE = {
    "responsible_id",
    "handler_id",
    "department_id",
    "first_receiver_id",
    "received_at",
    "accepted_at",
    "due_at",
    "replied_at",
    "closed_at",
    "archived_at",
}
_AS_BADGE = {
    "grade",
    "round",
    "escalation_level",
    "paused_at",
    "supervised_at",
    "is_confidential",
    "is_imported",
    "is_major",
    "is_repeat",
    "repeat_count",
}
_SHOWN_APART = _AS_BADGE | {
    "number",
    "state",
    "summary",
    "content",
    "request",
    "complainant_name",
    "complainant_phone",
}


class CaseBuilder(
    CaseHead,
    CasePeople,
    CaseHolds,
    CaseLiability,
    CaseEnquiries,
    CaseRecords,
    CaseDecisions,
    CaseTold,
    CaseRepeats,
    CaseHistory,
):
    """Builds the CasePage of one complaint for one reader."""

    def build(self) -> CasePage:
        complaint = self.complaint
        events = self._events()
        primary, more = self._actions()
        return CasePage(
            number=complaint.number,
            subject=complaint.summary,
            state=Badge(text=complaint.state.label, tone=STATE_TONES[complaint.state]),  # type: ignore[arg-type]
            overlays=self._overlays(),
            due=self._due(),
            due_why_url=self._why_url(),
            procedure=self._procedure_name(),
            steps=self._steps(events),
            notices=self._notices(),
            primary_actions=primary,
            more_actions=more,
            summary=self._summary(),
            content=complaint.content.strip(),
            request=complaint.request or "",
            intake=intake_tables(self),
            parties=self._parties(),
            add_party=self._add_party(),
            assignments=self._assignments(),
            clocks=self._clocks(),
            told=self._told(),
            findings=[
                *self._holds(),
                *self._liabilities(),
                *self._queries(),
                *self._handling(),
                *self._decided(),
            ],
            timeline=[self._entry(event) for event in events],
            timeline_kinds=kinds(events),
            files=self._files(),
            upload_url=self._upload_url(),
            upload_hint=_(
                "Photos, videos and documents; each is kept with its digest and can't be replaced."
            ),
            linked=[*self._repeats(), *self._linked(), *change_tables(self.session, self.complaint)],
            changes=self._changes(),
            aside=self._aside(),
            note_url=self._note_url(),
            note_key=secrets.token_urlsafe(18),
            version=complaint.version,
            printed=_(
                "Printed by %(name)s on %(at)s",
                name=self.printed_by,
                at=moment_text(self.now, self.reader.zone),
            ),
        )

    # Head

    def _steps(self, events: Sequence[ComplaintEvent]) -> list[Step]:
        state = self.complaint.state
        reached: dict[State, datetime] = {}
        for event in reversed(events):
            if (
                event.to_state and event.to_state is not event.from_state
            ) or event.event is EventKind.REGISTER:
                reached[event.to_state or State.REGISTERED] = event.at
        here = _ROAD.index(state) if state in _ROAD else -1
        steps = []
        for index, stage in enumerate(_ROAD):
            done = index < here or (here < 0 and stage in reached)
            if stage is State.DISPATCHED and done and stage not in reached:
                continue  # taken on without a transfer
            mark = "current" if stage is state else "done" if done else "later"
            moment = (
                moment_text(reached[stage], self.reader.zone)[5:]
                if stage in reached and mark != "later"
                else ""
            )
            steps.append(Step(label=stage.label, state=mark, moment=moment))
        if state in _SIDE:
            steps = [step for step in steps if step.state == "done"] + [
                Step(label=state.label, state="current")
            ]
        return steps

    def _notices(self) -> list[tuple[str, Any]]:
        complaint, notices = self.complaint, []
        if complaint.destroyed_at is not None:
            notices.append(("warn", destroyed_note(complaint.destroyed_at, self.reader.zone)))
        if complaint.state is State.DISPATCHED and self.situation.lead:
            lead = self.situation.lead
            who = complaint.responsible.name if complaint.responsible else ""
            notices.append(
                (
                    "warn",
                    _(
                        "Sent to %(department)s, %(person)s; until they have signed, %(sender)s answers for it.",
                        department=lead.department_name,
                        person=lead.person.name,
                        sender=who,
                    ),
                )
            )
        if complaint.state is State.MERGED and complaint.master:
            notices.append(("info", _("Merged into %(number)s.", number=complaint.master.number)))
        if complaint.due_is_lower_bound and complaint.state in OPEN_STATES:
            notices.append(
                (
                    "warn",
                    _("The due date is at the earliest the one shown: the calendar of the year is missing."),
                )
            )
        demands = sa.select(Supervision.demand).where(
            Supervision.complaint_id == complaint.id, Supervision.ended_at.is_(None)
        )
        if complaint.supervised_at and complaint.state in OPEN_STATES:
            notices += [
                ("warn", _("Supervised: %(demand)s", demand=d)) for d in self.session.scalars(demands)
            ]
        if complaint.state in _BEFORE_WORK and (open_questions := still_asked(self.situation)):
            asked = enumerated(str(each) for each in open_questions)
            notices.append(
                ("info", _("Asked for at registration and not recorded yet: %(fields)s", fields=asked))
            )
        notices += intake_notice(self)
        if complaint.end_reason and complaint.state not in OPEN_STATES:
            notices.append(("info", complaint.end_reason))
        return notices

    # Actions

    def _actions(self) -> tuple[list[Action], list[Action]]:
        events = self.possible
        order = PRIMARY.get(self.complaint.state, ())
        primary = [self._action(event, events[event]) for event in order if event in events]
        # What can be done now comes first; a greyed button says why it can't.
        primary.sort(key=lambda action: bool(action.disabled_reason))
        rest = [
            event
            for event in EventKind
            if event in events and event not in order and event is not EventKind.CORRECT
        ]
        more = [self._action(event, events[event]) for event in rest if event is not EventKind.NOTE]
        if EventKind.CORRECT in events:
            url = url_for("complaints.edit_view", address=self.complaint.public_id)
            more.insert(0, Action(label=_("Correct record"), url=url, icon="edit"))
            more.append(self._repeat_step())
        if self.actor.may(Permission.INVESTIGATION_WRITE) and self.complaint.state in OPEN_STATES:
            url = url_for("investigations.create_view", complaint=self.complaint.public_id)
            more.append(Action(label=_("Open investigation"), url=url, icon="investigation"))
            if self._may_go_without():
                url = url_for("investigations.waive", address=self.complaint.public_id)
                more.append(Action(label=_("No investigation needed"), url=url, icon="check", dialog=True))
        if self.actor.may(Permission.MEASURE_WRITE) and self.complaint.state in OPEN_STATES:
            url = url_for("measures.create_view", complaint=self.complaint.public_id)
            more.append(Action(label=_("Record measure"), url=url, icon="check"))
            url = url_for("solutions.create_view", complaint=self.complaint.public_id)
            more.append(Action(label=_("Offer a solution"), url=url, icon="reply"))
        if self.actor.may(Permission.HOLD_WRITE) and self.complaint.state in OPEN_STATES:
            url = url_for("holds.create_view", complaint=self.complaint.public_id)
            more.append(Action(label=_("Place a hold"), url=url, icon="pause"))
        if self.actor.may(Permission.DOCUMENT_ISSUE) and not self.complaint.destroyed_at:
            more.append(issue_action("complaint", self.complaint.public_id))
        if self.actor.may(Permission.ACCIDENT_WRITE):
            url = url_for("accidents.create_view", complaint=self.complaint.public_id)
            more.append(Action(label=_("Report accident"), url=url, icon="accident"))
        if offers_change(self.session, self.complaint):
            url = url_for("complaints.change_procedure", address=self.complaint.public_id)
            more.append(Action(label=_("Change procedure"), url=url, icon="procedure", dialog=True))
        return primary[:4], [*primary[4:], *more]

    def _action(self, event: EventKind, reasons: Sequence[Reason]) -> Action:
        own_fault = {
            "not_the_post",
            "not_receiver",
            "not_co_handler",
            "not_co_handling",
            "approver_is_handler",
        }
        blocked = next((str(r.message) for r in reasons if r.code in own_fault), "")
        return Action(
            label=event.label,
            url=url_for(f"complaint_steps.one_{event.value}", public_id=self.complaint.public_id),
            icon=ICONS[event],
            tone="bad" if TONES.get(event) == "bad" else "",
            dialog=True,
            disabled_reason=blocked,
        )

    # Summary

    def _summary(self) -> list[FactGroup]:
        specs = {
            key: spec
            for key, spec in self.words.items()
            if spec.page and spec.code is None and key not in _SHOWN_APART
        }
        intake = [
            self.fact(Complaint, self.complaint, specs[key])
            for key in _INTAKE
            if key in specs and (key not in CODED or getattr(self.complaint, key))
        ]
        rest = [
            self.fact(Complaint, self.complaint, spec)
            for key, spec in specs.items()
            if key not in _INTAKE
            and key not in _IN_ASIDE
            and getattr(self.complaint, key) not in (None, "", False, 0)
        ]
        rest += self.own_facts(FieldGroup.COMPLAINT)
        further = [
            FactGroup(title=GROUP_LABELS[group], facts=facts)
            for group in (FieldGroup.COMPLAINANT, FieldGroup.SUBJECT, FieldGroup.PARTY_COMPLAINED_ABOUT)
            if (facts := self.own_facts(group))
        ]
        record = FactGroup(title=_("Record"), facts=rest)
        return [FactGroup(title=_("Receipt"), facts=intake), record, *further]

    # Side column

    def _aside(self) -> list[Fact]:
        complaint, zone = self.complaint, self.reader.zone
        pairs: list[tuple[Any, Any]] = [
            (_("Answers for it"), complaint.responsible),
            (_("Handler"), complaint.handler),
            (_("Department"), complaint.department or complaint.receiving_department),
            (_("First receiver"), complaint.first_receiver),
            (_("Received at"), complaint.received_at),
            (_("Accepted at"), complaint.accepted_at),
            (_("Due"), self._due_text()),
            (_("Estimated completion"), self._estimated_completion()),
            (_("Replied at"), complaint.replied_at),
            (_("Closed at"), complaint.closed_at),
            (_("Archived at"), complaint.archived_at),
        ]
        return [Fact(label=label, value=text_of(value, zone)) for label, value in pairs if value]

    def _due_text(self) -> str:
        run = next((r for r in self.runs if r.due_at == self.complaint.due_at), None)
        return (
            due_day(run, run.due_at, self.reader.zone) if run and self.complaint.state in OPEN_STATES else ""
        )
