"""A process that is killed outright at some step of its work.

A step is a statement sent to the database, a commit, or something done to a file. A first run counts them; then
seeded ones are the last thing a worker does.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

import database
from services.access import scope
from settings import Settings

TOUCHED = (
    "open",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "shutil.rmtree",
    "subprocess.Popen",
)
Work = Callable[[Session, Settings], object]

_counting: list[Callable[[], None]] = []
"""What each step calls, in a process that was forked to be killed."""


def _heard(name: str, arguments: tuple[Any, ...]) -> None:
    if _counting and name in TOUCHED:
        _counting[0]()


sys.addaudithook(_heard)


class Worker:
    """Forks that do what the worker does each minute and may be killed at a step."""

    def __init__(self, app: Flask, settings: Settings, work: Work) -> None:
        self.app, self.settings, self.work = app, settings, work

    def run(self, last_step: int | None = None) -> int:
        """The number of steps taken; with `last_step` the process is killed when it begins that one."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._work(writing, last_step)
        os.close(writing)
        with os.fdopen(reading, "rb") as answers:
            said = answers.read()
        _pid, status = os.waitpid(child, 0)
        if last_step is None:
            assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, status
            return int(said)
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (status, said)
        return last_step

    def _work(self, answers: int, last_step: int | None) -> None:
        """In the fork: never returns."""
        status = 1
        try:
            steps = 0

            def step(*_: Any) -> None:
                nonlocal steps
                steps += 1
                if steps == last_step:
                    os.kill(os.getpid(), signal.SIGKILL)

            engine = database.make_engine(self.settings.database_url)
            scope.install(Session, engine)
            event.listen(engine, "before_cursor_execute", step)
            event.listen(engine, "commit", step)
            _counting.append(step)
            with self.app.app_context(), Session(engine) as session:
                self.work(session, self.settings)
            _counting.clear()
            os.write(answers, str(steps).encode())
            status = 0
        finally:
            os._exit(status)
