"""Starts the web server and the worker as children, watches them, and stops both together."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from serving.lifeline import LISTEN_FD, READY_FD, die_with_parent
from settings import ROOT, SettingsFault

START_SECONDS = 60
STOP_SECONDS = 25
STEADY_SECONDS = 30
"""A child that ran this long before it died is started again; one that dies sooner ends the desk."""


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self, environment: dict[str, str], descriptors: tuple[int, ...]) -> None:
        # In a session of its own: Ctrl-C in the terminal reaches the supervisor only, which stops both in order.
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=os.environ | environment,
            pass_fds=descriptors,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.process is not None and self.alive:
            self.process.send_signal(number)


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket. SettingsFault with one line when the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except socket.gaierror as error:
        raise SettingsFault(f"The host {host} is not known here.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsFault(
                f"Port {port} on {host} is taken. Stop the other program, or choose another port (PORT=…)."
            ) from error
        raise SettingsFault(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    return listener


@dataclass
class Supervisor:
    """Runs until SIGINT or SIGTERM, or until a child dies too soon. `run` returns the exit status."""

    listener: socket.socket
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def __post_init__(self) -> None:
        self.children = [
            Child("web server", [sys.executable, "-m", "gunicorn", "-c", "python:serving.gunicorn_conf"]),
            Child("worker", [sys.executable, "-m", "worker"]),
        ]

    def start(self) -> bool:
        """Start both children; True once both are up, False when one died or a stop was asked for first."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        started = [self._start(child) for child in self.children]
        return all(started)

    def run(self) -> int:
        """Watch the children until the end; returns the exit status."""
        status = 0
        while not self.stopping:
            time.sleep(0.2)
            for child in self.children:
                if not child.alive and not self.stopping and not self._revive(child):
                    print(f"The {child.name} stopped unexpectedly; stopping the desk.", file=sys.stderr)
                    status, self.stopping = 1, True
        self.stop()
        return status

    def stop(self) -> None:
        """Ask both to finish what they have in hand, and wait; after STOP_SECONDS they are killed."""
        self.stopping = True
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(child.process.pid, signal.SIGKILL)
                    child.process.wait()
        self.listener.close()

    def _revive(self, child: Child) -> bool:
        if time.monotonic() - child.started < STEADY_SECONDS:
            return False
        print(f"The {child.name} stopped unexpectedly; starting it again.", file=sys.stderr)
        return self._start(child)

    def _start(self, child: Child) -> bool:
        """Start one child and wait until it reports that it is up."""
        if self.stopping:
            return False
        reader, writer = os.pipe()
        listening = self.listener.fileno()
        child.start({READY_FD: str(writer), LISTEN_FD: str(listening)}, (writer, listening))
        os.close(writer)
        deadline = time.monotonic() + START_SECONDS
        try:
            while child.alive and not self.stopping and time.monotonic() < deadline:
                if select.select([reader], [], [], 0.1)[0]:
                    return os.read(reader, 1) == b"1"
            return False
        finally:
            os.close(reader)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
