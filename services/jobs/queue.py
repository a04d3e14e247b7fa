"""The queue between the web server and the worker: huey on SQLite by default, on Redis by setting.

A job is a registered handler's name and plain arguments. Queue it after the commit of the unit of work that it is
about: the worker may start at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
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
_asides: set[str] = set()


def handler(name: str, *, every_minute: bool = False, aside: bool = False) -> Callable[[Handler], Handler]:
    """Register a function `f(job: JobContext, **arguments)` as the work behind `name`.

    With `every_minute` the worker also runs it, without arguments, when it starts and once a minute. What runs `aside`
    takes long and no arguments: the worker does it beside its other work and does not wait for it at its end.
    """

    def register(function: Handler) -> Handler:
        _handlers[name] = function
        if every_minute and name not in _minutely:
            _minutely.append(name)
        if aside:
            _asides.add(name)
        return function

    return register


class JobQueue:
    """The desk's queue, one a process: the web server puts jobs in, the worker takes them out."""

    def __init__(self, settings: Settings, open_context: OpenContext) -> None:
        self.huey = _open_huey(settings)
        self._open_context = open_context
        self._run = self.huey.task(name="desk_job")(self.perform)
        self._besides: dict[str, _Beside] = {}

    def enqueue(self, name: str, **arguments: Any) -> None:
        """Ask the worker to run the handler `name`. KeyError when there is none; arguments must be plain values."""
        if name not in _handlers:
            raise KeyError(name)
        self._run(name, arguments)

    def schedule_minutely(self) -> None:
        """Run the handlers registered with every_minute, at the start and each minute; for the worker process only."""
        self._besides = {name: _Beside(name, partial(self._perform, name, {})) for name in _asides}
        for name in _minutely:
            self._schedule(name)

    def perform(self, name: str, arguments: dict[str, Any]) -> None:
        """Run one job here and now, in the worker perhaps beside others. A failure is logged, not raised."""
        if name in self._besides:
            self._besides[name].want()
        else:
            self._perform(name, arguments)

    def _perform(self, name: str, arguments: dict[str, Any]) -> None:
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


class _Beside:
    """A thread for work that takes long: there while something is wanted of it."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._name, self._work = name, work
        self._lock = threading.Lock()
        self._is_wanted = self._is_there = False

    def want(self) -> None:
        """Do the work, once more when it is being done already."""
        with self._lock:
            self._is_wanted = True
            if not self._is_there:
                self._is_there = True
                threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while self._goes_on():
            self._work()

    def _goes_on(self) -> bool:
        with self._lock:
            self._is_there, self._is_wanted = self._is_wanted, False
            return self._is_there


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
