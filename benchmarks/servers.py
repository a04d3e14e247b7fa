"""The desk and the peers as they are served: gunicorn with two workers of four threads each."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.data import Desk
from benchmarks.places import DESK_PYTHON, PEER_PYTHON, PORTS, ROOT

WORKERS, THREADS = 2, 4
_PEERS = {
    "flask_admin": "benchmarks.peers.flask_admin_app:app",
    "django": "benchmarks.peers.django_site.wsgi:app",
}


@contextmanager
def serving(desk: Desk) -> Iterator[None]:
    """All three, listening on their ports."""
    if desk.engine:
        _prepare_django(desk)
    with ExitStack() as running:
        own = {"DESK_PORT": str(PORTS["desk"]), "DESK_WEB_WORKERS": str(WORKERS)}
        command = [str(DESK_PYTHON), "-m", "flask", "--app", "app", "desk", "serve"]
        running.enter_context(_running(command, desk.environment | own))
        for name, application in _PEERS.items():
            gunicorn = [
                str(PEER_PYTHON), "-m", "gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS),
                "--worker-class", "gthread", "--keep-alive", "5", "--timeout", "900", "--log-level", "warning",
                "--no-control-socket", "--bind", f"127.0.0.1:{PORTS[name]}", application,
            ]  # fmt: skip
            running.enter_context(_running(gunicorn, desk.environment))
        for port in PORTS.values():
            _await(port)
        yield


def _prepare_django(desk: Desk) -> None:
    subprocess.run(
        [str(PEER_PYTHON), "-m", "benchmarks.peers.django_site.wsgi"],
        cwd=ROOT,
        env=desk.environment,
        check=True,
    )


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(port: int, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as one:
            one.settimeout(1)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"nothing listens on port {port}")
