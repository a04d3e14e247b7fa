"""The desk's own import of an old ledger, checked and written: `import_desk.py FILE`."""

from __future__ import annotations

import re
import sys
from typing import Any

from app import create_app
from benchmarks.drivers.measuring import measured

application = create_app()
runner = application.test_cli_runner()


def work() -> dict[str, Any]:
    done = runner.invoke(args=["desk", "import-ledger", sys.argv[1], "--as", "receiver"])
    if done.exit_code:
        raise RuntimeError(done.output[-2000:])
    found = re.search(r"(\d+) imported", done.output)
    if found is None:
        raise RuntimeError(done.output[-2000:])
    return {"rows": int(found[1])}


measured(work)
