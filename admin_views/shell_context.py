"""What `templates/desk/base.html` and its menu are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One link of the side menu; `icon` is a symbol of static/desk/icons.svg; `tone` colours the count.

    `count` names the figure that is fetched for it once the page stands.
    """

    label: str
    url: str
    icon: str = "file"
    count: str = ""
    tone: str = ""  # "", "bad", "warn"
    active: bool = False


@dataclass(frozen=True, kw_only=True)
class MenuGroup:
    """A subject of the side menu with its links."""

    title: str
    items: Sequence[MenuItem]
    key: str = ""
    unfolded: bool = True


@dataclass(frozen=True, kw_only=True)
class Crumb:
    """One step of the breadcrumb line; the last has no address. Pages pass `breadcrumbs`."""

    label: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Facts of the frame around every page. Addresses left empty hide their control."""

    organisation: str = ""
    home_url: str = "/"
    user_name: str = ""
    user_note: str = ""  # roles and department in one line
    acting_for: str = ""  # names of the people this person covers now
    locale: str = "zh_Hans_CN"
    search_url: str = ""  # GET, parameter q
    search_text: str = ""
    register_url: str = ""
    notices_url: str = ""
    figures_url: str = ""  # GET: what the counts of the menu and of the bell say, by their names
    language_url: str = ""  # POST language=zh_Hans_CN|en, next
    password_url: str = ""
    sessions_url: str = ""  # POST: sign out everywhere
    logout_url: str = ""  # POST
    login_url: str = ""
    keep_alive_url: str = ""  # POST; answers with the header X-Desk-Session-Ends
    session_ends: datetime | None = None  # aware UTC
    server_now: datetime | None = None  # aware UTC
    demonstration: bool = False
    version: str = ""
