"""What a procedure file may say. Everything that carries a rule names its clause, or says that it is our own decision.

Strict: an unknown key, a wrong type or an unknown word is a fault, never a silent default.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from services.deadlines.rules import OFFICE_HOURS, CountingRule, LastDay, Unit, WarnPoint, Window
from services.procedures.parts import Code, LocalTime, OfficeHours, Part, Ruled, Text
from services.procedures.sections.accidents import AccidentCase, Accidents
from services.procedures.sections.acknowledgement import Acknowledgement
from services.procedures.sections.analysis import Analysis
from services.procedures.sections.archive import ConfidentialMatter, FileContent
from services.procedures.sections.clauses import OwnClause
from services.procedures.sections.documents import Documents
from services.procedures.sections.enquiries import EnquiryKind
from services.procedures.sections.fields import ComplainantKind, DeclaredField
from services.procedures.sections.gates import DeclaredGate
from services.procedures.sections.grading import Grade, Grading
from services.procedures.sections.holds import HoldRule
from services.procedures.sections.informed import Informed
from services.procedures.sections.intake import NamedHandler, ToldAtRegistration
from services.procedures.sections.investigation import SILENT, InvestigationRules
from services.procedures.sections.measures import Measures
from services.procedures.sections.posts import Post, ReplyBy
from services.procedures.sections.privacy import ConsentNeeded, IdentityAsked
from services.procedures.sections.reception import DutyRoster, Publicity, Reading, ReceptionDay, Staffing
from services.procedures.sections.warranty import Appraisals, JointHandling, PenaltyReferrals, Warranty
from services.procedures.vocabulary import (
    Category,
    Channel,
    ClockEvent,
    Field,
    Level,
    PauseReason,
    PostName,
    RoleName,
)

__all__ = ["Grade", "Grading", "Procedure", "Ruled", "Text"]

ONE_OR_MANY = frozenset({"clause", "start_event", "stop_event"})
"""Keys whose single value may stand without brackets."""


class Warn(Part):
    """A warn point: `fraction` of the period, or `before` the end in `unit`."""

    fraction: Annotated[float, Setting(gt=0, lt=1)] | None = None
    before: Annotated[int, Setting(gt=0)] | None = None
    unit: Literal["minute", "hour", "calendar_day", "working_day"] = "working_day"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.fraction is None) == (self.before is None):
            raise ValueError("write either fraction or before")
        return self

    @property
    def point(self) -> WarnPoint:
        return WarnPoint(self.fraction, self.before, Unit(self.unit))


class Consequence(Part):
    """What the desk does by itself when a clock warns or breaks."""

    escalate: bool = False
    notify: tuple[RoleName, ...] = ()


class Pausing(Ruled):
    """For what a clock may stand still. A clock without this cannot be paused."""

    reasons: Annotated[tuple[PauseReason, ...], Setting(min_length=1)]


class Extending(Ruled):
    """By how much a clock may be extended, all grants together, and by whom."""

    max_amount: Annotated[int, Setting(gt=0)]
    unit: Literal["hour", "calendar_day", "working_day"]
    approver: RoleName
    complainant_told: bool = False


class Clock(Ruled):
    """A time limit: what starts it, what stops it, how it counts."""

    code: Code
    names: Text
    start_event: Annotated[tuple[ClockEvent, ...], Setting(min_length=1)]
    stop_event: Annotated[tuple[ClockEvent, ...], Setting(min_length=1)]
    unit: Unit
    amount: Annotated[int, Setting(ge=0)] = 0
    if_last_day_not_working: LastDay = LastDay.STAYS
    closing_time: LocalTime | None = None
    office_hours: tuple[OfficeHours, ...] = ()
    pause: Pausing | None = None
    extendable: Extending | None = None
    warn_points: tuple[Warn, ...] = ()
    at_warn: Consequence = Consequence()
    at_breach: Consequence = Consequence()
    when: AccidentCase | None = None
    """The accidents it is for; a time limit of complaints has none."""
    levels: tuple[Code, ...] = ()
    """Grades for which the clock runs; empty: for all."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.clause:
            raise ValueError("a clock needs a clause")
        if self.unit.needs_amount and not self.amount:
            raise ValueError(f"a clock in {self.unit} needs an amount above 0")
        if not self.unit.needs_amount and self.amount:
            raise ValueError(f"a clock with unit {self.unit} has no amount; leave it out")
        if self.when and not any(event.value.startswith("accident_") for event in self.start_event):
            raise ValueError("when belongs to a clock that an accident starts; take it out")
        both = set(self.start_event) & set(self.stop_event)
        if both:
            raise ValueError(f"{sorted(both)[0]} both starts and stops this clock")
        if self.office_hours and self.unit is not Unit.WORKING_HOUR:
            raise ValueError("office_hours belong to a clock in working_hour only")
        return self

    @property
    def pausable_by(self) -> tuple[PauseReason, ...]:
        return self.pause.reasons if self.pause else ()

    @property
    def rule(self) -> CountingRule:
        """The counting rule, as services.deadlines wants it."""
        windows = tuple(Window(span.opens, span.closes) for span in self.office_hours)
        return CountingRule(
            self.unit, self.amount, self.if_last_day_not_working, self.closing_time, windows or OFFICE_HOURS
        )


class IntakeChannel(Ruled):
    code: Channel
    names: Text | None = None


class Requirement(Ruled):
    """Something that is asked for: a field of the desk, or one that the procedure declares, by its code."""

    field: Annotated[Field | Code, Setting(union_mode="left_to_right")]


class Allowance(Ruled):
    allowed: bool


class Intake(Part):
    """How complaints come in, and what acceptance requires. Registration itself is never refused."""

    channels: Annotated[tuple[IntakeChannel, ...], Setting(min_length=1)]
    asked_at_registration: tuple[Requirement, ...] = ()
    required_for_acceptance: tuple[Requirement, ...] = ()
    oral: Allowance
    anonymous: Allowance
    told: tuple[ToldAtRegistration, ...] = ()
    named_handler: NamedHandler | None = None


class Handover(Ruled):
    """Signed handover: until the receiver has signed, the sender answers for the case."""

    leader_instruction: bool = False
    max_refusals: Annotated[int, Setting(ge=0)]
    arbiter: RoleName


class EscalationStep(Ruled):
    level: Level
    names: Text


class Approval(Ruled):
    required: bool
    approver: RoleName
    on_the_spot_exempt: bool = True


class Reply(Ruled):
    required: bool = True
    written_required: bool
    anonymous_exempt: bool = True
    unreachable_exempt: bool = False


class FollowUp(Ruled):
    required: bool = True
    asks_execution: bool = False
    until_satisfied: bool = False
    exit_with_leader_approval: bool = False


class Archive(Ruled):
    """`file_number_pattern` knows {year}, {number}, {prefix} and {sequence} (with a width: {sequence:04d})."""

    file_number_pattern: str
    retention_years: Annotated[int, Setting(gt=0)]
    written_result_required: bool = True
    contents: tuple[FileContent, ...] = ()
    """What has to be in the file; empty: the written result alone."""

    @field_validator("file_number_pattern")
    @classmethod
    def _formats(cls, value: str) -> str:
        try:
            value.format(year=2026, number="X-1", prefix="X", sequence=1)
        except (KeyError, IndexError, ValueError) as fault:
            raise ValueError(
                f"the pattern may use {{year}}, {{number}}, {{prefix}}, {{sequence}}: {fault}"
            ) from None
        return value


class Kind(Ruled):
    """A category or a nature as the regulation names it."""

    code: Code
    names: Text
    category: Category | None = None


class Procedure(Part):
    """One regulation as the desk carries it out. A complaint pins the version in force at its registration."""

    code: Annotated[str, Setting(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Annotated[int, Setting(ge=1)]
    names: Text
    organisation_kind: Text
    regulation: Annotated[str, Setting(pattern=r"^[A-Z]{1,4}\d{2}$")]
    number_prefix: Annotated[str, Setting(pattern=r"^[A-Z]{2,6}$")]
    intake: Intake
    clocks: tuple[Clock, ...]
    handover: Handover
    grading: Grading | None = None
    accidents: Accidents | None = None
    holds: tuple[HoldRule, ...] = ()
    escalation: Annotated[tuple[EscalationStep, ...], Setting(min_length=1)]
    approval: Approval
    reply: Reply
    follow_up: FollowUp
    archive: Archive
    categories: tuple[Kind, ...] = ()
    natures: tuple[Kind, ...] = ()
    acknowledgement: Acknowledgement | None = None
    informed: tuple[Informed, ...] = ()
    duty: DutyRoster | None = None
    reception_days: tuple[ReceptionDay, ...] = ()
    publicity: Publicity | None = None
    reading: Reading | None = None
    staffing: Staffing | None = None
    enquiries: tuple[EnquiryKind, ...] = ()
    documents: Documents | None = None
    measures: Measures = Measures()
    warranty: Warranty | None = None
    appraisals: Appraisals | None = None
    joint_handling: JointHandling | None = None
    penalty_referrals: PenaltyReferrals | None = None
    analysis: Analysis | None = None
    posts: tuple[Post, ...] = ()
    replies_by: tuple[ReplyBy, ...] = ()
    gates: tuple[DeclaredGate, ...] = ()
    investigation: InvestigationRules = SILENT
    complainant_kinds: tuple[ComplainantKind, ...] = ()
    confidential_matters: tuple[ConfidentialMatter, ...] = ()
    identity_document: IdentityAsked | None = None
    consent_to_pass_on: ConsentNeeded | None = None
    fields: tuple[DeclaredField, ...] = ()
    clauses: tuple[OwnClause, ...] = ()

    def clock(self, code: str) -> Clock:
        """The clock with this code; KeyError when there is none."""
        for clock in self.clocks:
            if clock.code == code:
                return clock
        raise KeyError(code)

    def declared_field(self, code: str) -> DeclaredField | None:
        """The field of the procedure's own with this code."""
        return next((field for field in self.fields if field.code == code), None)

    def clocks_started_by(self, event: ClockEvent) -> tuple[Clock, ...]:
        return tuple(clock for clock in self.clocks if event in clock.start_event)

    def clocks_stopped_by(self, event: ClockEvent) -> tuple[Clock, ...]:
        return tuple(clock for clock in self.clocks if event in clock.stop_event)

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(channel.code for channel in self.intake.channels)

    def next_level(self, level: Level | None) -> Level | None:
        """The rung above `level` (the first one for None); None at the top."""
        rungs = [step.level for step in self.escalation]
        if level is None or level not in rungs:
            return rungs[0]
        above = rungs.index(level) + 1
        return rungs[above] if above < len(rungs) else None

    def post(self, post: PostName) -> Post | None:
        """The post as this regulation names it; None when it says nothing of it."""
        return next((one for one in self.posts if one.post is post), None)

    def roles_of(self, post: PostName) -> tuple[RoleName, ...]:
        """The roles that hold a post when the organisation has bound nobody to it."""
        named = self.post(post)
        if named is not None:
            return named.roles
        return {
            PostName.APPROVER: (self.approval.approver,),
            PostName.ARBITER: (self.handover.arbiter,),
            PostName.OFFICE: (RoleName.FIRST_RECEIVER, RoleName.HEAD_OF_QUALITY),
            PostName.HEAD_OF_QUALITY: (RoleName.HEAD_OF_QUALITY,),
            PostName.EVALUATOR: (RoleName.LEADER,),
        }[post]

    def reply_by(self, level: str | None) -> ReplyBy | None:
        return next((one for one in self.replies_by if one.level == level), None)
