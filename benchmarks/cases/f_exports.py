"""The whole ledger with 25 columns as a workbook."""

from __future__ import annotations

from benchmarks.case import Goal, ProgramCase

_DRIVERS = {
    "desk": "benchmarks.drivers.export_desk 1",
    "desk_two": "benchmarks.drivers.export_desk 2",
    "flask_admin": "benchmarks.drivers.export_flask_admin",
    "django": "benchmarks.drivers.export_django",
    "xlsxwriter": "benchmarks.drivers.export_xlsxwriter",
    "rustpy": "benchmarks.drivers.export_rustpy",
}
_GOALS = (
    Goal(("flask_admin", "django"), at_least=12),
    Goal(("xlsxwriter",), at_least=4),
    Goal(("rustpy",), at_least=1 / 1.3),
    Goal(("rustpy",), at_least=1 / 0.7, ours="desk_two"),
)
_MEMORY = tuple(
    goal
    for ours in ("desk", "desk_two")
    for goal in (Goal(memory=100, ours=ours), Goal(memory=10, memory_over="export_10k", ours=ours))
)
_LONG = {"flask_admin": 1, "django": 1}
PROGRAMS = (
    ProgramCase("export_10k", "export 10,000 × 25", _DRIVERS, 10_000, _GOALS),
    ProgramCase("export_100k", "export 100,000 × 25", _DRIVERS, 100_000, _GOALS, repeats=_LONG),
    ProgramCase(
        "export_1m",
        "export 1,000,000 × 25",
        {name: module for name, module in _DRIVERS.items() if name not in _LONG},
        1_000_000,
        (*_GOALS[1:], Goal(case="export_100k", at_most=12), *_MEMORY),
        repeats=dict.fromkeys(_DRIVERS, 1),
    ),
)
