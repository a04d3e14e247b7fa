"""Holds: goods stopped for a complaint, notices with their acknowledgements, release with a basis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from wtforms.validators import Optional

from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.fields import RelationField
from admin_views.form_context import RecordPage
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Badge, Fact
from admin_views.page_parts import Empty as EmptyPlace
from admin_views.quality import hold_forms as dialogs
from admin_views.quality.accident_forms import prefilled
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from admin_views.values import moment_text
from extensions import db
from models import Complaint, Department, Hold, HoldNotice
from models.hold_enums import HoldStatus, NoticeKind
from models.labels import _l
from services.access.permissions import Permission
from services.errors import NotFound
from services.listing import ListRow
from services.operations.acknowledge_hold import acknowledge_hold
from services.operations.carry_out_hold import carry_out_hold
from services.operations.check_neighbours import check_neighbours
from services.operations.place_hold import place_hold
from services.operations.release_hold import release_hold
from services.operations.tell_of_hold import tell_of_hold
from services.unit_of_work import UnitOfWork
from services.workflow.holds import belongs_to, missing_for_release


class HoldsView(GuardedModelView):
    """Goods that stand still, and those that move again."""

    model = Hold
    permission = Permission.HOLD_READ
    create = Permission.HOLD_WRITE
    title = _l("Holds")
    new_title = _l("Place a hold")
    default_sort = "-ordered_at"
    create_fields = (
        "complaint_id",
        "product",
        "batch",
        "stops_sale",
        "stops_dispatch",
        "stops_use",
        "stops_production",
        "isolates",
        "reason",
    )
    form_note = _l("The departments that sell, store or make the goods are told at once.")
    page_sections = (
        (
            _l("What stands still"),
            (
                "number", "complaint_id", "product", "batch", "stops_sale", "stops_dispatch", "stops_use",
                "stops_production", "isolates", "clause", "reason", "ordered_at", "ordered_by_id",
            ),
        ),
        (
            _l("Carried out and checked"),
            (
                "executed_at", "executed_by_id", "executed_text", "neighbours_checked_at", "neighbours_result",
            ),
        ),
        (_l("Release"), ("released_at", "released_by_id", "release_basis")),
    )  # fmt: skip
    standard_views = (
        (_l("Goods stopped"), "f.status=open"),
        (_l("Released"), "f.status=released"),
        (_l("All"), ""),
    )
    empty = EmptyPlace(
        title=_l("No hold here"),
        text=_l("The procedure places holds by itself; others are placed from the page of a complaint."),
        icon="pause",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.department_id = RelationField(_l("Also tell this department"), [Optional()], target=Department)
        return form

    def defaults(self) -> Mapping[str, Any]:
        complaint_id = asked_complaint()
        case = db.session().get(Complaint, complaint_id) if complaint_id else None
        return {
            "complaint_id": complaint_id,
            "product": case.product if case else None,
            "batch": case.batch if case else None,
        }

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Hold:
        complaint_id, department_id = values.pop("complaint_id"), values.pop("department_id")
        return place_hold(work, values=values, complaint_id=complaint_id, department_id=department_id)

    # The page

    def page(self, row: ListRow) -> RecordPage:
        hold = self.get_one(row.address)
        plain = super().page(row)
        groups = [
            replace(group, facts=facts)
            for group in plain.groups
            if (facts := [fact for fact in group.facts if fact.value not in (None, "")])
        ]
        return replace(plain, groups=groups, notices=self._said_above(hold))

    def _said_above(self, hold: Hold) -> list[tuple[str, Any]]:
        if hold.status is HoldStatus.RELEASED:
            return []
        return [("warn", reason.message) for reason in missing_for_release(hold)]

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        hold = self.get_one(row.address)
        if hold.status is HoldStatus.RELEASED:
            return ()
        steps = []
        if acting().may(Permission.HOLD_WRITE):
            if hold.stops_production or hold.isolates:
                steps.append(("execution", _("Record execution"), "note"))
            steps.append(("neighbours", _("Neighbouring batches"), "search"))
        if acting().may(Permission.HOLD_RELEASE):
            steps.append(("release", _("Release"), "resume"))
        mine = self._mine(hold)
        first = self._step_of(row.address, mine) if mine else None
        return [
            *([first] if first else []),
            *(
                Action(label=label, url=self._url(name, row.address), icon=icon, dialog=True)
                for name, label, icon in steps
            ),
        ]

    def _url(self, name: str, address: str, **more: Any) -> str:
        return url_for(f"{self.endpoint}.{name}", address=address, **more)

    def _notices(self, hold: Hold) -> Sequence[HoldNotice]:
        query = sa.select(HoldNotice).where(HoldNotice.hold_id == hold.id).order_by(HoldNotice.id)
        return (
            db.session()
            .scalars(query.options(joinedload(HoldNotice.department), joinedload(HoldNotice.acknowledged_by)))
            .all()
        )

    def _mine(self, hold: Hold) -> HoldNotice | None:
        """The open notice of the reader's own department, the newest first."""
        open_ones = [
            notice
            for notice in self._notices(hold)
            if notice.sent_at and notice.acknowledged_at is None and belongs_to(acting(), notice.department)
        ]
        return open_ones[-1] if open_ones else None

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        hold = self.get_one(row.address)
        seen = db.session().get(Complaint, hold.complaint_id) is not None
        rows = [self._notice_row(row.address, notice, seen) for notice in self._notices(hold)]
        heads = [
            _("Notice"),
            _("To"),
            _("Told at"),
            _("How told"),
            _("Acknowledged"),
            _("Receipt"),
            _("Step"),
        ]
        return [
            RecordTable(
                key="notices",
                title=_("Notices and acknowledgements"),
                heads=heads,
                rows=rows,
                empty=EmptyPlace(title=_("Nobody has to be told."), icon="mail"),
            )
        ]

    def _notice_row(self, address: str, notice: HoldNotice, seen: bool) -> list[Fact]:
        zone = self.reader.zone
        told = Badge(text=_("To be told"), tone="bad")
        waiting = Badge(text=_("Awaited"), tone="warn")
        who = notice.outside if seen else _("Purchaser")
        if notice.outside is None:
            who = notice.department.name if notice.department else _("No department has this task yet")
            if notice.duty:
                who = f"{who} ({notice.duty.label})"
        by = notice.acknowledged_by.name if notice.acknowledged_by else ""
        return [
            Fact(label="", value=notice.kind.label),
            Fact(label="", value=who),
            Fact(label="", value=moment_text(notice.sent_at, zone))
            if notice.sent_at
            else Fact(label="", badge=told),
            Fact(label="", value=notice.sent_how or (_("by the desk") if notice.sent_at else "")),
            Fact(label="", value=f"{moment_text(notice.acknowledged_at, zone)} {by}")
            if notice.acknowledged_at
            else Fact(label="", badge=waiting),
            Fact(label="", value=notice.receipt),
            Fact(label="", value=" ", action=self._step_of(address, notice)),
        ]

    def _step_of(self, address: str, notice: HoldNotice) -> Action | None:
        """What the reader can do about one notice now."""
        writes = acting().may(Permission.HOLD_WRITE)
        step = None
        if notice.sent_at is None and writes:
            unnamed = notice.outside is None and notice.department_id is None
            step = ("tell", _("Name a department") if unnamed else _("Record: told"), "mail")
        elif notice.sent_at and notice.acknowledged_at is None:
            if notice.outside is not None and writes:
                step = ("receipt", _("Record receipt"), "check")
            elif notice.outside is None and belongs_to(acting(), notice.department):
                step = ("acknowledge_notice", _("Acknowledge"), "check")
        if step is None:
            return None
        name, label, icon = step
        return Action(
            label=label, url=self._url(name, address, notice=notice.public_id), icon=icon, dialog=True
        )

    def _notice(self, hold: Hold, address: str) -> HoldNotice:
        query = sa.select(HoldNotice).where(HoldNotice.hold_id == hold.id, HoldNotice.public_id == address)
        found = db.session().scalars(query).first()
        if found is None:
            raise NotFound
        return found

    # Steps

    @expose("/<address>/execution", methods=("GET", "POST"))
    @requires(Permission.HOLD_WRITE)
    def execution(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            dialogs.ExecutionForm,
            lambda work, version, form: carry_out_hold(work, row.id, version, how=form.how.data),
            title=_("Record execution"),
            icon="note",
        )

    @expose("/<address>/neighbours", methods=("GET", "POST"))
    @requires(Permission.HOLD_WRITE)
    def neighbours(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            dialogs.NeighboursForm,
            lambda work, version, form: check_neighbours(work, row.id, version, result=form.result.data),
            title=_("Neighbouring batches"),
            icon="search",
            explanation=_("Batches made or delivered just before and after the one that is held."),
        )

    @expose("/<address>/release", methods=("GET", "POST"))
    @requires(Permission.HOLD_RELEASE)
    def release(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            dialogs.ReleaseForm,
            lambda work, version, form: release_hold(work, row.id, version, basis=form.basis.data),
            title=_("Release"),
            icon="resume",
            explanation=_("The goods move again; everybody who was told to stop is told."),
            missing=missing_for_release(self.get_one(address)),
        )

    @expose("/<address>/notices/<notice>/acknowledge", methods=("GET", "POST"))
    @requires(Permission.HOLD_READ)
    def acknowledge_notice(self, address: str, notice: str) -> ResponseReturnValue:
        row = self.row(address)
        return self._acknowledged(row, self._notice(self.get_one(address), notice))

    def _acknowledged(self, row: ListRow, notice: HoldNotice) -> ResponseReturnValue:
        notice_id = notice.id
        what = _("released") if notice.kind is NoticeKind.RELEASE else _("stopped")
        return step_dialog(
            self,
            row,
            dialogs.AcknowledgeForm,
            lambda work, version, form: acknowledge_hold(work, notice_id, receipt=form.receipt.data),
            title=_("Acknowledge"),
            icon="check",
            explanation=_("You confirm that your department knows the goods are %(what)s.", what=what),
        )

    @expose("/<address>/notices/<notice>/receipt", methods=("GET", "POST"))
    @requires(Permission.HOLD_WRITE)
    def receipt(self, address: str, notice: str) -> ResponseReturnValue:
        row = self.row(address)
        notice_id = self._notice(self.get_one(address), notice).id
        return step_dialog(
            self,
            row,
            dialogs.ReceiptForm,
            lambda work, version, form: acknowledge_hold(work, notice_id, receipt=form.receipt.data),
            title=_("Record receipt"),
            icon="check",
        )

    @expose("/<address>/notices/<notice>/tell", methods=("GET", "POST"))
    @requires(Permission.HOLD_WRITE)
    def tell(self, address: str, notice: str) -> ResponseReturnValue:
        row = self.row(address)
        found = self._notice(self.get_one(address), notice)
        notice_id, unnamed = found.id, found.outside is None and found.department_id is None
        if unnamed:
            return step_dialog(
                self,
                row,
                prefilled(dialogs.AssignForm),
                lambda work, version, form: tell_of_hold(
                    work, notice_id, department_id=form.department_id.data
                ),
                title=_("Name a department"),
                icon="mail",
                explanation=_(
                    "Its people are told at once. The task can be entered at the department for good."
                ),
            )
        return step_dialog(
            self,
            row,
            prefilled(dialogs.TellForm, at=datetime.now(UTC)),
            lambda work, version, form: tell_of_hold(work, notice_id, how=form.how.data, at=form.at.data),
            title=_("Record: told"),
            icon="mail",
        )
