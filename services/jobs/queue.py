"""The queue between the web server and the worker: huey on SQLite by default, on Redis by setting.

A job is a registered handler's name and plain arguments. Queue it after the commit of the unit of work that it is
about: the worker may start at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey, crontab
from sqlalchemy.orm import Session

from settings import Settings, SettingsFault

log = logging.getLogger("desk.jobs")


@dataclass(frozen=True)
class JobContext:
    """What a handler works with: a session of its own (no actor yet) and the settings."""

    session: Session
    settings: Settings


Handler = Callable[..., None]
OpenContext = Callable[[], AbstractContextManager[JobContext]]
_handlers: dict[str, Handler] = {}
_minutely: list[str] = []


def handler(name: str, *, every_minute: bool = False) -> Callable[[Handler], Handler]:
    """Register a function `f(job: JobContext, **arguments)` as the work behind `name`.

    With `every_minute` the worker also runs it, without arguments, when it starts and once a minute.
    """

    def register(function: Handler) -> Handler:
        _handlers[name] = function
        if every_minute and name not in _minutely:
            _minutely.append(name)
        return function

    return register


class JobQueue:
    """The desk's queue, one a process: the web server puts jobs in, the worker takes them out."""

    def __init__(self, settings: Settings, open_context: OpenContext) -> None:
        self.huey = _open_huey(settings)
        self._open_context = open_context
        self._run = self.huey.task(name="desk_job")(self.perform)

    def enqueue(self, name: str, **arguments: Any) -> None:
        """Ask the worker to run the handler `name`. KeyError when there is none; arguments must be plain values."""
        if name not in _handlers:
            raise KeyError(name)
        self._run(name, arguments)

    def schedule_minutely(self) -> None:
        """Run the handlers registered with every_minute, at the start and each minute; for the worker process only."""
        for name in _minutely:
            self._schedule(name)

    def perform(self, name: str, arguments: dict[str, Any]) -> None:
        """Run one job here and now. A failure is logged, not raised."""
        try:
            with self._open_context() as context:
                _handlers[name](context, **arguments)
        except Exception as error:
            # The text of an exception may carry personal data; the log gets its kind and place only.
            log.error("job %s failed: %s at %s", name, type(error).__name__, _place(error))

    def _schedule(self, name: str) -> None:
        lock = self.huey.lock_task(f"minutely:{name}")

        def tick() -> None:
            # A round that takes longer than a minute is not overtaken by the next one.
            if not lock.is_locked():
                with lock:
                    self.perform(name, {})

        self.huey.periodic_task(crontab(minute="*"), name=f"desk_{name}")(tick)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _open_huey(settings: Settings) -> Huey:
    url = settings.jobs_url
    options: dict[str, Any] = {"name": "desk", "results": False, "utc": True}
    if url == "immediate:":
        return MemoryHuey(immediate=True, **options)
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///"))
        file.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(filename=str(file), **options)
    try:
        return RedisHuey(url=url, **options)
    except Exception as error:
        raise SettingsFault(
            "DESK_JOBS_URL needs the Python package redis, which is not installed."
        ) from error
