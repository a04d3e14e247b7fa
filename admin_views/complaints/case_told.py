"""What the complainant was told on receipt, and who in the house was informed, on the page of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.values import moment_text, text_of
from models import Acknowledgement, InformedPerson
from models.enums import OPEN_STATES, EventKind


class CaseTold(CaseReader):
    """Acknowledgements and informed people. Nothing is read where there can be none."""

    def _told(self) -> list[RecordTable]:
        tables = [self._acknowledgements()] if self.acknowledged or self._owed else []
        if self.situation.procedure.informed:
            tables.append(self._informed())
        return [table for table in tables if table.rows or table.empty]

    @property
    def _owed(self) -> bool:
        """The procedure says what an acknowledgement tells, and none has gone out yet."""
        wanted = self.situation.procedure.acknowledgement is not None
        return wanted and not self.complaint.acknowledged_at and self.complaint.state in OPEN_STATES

    @cached_property
    def acknowledged(self) -> Sequence[Acknowledgement]:
        """The acknowledgements in their order; the last one's date is what the complainant expects."""
        if not self.complaint.acknowledged_at:
            return []
        query = (
            sa.select(Acknowledgement)
            .where(Acknowledgement.complaint_id == self.complaint.id)
            .order_by(Acknowledgement.id)
            .options(joinedload(Acknowledgement.signed_by), joinedload(Acknowledgement.signed_for))
        )
        return self.session.scalars(query).all()

    def _estimated_completion(self) -> date | None:
        return next(
            (row.estimated_completion for row in reversed(self.acknowledged) if row.estimated_completion),
            None,
        )

    def _acknowledgements(self) -> RecordTable:
        return RecordTable(
            key="acknowledgements",
            title=_("What the complainant was told"),
            heads=[_("Told at"), _("Told by"), _("Estimated completion"), _("Signed for by"), _("Text")],
            rows=[self._acknowledgement(row) for row in self.acknowledged],
            actions=self._acknowledge() if self._owed else [],
            empty=self._not_told() if self._owed else None,
        )

    def _acknowledge(self) -> list[Action]:
        if self.possible.get(EventKind.ACKNOWLEDGE, [True]):
            return []
        url = url_for("complaint_steps.one_acknowledge", public_id=self.complaint.public_id)
        return [Action(label=EventKind.ACKNOWLEDGE.label, url=url, icon="mail", dialog=True)]

    def _not_told(self) -> Empty:
        rule = self.situation.procedure.acknowledgement
        told = rule.tells if rule else ()
        clauses = dict.fromkeys(clause for part in told for clause in part.clause)
        text = (
            _("The procedure has its receipt acknowledged.")
            if not clauses
            else _("The procedure has its receipt acknowledged (%(clause)s).", clause=", ".join(clauses))
        )
        return Empty(title=_("The complainant has not been told yet."), text=text)

    def _acknowledgement(self, row: Acknowledgement) -> list[Fact]:
        zone = self.reader.zone
        signed = ""
        if row.signed_at is not None:
            signer = row.signed_by.name if row.signed_by else ""
            if row.signed_for is not None:
                signer = _("%(name)s for %(other)s", name=signer, other=row.signed_for.name)
            signed = f"{signer} · {moment_text(row.signed_at, zone)}"
        return [
            Fact(label="", value=moment_text(row.told_at, zone)),
            Fact(label="", value=row.channel.label),
            Fact(label="", value=text_of(row.estimated_completion, zone)),
            Fact(label="", value=signed),
            Fact(label="", value=row.text, wide=True),
        ]

    def _informed(self) -> RecordTable:
        query = (
            sa.select(InformedPerson)
            .where(InformedPerson.complaint_id == self.complaint.id)
            .order_by(InformedPerson.id)
            .options(joinedload(InformedPerson.user))
        )
        found = self.session.scalars(query).all()
        waits = any(row.user_id == self.actor.user_id and row.read_at is None for row in found)
        url = url_for("complaint_informed.confirm", address=self.complaint.public_id)
        confirm = Action(label=_("Confirm as read"), url=url, icon="check", dialog=True)
        return RecordTable(
            key="informed",
            title=_("Kept informed"),
            heads=[_("Person"), _("Post"), _("Informed of"), _("Told at"), _("Read at")],
            rows=[self._informed_person(row) for row in found],
            actions=[confirm] if waits else [],
        )

    def _informed_person(self, row: InformedPerson) -> list[Fact]:
        zone = self.reader.zone
        unread = Badge(text=_("Not confirmed yet"), tone="warn")
        return [
            Fact(label="", value=row.user.name),
            Fact(label="", value=row.post.label),
            Fact(label="", value=f"{row.informed_of.label}{self._clause_note(row.clause)}"),
            Fact(label="", value=moment_text(row.told_at, zone)),
            Fact(label="", value=moment_text(row.read_at, zone))
            if row.read_at
            else Fact(label="", value=unread.text, badge=unread),
        ]

    @staticmethod
    def _clause_note(clause: str | None) -> str:
        return f" ({clause})" if clause else ""
