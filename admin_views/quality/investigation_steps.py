"""The steps on an investigation's page, each a dialog that calls one operation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.attachments import store
from admin_views.guard import requires
from admin_views.locale import locale
from admin_views.quality import investigation_forms as f
from admin_views.record_dialog import step_dialog
from extensions import db
from models import Complaint, InternalMemo, Investigation, InvestigationRequest, Measure
from models.enums import InquiryKind, MeasureStatus
from services.access.permissions import Permission
from services.attachments.evidence import evidence_kinds
from services.attachments.store import Staged
from services.errors import NotFound
from services.listing import ListRow
from services.operations.answer_request import answer_request
from services.operations.ask_department import ask_department
from services.operations.assess_responsibility import assess_responsibility
from services.operations.attach import Particulars, attach
from services.operations.decide_memo import decide_memo
from services.operations.decide_on_report import decide_on_report
from services.operations.determine_responsibility import determine_responsibility
from services.operations.finish_investigation import finish_investigation
from services.operations.record_inquiry import Told, record_inquiry
from services.operations.send_memo import send_memo
from services.operations.send_plan import send_plan
from services.operations.waive_investigation import waive_investigation
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.investigation import InvestigationRules
from services.unit_of_work import UnitOfWork
from services.workflow.inquiry_parts import Inquiry
from services.workflow.responsibility import Said

KINDS = "contact, interview, meeting, sample, site_visit"
LOOKUPS = {"department_id": "responsible_department_id"}
"""Which field of the investigation looks up what a dialog's field points at; people: as its leader is looked up."""


class InvestigationSteps:
    """Mixin of the screen: routes that change an investigation and what belongs to it."""

    row: Any
    get_one: Any
    endpoint: str

    def _lookup(self, key: str) -> str:
        return url_for(f"{self.endpoint}.lookup", field=LOOKUPS.get(key, "leader_id"))

    def _rules(self, address: str) -> InvestigationRules:
        investigation: Investigation = self.get_one(address)
        return procedure_of(db.session(), investigation.complaint).investigation

    @expose("/<address>/finish", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def finish(self, address: str) -> ResponseReturnValue:
        row, investigation = self.row(address), self.get_one(address)
        missing = Inquiry(db.session(), investigation.complaint, investigation).missing()
        return step_dialog(
            self,
            row,
            f.ReportForm,
            lambda work, version, form: finish_investigation(
                work, row.id, version, report=form.report.data, root_cause=form.root_cause.data
            ),
            title=_("Finish investigation"),
            submit=_("Finish"),
            icon="check",
            explanation=_(
                "The report says what was found, why it happened and what follows. It can't be changed later."
            ),
            said=_("The investigation is finished."),
            missing=[reason for reason in missing if reason.code != "missing_root_cause"],
            start={"root_cause": investigation.root_cause},
        )

    @expose(f"/<address>/record/<any({KINDS}):kind>", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def record(self, address: str, kind: str) -> ResponseReturnValue:
        row, inquiry_kind = self.row(address), InquiryKind(kind)

        def carry_out(work: UnitOfWork, version: int | None, form: Any) -> Any:
            said = {key: form[key].data for key in f.RECORD_FIELDS[inquiry_kind]}
            told = Told(**{"content": None, **said, "happened_at": form.happened_at.data})
            return record_inquiry(work, row.id, inquiry_kind, told)

        return step_dialog(
            self,
            row,
            f.record_form(inquiry_kind),
            carry_out,
            title=str(inquiry_kind.label),
            submit=_("Put on record"),
            icon="note",
            explanation=_("The record stands as it is written; add another one to correct it."),
            start={"happened_at": datetime.now(UTC)},
        )

    @expose("/<address>/evidence", methods=("GET", "POST"))
    @requires(Permission.COMPLAINT_ATTACH)
    def evidence(self, address: str) -> ResponseReturnValue:
        row, investigation = self.row(address), self.get_one(address)
        kinds = evidence_kinds(db.session(), investigation.complaint)

        def carry_out(work: UnitOfWork, version: int | None, form: Any, staged: Sequence[Staged]) -> None:
            said = Particulars(
                description=form.description.data,
                is_evidence=form.is_evidence.data,
                taken_at=form.taken_at.data,
                taken_where=form.taken_where.data,
                taken_by=form.taken_by.data,
                evidence_kind=(form.evidence_kind.data or None) if kinds else None,
            )
            _add(work, staged, address, said)

        return step_dialog(
            self,
            row,
            f.evidence_form(kinds, locale()),
            carry_out,
            title=_("Add files"),
            submit=_("Add files"),
            icon="upload",
            explanation=_("Each file is kept with its digest and can't be replaced."),
            uploads="files",
        )

    @expose("/<address>/ask", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def ask(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            f.AskForm,
            lambda work, version, form: ask_department(
                work,
                row.id,
                kind=form.kind.data,
                department_id=form.department_id.data,
                person_id=form.person_id.data,
                wanted=form.wanted.data,
                due_on=form.due_on.data,
            ),
            title=_("Ask a department"),
            icon="reply",
            explanation=_("Whoever is asked is told, and reads the case from now on."),
            lookup_url=self._lookup,
        )

    @expose("/requests/<address>/answer", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_ANSWER)
    def answer(self, address: str) -> ResponseReturnValue:
        request = _in_scope(InvestigationRequest, address)
        request_id, of = request.id, request.investigation.public_id

        def carry_out(work: UnitOfWork, version: int | None, form: Any, staged: Sequence[Staged]) -> None:
            _add(work, staged, of, Particulars(is_evidence=True, request_id=request_id))
            answer_request(work, request_id, answer=form.answer.data)

        return step_dialog(
            self,
            self.row(of),
            f.AnswerForm,
            carry_out,
            title=_("Answer request"),
            submit=_("Answer"),
            icon="reply",
            explanation=request.wanted,
            uploads="files",
        )

    @expose("/<address>/assess", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def assess(self, address: str) -> ResponseReturnValue:
        row, rules = self.row(address), self._rules(address)
        following = rules.follows_responsibility is not None and rules.follows_responsibility.moves_case
        return step_dialog(
            self,
            row,
            _responsibility_form(rules),
            lambda work, version, form: assess_responsibility(work, row.id, version, _said(form)),
            title=_("Assess responsibility"),
            submit=_("Save"),
            icon="scale",
            explanation=_("The complaint goes to the department found responsible; its head signs for it.")
            if following
            else "",
            start=_as_it_stands(self.get_one(address)),
            lookup_url=self._lookup,
        )

    @expose("/<address>/determine", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_DECIDE)
    def determine(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            _responsibility_form(self._rules(address)),
            lambda work, version, form: determine_responsibility(work, row.id, version, _said(form)),
            title=_("Determine responsibility"),
            submit=_("Determine"),
            icon="scale",
            start=_as_it_stands(self.get_one(address)) | {"responsibility": None},
            lookup_url=self._lookup,
        )

    @expose("/<address>/memo", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def memo(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            f.MemoForm,
            lambda work, version, form: send_memo(
                work,
                row.id,
                manager_id=form.manager_id.data,
                facts=form.facts.data,
                opinion=form.opinion.data,
            ),
            title=_("Send internal memo"),
            submit=_("Send"),
            icon="mail",
            explanation=_(
                "The manager in charge is told and decides; the decision stays beside your opinion."
            ),
            lookup_url=self._lookup,
        )

    @expose("/memos/<address>/decide", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_DECIDE)
    def decide(self, address: str) -> ResponseReturnValue:
        memo = _in_scope(InternalMemo, address)
        memo_id = memo.id
        return step_dialog(
            self,
            self.row(memo.investigation.public_id),
            f.MemoDecisionForm,
            lambda work, version, form: decide_memo(
                work, memo_id, decision=form.decision.data, text=form.text.data
            ),
            title=_("Decide on memo"),
            submit=_("Decide"),
            icon="approve",
            explanation=memo.opinion,
        )

    @expose("/<address>/decision", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_DECIDE)
    def decision(self, address: str) -> ResponseReturnValue:
        row, rules = self.row(address), self._rules(address)
        criteria = rules.decision.criteria if rules.decision else ()
        return step_dialog(
            self,
            row,
            f.decision_form(criteria, locale()),
            lambda work, version, form: decide_on_report(
                work,
                row.id,
                version,
                cause=form.cause.data,
                responsibility=form.responsibility.data,
                decision=form.decision.data,
                weighed={each.code: form[each.code].data for each in criteria},
            ),
            title=_("Decide on the report"),
            submit=_("Decide"),
            icon="approve",
            start={"cause": row.values["root_cause"]},
        )

    @expose("/<address>/plan", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def plan(self, address: str) -> ResponseReturnValue:
        row, investigation = self.row(address), self.get_one(address)
        tasks = db.session().scalars(
            sa.select(Measure.text).where(
                Measure.complaint_id == investigation.complaint_id, Measure.status == MeasureStatus.PLANNED
            )
        )
        return step_dialog(
            self,
            row,
            f.PlanForm,
            lambda work, version, form: send_plan(work, row.id, version, text=form.text.data),
            title=_("Send resolution plan"),
            submit=_("Send"),
            icon="mail",
            explanation=_(
                "The planned measures go out as its tasks: %(tasks)s",
                tasks="；".join(tasks) or _("none is planned yet"),
            ),
        )

    @expose("/waive/<address>", methods=("GET", "POST"))
    @requires(Permission.INVESTIGATION_WRITE)
    def waive(self, address: str) -> ResponseReturnValue:
        complaint = _in_scope(Complaint, address)
        return step_dialog(
            _CasePage(self),
            ListRow(complaint.id, address, complaint.version, complaint.number, {}),
            f.WaiverForm,
            lambda work, version, form: waive_investigation(work, address, reason=form.reason.data),
            title=_("No investigation needed"),
            icon="check",
            explanation=_("The level of this complaint leaves it open. The reason stays on record."),
        )


class _CasePage:
    """What a dialog needs of a screen, for a step that leads back to the complaint's page."""

    def __init__(self, screen: Any) -> None:
        self.render = screen.render

    def record_url(self, address: str) -> str:
        return url_for("complaints.details_view", address=address)

    def name_of(self, row: ListRow) -> str:
        return row.name


def _add(work: UnitOfWork, staged: Sequence[Staged], address: str, said: Particulars) -> None:
    for each in staged:
        attach(work, store(), each, investigation=address, particulars=said)


def _in_scope(model: type[Any], address: str) -> Any:
    """The record with this address. NotFound when it is not in scope."""
    found = db.session().scalars(sa.select(model).where(model.public_id == address)).first()
    if found is None:
        raise NotFound
    return found


def _responsibility_form(rules: InvestigationRules) -> type[Any]:
    sent_back = rules.undetermined is not None and rules.undetermined.product_sent_back
    return f.UnclearForm if sent_back else f.ResponsibilityForm


_MOMENTS = ("customer_told_at", "return_applied_at", "product_returned_at")


def _said(form: Any) -> Said:
    moments = {key: form[key].data for key in _MOMENTS if key in form}
    return Said(
        responsibility=form.responsibility.data,
        department_id=form.department_id.data,
        person_id=form.person_id.data,
        explanation=form.explanation.data,
        **moments,
    )


def _as_it_stands(investigation: Investigation) -> dict[str, Any]:
    return {
        "responsibility": investigation.responsibility,
        "department_id": investigation.responsible_department_id,
        "person_id": investigation.responsible_person_id,
        "explanation": investigation.responsibility_explained,
        **{key: getattr(investigation, key) for key in _MOMENTS},
    }
