"""Addresses of static files with their content's hash, and icons, for the templates."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup, escape

from admin_views.guard import public

ICONS = "desk/icons.svg"
MARK = "desk/mark.svg"
ONE_YEAR = 31_536_000


@lru_cache(maxsize=512)
def _digest(file: str, modified_ns: int) -> str:
    """First 8 hex digits of the file's SHA-256; `modified_ns` only keys the cache."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:8]


def static_url(path: str) -> str:
    """Address of `static/<path>` with `?h=<content hash>`; a missing file gets a plain address."""
    known: dict[str, str] = g.setdefault("static_urls", {})
    if path not in known:
        known[path] = _static_url(path)
    return known[path]


def _static_url(path: str) -> str:
    file = Path(current_app.static_folder or "static") / path
    try:
        digest = _digest(str(file), file.stat().st_mtime_ns)
    except OSError:
        return url_for("static", filename=path)
    return url_for("static", filename=path, h=digest)


def icon(name: str, label: str = "", css: str = "") -> Markup:
    """One icon of the sprite; without `label` it is decoration and hidden from screen readers."""
    return _icon(static_url(ICONS), name, str(label), css)


@lru_cache(maxsize=2048)
def _icon(sprite: str, name: str, label: str, css: str) -> Markup:
    """A list shows hundreds of them: made once, and short."""
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup("aria-hidden=true")
    classes = Markup('"icon {}"').format(css) if css else "icon"
    drawn = Markup("<svg class={} {}>").format(classes, spoken)
    return drawn + Markup('<use href="{}#{}"/></svg>').format(sprite, escape(name))


def _cache_for_ever(response: Response) -> Response:
    """Files asked for by hash never change under that address; everything else is asked again."""
    versioned = request.args.get("h") or "/vendor/" in request.path
    if request.endpoint == "static" and versioned and response.status_code in (200, 304):
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response


@public
def favicon() -> Response:
    """Asked for by browsers wherever a page names no icon of its own, such as a picture that stands alone."""
    return current_app.send_static_file(MARK)


def init_assets(app: Flask) -> None:
    """Give the templates `static_url` and `icon`, and cache hashed files for ever."""
    app.add_url_rule("/favicon.ico", view_func=favicon)
    app.jinja_env.globals["static_url"] = static_url
    app.jinja_env.globals["icon"] = icon
    app.jinja_env.lstrip_blocks = (
        True  # a line that holds nothing but a block leaves no indentation on the page
    )
    app.after_request(_cache_for_ever)
