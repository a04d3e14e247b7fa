"""`flask desk verify-audit` on a trail that is whole and on one whose end was cut off."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from services.audit_anchors import FILE, Anchor
from settings import Settings
from tests.factories import create_complaint, create_house


def test_whole_and_cut_off(app: Flask, session: Session) -> None:
    house = create_house(session)
    session.commit()
    create_complaint(session, house)
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["desk", "verify-audit"])
    assert (answer.exit_code, answer.output) == (0, "The audit trail is whole (0 daily marks).\n")
    settings: Settings = app.extensions["settings"]
    file = settings.data_dir / FILE
    file.write_text(f"{Anchor(datetime(2026, 3, 1, tzinfo=UTC), 99, 'f' * 64)}\n", encoding="ascii")
    try:
        answer = runner.invoke(args=["desk", "verify-audit"])
    finally:
        file.unlink()
    assert answer.exit_code == 1
    assert "entry 99 of 2026-03-01 is gone or another" in answer.output
