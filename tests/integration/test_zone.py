"""The zone of the desk is settled with its first case."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Organisation
from serving.readiness import check_zone
from settings import SettingsFault
from tests.factories import create_complaint, create_house
from tests.factories.organisation import create_organisation
from tests.support.client import settings_for


def test_before_the_first_case_the_organisation_takes_the_zone_of_the_settings(
    session: Session, engine_url: str, tmp_path: Path
) -> None:
    create_organisation(session)
    session.commit()
    check_zone(dataclasses.replace(settings_for(engine_url, tmp_path), timezone="Asia/Urumqi"))
    assert session.scalar(sa.select(Organisation.timezone)) == "Asia/Urumqi"


def test_after_the_first_case_another_zone_refuses_the_start(
    session: Session, engine_url: str, tmp_path: Path
) -> None:
    house = create_house(session)
    session.commit()
    create_complaint(session, house, "registered")
    session.commit()
    settings = settings_for(engine_url, tmp_path)
    check_zone(settings)
    with pytest.raises(SettingsFault, match="Asia/Shanghai"):
        check_zone(dataclasses.replace(settings, timezone="Asia/Urumqi"))
    assert session.scalar(sa.select(Organisation.timezone)) == "Asia/Shanghai"
