"""Whatever the code writes out into the audit trail has words there."""

from __future__ import annotations

import ast

from admin_views.audit_words import action_label, subject_label
from tests.architecture.sources import calls, product_files


def drafted() -> set[tuple[str, str]]:
    """Action and kind of record of every entry that is written out in the source."""
    found = set()
    for path in product_files():
        for call in calls(path, "Draft"):
            said = [str(each.value) for each in call.args[:2] if isinstance(each, ast.Constant)]
            if len(said) == 2 and "." in said[0]:
                found.add((said[0], said[1]))
    return found


def test_every_entry_has_words() -> None:
    entries = drafted()
    assert len(entries) > 20, "looks for the right call"
    without = {name for action, _subject in entries if (name := action_label(action)) == action}
    without |= {name for _action, subject in entries if (name := subject_label(subject)) == subject}
    assert without == set()
