"""Every setting of the desk: read from the environment once, strictly, at the start.

A value that cannot be understood stops the desk with one line that names the variable. `Settings.from_environment()`
is the only reader of `os.environ`; everything else receives a `Settings`.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

ROOT = Path(__file__).resolve().parent
LOCALES = ("zh_Hans_CN", "en")
SHORTEST_SECRET = 32
WELL_KNOWN_SECRETS = ("secret", "changeme", "change-me", "dev", "development", "default", "password", "test")


class SettingsFault(Exception):
    """A setting that stops the desk. Its text is one line for the person who starts it."""


class Mode(StrEnum):
    DEMONSTRATION = "demonstration"
    PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the desk was started with. Each field is the variable DESK_<NAME>."""

    data_dir: Path
    """Folder of everything the desk writes: database, attachments, queue, secrets, backups. Default ./var"""
    database_url: str
    """sqlite:///FILE (default: desk.sqlite3 in the data folder) or postgresql://user@host/name"""
    secret_key: str
    """Signs sessions: 32 random characters or more. Made once into the data folder in demonstration mode; empty
    in production means that commands work and the web server refuses to start."""
    field_key: str
    """Encrypts sealed values (32 bytes, URL-safe base64); made once into the data folder when not given.
    Keep a copy apart from the backups: without it sealed values are lost."""
    host: str = "127.0.0.1"
    """Address the web server listens on."""
    port: int = 8000
    """Port the web server listens on; 0 takes a free one."""
    timezone: str = "Asia/Shanghai"
    """Time zone of the desk: days, months and due dates are cut at its midnight. Locked after the first case."""
    mode: Mode = Mode.PRODUCTION
    """demonstration (banner, made-up accounts) or production."""
    jobs_url: str = ""
    """Queue of the worker: sqlite:///FILE (default: jobs.sqlite3 in the data folder), redis://…, or immediate:"""
    session_minutes: int = 480
    """A session ends after this many minutes without a request."""
    upload_max_mb: int = 50
    """Largest attachment or import file, in MiB."""
    default_locale: str = "zh_Hans_CN"
    """Language before a person chooses one: zh_Hans_CN or en."""
    secure_cookies: bool = False
    """Set to true when the desk is reached through https."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front (their X-Forwarded-* headers are believed)."""
    public_url: str = ""
    """Address under which people reach the desk, for links in e-mails: https://desk.example.org. Default: http://HOST:PORT"""
    smtp_url: str = ""
    """Mail server for notices: smtp://user:password@host:587 (STARTTLS), smtps://… or smtp+plain://… (no encryption).
    Without it notices stay on the desk."""
    smtp_from: str = ""
    """Sender address of those e-mails; needed with DESK_SMTP_URL."""
    web_workers: int = 2
    """Web server processes."""
    web_threads: int = 4
    """Threads in each web server process."""
    export_processes: int = 2
    """Processes that work on a long export or import together: 1 or 2."""
    exports_max_mb: int = 4096
    """Room for finished exports (kept for a day) and the one being written, in MiB."""

    @property
    def is_demonstration(self) -> bool:
        return self.mode is Mode.DEMONSTRATION

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, None on PostgreSQL."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def address(self) -> str:
        """The desk's address without a slash at its end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def upload_max_bytes(self) -> int:
        return self.upload_max_mb * 1024 * 1024

    @property
    def exports_max_bytes(self) -> int:
        return self.exports_max_mb * 1024 * 1024

    @property
    def exports_dir(self) -> Path:
        """Private folder of long exports: fetched by those who asked for them, removed after a day."""
        return self.data_dir / "exports"

    @property
    def imports_dir(self) -> Path:
        """Private folder of old ledgers handed in: removed a day after they came, or when they are discarded."""
        return self.data_dir / "imports"

    @property
    def attachments_dir(self) -> Path:
        return self.data_dir / "attachments"

    @property
    def backups_dir(self) -> Path:
        return self.data_dir / "backups"

    @property
    def spool_dir(self) -> Path:
        """Private folder of temporary files (workbooks being written); emptied at the start."""
        return self.data_dir / "spool"

    def check_serving(self) -> None:
        """SettingsFault when people may not be let in with these settings."""
        if not self.secret_key:
            raise SettingsFault(
                "DESK_SECRET_KEY is not set. Outside demonstration mode the desk needs a secret of its own "
                "(32 random characters or more)."
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read and check all DESK_ variables. SettingsFault names the first one that cannot be used."""
        return _Reader(os.environ if environment is None else environment).settings()


class _Reader:
    """Turns the variables into values, one kind of value a method."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        known = {f"DESK_{field.name.upper()}" for field in fields(Settings)}
        unknown = sorted(
            name
            for name in environment
            if name.startswith("DESK_") and not name.startswith("DESK_TEST_") and name not in known
        )
        if unknown:
            raise SettingsFault(f"{unknown[0]} is not a setting of the desk (see settings.py).")
        self._environment = environment

    def settings(self) -> Settings:
        mode = Mode(self._choice("DESK_MODE", Settings.mode, [mode.value for mode in Mode]))
        data_dir = Path(self._text("DESK_DATA_DIR", str(ROOT / "var"))).expanduser().resolve()
        return Settings(
            mode=mode,
            data_dir=data_dir,
            database_url=self._database_url(data_dir),
            secret_key=self._secret_key(mode, data_dir),
            field_key=self._field_key(data_dir),
            host=self._text("DESK_HOST", Settings.host),
            port=self._number("DESK_PORT", Settings.port, 0, 65535),
            timezone=self._timezone(),
            jobs_url=self._jobs_url(data_dir),
            session_minutes=self._number("DESK_SESSION_MINUTES", Settings.session_minutes, 1, 60 * 24 * 7),
            upload_max_mb=self._number("DESK_UPLOAD_MAX_MB", Settings.upload_max_mb, 1, 4096),
            default_locale=self._choice("DESK_DEFAULT_LOCALE", Settings.default_locale, list(LOCALES)),
            secure_cookies=self._boolean("DESK_SECURE_COOKIES", Settings.secure_cookies),
            trusted_proxies=self._number("DESK_TRUSTED_PROXIES", Settings.trusted_proxies, 0, 5),
            public_url=self._public_url(),
            smtp_url=self._smtp_url(),
            smtp_from=self._smtp_from(),
            web_workers=self._number("DESK_WEB_WORKERS", Settings.web_workers, 1, 64),
            web_threads=self._number("DESK_WEB_THREADS", Settings.web_threads, 1, 64),
            export_processes=self._number("DESK_EXPORT_PROCESSES", Settings.export_processes, 1, 2),
            exports_max_mb=self._number("DESK_EXPORTS_MAX_MB", Settings.exports_max_mb, 64, 1024 * 1024),
        )

    def _text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def _number(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self._text(name, str(default))
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise SettingsFault(f"{name} must be a whole number from {lowest} to {highest}, not {text!r}.")
        return int(text)

    def _boolean(self, name: str, default: bool) -> bool:
        text = self._text(name, str(default)).lower()
        if text in ("true", "yes", "on", "1"):
            return True
        if text in ("false", "no", "off", "0"):
            return False
        raise SettingsFault(f"{name} must be true or false, not {text!r}.")

    def _choice(self, name: str, default: str, allowed: list[str]) -> str:
        text = self._text(name, default)
        if text not in allowed:
            raise SettingsFault(f"{name} must be one of {', '.join(allowed)}, not {text!r}.")
        return text

    def _timezone(self) -> str:
        text = self._text("DESK_TIMEZONE", Settings.timezone)
        if text not in available_timezones():
            raise SettingsFault(f"DESK_TIMEZONE must be a time zone such as Asia/Shanghai, not {text!r}.")
        return text

    def _database_url(self, data_dir: Path) -> str:
        text = self._text("DESK_DATABASE_URL", f"sqlite:///{data_dir / 'desk.sqlite3'}")
        try:
            return database_url_from(text)
        except ValueError as error:
            raise SettingsFault(f"DESK_DATABASE_URL {error}") from error

    def _jobs_url(self, data_dir: Path) -> str:
        text = self._text("DESK_JOBS_URL", f"sqlite:///{data_dir / 'jobs.sqlite3'}")
        if (
            text == "immediate:"
            or text.startswith("sqlite:///")
            or urlsplit(text).scheme in ("redis", "rediss")
        ):
            return text
        raise SettingsFault("DESK_JOBS_URL must start with sqlite:///, redis:// or be 'immediate:'.")

    def _public_url(self) -> str:
        text = self._text("DESK_PUBLIC_URL", "").rstrip("/")
        parts = urlsplit(text)
        if text and (
            parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment
        ):
            raise SettingsFault(f"DESK_PUBLIC_URL must look like https://desk.example.org, not {text!r}.")
        return text

    def _smtp_url(self) -> str:
        text = self._text("DESK_SMTP_URL", "")
        if not text:
            return ""
        parts = urlsplit(text)
        try:
            usable = (
                bool(parts.hostname) and (parts.port is None or parts.port > 0) and parts.path in ("", "/")
            )
        except ValueError:
            usable = False
        if not usable or parts.scheme not in ("smtp", "smtps", "smtp+plain"):
            raise SettingsFault(
                "DESK_SMTP_URL must start with smtp://, smtps:// or smtp+plain:// and name a host."
            )
        if parts.scheme == "smtp+plain" and parts.username:
            raise SettingsFault("DESK_SMTP_URL must not send a password over smtp+plain://.")
        return text

    def _smtp_from(self) -> str:
        text = self._text("DESK_SMTP_FROM", "")
        local, _at, domain = text.rpartition("@")
        if text and (not local or not domain or any(sign.isspace() or sign in "<>," for sign in text)):
            raise SettingsFault(f"DESK_SMTP_FROM must be an e-mail address, not {text!r}.")
        if self._text("DESK_SMTP_URL", "") and not text:
            raise SettingsFault("DESK_SMTP_URL needs DESK_SMTP_FROM, the address that e-mails come from.")
        return text

    def _secret_key(self, mode: Mode, data_dir: Path) -> str:
        given = self._text("DESK_SECRET_KEY", "")
        if not given and mode is Mode.DEMONSTRATION:
            return _kept_key(data_dir / "secret_key")
        if given and _is_weak(given):
            raise SettingsFault(
                f"DESK_SECRET_KEY is too short or well known: it needs {SHORTEST_SECRET} random characters or more."
            )
        return given

    def _field_key(self, data_dir: Path) -> str:
        key = self._text("DESK_FIELD_KEY", "") or _kept_key(data_dir / "field_key")
        try:
            usable = len(base64.urlsafe_b64decode(key.encode())) == 32
        except ValueError:
            usable = False
        if not usable:
            raise SettingsFault("DESK_FIELD_KEY must be 32 random bytes in URL-safe base64.")
        return key


def database_url_from(text: str) -> str:
    """The address of a database as SQLAlchemy takes it. ValueError for another kind of database."""
    scheme = text.split(":", 1)[0]
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return "postgresql+psycopg" + text[len(scheme) :]
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return f"sqlite:///{Path(text.removeprefix('sqlite:///')).expanduser().resolve()}"
    raise ValueError(f"must start with sqlite:/// or postgresql://, not {scheme!r}.")


def _is_weak(secret: str) -> bool:
    well_known = secret.lower().startswith(WELL_KNOWN_SECRETS)
    return well_known or len(secret) < SHORTEST_SECRET or len(set(secret)) < 10


def _kept_key(file: Path) -> str:
    """The key kept in `file`: made on the first use, readable by its owner only."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            _write_once(file, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsFault(f"The data folder {file.parent} cannot be used: {error.strerror}.") from error


def _write_once(file: Path, text: str) -> None:
    """Two processes that start together must end with the same key: the first link wins."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
