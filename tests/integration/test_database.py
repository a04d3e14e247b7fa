"""How transactions behave on SQLite: writers queue up, readers never wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import database

COUNT = sa.text("SELECT last FROM number_series")
RAISE = sa.text("UPDATE number_series SET last = :last")


@pytest.fixture
def counter(engine_url: str) -> Iterator[sa.Engine]:
    engine = database.make_engine(engine_url)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO number_series (prefix, year, is_confidential, last) VALUES ('x', 2026, false, 0)"
            )
        )
    yield engine
    engine.dispose()


def test_read_then_write_never_meets_a_locked_database(counter: sa.Engine) -> None:
    if counter.dialect.name != "sqlite":
        pytest.skip("PostgreSQL locks rows; the operations' own tests show it")
    faults: list[Exception] = []

    def raise_it() -> None:
        try:
            for _ in range(20):
                with Session(counter) as session:
                    database.begin_writing(session)
                    last = session.execute(COUNT).scalar_one()
                    session.execute(RAISE, {"last": last + 1})
                    session.commit()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=raise_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(counter) as session:
        assert (faults, session.execute(COUNT).scalar_one()) == ([], 120)


def test_a_reader_does_not_wait_for_a_writer(counter: sa.Engine) -> None:
    with Session(counter) as writer, Session(counter) as reader:
        database.begin_writing(writer)
        writer.execute(RAISE, {"last": 5})
        assert reader.execute(COUNT).scalar_one() == 0
        writer.commit()


def test_a_unit_of_work_sees_what_was_committed_since_the_session_last_read(counter: sa.Engine) -> None:
    with Session(counter) as old, Session(counter) as other:
        assert old.execute(COUNT).scalar_one() == 0
        database.begin_writing(other)
        other.execute(RAISE, {"last": 3})
        other.commit()
        database.begin_writing(old)
        assert old.execute(COUNT).scalar_one() == 3


def test_check_constraints_hold(counter: sa.Engine) -> None:
    with counter.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("UPDATE number_series SET last = -1"))


def test_the_file_is_in_write_ahead_mode(tmp_path: Path) -> None:
    engine = database.make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
