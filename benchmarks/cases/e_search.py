"""Chinese search: common, about one in a hundred, rare, long, and absent."""

from __future__ import annotations

from benchmarks.case import Goal, PageCase, for_both

_PEERS = ("flask_admin", "flask_admin_uncounted", "django", "django_uncounted")
_RARE = for_both(Goal(_PEERS, at_least=50), Goal(under=0.05))
_ANY = for_both(Goal(under=0.05))


def _search(name: str, title: str, word: str, goals: tuple[Goal, ...]) -> PageCase:
    asked = "{" + word + "}"
    return PageCase(
        f"search_{name}", f"search, {title}", f"q={asked}", f"search={asked}", f"q={asked}", goals
    )


PAGES = (
    _search("common", "two characters, very common", "common", _ANY),
    _search("percent", "two characters, about 1 %", "percent", _ANY),
    _search("rare", "two characters, rare", "rare", _RARE),
    _search("long", "six characters", "long", _ANY),
    _search("absent", "two characters, absent", "absent", _RARE),
    _search("one", "one character", "one", _ANY),
)
