"""An old ledger in, checked and written, against openpyxl only reading the file."""

from __future__ import annotations

from benchmarks.case import Goal, ProgramCase

_GOALS = (
    Goal(("openpyxl",), engine="sqlite"),
    Goal(("openpyxl",), at_least=0.5, engine="postgresql"),
)
_DRIVERS = {"desk": "benchmarks.drivers.import_desk", "openpyxl": "benchmarks.drivers.read_openpyxl"}
PROGRAMS = (
    ProgramCase("import_10k", "import 10,000 × 25", _DRIVERS, 10_000, _GOALS, imports=True),
    ProgramCase("import_100k", "import 100,000 × 25", _DRIVERS, 100_000, _GOALS, imports=True),
)
