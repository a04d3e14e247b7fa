"""What bulk work changes in its process is put back, whoever else does such work meanwhile."""

from __future__ import annotations

import gc

from services.ledger.bulk import rows_alone


def test_two_at_once_leave_the_collector_as_it_was() -> None:
    before = gc.get_threshold()
    first, second = rows_alone(), rows_alone()
    first.__enter__()
    seldom = gc.get_threshold()
    assert seldom[0] > before[0]
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == seldom, "the second goes on"
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
