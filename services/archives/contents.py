"""What belongs to the file of a case: found by walking the references of the tables, so that a new one is in it.

A table belongs to the file when one of its references leads to the complaint, through other tables of the file. What
does not belong is named here with its reason; anything that is not named is sealed and, in the end, destroyed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Base, Complaint
from services.access.scope import apply
from services.actor import SYSTEM

ROOT = Complaint.__tablename__

NOT_OF_THE_FILE: Mapping[str, str] = {
    "archive_loans": "the register of who looked into the file",
    "archive_records": "describes the file",
    "archive_seals": "the seals on the file",
    "audit_entries": "the trail has a chain of its own",
    "audit_salts": "the salt of the trail",
    "complaint_orders": "derived from the file for the order of lists",
    "complaint_texts": "derived from the file for the search",
    "complaint_visibility": "derived from the file and from who works where",
    "data_request_cases": "belongs to the request of a person about their data",
    "destruction_items": "the register of destruction",
    "inspection_cases": "belongs to the inspection that drew the case as a sample",
    "inspection_findings": "belongs to the inspection",
    "measure_origins": "belongs to the analysis that led to the measure",
    "notices": "a copy of a message in somebody's inbox, with whether it was read",
    "outbox": "a message on its way",
    "report_cases": "belongs to the frozen report",
    "retention_extensions": "describes the file",
    "signals": "belongs to the analysis",
}

FILE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "attachments": ("sha256",),
    "issued_documents": ("pdf_sha256", "word_sha256"),
}
"""Where tables of the file name stored files by their hash."""


def tables_of_the_file(
    metadata: sa.MetaData, not_of_it: Mapping[str, str] = NOT_OF_THE_FILE
) -> tuple[sa.Table, ...]:
    """The complaint's table and all that hang on it, each after those that it refers to."""
    found = {ROOT}
    while True:
        grown = found | {
            table.name
            for table in metadata.tables.values()
            if table.name not in not_of_it
            and any(key.column.table.name in found for key in table.foreign_keys)
        }
        if grown == found:
            break
        found = grown
    return tuple(table for table in metadata.sorted_tables if table.name in found)


@cache
def file_tables() -> tuple[sa.Table, ...]:
    """The tables of this desk's files."""
    return tables_of_the_file(Base.metadata)


@cache
def file_table_names() -> frozenset[str]:
    return frozenset(table.name for table in file_tables())


def references(table: sa.Table) -> list[tuple[sa.Column[int], str]]:
    """The columns by which a table hangs on the file, each with the table that it refers to."""
    return [
        (key.parent, key.column.table.name)
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table.name in file_table_names() and table.name != ROOT
    ]


def cases_of(session: Session, complaint_id: int) -> list[int]:
    """The complaint and those that were merged into it: one file."""
    merged = sa.select(Complaint.__table__.c.id).where(Complaint.__table__.c.master_id == complaint_id)
    found = session.scalars(apply(merged, SYSTEM)).all()
    return sorted({complaint_id, *found})


def rows_of(
    session: Session, complaint_id: int, *, without: frozenset[str] = frozenset()
) -> dict[str, list[int]]:
    """The ids of every row of the file by table; tables without a row are left out.

    `without`: neither these tables nor what hangs on the file through them alone.
    """
    found: dict[str, list[int]] = {ROOT: cases_of(session, complaint_id)}
    for table in file_tables():
        if table.name == ROOT or table.name in without:
            continue
        hangs_on = [column.in_(found[target]) for column, target in references(table) if target in found]
        if not hangs_on:
            continue
        query = sa.select(table.c.id).where(sa.or_(*hangs_on)).order_by(table.c.id)
        if ids := list(session.scalars(apply(query, SYSTEM))):
            found[table.name] = ids
    return found
