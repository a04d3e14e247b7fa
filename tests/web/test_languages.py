"""A Chinese page holds no English and an English page no Chinese, but for what people typed themselves."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from extensions import db
from models import User
from models.enums import EventKind, RoleName
from services.actor import SYSTEM
from tests.factories.full_house import FullHouse, create_full_house
from tests.support.client import DeskClient, make_app, settings_for
from tests.support.databases import Databases
from tests.support.wording import HAN, LATIN, read, stored_texts, strangers

CHINESE, ENGLISH = "zh_Hans_CN", "en"
WRONG = {CHINESE: LATIN, ENGLISH: HAN}
LOOKED_AT = ("administrator", "first_receiver", "leader", "department_head", "archivist")
A_RULE = 1
"""Addresses followed of each rule and set of parameters: pages made by one function say the same."""
CASES = 8
"""Pages of complaints are as different as their states."""


@dataclass
class Readers:
    """People of a desk in full use, and what is stored in it."""

    app: Flask
    full: FullHouse
    stored: list[str] = field(default_factory=list)
    known: dict[str, set[str]] = field(default_factory=lambda: {CHINESE: set(), ENGLISH: set()})
    """Texts found right before; most stand on every page."""

    def client(self, role: str, locale: str) -> DeskClient:
        made = self.app.test_client()
        assert isinstance(made, DeskClient)
        with self.app.app_context():
            db.session().info["actor"] = SYSTEM
            user = db.session().get_one(User, self.full.users[role])
            made.sign_in(user)
        with made.session_transaction() as kept:
            kept["locale"] = locale
        return made

    def wrong_words(self, html: str, locale: str) -> set[str]:
        texts = set(read(html)[0]) - self.known[locale]
        found = strangers(texts, WRONG[locale], self.stored)
        self.known[locale] |= texts - found
        return found


@pytest.fixture(scope="module")
def readers(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """On one engine: languages know nothing of databases."""
    kept = databases.of("sqlite")
    settings = settings_for(kept.url, tmp_path_factory.mktemp("languages"))
    app = make_app(settings)
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        session.info["actor"] = SYSTEM
        full = create_full_house(session, settings)
    typed = [text for text in stored_texts(kept.engine) if text != SYSTEM.name]
    yield Readers(app, full, typed)
    kept.reset(engine)


@pytest.mark.parametrize("locale", [CHINESE, ENGLISH])
@pytest.mark.parametrize("role", LOOKED_AT)
def test_pages_are_in_one_language(readers: Readers, role: str, locale: str) -> None:
    client = readers.client(role, locale)
    seen = 0
    found: dict[str, str] = {}
    for url, html in pages(readers.app, client):
        seen += 1
        for text in readers.wrong_words(html, locale):
            found.setdefault(text, url)
    assert found == {}
    assert seen > 20


def pages(app: Flask, client: DeskClient) -> Iterator[tuple[str, str]]:
    """Every page that links lead to from the start, a few of each kind."""
    waiting, known, followed = deque(["/"]), {"/"}, Counter[tuple[str, ...]]()
    while waiting:
        url = waiting.popleft()
        answer = client.get(url)
        links = [answer.location] if answer.location else []
        if answer.mimetype == "text/html" and not links:
            yield url, answer.text
            row = re.search(r'data-row="([^"]+)"', answer.text)
            links = [link.replace("/-row-/", f"/{row[1] if row else '-'}/") for link in read(answer.text)[1]]
        answer.close()
        for link in links:
            address = urlsplit(urljoin(f"http://localhost{url}", link))
            path = address.path + (f"?{address.query}" if address.query else "")
            kind = _kind(app, address.path, address.query)
            if address.netloc == "localhost" and path not in known and kind and followed[kind] < _most(kind):
                followed[kind] += 1
                known.add(path)
                waiting.append(path)


def _most(kind: tuple[str, ...]) -> int:
    return CASES if kind == ("complaints.details_view",) else A_RULE


def _kind(app: Flask, path: str, query: str) -> tuple[str, ...]:
    try:
        endpoint, values = app.url_map.bind("localhost").match(path)
    except HTTPException:
        return ()
    if endpoint.endswith("static"):
        return ()
    steps = sorted(str(value) for name, value in values.items() if name in ("event", "step", "field"))
    return (endpoint, *steps, *sorted({name for name, _ in parse_qsl(query)}))


FORMS = [
    ("first_receiver", "/complaints/new/", {"channel": "pigeon", "email": "x", "received_at": "yesterday"}),
    ("administrator", "/users/new/", {"email": "nowhere", "department_id": "zzz"}),
    ("administrator", "/departments/new/", {"parent_id": "zzz", "name": ""}),
    ("administrator", "/covers/new/", {"starts_at": "soon", "ends_at": "later", "principal_id": "x"}),
    ("administrator", "/grants/new/", {"role": "king", "user_id": "x"}),
    ("leader", "/exemptions/new/", {"rule": "none", "valid_until": "never"}),
    ("leader", "/account/password", {"password": "x", "again": "y"}),
]


@pytest.mark.parametrize(("role", "path", "form"), FORMS, ids=[path for _, path, _ in FORMS])
@pytest.mark.parametrize("locale", [CHINESE, ENGLISH])
def test_faults_of_a_form_are_told_in_the_language_of_the_page(
    readers: Readers, locale: str, role: str, path: str, form: dict[str, str]
) -> None:
    answer = readers.client(role, locale).post(path, data=form)
    assert answer.status_code in (200, 400, 422), answer.status_code
    assert re.search(r'aria-invalid="true"|is-invalid', answer.text), "the form was taken"
    assert {text for text in readers.wrong_words(answer.text, locale) if text not in form.values()} == set()


@pytest.mark.parametrize("locale", [CHINESE, ENGLISH])
@pytest.mark.parametrize("event", [EventKind.REFUSE, EventKind.TRANSFER, EventKind.CLOSE, EventKind.ARCHIVE])
def test_faults_of_a_step_are_told_in_the_language_of_the_page(
    readers: Readers, locale: str, event: EventKind
) -> None:
    role, state = {
        EventKind.REFUSE: (RoleName.FIRST_RECEIVER, "registered"),
        EventKind.TRANSFER: (RoleName.FIRST_RECEIVER, "accepted"),
        EventKind.CLOSE: (RoleName.LEADER, "replied"),
        EventKind.ARCHIVE: (RoleName.ARCHIVIST, "closed"),
    }[event]
    url = f"/complaints/{readers.full.cases[state]}/{event.value}"
    answer = readers.client(role.value, locale).post(
        url, data={"at": "soon"}, headers={"X-Desk-Fragment": "1"}
    )
    assert answer.status_code in (200, 400, 403, 409, 422), answer.status_code
    assert answer.mimetype == "text/html"
    assert readers.wrong_words(answer.text, locale) == set()


@pytest.mark.parametrize("path", ["/login", "/login/code"])
@pytest.mark.parametrize("locale", [CHINESE, ENGLISH])
def test_pages_before_signing_in_are_in_one_language(readers: Readers, locale: str, path: str) -> None:
    client = readers.app.test_client()
    with client.session_transaction() as kept:
        kept["locale"] = locale
    assert readers.wrong_words(client.get(path).text, locale) == set()


@pytest.mark.parametrize("locale", [CHINESE, ENGLISH])
@pytest.mark.parametrize("path", ["/no/such/page", "/complaints/zzzzzzzzzzzz/", "/users/new/"])
def test_refusals_are_in_one_language(readers: Readers, locale: str, path: str) -> None:
    answer = readers.client("handler", locale).get(path)
    assert answer.status_code in (403, 404)
    assert readers.wrong_words(answer.text, locale) == set()


def test_texts_of_the_libraries_are_chinese(readers: Readers) -> None:
    """Flask-Admin and WTForms bring catalogues of their own; our name of the locale must find them."""
    from flask import session
    from flask_admin.babel import Translations, gettext
    from wtforms.validators import DataRequired, StopValidation

    for locale, language in ((CHINESE, HAN), (ENGLISH, LATIN)):
        with readers.app.test_request_context():
            session["locale"] = locale
            assert language.search(gettext("Save"))
            assert language.search(Translations().gettext("This field is required."))
            assert language.search(Translations().gettext("Not a valid integer value."))
            with pytest.raises(StopValidation):
                DataRequired()(None, _Empty())


class _Empty:
    """A field nobody filled in."""

    data = None
    raw_data: list[str] = []
    errors: list[str] = []

    def gettext(self, text: str) -> str:
        from flask_admin.babel import Translations

        return str(Translations().gettext(text))


def test_the_desk_itself_is_named_in_the_language_of_the_page(readers: Readers) -> None:
    from flask import session

    from admin_views.values import actor_text

    for locale, name in ((CHINESE, "系统"), (ENGLISH, "The desk itself")):
        with readers.app.test_request_context():
            session["locale"] = locale
            assert actor_text(SYSTEM.name) == name
            assert actor_text("王芳") == "王芳"


def test_the_eye_for_wrong_words_sees_them() -> None:
    html = '<p title="Due today">到期</p><script id="desk-strings">{"a": "Saved."}</script><p>王**</p>'
    assert strangers(read(html)[0], LATIN, []) == {"Due today", "Saved."}
    assert strangers(read(html)[0], HAN, []) == {"到期"}
    assert strangers(["由 zhang 办理"], LATIN, ["zhang"]) == set()
