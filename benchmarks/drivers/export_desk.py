"""The desk's own export as a leader sees the ledger: scope, masking, typed cells, colours, entry in the audit trail.

`export_desk.py PROCESSES`
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from app import create_app
from benchmarks.drivers.measuring import measured
from benchmarks.peers.columns import EXPORTED

application = create_app()
runner = application.test_cli_runner()
target = Path(os.environ["BENCH_FOLDER"]) / f"export-{os.getpid()}.xlsx"


def work() -> dict[str, Any]:
    chosen = ["--as", "leader", "--columns", ",".join(EXPORTED), "--processes", sys.argv[1], "--overwrite"]
    done = runner.invoke(args=["desk", "export-ledger", str(target), *chosen])
    if done.exit_code:
        raise RuntimeError(done.output)
    rows = int("".join(sign for sign in done.output.split(" rows written")[0].split()[-1] if sign.isdigit()))
    return {"rows": rows, "bytes": target.stat().st_size}


try:
    measured(work)
finally:
    target.unlink(missing_ok=True)
sys.exit(0)
