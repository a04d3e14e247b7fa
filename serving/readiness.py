"""What must hold before people are let in; each fault is one line for the person who starts the desk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import sqlalchemy as sa

import database
from services import schema
from services.procedures.registry import PACKS_FOLDER, InvalidProcedure, packs_in
from settings import Settings, SettingsFault


def check_folder(folder: Path) -> None:
    """SettingsFault when the data folder cannot be written to."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsFault(f"The data folder {folder} cannot be written to: {error.strerror}.") from error


def check_procedures(folder: Path = PACKS_FOLDER) -> None:
    """SettingsFault with file, line and remedy for every fault in the procedure files."""
    try:
        packs_in(folder)
    except InvalidProcedure as invalid:
        raise SettingsFault("\n".join(str(fault) for fault in invalid.faults)) from None


def check_database(settings: Settings) -> None:
    """The database must be of this very version, and its accounts must not be made up outside demonstration mode.

    SchemaFault or SettingsFault says what is wrong.
    """
    if schema.refuse_newer(settings.database_url) is not schema.SchemaState.CURRENT:
        raise schema.SchemaFault("The database is older than the desk. Run `flask desk db upgrade`.")
    check_zone(settings)
    if not settings.is_demonstration and is_demonstration(settings) is True:
        raise SettingsFault(
            "This database holds the demonstration, whose passwords everybody knows: the desk serves it only with "
            "DESK_MODE=demonstration. Name another database, or another data folder."
        )


def check_zone(settings: Settings) -> None:
    """The time zone is locked after the first case: days already counted would move with it.

    SettingsFault when it was changed after that; before it, the organisation takes the zone of the settings.
    """
    engine = database.make_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            kept = connection.execute(sa.text("SELECT timezone FROM organisation")).scalar()
            if kept is None or kept == settings.timezone:
                return
            if connection.execute(sa.text("SELECT 1 FROM complaints LIMIT 1")).scalar():
                raise SettingsFault(
                    f"The time zone of this desk is {kept} and can't change after the first complaint: "
                    f"set DESK_TIMEZONE={kept}."
                )
            connection.execute(
                sa.text("UPDATE organisation SET timezone = :zone"), {"zone": settings.timezone}
            )
    finally:
        engine.dispose()


def is_demonstration(settings: Settings) -> bool | None:
    """Whether the organisation in the database is made up; None when there is no organisation yet."""
    engine = database.make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            found = connection.execute(sa.text("SELECT is_demonstration FROM organisation")).scalar()
            return None if found is None else bool(found)
    finally:
        engine.dispose()


def empty_spool(folder: Path) -> None:
    """Make the private folder of temporary files, without what a killed process left in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in folder.iterdir():
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)
