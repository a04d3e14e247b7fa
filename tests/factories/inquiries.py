"""Investigations brought along by the real operations."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Investigation, User
from models.enums import FindingVerdict, InquiryKind, RoleName
from models.fields import fields_of
from services.access.scope import unscoped
from services.attachments.store import FileStore
from services.operations.attach import Particulars, attach
from services.operations.edit_investigation import edit_investigation
from services.operations.finish_investigation import finish_investigation
from services.operations.open_investigation import open_investigation
from services.operations.record_inquiry import Told, record_inquiry
from services.unit_of_work import UnitOfWork
from services.workflow.intake_checks import INVESTIGATION
from settings import Settings
from tests.factories.cases import NOW, actor_of
from tests.factories.full_house import png
from tests.factories.intake import settle_checks
from tests.factories.organisation import House

UPHELD = {"allegation": "产品开裂", "verdict": FindingVerdict.UPHELD, "facts": "样品可见裂纹。"}

LEVEL_FACTS = {
    "level_1": {"use": "grave", "society": "great"},
    "level_2": {"use": "some", "society": "not_great"},
    "level_3": {"use": "slight", "society": "not_great"},
}
"""The facts from which each of the three levels follows."""


def investigate(
    session: Session,
    house: House,
    complaint: Complaint,
    *members: User,
    by: User | None = None,
    now: datetime = NOW,
    settle: bool = True,
    **values: Any,
) -> Investigation:
    """An investigation of the head of quality's, led by the investigator, with one allegation upheld.

    `settle`: what the procedure wants checked before it is on record.
    """
    if settle:
        settle_checks(session, complaint, now, INVESTIGATION)
    given = {"title": "质量调查", "leader_id": house[RoleName.INVESTIGATOR].id, **values}
    with UnitOfWork(session, actor_of(session, by or house[RoleName.HEAD_OF_QUALITY], now), now) as work:
        return open_investigation(
            work,
            complaint.id,
            values=given,
            members=[{"user_id": member.id, "part": None} for member in members],
            findings=[UPHELD],
        )


def write_down(
    session: Session, house: House, investigation: Investigation, *, at: datetime = NOW, **values: Any
) -> Investigation:
    """What the form of the investigation says, changed in `values` alone."""
    now = again(session, investigation)
    keys = [spec.key for spec in fields_of(Investigation) if spec.form and spec.key != "complaint_id"]
    kept = {key: getattr(now, key) for key in keys}
    with unscoped(session, "a test fills the form in again"):
        members = [{"id": m.id, "user_id": m.user_id, "part": m.part} for m in now.members]
        findings = [
            {"id": f.id, "allegation": f.allegation, "verdict": f.verdict, "facts": f.facts}
            for f in now.findings
        ]
    with UnitOfWork(session, actor_of(session, house[RoleName.HEAD_OF_QUALITY], at), at) as work:
        return edit_investigation(
            work, investigation.id, None, values=kept | values, members=members, findings=findings
        )


def finish(
    session: Session,
    house: House,
    investigation: Investigation,
    *,
    by: User | None = None,
    now: datetime = NOW,
    root_cause: str | None = None,
) -> Investigation:
    with UnitOfWork(session, actor_of(session, by or house[RoleName.INVESTIGATOR], now), now) as work:
        return finish_investigation(
            work, investigation.id, None, report="调查属实，详见附件。", root_cause=root_cause
        )


def put_on_record(
    session: Session,
    house: House,
    investigation: Investigation,
    kind: InquiryKind,
    *,
    at: datetime = NOW,
    **told: Any,
) -> None:
    """A record of this kind with everything that it needs."""
    given: dict[str, Any] = {
        "happened_at": at,
        "place": "一号车间",
        "people": "王工",
        "content": "核对了批记录。",
        "cause": "温控失灵。",
        "responsibility": "生产部。",
        "plan": "更换批次并检修。",
    }
    with UnitOfWork(session, actor_of(session, house[RoleName.INVESTIGATOR], at), at) as work:
        record_inquiry(work, investigation.id, kind, Told(**(given | told)))


def add_file(
    session: Session,
    settings: Settings,
    user: User,
    investigation: Investigation,
    *,
    content: bytes | None = None,
    name: str = "缺陷.png",
    at: datetime = NOW,
    **said: Any,
) -> None:
    """A picture of the defect unless `content` says otherwise."""
    store = FileStore(settings)
    staged = store.stage(BytesIO(png() if content is None else content), name)
    with UnitOfWork(session, actor_of(session, user, at), at) as work:
        attach(work, store, staged, investigation=investigation.public_id, particulars=Particulars(**said))


def again(session: Session, investigation: Investigation) -> Investigation:
    """The investigation as it stands in the database, whoever may see it."""
    with unscoped(session, "a test looks at the result"):
        query = sa.select(Investigation).where(Investigation.public_id == investigation.public_id)
        return session.scalars(query.execution_options(populate_existing=True)).one()
