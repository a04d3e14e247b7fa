"""Checking whether an archived file still is what its seal says."""

from __future__ import annotations

from dataclasses import dataclass

from models import ArchiveRecord, ArchiveSeal
from models.archive_enums import SealOccasion, SealVerdict
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.archives.checking import Difference, differences
from services.archives.sealing import seal_file, standing_seal
from services.attachments.store import FileStore
from services.errors import Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.gates import CONTENT_DESTROYED


@dataclass(frozen=True)
class Check:
    """What a check found: nothing when the file is intact."""

    record: ArchiveRecord
    seal: ArchiveSeal
    differences: list[Difference]


def verify_archive(work: UnitOfWork, store: FileStore, record_id: int) -> Check:
    """The digest computed again from rows and files; the verdict stays on the record and in the trail.

    Refused for a file that bears no seal: taken out again, or sealed before seals could be compared.
    """
    record: ArchiveRecord = load_record(work, ArchiveRecord, record_id)
    grant = grant_for_record(work, Permission.COMPLAINT_ARCHIVE, record)
    if record.ended_at is not None:
        raise Refused(
            [Reason("taken_out", _l("The file is taken out; it gets a new seal when it is archived."))]
        )
    if record.destroyed_at is not None:
        raise Refused([Reason("destroyed", CONTENT_DESTROYED)])
    seal = standing_seal(work.session, record.id)
    if seal is None:
        raise Refused(
            [Reason("unsealed", _l("The file bears no seal that could be compared; seal it first."))]
        )
    found = differences(work.session, store, record, seal)
    earlier = audit.values_of(record)
    record.verified_at = work.now
    record.verdict = SealVerdict.DIFFERS if found else SealVerdict.INTACT
    save(work, record)
    parts = [f"{one.fault.value}: {one.name}" for one in found]
    record_change(
        work,
        "verify_seal",
        record,
        earlier,
        grant=grant,
        further={"verdict": record.verdict.value, "differences": parts},
    )
    return Check(record, seal, found)


def seal_unsealed(work: UnitOfWork, record_id: int) -> ArchiveSeal:
    """A seal for a file that was archived before seals could be compared. Refused when it bears one or is out."""
    record: ArchiveRecord = load_record(work, ArchiveRecord, record_id)
    grant_for_record(work, Permission.COMPLAINT_ARCHIVE, record)
    if record.ended_at is not None or standing_seal(work.session, record.id) is not None:
        raise Refused([Reason("sealed", _l("The file bears a seal, or is taken out."))])
    return seal_file(work, record, SealOccasion.LATER)
