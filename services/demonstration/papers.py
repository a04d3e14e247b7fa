"""The papers that the made-up oral complaints are asked for: most come in, some are still awaited."""

from __future__ import annotations

from services.demonstration import records
from services.demonstration.playing import Case
from services.operations.receive_material import receive_material
from services.operations.request_material import request_material
from services.workflow.materials import materials_of

_NEVER_BACK = 4
"""Of so many oral complaints one sends nothing back."""


def ask_for_papers(case: Case) -> None:
    """At the counter or on the telephone, where the procedure wants it."""
    codes = _papers(case)
    if codes:
        with case.work("receiver") as work:
            request_material(work, case.address, codes=codes, how="电话告知，并当面交付声明表格")


def take_in_papers(case: Case) -> None:
    codes = _papers(case)
    if codes and case.number % _NEVER_BACK:
        records.add_statement(case)
        with case.work("receiver") as work:
            receive_material(work, case.address, codes=codes, supplied=True, note="投诉人当面递交，已签名。")


def _papers(case: Case) -> list[str]:
    with case.work("receiver") as work:
        return [row.code for row in materials_of(work.session, case.read())]
