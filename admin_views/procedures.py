"""The procedures, readable: every rule with its clause and with what the text leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from admin_views.analysis_tables import analysis_tables
from admin_views.base import GuardedModelView
from admin_views.case_context import FactGroup, RecordTable
from admin_views.field_tables import complainant_rows, field_heads, field_rows
from admin_views.guard import acting
from admin_views.locale import enumerated, locale
from admin_views.page_parts import Action, Empty, Fact
from admin_views.procedure_accidents import accident_case, accident_tables
from admin_views.procedure_holds import hold_table
from admin_views.procedure_inquiry import inquiry_tables
from admin_views.procedure_remedies import sections as remedies
from admin_views.procedure_told import told_tables
from admin_views.procedure_way import way_tables
from admin_views.statute_tables import statute_table
from admin_views.values import text_of
from models import ProcedureVersion
from models.enums import Category
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.deadlines.explain import UNIT_LABELS
from services.deadlines.rules import LastDay
from services.listing import ListRow
from services.notifications.messages import level_label
from services.procedures.of_complaint import parsed
from services.procedures.schema import Clock, Grade, Grading, Kind, Procedure, Requirement, Ruled, Text
from services.procedures.vocabulary import ClockEvent, Field
from services.workflow.acceptance import FIELD_LABELS as IN_A_SENTENCE
from services.workflow.file_parts import PART_NAMES

CLOCK_EVENT_LABELS: dict[ClockEvent, LazyString] = {
    ClockEvent.RECEIVED: _l("receipt"),
    ClockEvent.REGISTERED: _l("registration"),
    ClockEvent.ACKNOWLEDGED: _l("acknowledgement"),
    ClockEvent.ACCEPTED: _l("acceptance"),
    ClockEvent.TRANSFERRED: _l("transfer"),
    ClockEvent.SUPERVISED: _l("supervision order"),
    ClockEvent.SIGNED: _l("signature"),
    ClockEvent.IN_WORK: _l("start of work"),
    ClockEvent.INVESTIGATED: _l("investigation"),
    ClockEvent.OPINION_SUBMITTED: _l("opinion submitted"),
    ClockEvent.APPROVED: _l("approval"),
    ClockEvent.REPLIED: _l("reply given"),
    ClockEvent.CLOSED: _l("closing"),
    ClockEvent.ARCHIVED: _l("archiving"),
    ClockEvent.ACCIDENT_HAPPENED: _l("accident happened"),
    ClockEvent.ACCIDENT_REPORTED: _l("accident reported"),
    ClockEvent.REPORTED_TO_QUALITY: _l("reported to quality management"),
    ClockEvent.REPORTED_TO_DEPARTMENT: _l("reported to the department leader"),
    ClockEvent.REPORTED_TO_MANAGER: _l("reported to the general manager"),
    ClockEvent.ACCIDENT_FORM_SENT: _l("accident report form sent"),
    ClockEvent.REPORTED_TO_AUTHORITY: _l("reported to the authority"),
    ClockEvent.REPORTED_UP: _l("reported to the superior unit"),
    ClockEvent.WRITTEN_REPORT_SENT: _l("written report sent"),
    ClockEvent.COMPANY_FORM_SENT: _l("company accident form submitted"),
}
FIELD_LABELS: dict[Field, LazyString] = {
    Field.COMPLAINANT_NAME: _l("Complainant's name"),
    Field.COMPLAINANT_PHONE: _l("Complainant's telephone"),
    Field.COMPLAINANT_ADDRESS: _l("Complainant's address"),
    Field.COMPLAINANT_ORGANISATION: _l("Complainant's organisation"),
    Field.PARTY_COMPLAINED_ABOUT: _l("Party complained about"),
    Field.CONTENT: _l("Content"),
    Field.REQUEST: _l("Remedy sought"),
    Field.GROUNDS: _l("Facts and grounds"),
    Field.RECEIVED_AT: _l("Received at"),
    Field.EVIDENCE: _l("Evidence"),
    Field.WRITTEN_MATERIAL: _l("Written material"),
    Field.PRODUCT_NAME: _l("Product, project or service"),
    Field.BATCH_NUMBER: _l("Batch or part"),
    Field.STORE: _l("Store"),
}


class ProceduresView(GuardedModelView):
    """Published versions, read only; complaints pin theirs."""

    model = ProcedureVersion
    permission = Permission.PROCEDURE_READ
    title = _l("Procedures")
    default_sort = "-published_at"
    shows_history = False
    empty = Empty(
        title=_l("No procedure is published yet"),
        text=_l("Setting up the desk publishes the one your organisation works by."),
        icon="procedure",
    )

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        return ProcedureTables(parsed(self.get_one(row.address))).tables()

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        regulation = parsed(self.get_one(row.address)).regulation
        found = [
            Action(
                label=_("Why does the system do this?"),
                url=url_for("clauses.regulation", regulation=regulation),
                icon="help",
            ),
            Action(
                label=_("Try it"), url=url_for("procedure_versions.preview", address=row.address), icon="eye"
            ),
            Action(
                label=_("What changed"),
                url=url_for("procedure_versions.compare", address=row.address),
                icon="columns",
            ),
        ]
        if acting().may(Permission.PROCEDURE_WRITE):
            copy = url_for("procedure_drafts.create_view", source=row.address)
            found.insert(0, Action(label=_("Copy into a draft"), url=copy, icon="copy"))
        return found

    def groups(self, row: ListRow) -> list[FactGroup]:
        procedure = parsed(self.get_one(row.address))
        own = super().groups(row)
        facts = [
            Fact(label=_("Kind of organisation"), value=procedure.organisation_kind.in_language(locale())),
            Fact(label=_("Regulation"), value=procedure.regulation),
            Fact(label=_("Numbers begin with"), value=procedure.number_prefix),
        ]
        return [*own, FactGroup(title=_("What it is for"), facts=facts)]


def requirement_words(procedure: Procedure, requirement: Requirement) -> str:
    """What a requirement asks for: a field of the desk, or one of the procedure's own, by its name."""
    if isinstance(requirement.field, Field):
        return str(FIELD_LABELS.get(requirement.field) or IN_A_SENTENCE[requirement.field])
    declared = procedure.declared_field(requirement.field)
    return declared.names.in_language(locale()) if declared else requirement.field


class ProcedureTables:
    """A procedure as tables: time limits first, then how complaints come in, who decides, how they end."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure

    def tables(self) -> list[RecordTable]:
        procedure = self.procedure
        tables = [self._clocks(), *statute_table(procedure), self._intake(), self._decisions()]
        tables += [self._table(*each) for each in told_tables(procedure)]
        tables.append(self._escalation())
        if procedure.grading:
            tables.append(self._grading(_("Grades of complaints"), procedure.grading))
        if procedure.holds:
            tables.append(self._table(*hold_table(procedure, self._words)))
        if procedure.accidents:
            tables += [self._table(*each) for each in accident_tables(procedure.accidents, self._words)]
        tables += [self._table(title, heads, rows) for title, heads, rows in remedies(procedure)]
        if procedure.fields:
            rows = field_rows(procedure, self._words)
            tables.append(self._table(_("Fields of its own"), field_heads(), rows))
        if procedure.complainant_kinds:
            people = complainant_rows(procedure, self._words)
            tables.append(self._table(_("Kinds of complainants"), [_("Kind")], people))
        tables += [self._table(*each) for each in inquiry_tables(procedure.investigation, self._words)]
        tables += analysis_tables(procedure.analysis, self._table)
        tables += [self._table(*way) for way in way_tables(procedure)]
        kinds = [*procedure.categories, *procedure.natures]
        return [*tables, self._kinds(kinds)] if kinds else tables

    @staticmethod
    def _words(text: Text | None) -> str:
        return text.in_language(locale()) if text else ""

    def _table(self, title: str, heads: list[str], rows: Iterable[tuple[list[str], Ruled]]) -> RecordTable:
        """A table whose last two columns are where the rule stands and what the text leaves open."""
        return RecordTable(
            title=title,
            heads=[*heads, _("Clause"), _("Assumption")],
            rows=[
                [
                    Fact(label="", value=each)
                    for each in (*cells, ", ".join(rule.clause), self._words(rule.assumption))
                ]
                for cells, rule in rows
            ],
        )

    def _clocks(self) -> RecordTable:
        heads = [_("Clock"), _("Limit"), _("From"), _("Until"), _("Stands still for"), _("Extension")]
        rows = [(self._clock(clock), clock) for clock in self.procedure.clocks]
        return self._table(_("Time limits"), heads, rows)

    def _clock(self, clock: Clock) -> list[str]:
        limit = f"{clock.amount} {UNIT_LABELS[clock.unit]}" if clock.amount else str(UNIT_LABELS[clock.unit])
        if clock.if_last_day_not_working is LastDay.NEXT_WORKING_DAY:
            limit += " · " + _("moves to the next working day")
        if clock.closing_time:
            limit += " · " + _("until %(time)s", time=clock.closing_time.strftime("%H:%M"))
        if clock.when:
            limit += " · " + accident_case(clock.when)
        extension = ""
        if clock.extendable:
            extension = _(
                "at most %(amount)s %(unit)s, by %(role)s",
                amount=clock.extendable.max_amount,
                unit=_unit(clock.extendable.unit),
                role=clock.extendable.approver.label,
            )
        return [
            self._words(clock.names),
            limit,
            enumerated(CLOCK_EVENT_LABELS[event] for event in clock.start_event),
            enumerated(CLOCK_EVENT_LABELS[event] for event in clock.stop_event),
            enumerated(reason.label for reason in clock.pausable_by),
            extension,
        ]

    def _intake(self) -> RecordTable:
        intake = self.procedure.intake
        rows: list[tuple[list[str], Ruled]] = []
        for channel in intake.channels:
            rows.append(([_("Channel"), self._words(channel.names) or str(channel.code.label)], channel))
        rows += self._requirements(_("Asked at registration"), intake.asked_at_registration)
        rows += self._requirements(_("Needed for acceptance"), intake.required_for_acceptance)
        rows.append(([_("Oral complaints"), text_of(intake.oral.allowed, None)], intake.oral))
        rows.append(([_("Anonymous complaints"), text_of(intake.anonymous.allowed, None)], intake.anonymous))
        for group in intake.told:
            who = self._words(group.names)
            rows.append(([_("Told at registration"), who], group))
        if intake.named_handler is not None:
            rows.append(([_("Named handler at once"), text_of(True, None)], intake.named_handler))
        return self._table(_("How complaints come in"), [_("Rule"), _("Value")], rows)

    def _requirements(self, title: str, listed: Iterable[Requirement]) -> list[tuple[list[str], Ruled]]:
        return [([title, self._asked(each)], each) for each in listed]

    def _asked(self, requirement: Requirement) -> str:
        return requirement_words(self.procedure, requirement)

    def _decisions(self) -> RecordTable:
        procedure = self.procedure
        approval, reply, follow_up, archive = (
            procedure.approval,
            procedure.reply,
            procedure.follow_up,
            procedure.archive,
        )
        refusals = _(
            "after %(count)s refusals %(role)s decides",
            count=procedure.handover.max_refusals,
            role=procedure.handover.arbiter.label,
        )
        approved = _("by %(role)s", role=approval.approver.label) if approval.required else _("not required")
        written = _("in writing") if reply.written_required else _("in any form")
        until = _("until the complainant is satisfied") if follow_up.until_satisfied else _("once")
        kept = _("%(years)s years", years=archive.retention_years)
        rows: list[tuple[list[str], Ruled]] = [
            ([_("Refused signatures"), refusals], procedure.handover),
            ([_("Approval of the opinion"), approved], approval),
            ([_("Reply"), written if reply.required else _("not required")], reply),
            ([_("Follow-up"), until if follow_up.required else _("not required")], follow_up),
            ([_("Archive"), f"{kept} · {archive.file_number_pattern}"], archive),
        ]
        rows += [([_("In the file"), str(PART_NAMES[each.part])], each) for each in archive.contents]
        rows += [
            ([_("Confidential from registration"), self._kind_name(each.category)], each)
            for each in procedure.confidential_matters
        ]
        if procedure.identity_document is not None:
            rows.append(
                ([_("Identity document"), _("asked for, kept encrypted")], procedure.identity_document)
            )
        if procedure.consent_to_pass_on is not None:
            needed = _("the customer's recorded consent")
            rows.append(([_("Before data leave"), needed], procedure.consent_to_pass_on))
        return self._table(_("How a complaint is handled"), [_("Rule"), _("Value")], rows)

    def _kind_name(self, code: str) -> str:
        return next(
            (self._words(kind.names) for kind in self.procedure.categories if kind.code == code), code
        )

    def _escalation(self) -> RecordTable:
        rows = [
            ([str(number), self._words(step.names)], step)
            for number, step in enumerate(self.procedure.escalation, 1)
        ]
        return self._table(_("Escalation"), [_("Step"), _("To")], rows)

    def _grading(self, title: str, grading: Grading) -> RecordTable:
        rows = [
            (
                [
                    self._words(grade.names),
                    self._words(grade.criteria),
                    "\n".join(self._words(example) for example in grade.examples),
                    "\n".join(_consequences(grade)),
                ],
                grade,
            )
            for grade in grading.levels
        ]
        return self._table(title, [_("Grade"), _("Criteria"), _("Examples"), _("What follows")], rows)

    def _kinds(self, kinds: Sequence[Kind]) -> RecordTable:
        rows = [([self._words(kind.names), _category(kind.category)], kind) for kind in kinds]
        return self._table(_("Kinds of complaints"), [_("Kind"), _("Category")], rows)


def _consequences(grade: Grade) -> Iterable[str]:
    if grade.escalates_to:
        yield _("escalated at once to: %(level)s", level=level_label(grade.escalates_to))
    if grade.notify:
        yield _("told at once: %(roles)s", roles=enumerated(role.label for role in grade.notify))
    if grade.major:
        yield _("major complaint")
    if grade.recognition:
        yield _("the complainant's recognition on record")


def _unit(unit: str) -> LazyString:
    return next(label for known, label in UNIT_LABELS.items() if known.value == unit)


def _category(category: Category | None) -> str:
    return str(category.label) if category else ""


def screens() -> list[Any]:
    return [ProceduresView(endpoint="procedures", url="/procedures")]
