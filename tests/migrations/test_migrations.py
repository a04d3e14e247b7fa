"""The schema is built by the migrations alone, on both engines."""

from __future__ import annotations

import sqlalchemy as sa

import database
from models.base import Base
from models.searching import is_derived
from services import schema


def tables(url: str) -> set[str]:
    engine = database.make_engine(url)
    try:
        names = sa.inspect(engine).get_table_names()
        return {name for name in names if name != "alembic_version" and not is_derived(name)}
    finally:
        engine.dispose()


def test_up_down_up(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url)
    assert tables(empty_database_url) == set(Base.metadata.tables)
    schema.downgrade(empty_database_url, "base")
    assert tables(empty_database_url) == set()
    schema.upgrade(empty_database_url)
    assert tables(empty_database_url) == set(Base.metadata.tables)


def test_the_migrations_build_what_the_models_declare(engine_url: str) -> None:
    assert schema.differences(engine_url) == []


def test_every_constraint_of_the_models_is_in_the_database(engine_url: str) -> None:
    """Autogenerate does not compare check constraints, so their names are compared here."""
    engine = database.make_engine(engine_url)
    try:
        found = sa.inspect(engine)
        for table in Base.metadata.sorted_tables:
            declared = {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
            assert declared == {check["name"] for check in found.get_check_constraints(table.name)}, (
                table.name
            )
            keys = {str(key.name) for key in table.foreign_key_constraints}
            assert keys == {key["name"] for key in found.get_foreign_keys(table.name)}, table.name
    finally:
        engine.dispose()


def test_every_constraint_has_a_name() -> None:
    nameless = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if not constraint.name
    ]
    assert nameless == []


def test_states(empty_database_url: str) -> None:
    assert schema.state_of(empty_database_url) is schema.SchemaState.EMPTY
    schema.upgrade(empty_database_url)
    assert schema.state_of(empty_database_url) is schema.SchemaState.CURRENT
    engine = database.make_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert schema.state_of(empty_database_url) is schema.SchemaState.NEWER
