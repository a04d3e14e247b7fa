"""The second signature: the content of the files on a register is destroyed, or the register is declined."""

from __future__ import annotations

import sqlalchemy as sa

from models import ArchiveRecord, Complaint, Destruction, DestructionItem
from models.archive_enums import DestructionStatus
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.access.separation import involved
from services.actor import Grant
from services.archives.destroying import destroy_content
from services.archives.retention import against_destroying, today_of
from services.attachments.store import FileStore
from services.errors import NotPermitted, Reason, Refused
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.typed import optional, required


def sign_destruction(
    work: UnitOfWork,
    store: FileStore,
    destruction_id: int,
    version: int | None = None,
    *,
    remark: str | None = None,
) -> Destruction:
    """Everything on the register is destroyed in this transaction; the stubs and the register stay.

    Refused for whoever proposed it, when it is decided, or when a file has come to be kept longer, lent or taken out
    since. NotPermitted where a file of the register is out of the signer's scope.
    """
    destruction, grant = _open(work, destruction_id, version)
    items, records = _files(work, destruction)
    today = today_of(work.session, work.now)
    reasons = [reason for record in records for reason in against_destroying(work.session, record, today)]
    if reasons:
        raise Refused(reasons)
    earlier = audit.values_of(destruction)
    _decide(work, destruction, DestructionStatus.CARRIED_OUT, optional(remark))
    save(work, destruction)  # before anything is emptied: the triggers look for the signed register
    record_change(work, "carry_out", destruction, earlier, grant=grant)
    number = destruction.number
    counted = {}
    for record in records:
        key = record.id
        counted[key] = destroy_content(work, store, record, f"内容已销毁〔{number}〕")
    for item in work.session.scalars(sa.select(DestructionItem).where(DestructionItem.id.in_(items))):
        gone = counted[item.archive_record_id]
        item.row_count, item.file_count, item.entry_count = gone.rows, gone.files, gone.entries
        _tell_the_trail(work, item, number, grant)
    work.session.flush()
    return work.session.get_one(Destruction, destruction_id)


def decline_destruction(
    work: UnitOfWork, destruction_id: int, version: int | None = None, *, reason: str | None
) -> Destruction:
    """Nothing is destroyed; the files may be proposed again or be kept longer."""
    destruction, grant = _open(work, destruction_id, version)
    earlier = audit.values_of(destruction)
    reason = required(reason, "reason", _l("Say why the files are not destroyed."))
    _decide(work, destruction, DestructionStatus.DECLINED, reason)
    save(work, destruction)
    record_change(work, "decline", destruction, earlier, grant=grant, reason=reason)
    return destruction


def _open(work: UnitOfWork, destruction_id: int, version: int | None) -> tuple[Destruction, Grant]:
    destruction: Destruction = load_record(work, Destruction, destruction_id, version)
    grant = work.actor.grant_for(Permission.DESTRUCTION_SIGN)
    if grant is None or work.actor.user_id is None:
        raise NotPermitted
    if destruction.status is not DestructionStatus.PROPOSED:
        raise Refused([Reason("decided", _l("This register is decided already."))])
    if involved(work.actor, destruction.proposed_by_id):
        message = _l("Whoever proposed the destruction can't give the second signature.")
        raise Refused([Reason("same_person", message)])
    return destruction, grant


def _files(work: UnitOfWork, destruction: Destruction) -> tuple[list[int], list[ArchiveRecord]]:
    """The lines and the records of the register, locked. NotPermitted when one of them can't be read."""
    mine = DestructionItem.destruction_id == destruction.id
    items = work.session.scalars(sa.select(DestructionItem).where(mine)).all()
    wanted = {item.archive_record_id for item in items}
    query = sa.select(ArchiveRecord).where(ArchiveRecord.id.in_(wanted)).order_by(ArchiveRecord.id)
    records = list(work.session.scalars(query.with_for_update(of=ArchiveRecord)))
    if not records or len(records) != len(wanted):
        raise NotPermitted
    return [item.id for item in items], records


def _decide(work: UnitOfWork, destruction: Destruction, status: DestructionStatus, said: str | None) -> None:
    destruction.status, destruction.decision_reason = status, said
    destruction.decided_by_id, destruction.decided_at = work.actor.user_id, work.now


def _tell_the_trail(work: UnitOfWork, item: DestructionItem, number: str, grant: Grant) -> None:
    """Without this line of the trail, entries without content count as broken."""
    case = work.session.get_one(Complaint, item.complaint_id)
    work.record(
        audit.Draft(
            audit.DESTROYED,
            "complaint",
            case.id,
            case.number,
            case,
            after={
                "destruction": number,
                "seal": item.seal_digest,
                "rows": item.row_count,
                "files": item.file_count,
            },
            on_behalf_of_id=grant.on_behalf_of_id,
        )
    )
