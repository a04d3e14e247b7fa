"""What is compared: pages of the three sites, and programs that export or import."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

OURS = "desk"
LAST = "the last page"
PAGES = ("desk", "flask_admin", "flask_admin_uncounted", "django", "django_uncounted")
TITLES = {
    "desk": "Zhisu",
    "desk_two": "Zhisu, two processes",
    "desk_handler": "Zhisu, handler",
    "flask_admin": "Flask-Admin",
    "flask_admin_uncounted": "Flask-Admin, no count",
    "django": "Django",
    "django_uncounted": "Django, no full count",
    "xlsxwriter": "XlsxWriter",
    "rustpy": "rustpy-xlsxwriter",
    "openpyxl": "openpyxl, reading only",
}


@dataclass(frozen=True)
class Goal:
    """What is to be reached: so many times as fast as the better of `against`, or an absolute limit."""

    against: tuple[str, ...] = ()
    at_least: float = 1.0
    case: str = ""
    """Compare with the peers' figures of this case instead of the same one."""
    under: float = 0.0
    """Seconds."""
    memory: float = 0.0
    """MiB above the idle process, at most."""
    memory_over: str = ""
    """The desk's own figure of this case may be passed by `memory` MiB instead."""
    at_most: float = 0.0
    """Times the desk's own figure of `case`."""
    ours: str = OURS
    """Whose figure has to reach it."""
    engine: str = ""
    """Counts on this database alone."""


def for_both(*goals: Goal) -> tuple[Goal, ...]:
    """The same for one who sees all and for a department's handler."""
    return tuple(replace(goal, ours=ours) for goal in goals for ours in (OURS, "desk_handler"))


@dataclass(frozen=True)
class PageCase:
    """A page by its address on each site; None: that site has no such page. Names in braces come from `Facts`.

    What begins with a slash is a page of its own, anything else asks something of the list. LAST: where the list's own
    link to its end leads.
    """

    name: str
    title: str
    desk: str | None
    flask_admin: str | None = None
    django: str | None = None
    goals: tuple[Goal, ...] = ()
    elsewhere: bool = False
    """A site that shows the rows of its first page has not understood what was asked."""


@dataclass(frozen=True)
class ProgramCase:
    """The same work by several drivers, each in a process of its own."""

    name: str
    title: str
    drivers: dict[str, str]
    """Subject and module of its driver, with an argument behind a space."""
    rows: int
    goals: tuple[Goal, ...] = ()
    imports: bool = False
    """Reads a file of `rows` rows; otherwise exports everything of a database with that many."""
    repeats: dict[str, int] = field(default_factory=dict)
    """Fewer repeats for subjects that take minutes."""
