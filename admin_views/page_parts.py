"""Small values shared by the contexts of lists, case pages and forms; the templates only show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Tone = Literal["", "plain", "info", "good", "warn", "bad", "dark"]
DueState = Literal["overdue", "today", "soon", "later", "done", "paused"]
Text = Any  # str or a lazy translation


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A small coloured word: a state, an overlay, a level. The word alone carries the meaning."""

    text: Text
    tone: Tone = "plain"
    icon: str = ""
    title: Text = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """Time left of a clock, in words; `state` colours it, `title` is the exact local moment."""

    state: DueState
    text: Text
    title: Text = ""


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button or link. `dialog` opens `url` in a dialog; `method` "post" makes a mini form with the token.

    `disabled_reason` shows the button greyed and says why. `key` is a single-key shortcut.
    """

    label: Text
    url: str = ""
    icon: str = ""
    tone: Tone = ""
    dialog: bool = False
    method: Literal["get", "post"] = "get"
    fields: Sequence[tuple[str, str]] = ()
    confirm: Text = ""
    disabled_reason: Text = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label with its value on a record page; `masked` values were withheld by the reader's role.

    `lang` when the value stays in a language of its own, such as the words of a regulation; `code` when it is in none,
    such as the id of a request."""

    label: Text
    value: Any = ""
    lang: str = ""
    code: bool = False
    href: str = ""
    wide: bool = False
    masked: bool = False
    badge: Badge | None = None
    action: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What an empty place says, and what to do about it."""

    title: Text
    text: Text = ""
    icon: str = "empty"
    actions: Sequence[Action] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One entry of a select, radio group or menu of views."""

    value: str
    label: Text
    selected: bool = False
    count: int | None = None
