"""An export that somebody asked for, as a job keeps it, and the rights under which its file may be fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Base, Complaint, Job
from models.job_enums import JobStatus
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Actor
from services.errors import NotFound, NotPermitted
from services.ledger.exporting import FileForm
from services.ledger.layouts import AS_ON_SCREEN
from services.listing import ListQuery
from services.own_fields import NOTHING, declared

KIND = "export"
"""Of the jobs that are exports."""


@dataclass(frozen=True)
class Wish:
    """What is wanted: a list as it stood on the screen, and how it is to be written."""

    table: str
    permission: str
    """Of the screen that shows the list."""
    params: list[tuple[str, str]]
    columns: list[str]
    title: str
    locale: str
    form: str = FileForm.WORKBOOK.value
    layout: str = AS_ON_SCREEN

    @classmethod
    def of(
        cls, query: ListQuery, permission: Permission, title: str, form: FileForm, layout: str = AS_ON_SCREEN
    ) -> Wish:
        return cls(
            query.model.__tablename__, permission.value, query.params(), list(query.columns), title, query.locale,
            form.value, layout,
        )  # fmt: skip

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Wish:
        """A wish as `as_arguments` kept it."""
        known = {key: value for key, value in arguments.items() if key in cls.__dataclass_fields__}
        return cls(**known | {"params": [(key, value) for key, value in known["params"]]})

    def as_arguments(self) -> dict[str, Any]:
        return asdict(self)

    def query(self, session: Session, actor: Actor, zone: ZoneInfo) -> ListQuery:
        """The list, as the actor may see it now."""
        model = next(
            mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == self.table
        )
        known = declared(session, actor, self.locale) if model is Complaint else NOTHING
        return ListQuery.from_params(
            model, self.params, actor, zone, columns=self.columns, locale=self.locale, declared=known
        )

    def may_be_read_by(self, actor: Actor) -> bool:
        """Whether this person may export this list at all."""
        return actor.may(Permission.LEDGER_EXPORT) and actor.may(Permission(self.permission))


def rights_of(actor: Actor) -> dict[str, Any]:
    """What decides which rows an export holds and how much of them."""
    return {
        "audiences": sorted(actor.audiences),
        "people": sorted(actor.people),
        "reveals": actor.may(Permission.COMPLAINT_REVEAL),
    }


def still_has(actor: Actor, rights: Mapping[str, Any]) -> bool:
    """Whether the actor may do everything that somebody with `rights` could."""
    now = rights_of(actor)
    return (
        set(rights["audiences"]) <= set(now["audiences"])
        and set(rights["people"]) <= set(now["people"])
        and now["reveals"] >= rights["reveals"]
    )


def fetched_export(session: Session, actor: Actor, address: str, now: datetime) -> dict[str, Any]:
    """What a finished export of the actor's own says of its file.

    NotFound: none of theirs, not finished, or expired. NotPermitted: a right that it was made with has gone since.
    """
    job = session.scalars(
        sa.select(Job).where(Job.public_id == address, Job.kind == KIND, Job.user_id == actor.user_id)
    ).first()
    if job is None or job.status is not JobStatus.DONE or not job.result or has_expired(job.result, now):
        raise NotFound
    if not Wish.read(job.arguments).may_be_read_by(actor) or not still_has(actor, job.result["rights"]):
        raise NotPermitted(_l("Your rights have changed since this export was made. Export the list again."))
    return job.result


def has_expired(result: Mapping[str, Any], now: datetime) -> bool:
    return datetime.fromisoformat(result["expires_at"]) <= now
