"""One case a file. A new file is found by itself."""

from __future__ import annotations

import importlib
import pkgutil

from benchmarks.case import PageCase, ProgramCase


def pages() -> list[PageCase]:
    """The pages, in the order of their files."""
    return [case for module in _modules() for case in getattr(module, "PAGES", ())]


def programs() -> list[ProgramCase]:
    """Exports and imports."""
    return [case for module in _modules() for case in getattr(module, "PROGRAMS", ())]


def names() -> list[str]:
    """All that a run can measure, as tables show it."""
    return [
        *(page.name for page in pages()),
        *(program.name for program in programs()),
        "load",
        "beside",
        "first_byte",
    ]


def _modules() -> list[object]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]
