"""Flask-Admin's xlsx export through its own route."""

from __future__ import annotations

from typing import Any

from benchmarks.drivers.measuring import measured
from benchmarks.peers.flask_admin_app import app

client = app.test_client()


def work() -> dict[str, Any]:
    answer = client.get("/admin/complaint/export/xlsx/")
    if answer.status_code != 200:
        raise RuntimeError(f"status {answer.status_code}")
    return {"bytes": len(answer.data)}


measured(work)
