"""The searchable texts of imported complaints, taken up as they are written or right after."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, ComplaintText, StagedRow
from models.job_enums import RowStatus
from services import search
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.ledger.bulk import Row, put, put_one_by_one
from services.ledger.preparing import Staged
from services.unit_of_work import UnitOfWork, reading


class Texts:
    """Takes up the searchable texts of what is written.

    On PostgreSQL, whose index takes most of the time, by a connection of its own while the next rows are written; what
    it had not done when the import was broken off is found by `left_out`. SQLite has one writer.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bind: Any = session.get_bind()
        self._beside = ThreadPoolExecutor(1) if self._bind.dialect.name == "postgresql" else None
        self._going: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beside is not None:
            self._beside.shutdown()

    def within(self, rows: list[Row]) -> None:
        """Take them up in the transaction that wrote the complaints, where that is no slower."""
        if self._beside is None:
            search.take_up(self._session.connection(), rows, put, put_one_by_one)

    def after(self, rows: list[Row]) -> None:
        """Take them up after that transaction, otherwise."""
        if self._beside is not None:
            self.wait()
            self._going = self._beside.submit(self._take_up, rows)

    def wait(self) -> None:
        """Until all of it is done."""
        if self._going is not None:
            self._going.result()
            self._going = None

    def _take_up(self, rows: list[Row]) -> None:
        with Session(self._bind) as aside, UnitOfWork(aside, SYSTEM):  # a session of the thread's own
            search.take_up(aside.connection(), rows, put, put_one_by_one)


def left_out(session: Session, batch_id: int) -> list[tuple[int, str, Staged]]:
    """Complaints of the batch without searchable texts: id, number and the row that they come from."""
    with reading(session, SYSTEM), unscoped(session, "an import that was broken off goes on"):
        asked = (
            sa.select(Complaint.id, Complaint.number, StagedRow.line, StagedRow.row_key, StagedRow.row_values)
            .join(
                StagedRow,
                sa.and_(StagedRow.batch_id == batch_id, StagedRow.row_key == Complaint.import_key),
            )
            .where(
                Complaint.batch_id == batch_id,
                StagedRow.status == RowStatus.READY,
                ~sa.exists().where(ComplaintText.id == Complaint.id),
            )
            .order_by(Complaint.id)
        )
        return [
            (row.id, row.number, (row.line, row.row_key or "", row.row_values or ""))
            for row in session.execute(asked)
        ]
