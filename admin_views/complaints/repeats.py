"""Likely repeats at registration, and linking a complaint on record to an earlier one or taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.complaints.privacy import complaint_at, step_on_case
from admin_views.fields import REQUIRED, stripped
from admin_views.guard import acting, desk_zone, requires
from admin_views.locale import enumerated
from admin_views.page_parts import Badge
from admin_views.record_forms import posted
from admin_views.values import badge_of, moment_text
from extensions import db
from models import Department
from models.enums import OPEN_STATES
from models.labels import _l
from services.access.permissions import Permission
from services.operations.link_repeat import link_repeat
from services.operations.unlink_repeat import unlink_repeat
from services.procedures.of_complaint import parsed, procedure_of
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.workflow.likely import Likely, Probe, likely_repeats, probe_of

blueprint = Blueprint("complaint_repeats", __name__, url_prefix="/complaints")

CHOICE = "repeat_choice"
AS_NEW, AS_REPEAT, AS_REPORT = "new", "repeat", "report"


@dataclass(frozen=True, kw_only=True)
class LikelyLine:
    """One earlier complaint as the registrar sees it."""

    number: str
    address: str
    url: str
    summary: str
    state: Badge | None
    received_at: str
    department: str
    reasons: str
    is_open: bool


def probe_from(form: Any) -> Probe:
    """What the registration form holds so far, valid or not."""

    def said(name: str) -> str:
        value = form.get(name) or ""
        return value.strip() if isinstance(value, str) else ""

    received = datetime.now(UTC)
    try:
        typed = datetime.fromisoformat(said("received_at"))
        received = typed.replace(tzinfo=desk_zone()).astimezone(UTC)
    except ValueError:
        typed = received  # not a date yet: compared with today
    return Probe(
        received,
        said("summary"),
        said("content"),
        (said("phone"),) if said("phone") else (),
        said("product"),
        said("batch"),
        acting().department_id,
        frozenset(code for code in (said("nature"), said("category_code")) if code),
        is_confidential=bool(said("confidential")),
    )


def likely_lines(procedure: Procedure, probe: Probe) -> list[LikelyLine]:
    return lines_of(likely_repeats(db.session(), procedure.repeats, probe))


def lines_of(found: Sequence[Likely]) -> list[LikelyLine]:
    ids = {one.complaint.department_id or one.complaint.receiving_department_id for one in found}
    names = dict(
        db.session()
        .execute(sa.select(Department.id, Department.name).where(Department.id.in_([i for i in ids if i])))
        .tuples()
        .all()
    )
    return [_line(one, names) for one in found]


def _line(one: Likely, names: dict[int, str]) -> LikelyLine:
    case = one.complaint
    return LikelyLine(
        number=case.number,
        address=case.public_id,
        url=url_for("complaints.details_view", address=case.public_id),
        summary=case.summary,
        state=badge_of(case.state),
        received_at=moment_text(case.received_at, desk_zone()),
        department=names.get(case.department_id or case.receiving_department_id or 0, ""),
        reasons=reasons_in_words(one),
        is_open=case.state in OPEN_STATES,
    )


def reasons_in_words(one: Likely) -> str:
    return enumerated(str(reason.label) for reason in sorted(one.reasons))


def chosen() -> tuple[str, str]:
    """How the registrar goes on, and with which complaint: ("", "") while nothing is chosen."""
    way, _colon, address = request.form.get(CHOICE, "").partition(":")
    known = way == AS_NEW or (way in (AS_REPEAT, AS_REPORT) and bool(address))
    return (way, address) if known else ("", "")


@blueprint.route("/likely", methods=["POST"])
@requires(Permission.COMPLAINT_REGISTER)
def likely() -> ResponseReturnValue:
    """The likely ones among those the reader may see, as the part of the form that offers the choice."""
    version = current_version(db.session())
    lines = likely_lines(parsed(version), probe_from(request.form)) if version is not None else []
    return render_template("desk/likely.html", likely=lines, likely_choice=request.form.get(CHOICE, ""))


class LinkForm(BaseForm):
    likely = RadioField(_l("Likely ones"), [Optional()], validate_choice=False, render_kw={"wide": True})
    number = StringField(
        _l("Number of the earlier complaint"),
        [Optional(), Length(max=40)],
        filters=[stripped],
        description=_l("Left empty: the one picked above."),
    )
    reason = TextAreaField(
        _l("Why it is a repeat"), [InputRequired(REQUIRED)], render_kw={"rows": 2, "wide": True}
    )


class UnlinkForm(BaseForm):
    reason = TextAreaField(
        _l("Why it is no repeat"), [InputRequired(REQUIRED)], render_kw={"rows": 2, "wide": True}
    )


@blueprint.route("/<address>/repeat-of", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_CORRECT)
def link(address: str) -> ResponseReturnValue:
    """Links a complaint on record as a repeat of an earlier one."""
    complaint, form = complaint_at(address), LinkForm(posted())
    session = db.session()
    found = likely_repeats(session, procedure_of(session, complaint).repeats, probe_of(session, complaint))
    form.likely.choices = [
        (one.complaint.number, f"{one.complaint.number} {one.complaint.summary} · {reasons_in_words(one)}")
        for one in found
    ]
    if not found:
        del form.likely
        form.number.description = ""
    picked = form.likely.data if "likely" in form else None
    return step_on_case(
        address,
        form,
        lambda work: link_repeat(work, address, number=form.number.data or picked, reason=form.reason.data),
        title=_("Link as a repeat"),
        explanation=_("It is marked as a repeat, and what the procedure wants for repeats begins."),
        icon="refresh",
        anchor="linked",
    )


@blueprint.route("/<address>/repeat-of/end", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_CORRECT)
def unlink(address: str) -> ResponseReturnValue:
    """Takes back a wrong link; it stays on record with its reason."""
    form = UnlinkForm(posted())
    return step_on_case(
        address,
        form,
        lambda work: unlink_repeat(work, address, reason=form.reason.data),
        title=_("Take the link away"),
        explanation=_("It is no repeat any more. The link stays on record with your reason."),
        icon="close",
        anchor="linked",
    )
