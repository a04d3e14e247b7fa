"""Where things are: the interpreters, the folder of the data, the result files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DESK_PYTHON = ROOT / ".venv" / "bin" / "python"
"""Runs the desk itself; the peers and the measuring run in the environment of this process."""
PEER_PYTHON = Path(sys.executable)
DATA = Path(os.environ.get("BENCH_DATA", ROOT / "var" / "bench"))
RESULTS = ROOT / "benchmarks" / "results"
PORTS = {"desk": 5651, "flask_admin": 5652, "django": 5653}
PASSWORD = "zhisu-demo-2026"  # noqa: S105  (that of the demonstration's accounts)
