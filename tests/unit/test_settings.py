"""Settings are strict: what cannot be understood stops the desk with one line that names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import Mode, Settings, SettingsFault

GOOD_SECRET = "k2J8-qm4Xw91-ZrT7-uPc3-Lv6H-yb0N"


def read(folder: Path, **variables: str) -> Settings:
    return Settings.from_environment({"DESK_DATA_DIR": str(folder), **variables})


def test_defaults(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.mode is Mode.PRODUCTION
    assert (settings.host, settings.port, settings.timezone) == ("127.0.0.1", 8000, "Asia/Shanghai")
    assert settings.database_url == f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    assert (settings.session_minutes, settings.upload_max_mb) == (480, 50)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK_PORT", "80a"),
        ("DESK_PORT", "65536"),
        ("DESK_PORT", "-1"),
        ("DESK_PORT", "８０００"),
        ("DESK_MODE", "demo"),
        ("DESK_TIMEZONE", "Peking"),
        ("DESK_SECURE_COOKIES", "maybe"),
        ("DESK_DATABASE_URL", "mysql://somewhere/desk"),
        ("DESK_DATABASE_URL", "sqlite:///"),
        ("DESK_JOBS_URL", "amqp://somewhere"),
        ("DESK_SESSION_MINUTES", "0"),
        ("DESK_UPLOAD_MAX_MB", "1.5"),
        ("DESK_DEFAULT_LOCALE", "fr"),
        ("DESK_FIELD_KEY", "not-a-key"),
        ("DESK_PUBLIC_URL", "desk.example.org"),
        ("DESK_SMTP_URL", "mail.example.org"),
        ("DESK_SMTP_URL", "smtp+plain://user:password@mail.example.org"),
        ("DESK_SMTP_URL", "smtp://mail.example.org:port"),
        ("DESK_SMTP_FROM", "no address"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsFault, match=name) as raised:
        read(tmp_path, **{name: value})
    assert "\n" not in str(raised.value)


def test_mail_needs_a_sender(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="DESK_SMTP_FROM"):
        read(tmp_path, DESK_SMTP_URL="smtps://mail.example.org")
    settings = read(tmp_path, DESK_SMTP_URL="smtps://mail.example.org", DESK_SMTP_FROM="desk@example.org")
    assert settings.smtp_from == "desk@example.org"


def test_the_address_of_the_desk(tmp_path: Path) -> None:
    assert read(tmp_path, DESK_PORT="8123").address == "http://127.0.0.1:8123"
    assert read(tmp_path, DESK_PUBLIC_URL="https://ts.example.org/").address == "https://ts.example.org"


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="DESK_TIMEZON "):
        read(tmp_path, DESK_TIMEZON="Asia/Shanghai")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("No", False), ("off", False)])
def test_booleans(tmp_path: Path, text: str, value: bool) -> None:
    assert read(tmp_path, DESK_SECURE_COOKIES=text).secure_cookies is value


@pytest.mark.parametrize(
    "secret", ["short", "changeme" * 6, "a" * 64, "secret-0123456789-abcdefghijklmnopqrst"]
)
def test_a_weak_secret_is_refused_in_every_mode(tmp_path: Path, secret: str) -> None:
    for mode in Mode:
        with pytest.raises(SettingsFault, match="DESK_SECRET_KEY"):
            read(tmp_path, DESK_MODE=mode.value, DESK_SECRET_KEY=secret)


def test_production_serves_nobody_without_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="DESK_SECRET_KEY is not set"):
        read(tmp_path).check_serving()
    read(tmp_path, DESK_SECRET_KEY=GOOD_SECRET).check_serving()


def test_demonstration_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = read(tmp_path / "a", DESK_MODE="demonstration")
    again = read(tmp_path / "a", DESK_MODE="demonstration")
    other = read(tmp_path / "b", DESK_MODE="demonstration")
    assert first.secret_key == again.secret_key != other.secret_key
    assert first.field_key == again.field_key != other.field_key
    for name in ("secret_key", "field_key"):
        assert (tmp_path / "a" / name).stat().st_mode & 0o777 == 0o600


def test_a_production_desk_does_not_use_the_secret_of_the_demonstration(tmp_path: Path) -> None:
    read(tmp_path, DESK_MODE="demonstration")
    assert read(tmp_path).secret_key == ""


def test_a_folder_that_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsFault, match="data folder"):
        read(tmp_path / "file" / "var")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg_3(tmp_path: Path, scheme: str) -> None:
    settings = read(tmp_path, DESK_DATABASE_URL=f"{scheme}://desk@db/desk")
    assert settings.database_url == "postgresql+psycopg://desk@db/desk"
    assert settings.sqlite_file is None
