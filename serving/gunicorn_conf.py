"""Configuration of gunicorn, which the supervisor starts as `gunicorn -c python:serving.gunicorn_conf`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from serving.lifeline import LISTEN_FD, tell_ready
from settings import Settings

_settings = Settings.from_environment()

# The supervisor has bound the port already, so that a taken one is told in one line.
bind = (
    [f"fd://{os.environ[LISTEN_FD]}"] if LISTEN_FD in os.environ else [f"{_settings.host}:{_settings.port}"]
)
wsgi_app = "app:serving_app()"
preload_app = True
worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads
timeout = 120
graceful_timeout = 15
keepalive = 5
loglevel = "warning"
proc_name = "desk"
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  (heartbeat files: gunicorn makes each one private)


def post_fork(server: Any, _worker: Any) -> None:
    """A database connection must not be shared between processes."""
    from extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)


def when_ready(_server: Any) -> None:
    tell_ready()
