"""Making the copy of a person's data that was granted to them."""

from __future__ import annotations

import hashlib

from models import DataRequest
from models.labels import _l
from models.privacy_requests import DataRequestKind, DataRequestStatus
from services import audit
from services.access.permissions import Permission
from services.archives.copying import copy_of
from services.attachments.store import FileStore
from services.errors import NotPermitted, Reason, Refused
from services.records import load_record, record_change, save
from services.unit_of_work import UnitOfWork


def copy_data(work: UnitOfWork, store: FileStore, request_id: int, version: int | None = None) -> bytes:
    """A ZIP with a workbook of what concerns the person, third parties masked, and the letters they got.

    Refused unless a copy was granted. When and with which digest it was made stays on the request.
    """
    request: DataRequest = load_record(work, DataRequest, request_id, version)
    grant = work.actor.grant_for(Permission.DATA_REQUEST_WRITE)
    if grant is None:
        raise NotPermitted
    granted = request.status in (DataRequestStatus.TO_DO, DataRequestStatus.DONE)
    if request.kind is not DataRequestKind.COPY or not granted:
        raise Refused([Reason("not_granted", _l("No copy was granted."))])
    content = copy_of(work.session, store, request)
    earlier = audit.values_of(request)
    request.copied_at, request.copy_sha256 = work.now, hashlib.sha256(content).hexdigest()
    save(work, request)
    record_change(work, "copy", request, earlier, grant=grant)
    return content
