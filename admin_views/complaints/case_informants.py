"""The informant of a confidential case on its page: alias, requests to read the identity, departments shut out."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from admin_views.case_context import Person
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Action
from models import AccusedDepartment, Informant, InformantRequest
from services.access.permissions import Permission
from services.workflow.informants import is_readable


def case_informants(case: CaseReader) -> list[Person]:
    """Nothing on cases that are not confidential."""
    complaint, session, actor = case.complaint, case.session, case.actor
    if not complaint.is_confidential:
        return []
    informant = session.scalars(sa.select(Informant).where(Informant.complaint_id == complaint.id)).first()
    may_mark = actor.may(Permission.COMPLAINT_MARK_CONFIDENTIAL)
    actions = []
    if informant is None and may_mark and not complaint.is_anonymous:
        actions.append(_step(case, "protect", _("Protect the informant"), "lock"))
    if informant is not None and actor.may(Permission.COMPLAINT_REVEAL):
        actions.append(_step(case, "ask", _("Ask to read the identity"), "eye"))
    if may_mark:
        actions.append(_step(case, "accuse", _("Shut out a department"), "lock"))
    name = informant.alias if informant else _("Not protected by an alias")
    found = [Person(role=_("Informant"), name=name, masked=informant is not None, actions=actions)]
    requests = sa.select(InformantRequest).where(InformantRequest.complaint_id == complaint.id)
    found += [_request(case, row) for row in session.scalars(requests.order_by(InformantRequest.id))]
    barred = sa.select(AccusedDepartment).where(AccusedDepartment.complaint_id == complaint.id)
    found += [
        Person(role=_("Department complained about"), name=row.department.name, note=_("shut out"))
        for row in session.scalars(barred)
    ]
    return found


def _step(case: CaseReader, step: str, label: str, icon: str, **more: Any) -> Action:
    url = url_for(f"complaint_informants.{step}", address=case.complaint.public_id, **more)
    return Action(label=label, url=url, icon=icon, dialog=True)


def _request(case: CaseReader, row: InformantRequest) -> Person:
    actions, asked_it = [], row.asked_by_id == case.actor.user_id
    if row.decided_at is None:
        said = _("waits for a second person")
        if not asked_it and case.actor.may(Permission.COMPLAINT_NAME_PERSON):
            actions.append(_step(case, "decide", _("Decide"), "check", request_id=row.public_id))
    elif not row.is_granted:
        said = _("declined")
    else:
        said = _("read") if row.viewed_at else _("agreed, not read yet")
        if asked_it and is_readable(row.decided_at, row.is_granted, case.now):
            actions.append(_step(case, "read", _("Read"), "eye", request_id=row.public_id))
    return Person(
        role=_("Request to read the identity"),
        name=row.asked_by.name,
        note=f"{row.reason} · {said}",
        actions=actions,
    )
