"""What the form-like pages expect: dialogs, full forms, conflicts, import, work list, jobs, due date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin_views.page_parts import Action, Badge, Choice, Due, Empty, Fact, Text


@dataclass(frozen=True, kw_only=True)
class MissingGate:
    """Something a step still needs, with the place where it is put right."""

    text: Text
    url: str = ""
    clause: Text = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One row's result of a bulk step."""

    name: Text
    done: bool
    reason: Text = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class DialogForm:
    """A step's form (`dialog`), beside the WTForms object `form`.

    `hidden`: ids, versions, idempotency key. `confirm_count`: the number the user must see and tick for a
    step over many rows (posts `confirmed_count`). `outcomes` replaces the form by the report.
    """

    title: Text
    url: str
    submit: Text = ""
    tone: str = ""
    icon: str = ""
    explanation: Text = ""
    facts: Sequence[Fact] = ()
    missing: Sequence[MissingGate] = ()
    hidden: Sequence[tuple[str, str]] = ()
    errors: Sequence[Text] = ()
    confirm_count: int | None = None
    confirm_about: Text = ""
    subjects: Sequence[Text] = ()  # numbers of the chosen rows, first few
    outcomes: Sequence[Outcome] = ()
    back_url: str = ""
    draft_key: str = ""
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class FormSection:
    """A titled part of a form; `fields` are names of the WTForms object.

    `shown_for` is "field: value value": the part is asked only while that select holds one of the values.
    """

    title: Text
    fields: Sequence[str]
    text: Text = ""
    shown_for: str = ""


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A create or edit page (`page`), beside the WTForms object `form`."""

    title: Text
    url: str
    sections: Sequence[FormSection]
    note: Text = ""
    submit: Text = ""
    more_submits: Sequence[tuple[str, Text]] = ()  # (name, label) of further submit buttons
    likely_url: str = ""  # where likely repeats of what is typed are asked for
    likely_fields: str = ""
    likely: Sequence[Any] = ()
    likely_choice: str = ""
    back_url: str = ""
    hidden: Sequence[tuple[str, str]] = ()
    errors: Sequence[Text] = ()
    draft_key: str = ""
    aside: Text = ""


@dataclass(frozen=True, kw_only=True)
class ConflictField:
    """A field two people changed: both values as text and as posted."""

    name: str
    label: Text
    base: Text
    theirs: Text
    yours: Text
    theirs_value: str
    yours_value: str
    differs: bool = True


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Somebody saved first: theirs and yours, field by field."""

    title: Text
    url: str
    who: Text
    at: Text
    fields: Sequence[ConflictField]
    hidden: Sequence[tuple[str, str]] = ()  # the new version number among them
    back_url: str = ""


@dataclass(frozen=True, kw_only=True)
class QueueItem:
    """A line of the work list."""

    number: Text
    subject: Text
    url: str
    state: Badge | None = None
    due: Due | None = None
    note: Text = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A card of the work list: overdue, due today, awaiting my signature …"""

    key: str
    title: Text
    icon: str
    count: int
    count_words: str
    items: Sequence[QueueItem]
    tone: str = ""
    all_url: str = ""
    empty_text: Text = ""


@dataclass(frozen=True, kw_only=True)
class DueDay:
    """One day of a counted period: counted or not, and why."""

    date: Text
    weekday: Text
    kind: Text
    counted: bool
    number: int | None = None
    reason: Text = ""


@dataclass(frozen=True, kw_only=True)
class DueExplained:
    """Why this date: the rule, its clause and the days."""

    title: Text
    clock: Text
    rule: Text
    clause: Text
    clause_text: Text = ""
    start: Text = ""
    due: Text = ""
    state: Due | None = None
    days: Sequence[DueDay] = ()
    changes: Sequence[Text] = ()  # extensions and pauses, one sentence each
    warning: Text = ""  # calendar of a year is missing …


@dataclass(frozen=True, kw_only=True)
class ImportFault:
    """A fault of the dry run with its place."""

    row: int
    column: Text
    value: Text
    text: Text
    warning: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportColumn:
    """A column of the uploaded file with samples and the field it goes to (posts `map-<index>`)."""

    index: int
    name: Text
    samples: Sequence[Text]
    target: str = ""
    guessed: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportOption:
    """A choice that holds for every row of the file."""

    name: str
    label: Text
    choices: Sequence[Choice]


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """An import of before, or one that is not finished."""

    name: Text
    state: Badge
    at: Text
    rows: Text
    url: str


@dataclass(frozen=True, kw_only=True)
class ImportWizard:
    """The import page; `step` is upload, mapping, working, dry_run or result."""

    step: str
    url: str
    file_name: Text = ""
    row_count: int = 0
    columns: Sequence[ImportColumn] = ()
    targets: Sequence[tuple[str, Text, bool]] = ()  # (key, label, required)
    options: Sequence[ImportOption] = ()
    faults: Sequence[ImportFault] = ()
    faults_more: int = 0
    preview: Sequence[Sequence[Text]] = ()
    preview_heads: Sequence[Text] = ()
    ready: int = 0
    faulty: int = 0
    done: int = 0
    sheets: Sequence[Choice] = ()
    percent: int | None = None
    working: Text = ""
    cancel: Action | None = None
    refresh: str = ""
    undone: bool = False
    undo: Action | None = None
    earlier: Sequence[ImportLine] = ()
    hidden: Sequence[tuple[str, str]] = ()
    errors: Sequence[Text] = ()
    result_url: str = ""
    faults_url: str = ""
    max_size: Text = ""
    note: Text = ""


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A background job with its progress (0 to 100; None when it cannot be told)."""

    name: Text
    state: Badge
    percent: int | None = None
    text: Text = ""
    started: Text = ""
    finished: Text = ""
    who: Text = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """An error in words: what happened, what to do, and the id of the log entry."""

    code: int
    title: Text
    text: Text
    error_id: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class RecordPage:
    """A plain record (`record`): groups of facts, tables below."""

    title: Text
    note: Text = ""
    notices: Sequence[tuple[str, Text]] = ()  # (tone, text) above the page
    badges: Sequence[Badge] = ()
    actions: Sequence[Action] = ()
    more_actions: Sequence[Action] = ()
    groups: Sequence[Any] = ()  # FactGroup of case_context
    tables: Sequence[Any] = ()  # RecordTable of case_context
    changes: Sequence[Any] = ()  # ChangeLine of case_context
    empty: Empty | None = None
