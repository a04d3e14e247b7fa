"""Drafts of procedures: where they may be copied from, how they are loaded, and their own history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ProcedureDraft, ProcedureDraftStep, ProcedureVersion
from models.draft_enums import DraftAct, DraftStatus
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Grant
from services.errors import NotPermitted, Reason, Refused
from services.organisation import checks
from services.procedures.drafting import examine, named
from services.procedures.published import kinds_changed, newest_versions
from services.procedures.reading import Fault
from services.procedures.registry import Pack, packs_in
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SourceText:
    """A procedure that can be copied or adopted: published, or a file that waits in the folder."""

    code: str
    number: int
    name_zh: str
    name_en: str
    text: str
    pack: Pack | None = None
    """The file, when this version of it has not been published yet."""


def source_texts(session: Session) -> dict[str, SourceText]:
    """Every procedure by code: the newest published version, or the file where that is newer or the only one."""
    found = {
        version.code: SourceText(
            version.code, version.number, version.name_zh, version.name_en, version.source_text
        )
        for version in newest_versions(session)
    }
    for code, pack in packs_in().items():
        known, procedure = found.get(code), pack.procedure
        if known is None or known.number < procedure.version:
            names = procedure.names
            found[code] = SourceText(code, procedure.version, names.zh, names.en, pack.text, pack)
    return dict(sorted(found.items()))


def permitted(work: UnitOfWork, permission: Permission) -> Grant:
    """The grant under which a person acts on procedures. NotPermitted without one."""
    grant = work.actor.grant_for(permission)
    if grant is None or work.actor.user_id is None:
        raise NotPermitted
    return grant


def load_draft(work: UnitOfWork, address: str, version: int | None, *statuses: DraftStatus) -> ProcedureDraft:
    """The draft, locked. NotFound, Stale, or Refused when it stands at none of these."""
    draft = checks.load(work, ProcedureDraft, address, version)
    if draft.status not in statuses:
        message = _l("This step is not possible while the draft is: %(state)s.", state=draft.status.label)
        raise Refused([Reason("wrong_state", message)])
    return draft


def put_text(draft: ProcedureDraft, text: str, further: Iterable[Fault] = ()) -> None:
    """The draft with this text, and what it declares so far for lists."""
    examined = examine(text)
    draft.text = text
    draft.code, draft.name_zh, draft.name_en = named(examined)
    draft.faults = len([*examined.faults, *further])


def note_step(
    work: UnitOfWork, draft: ProcedureDraft, act: DraftAct, grant: Grant, note: str | None = None
) -> ProcedureDraftStep:
    """One line of the draft's own history, with the text as it stands now; into the audit trail too."""
    work.session.flush()
    step = ProcedureDraftStep(
        draft_id=draft.id,
        at=work.now,
        act=act,
        by_id=work.actor.user_id,
        by_name=work.actor.name,
        for_id=grant.on_behalf_of_id,
        note=note,
        text=draft.text,
    )
    work.session.add(step)
    checks.record_change(work, f"procedure_draft.{act.value}", draft, note)
    return step


def steps_of(session: Session, draft: ProcedureDraft) -> list[ProcedureDraftStep]:
    """The history of a draft, oldest first."""
    query = sa.select(ProcedureDraftStep).where(ProcedureDraftStep.draft_id == draft.id)
    return list(session.scalars(query.order_by(ProcedureDraftStep.id)))


def writers_of(session: Session, draft: ProcedureDraft) -> set[int]:
    """Whoever had a hand in the text, and those they stood in for: none of them decides on it."""
    writing = (DraftAct.COPIED, DraftAct.EDITED, DraftAct.SUBMITTED)
    found = {
        person
        for step in steps_of(session, draft)
        if step.act in writing
        for person in (step.by_id, step.for_id)
        if person is not None
    }
    return {*found, draft.author_id}


def faults_among_others(session: Session, procedure: Procedure, text: str) -> list[Fault]:
    """What doesn't fit beside what is there: the numbers of other procedures, the fields of its own former versions."""
    found = kinds_changed(session, procedure, text)
    for source in source_texts(session).values():
        if source.code == procedure.code:
            continue
        prefix = examine(source.text).procedure if source.pack is None else source.pack.procedure
        if prefix is not None and prefix.number_prefix == procedure.number_prefix:
            message = f"{procedure.number_prefix} is used by {source.code} too; numbers would collide"
            return [*found, Fault(1, "number_prefix", message)]
    return found


def next_number(session: Session, code: str) -> int:
    """The number under which the next version of a procedure is published."""
    published = session.scalar(
        sa.select(sa.func.max(ProcedureVersion.number)).where(ProcedureVersion.code == code)
    )
    pack = packs_in().get(code)
    return max(published or 0, pack.procedure.version if pack else 0) + 1
