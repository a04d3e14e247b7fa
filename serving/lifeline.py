"""What ties a child process to its supervisor: it reports that it is ready, and it never outlives it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

READY_FD = "SERVE_READY_FD"
LISTEN_FD = "SERVE_LISTEN_FD"
_PR_SET_PDEATHSIG = 1


def tell_ready() -> None:
    """Tell the supervisor, when there is one, that this process is up."""
    descriptor = os.environ.pop(READY_FD, None)
    if descriptor is not None:
        with contextlib.suppress(OSError):
            os.write(int(descriptor), b"1")
            os.close(int(descriptor))


def die_with_parent() -> None:
    """Runs in the child before its program: Linux then ends it when the supervisor is killed outright."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
