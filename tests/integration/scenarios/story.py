"""A case told from its registration to the archive: each step by the person whose it is, each omission refused.

Nothing is prepared behind the desk's back: `step` fires with a valid form and records nothing that a procedure demands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import Accident, ArchiveRecord, Complaint, Hold, IssuedDocument, Measure, Party, User
from models.base import Base
from models.enums import (
    Channel,
    ClockState,
    DeliveryKind,
    EventKind,
    FollowUpResult,
    MeasureKind,
    MeasureStatus,
    PartySide,
    RoleName,
    State,
)
from models.remedy_enums import CheckResult
from services.access.scope import unscoped
from services.attachments.store import FileStore
from services.audit import verify_chain
from services.documents.forms import forms_of
from services.errors import Invalid, NotPermitted, Refused
from services.operations.attach import Particulars, attach
from services.operations.carry_out_measure import carry_out_measure
from services.operations.check_effect import check_effect
from services.operations.deliver_document import deliver_document
from services.operations.edit_parties import EDITABLE, add_party, edit_party
from services.operations.issue_document import issue_document
from services.operations.record_measure import record_measure
from services.operations.verify_measure import verify_measure
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.acknowledging import Draft
from settings import Settings
from tests.factories import NOW, House, actor_of, fire, register_complaint, reread, valid_form
from tests.factories.full_house import png
from tests.factories.inquiries import finish, investigate
from tests.factories.remedies import measure_values
from tests.integration.operations.inquiry import PROVIDE, Case
from tests.integration.operations.looking import clocks, rows

E, R = EventKind, RoleName
ZONE = ZoneInfo("Asia/Shanghai")
Who = RoleName | User
Row = TypeVar("Row", bound=Base)


@dataclass
class Story:
    """One case of a house, and the moment at which the next step happens."""

    session: Session
    settings: Settings
    house: House
    now: datetime = NOW
    address: str = ""

    # --- time ---------------------------------------------------------------------------------------------------------

    def at(self, local: str) -> None:
        """From now on it is this moment in Shanghai."""
        self.now = datetime.fromisoformat(local).replace(tzinfo=ZONE)

    def later(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    def clock(self, code: str, round_: int = 1) -> tuple[ClockState, str]:
        """How the time limit stands, and its last day or moment in local time."""
        run = clocks(self.session, self.case)[code, round_]
        last = run.due_on.isoformat() if run.due_on else self.local(run.due_at)
        return run.state, last

    # --- the case -----------------------------------------------------------------------------------------------------

    @property
    def case(self) -> Complaint:
        return reread(self.session, self.address)

    def person(self, who: Who) -> User:
        return who if isinstance(who, User) else self.house[who]

    def register(self, by: Who = R.FIRST_RECEIVER, **typed: Any) -> None:
        typed.setdefault("received_at", self.now)
        self.address = register_complaint(self.session, self.person(by), now=self.now, **typed).public_id

    def not_registered(self, field: str, **typed: Any) -> None:
        """The registration form is sent back at this field."""
        with pytest.raises(Invalid) as caught:
            self.register(**typed)
        self.session.rollback()
        assert field in caught.value.fields, caught.value.fields

    # --- steps --------------------------------------------------------------------------------------------------------

    def step(self, event: EventKind, who: Who, **typed: Any) -> None:
        form = valid_form(event, self.house)
        if event is E.TRANSFER:
            form |= {"department_id": self.house.ward.id, "person_id": self.house[R.HANDLER].id}
        fire(self.session, self.person(who), event, self.address, now=self.now, **(form | typed))

    def refused(self, event: EventKind, who: Who, *codes: str, **typed: Any) -> None:
        """These reasons and no others stand in the way, and nothing has changed."""
        with self.refusing(*codes):
            self.step(event, who, **typed)

    def invalid(self, event: EventKind, who: Who, *fields: str, **typed: Any) -> None:
        with pytest.raises(Invalid) as caught:
            self.step(event, who, **typed)
        self.session.rollback()
        assert set(caught.value.fields) == set(fields)

    def forbidden(self, event: EventKind, who: Who, **typed: Any) -> None:
        with pytest.raises(NotPermitted):
            self.step(event, who, **typed)
        self.session.rollback()

    @contextmanager
    def refusing(self, *codes: str) -> Iterator[None]:
        version = self.case.version
        with pytest.raises(Refused) as caught:
            yield
        self.session.rollback()
        assert {reason.code for reason in caught.value.reasons} == set(codes)
        assert self.case.version == version, "a refusal changes nothing"

    def do(self, operation: Callable[..., Any], who: Who, *args: Any, **form: Any) -> Any:
        """Any other operation, by this person now."""
        with UnitOfWork(self.session, actor_of(self.session, self.person(who), self.now), self.now) as work:
            return operation(work, *args, **form)

    def acknowledge(self, who: Who, **typed: Any) -> None:
        """With the ready text, the date that the clocks give or `estimated_completion`, and the signature."""
        case = self.case
        draft = Draft(self.session, case, procedure_of(self.session, case), self.now)
        day = typed.pop("estimated_completion", None) or draft.estimated_completion
        text = f"{draft.text('zh')}\n{day.isoformat() if day else ''}"
        self.step(E.ACKNOWLEDGE, who, text=text, estimated_completion=day, signed=True, **typed)

    # --- stretches that several regulations have in common ------------------------------------------------------------

    def hand_over(self) -> None:
        """Accepted by the office, sent to the ward, signed for there; no opinion before that."""
        self.step(E.ACCEPT, R.FIRST_RECEIVER)
        self.step(E.TRANSFER, R.FIRST_RECEIVER)
        self.refused(E.SUBMIT_OPINION, R.HANDLER, "wrong_state")
        self.step(E.SIGN_FOR, R.HANDLER)

    def approve(self, approver: RoleName, instead_of: RoleName, handler: Who = R.HANDLER) -> None:
        """Nothing goes out before the approval, and only the approver of the procedure gives it."""
        assert "not_approved" in self.reasons(E.REPLY, R.FIRST_RECEIVER)
        self.refused(E.APPROVE, instead_of, "not_the_post")
        self.forbidden(E.APPROVE, handler)
        self.step(E.APPROVE, approver)

    def ask(self, result: FollowUpResult = FollowUpResult.SATISFIED, **typed: Any) -> None:
        """The complainant is asked, by somebody other than the handler."""
        if self.case.state is State.REPLIED:
            self.step(E.START_FOLLOW_UP, R.FIRST_RECEIVER)
        self.step(E.FOLLOW_UP, R.FIRST_RECEIVER, result=result, **typed)

    def archive(self, years: int) -> None:
        """Filed by the archivist; no clock runs on, and the history proves itself."""
        self.forbidden(E.ARCHIVE, R.FIRST_RECEIVER)
        self.step(E.ARCHIVE, R.ARCHIVIST)
        case = self.case
        [record] = rows(self.session, ArchiveRecord, case)
        assert (case.state, record.retention_years) == (State.ARCHIVED, years)
        running = (ClockState.RUNNING, ClockState.PAUSED)
        assert [run.code for run in clocks(self.session, case).values() if run.state in running] == []
        assert list(verify_chain(self.session)) == []

    def reasons(self, event: EventKind, who: Who, **typed: Any) -> set[str]:
        """What stands in the way of this step; empty would mean that it was taken, which fails."""
        with pytest.raises(Refused) as caught:
            self.step(event, who, **typed)
        self.session.rollback()
        return {reason.code for reason in caught.value.reasons}

    # --- records ------------------------------------------------------------------------------------------------------

    def investigation(self, *members: Who, **values: Any) -> Case:
        """Opened by the head of quality, led by the investigator, with one allegation upheld."""
        people = [self.person(member) for member in members]
        opened = investigate(self.session, self.house, self.case, *people, now=self.now, **values)
        return Case(self.session, self.house, self.settings, self.case, opened, self.now)

    def report(self, inquiry: Case, *parts: str) -> None:
        """Refused until each of these parts is there, one by one; then finished with its report."""
        for done in range(len(parts)):
            with self.refusing(*(f"missing_{part}" for part in parts[done:])):
                self.finish(inquiry)
            PROVIDE[parts[done]](inquiry)
        self.finish(inquiry)

    def finish(self, inquiry: Case) -> None:
        finish(self.session, self.house, inquiry.investigation, now=self.now)

    def measure(
        self, kind: MeasureKind, by: Who = R.HANDLER, *, carried_out: bool = True, **values: Any
    ) -> int:
        """Recorded, and carried out unless the story goes on otherwise."""
        typed = measure_values(self.house, kind, **values)
        recorded = self.do(record_measure, by, values=typed, complaint_id=self.case.id)
        measure_id: int = self.of(recorded)
        if carried_out:
            self.carry_out(measure_id, by)
        return measure_id

    def carry_out(self, measure_id: int, by: Who = R.HANDLER) -> None:
        self.do(carry_out_measure, by, measure_id, None, how="已落实。")

    def verify(self, measure_id: int, by: Who = R.HEAD_OF_QUALITY) -> None:
        self.do(verify_measure, by, measure_id, None)

    def planned(self) -> list[Measure]:
        """The measures that are still to be carried out."""
        return [row for row in rows(self.session, Measure, self.case) if row.status is MeasureStatus.PLANNED]

    def issue(
        self, form: str, by: Who = R.HANDLER, *, accident: Accident | None = None, **typed: str
    ) -> IssuedDocument:
        """A letter or form of the procedure, printed and kept; refused at what it asks for until that is typed."""
        store = FileStore(self.settings)
        about = {"accident": accident.public_id} if accident else {"complaint": self.address}
        with unscoped(self.session, "a test reads what the form asks for"):
            asks = forms_of(procedure_of(self.session, self.case))[form].asks
        answers = {
            ask.code: ask.choices[0].zh if ask.choices else "经核实，情况属实。" for ask in asks
        } | typed
        if any(ask.required for ask in asks):
            with pytest.raises(Invalid):
                self.do(issue_document, by, store, form, **about)
            self.session.rollback()
        made = self.do(issue_document, by, store, form, typed=answers, **about)
        return self.read(IssuedDocument, self.of(made))

    def deliver(self, document: IssuedDocument, kind: DeliveryKind, by: Who = R.HANDLER, **how: Any) -> None:
        if kind in (DeliveryKind.COMPLAINANT, DeliveryKind.AUTHORITY):
            how.setdefault("channel", Channel.LETTER)
        self.do(deliver_document, by, document.public_id, kind=kind, **how)

    def unplanned(self, kind: MeasureKind, *fields: str, **values: Any) -> None:
        """The form of a measure is sent back at these fields."""
        with pytest.raises(Invalid) as caught:
            self.measure(kind, **values)
        self.session.rollback()
        assert set(caught.value.fields) == set(fields)

    def evidence(self, by: Who = R.FIRST_RECEIVER) -> None:
        """A picture that came with the complaint."""
        store = FileStore(self.settings)
        staged = store.stage(BytesIO(png()), "现场.png")
        said = Particulars(is_evidence=True, description="投诉人提供")
        self.do(attach, by, store, staged, complaint=self.address, particulars=said)

    def name_party(self, side: PartySide = PartySide.COMPLAINANT, **values: Any) -> None:
        """Somebody is added to the case, or its complainant becomes known."""
        known = [party for party in rows(self.session, Party, self.case) if party.side is side]
        if known:
            kept = {key: getattr(known[0], key) for key in EDITABLE}
            self.do(edit_party, R.FIRST_RECEIVER, self.address, known[0].id, values=kept | values)
        else:
            self.do(add_party, R.FIRST_RECEIVER, self.address, side=side, values=values)

    def effect(self, measure_id: int, owner: Who = R.HANDLER) -> None:
        """Some months after the closing somebody else than the owner looks whether the measure works."""
        found = {"result": CheckResult.EFFECTIVE, "text": "三个月无同类投诉。"}
        with self.refusing("own_measure"):
            self.do(check_effect, owner, measure_id, None, **found)
        self.do(check_effect, R.HEAD_OF_QUALITY, measure_id, None, **found)

    @staticmethod
    def local(moment: datetime) -> str:
        return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def holds(self) -> list[Hold]:
        return rows(self.session, Hold, self.case)

    def read(self, model: type[Row], record_id: int) -> Row:
        with unscoped(self.session, "a test looks at the result"):
            return self.session.get_one(model, record_id, populate_existing=True)

    def of(self, record: Any) -> int:
        with unscoped(self.session, "a test addresses a record"):
            found: int = record.id
            return found
