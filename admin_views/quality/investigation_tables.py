"""What an investigation's page shows below its facts: what is asked for, who works on it, what was put on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.attachments import readable_size
from admin_views.case_context import RecordTable
from admin_views.guard import acting
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.values import Reader, badge_of, moment_text, text_of
from extensions import db
from models import (
    Attachment,
    Finding,
    InternalMemo,
    Investigation,
    InvestigationMember,
    InvestigationRecord,
    InvestigationRequest,
    QualityDecision,
    ResolutionPlan,
    User,
)
from models.enums import InquiryKind, InvestigationStatus
from services.access.permissions import Permission
from services.attachments.evidence import evidence_kinds
from services.workflow.inquiry_parts import LABELS, Inquiry


class InvestigationTables:
    """The tables of one investigation for one reader; everything read here is in the reader's scope."""

    def __init__(self, investigation: Investigation, reader: Reader) -> None:
        self.investigation, self.reader = investigation, reader
        self.session, self.actor = db.session(), acting()
        self.inquiry = Inquiry(self.session, investigation.complaint, investigation)
        self.is_open = investigation.status is InvestigationStatus.OPEN

    def tables(self) -> list[RecordTable]:
        found = [
            self._asked_for(),
            self._team(),
            self._findings(),
            self._records(),
            self._files(),
            self._requests(),
            self._memos(),
            self._decisions(),
            self._plans(),
        ]
        return [table for table in found if table is not None]

    def _step(self, name: str, label: str, icon: str, permission: Permission, **values: Any) -> list[Action]:
        """The button of a step while it may be taken."""
        if not self.actor.may(permission):
            return []
        values.setdefault("address", self.investigation.public_id)
        url = url_for(f"investigations.{name}", **values)
        return [Action(label=label, url=url, icon=icon, dialog=True)]

    def _while_open(self, name: str, label: str, icon: str, **values: Any) -> list[Action]:
        return self._step(name, label, icon, Permission.INVESTIGATION_WRITE, **values) if self.is_open else []

    def _by(self, model: Any, *related: Any) -> Sequence[Any]:
        query = sa.select(model).where(model.investigation_id == self.investigation.id)
        return self.session.scalars(query.options(*map(joinedload, related)).order_by(model.id)).all()

    def _asked_for(self) -> RecordTable | None:
        rows = []
        for needed in self.inquiry.asked_for():
            there = self.inquiry.has(needed.part)
            badge = Badge(text=_("there"), tone="good") if there else Badge(text=_("missing"), tone="warn")
            rows.append(
                [
                    Fact(label="", value=LABELS[needed.part]),
                    Fact(label="", value=badge.text, badge=badge),
                    Fact(label="", value=", ".join(needed.clause)),
                ]
            )
        if not rows:
            return None
        heads = [_("What"), _("Status"), _("Clause")]
        return RecordTable(title=_("What the procedure asks for before the end"), heads=heads, rows=rows)

    def _team(self) -> RecordTable:
        members = self.session.execute(
            sa.select(User.name, InvestigationMember.part)
            .join(InvestigationMember.user)
            .where(InvestigationMember.investigation_id == self.investigation.id)
            .order_by(InvestigationMember.id)
        )
        return RecordTable(
            title=_("Team"),
            heads=[_("Member"), _("Part taken")],
            rows=[[Fact(label="", value=m.name), Fact(label="", value=m.part)] for m in members],
            empty=Empty(title=_("Nobody but the leader"), icon="users"),
        )

    def _findings(self) -> RecordTable:
        return RecordTable(
            title=_("Findings"),
            heads=[_("Allegation"), _("Verdict"), _("Facts established")],
            rows=[
                [
                    Fact(label="", value=f.allegation),
                    Fact(label="", badge=badge_of(f.verdict), value=f.verdict),
                    Fact(label="", value=f.facts),
                ]
                for f in self._by(Finding)
            ],
            empty=Empty(
                title=_("Nothing found yet"), text=_("Findings are added in the form."), icon="search"
            ),
        )

    def _records(self) -> RecordTable:
        actions = [
            action
            for kind in InquiryKind
            for action in self._while_open("record", str(kind.label), "plus", kind=kind.value)
        ]
        return RecordTable(
            title=_("Conversations, visits, samples, meetings"),
            heads=[_("Kind"), _("When"), _("Where"), _("With whom"), _("What was said or found"), _("By")],
            rows=[
                self._record(row) for row in self._by(InvestigationRecord, InvestigationRecord.recorded_by)
            ],
            actions=actions,
            empty=Empty(title=_("Nothing on record yet")),
            key="records",
        )

    def _record(self, row: InvestigationRecord) -> list[Fact]:
        further = (
            (_("Laboratory"), row.laboratory),
            (_("Result"), row.result),
            (_("Cause"), row.cause),
            (_("Responsibility"), row.responsibility),
            (_("Resolution plan"), row.plan),
        )
        text = "\n".join([row.content, *(f"{label}: {value}" for label, value in further if value)])
        return [
            Fact(label="", value=row.kind.label),
            Fact(label="", value=moment_text(row.happened_at, self.reader.zone)),
            Fact(label="", value=row.place),
            Fact(label="", value=row.people),
            Fact(label="", value=text, wide=True),
            Fact(label="", value=row.recorded_by.name if row.recorded_by else ""),
        ]

    def _files(self) -> RecordTable:
        kinds = {
            kind.code: kind.names.in_language(self.reader.locale)
            for kind in evidence_kinds(self.session, self.investigation.complaint)
        }
        actions = (
            self._step("evidence", _("Add files"), "upload", Permission.COMPLAINT_ATTACH)
            if self.is_open
            else []
        )
        return RecordTable(
            title=_("Evidence and files"),
            heads=[_("File"), _("Kind of evidence"), _("Taken"), _("Added"), "SHA-256"],
            rows=[self._file(row, kinds) for row in self._by(Attachment, Attachment.uploaded_by)],
            actions=actions,
            empty=Empty(title=_("No file yet"), icon="attachment"),
            key="files",
        )

    def _file(self, row: Attachment, kinds: dict[str, str]) -> list[Fact]:
        zone = self.reader.zone
        kind = kinds.get(row.evidence_kind or "") or (_("Evidence") if row.is_evidence else "")
        taken = (row.taken_at and moment_text(row.taken_at, zone), row.taken_where, row.taken_by)
        added = (moment_text(row.created_at, zone), row.uploaded_by and row.uploaded_by.name)
        if row.withdrawn_at:
            kind = _("Withdrawn")
        return [
            Fact(
                label="",
                value=f"{row.filename} ({readable_size(row.size)})",
                href=url_for("attachments.download", public_id=row.public_id),
            ),
            Fact(label="", value=kind),
            Fact(label="", value=" · ".join(part for part in taken if part) or row.description),
            Fact(label="", value=" · ".join(part for part in added if part)),
            Fact(label="", value=row.sha256[:12] + "…"),
        ]

    def _requests(self) -> RecordTable:
        related = (InvestigationRequest.department, InvestigationRequest.person)
        return RecordTable(
            title=_("Requests to other departments"),
            heads=[_("Kind"), _("To"), _("What is needed"), _("Answer by"), _("Answer")],
            rows=[self._request(row) for row in self._by(InvestigationRequest, *related)],
            actions=self._while_open("ask", _("Ask a department"), "plus"),
            empty=Empty(title=_("Nobody has been asked yet")),
            key="requests",
        )

    def _request(self, row: InvestigationRequest) -> list[Fact]:
        awaits = Badge(text=_("Awaiting the answer"), tone="warn")
        steps = self._step(
            "answer", _("Answer"), "reply", Permission.INVESTIGATION_ANSWER, address=row.public_id
        )
        mine = row.person_id in self.actor.people
        answer = (
            Fact(label="", value=row.answer, wide=True)
            if row.answered_at
            else Fact(
                label="",
                value=awaits.text,
                badge=awaits,
                action=steps[0] if steps and mine and self.is_open else None,
            )
        )
        return [
            Fact(label="", value=row.kind.label),
            Fact(label="", value=f"{row.department.name} · {row.person.name}"),
            Fact(label="", value=row.wanted, wide=True),
            Fact(label="", value=text_of(row.due_on, self.reader.zone)),
            answer,
        ]

    def _memos(self) -> RecordTable:
        return RecordTable(
            title=_("Internal memos"),
            heads=[_("Sent at"), _("To"), _("Facts"), _("Opinion"), _("Decision")],
            rows=[self._memo(row) for row in self._by(InternalMemo, InternalMemo.manager)],
            actions=self._while_open("memo", _("Send internal memo"), "mail"),
            empty=Empty(title=_("No memo yet")),
            key="memos",
        )

    def _memo(self, row: InternalMemo) -> list[Fact]:
        if row.decision is not None:
            decision = Fact(label="", value=f"{row.decision.label}: {row.decision_text}", wide=True)
        else:
            awaits = Badge(text=_("Awaiting the decision"), tone="warn")
            steps = self._step(
                "decide", _("Decide"), "approve", Permission.INVESTIGATION_DECIDE, address=row.public_id
            )
            mine = row.manager_id in self.actor.people and self.is_open
            decision = Fact(
                label="", value=awaits.text, badge=awaits, action=steps[0] if steps and mine else None
            )
        return [
            Fact(label="", value=moment_text(row.sent_at, self.reader.zone)),
            Fact(label="", value=row.manager.name),
            Fact(label="", value=row.facts, wide=True),
            Fact(label="", value=row.opinion, wide=True),
            decision,
        ]

    def _decisions(self) -> RecordTable | None:
        rule = self.inquiry.rules.decision
        rows = self._by(QualityDecision, QualityDecision.decided_by)
        if rule is None and not rows:
            return None
        names = (
            {each.code: each.names.in_language(self.reader.locale) for each in rule.criteria} if rule else {}
        )
        may = rule is not None and not self.is_open and self.actor.has_role(rule.by)
        return RecordTable(
            title=_("Decision on the report"),
            heads=[
                _("Decided at"),
                _("Decided by"),
                _("Cause"),
                _("Responsibility"),
                _("Decision"),
                _("Weighed"),
            ],
            rows=[self._decision(row, names) for row in rows],
            actions=self._step(
                "decision", _("Decide on the report"), "approve", Permission.INVESTIGATION_DECIDE
            )
            if may
            else [],
            empty=Empty(
                title=_("Not decided yet"), text=_("The decision follows the report."), icon="approve"
            ),
            key="decision",
        )

    def _decision(self, row: QualityDecision, names: dict[str, str]) -> list[Fact]:
        weighed = "\n".join(f"{names.get(code, code)}: {text}" for code, text in row.weighed.items())
        return [
            Fact(label="", value=moment_text(row.decided_at, self.reader.zone)),
            Fact(label="", value=row.decided_by.name if row.decided_by else ""),
            Fact(label="", value=row.cause, wide=True),
            Fact(label="", value=row.responsibility, wide=True),
            Fact(label="", value=row.decision, wide=True),
            Fact(label="", value=weighed, wide=True),
        ]

    def _plans(self) -> RecordTable:
        rows = [
            [
                Fact(label="", value=moment_text(row.notified_at, self.reader.zone)),
                Fact(label="", value=row.notified_by.name if row.notified_by else ""),
                Fact(label="", value=row.text, wide=True),
                Fact(
                    label="",
                    value="\n".join(f"{task['department']}: {task['text']}" for task in row.tasks),
                    wide=True,
                ),
            ]
            for row in self._by(ResolutionPlan, ResolutionPlan.notified_by)
        ]
        return RecordTable(
            title=_("Resolution plans"),
            heads=[_("Sent at"), _("Sent by"), _("Resolution plan"), _("Tasks")],
            rows=rows,
            actions=self._step("plan", _("Send resolution plan"), "mail", Permission.INVESTIGATION_WRITE),
            empty=Empty(title=_("No plan has gone out yet")),
            key="plans",
        )
