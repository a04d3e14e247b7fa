"""What `templates/desk/complaint.html` expects: one `CasePage`, passed as `case`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from admin_views.page_parts import Action, Badge, Due, Empty, Fact, Text


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage of the progress line: done, current or still to come."""

    label: Text
    state: str = "later"  # done, current, later, side
    moment: Text = ""


@dataclass(frozen=True, kw_only=True)
class FactGroup:
    """A titled grid of facts."""

    title: Text
    facts: Sequence[Fact]
    action: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on the case: party, handler, co-handler, watcher."""

    role: Text
    name: Text
    note: Text = ""
    badge: Badge | None = None  # signed, awaiting signature, refused
    facts: Sequence[Fact] = ()
    masked: bool = False
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """One clock: when it is due now, when it first was, and in which state it is."""

    name: Text
    due: Due | None
    due_at: Text = ""
    original_due_at: Text = ""
    started_at: Text = ""
    state: Badge | None = None
    clause: Text = ""
    explain_url: str = ""  # opens "why this date"
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """Something that happened. `kind` is the filter group's key; `at_iso` goes into <time>."""

    kind: str
    icon: str
    title: Text
    at: Text
    at_iso: str
    who: Text = ""
    on_behalf_of: Text = ""
    text: Text = ""
    tone: str = ""
    details: Sequence[Fact] = ()
    links: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class TimelineKind:
    """A filter button over the timeline."""

    key: str
    label: Text
    count: int


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """An attachment; `preview_url` only where showing it is safe."""

    name: Text
    url: str
    size: Text = ""
    kind: str = "file"  # file, image, video
    note: Text = ""
    added: Text = ""
    preview_url: str = ""
    badge: Badge | None = None
    digest: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class RecordTable:
    """Linked records of a kind: investigations, measures, accidents, merged complaints, archive.

    `key` is the anchor that links to the table name.
    """

    title: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[Fact]]
    actions: Sequence[Action] = ()
    empty: Empty | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One field's change: old and new as text."""

    at: Text
    who: Text
    field: Text
    old: Text = ""
    new: Text = ""
    reason: Text = ""


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """The whole case page."""

    number: Text
    subject: Text
    state: Badge
    overlays: Sequence[Badge] = ()
    due: Due | None = None
    due_why_url: str = ""
    procedure: Text = ""
    steps: Sequence[Step] = ()
    notices: Sequence[tuple[str, Text]] = ()  # (tone, text) above the page
    primary_actions: Sequence[Action] = ()
    more_actions: Sequence[Action] = ()
    summary: Sequence[FactGroup] = ()
    content: Text = ""  # what the complainant said
    request: Text = ""  # what they ask for
    parties: Sequence[Person] = ()
    add_party: Action | None = None
    assignments: Sequence[Person] = ()
    clocks: Sequence[ClockLine] = ()
    told: Sequence[RecordTable] = ()  # acknowledgements, who was informed
    findings: Sequence[RecordTable] = ()  # investigation and measures
    timeline: Sequence[TimelineEntry] = ()
    timeline_kinds: Sequence[TimelineKind] = ()
    older_url: str = ""
    files: Sequence[FileLine] = ()
    upload_url: str = ""  # POST files, note
    upload_hint: Text = ""
    upload_accept: str = ""
    linked: Sequence[RecordTable] = ()
    changes: Sequence[ChangeLine] = ()
    aside: Sequence[Fact] = ()  # the sticky column: who and when
    note_url: str = ""  # POST text: a quick note on the timeline
    note_key: str = ""  # of this page's note: sent twice, it is noted once
    version: int = 0
    printed: Text = field(default="")  # "printed by … at …"
