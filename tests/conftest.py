"""The fixtures. Tests that touch the database ask for `app`, `session`, `client` or `engine_url` and so run twice:
on SQLite and on PostgreSQL. Browser tests ask for `page` (or `people` for several persons) and `desk_server`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from extensions import db
from services.actor import SYSTEM
from settings import ROOT
from tests.support.browser import People, chromium, running_browser
from tests.support.clauses import ClauseRecorder, mark_properties
from tests.support.client import DeskClient, make_app, settings_for
from tests.support.databases import Databases, TestDatabase
from tests.support.server import DeskServer

ENGINES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-clauses", action="store_true", help="write which clause is shown by which test"
    )
    parser.addoption("--clause", help="only the tests marked with this clause")


def pytest_configure(config: pytest.Config) -> None:
    """Pages are read in both languages; whoever starts pytest by hand has compiled catalogues too."""
    if not hasattr(config, "workerinput"):
        if config.getoption("record_clauses"):
            config.pluginmanager.register(ClauseRecorder())
        subprocess.run([ROOT / "scripts" / "translations.sh", "compile"], check=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever opens a browser is marked so, and skipped where there is no Chromium."""
    missing = chromium() is None
    if clause := config.getoption("clause"):
        items[:] = [
            item for item in items if any(clause in mark.args for mark in item.iter_markers("clause"))
        ]
    if "thorough" not in config.option.markexpr:
        items[:] = [item for item in items if item.get_closest_marker("thorough") is None]
    for item in items:
        mark_properties(item)
        if "people" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            if missing:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(params=ENGINES)
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Runs the test on each engine: "sqlite", then "postgresql"."""
    return str(request.param)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Both databases of this test process, made when first used."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture
def database(databases: Databases, engine_kind: str) -> Iterator[TestDatabase]:
    """A migrated database, empty of data; emptied again after the test."""
    one = databases.of(engine_kind)
    yield one
    one.reset()


@pytest.fixture
def engine_url(database: TestDatabase) -> str:
    """Address of the migrated database of this test."""
    return database.url


@pytest.fixture
def empty_database_url(databases: Databases, engine_kind: str) -> str:
    """Address of a database without tables."""
    return databases.empty_url(engine_kind)


@pytest.fixture(scope="session")
def _apps() -> dict[str, Flask]:
    return {}


@pytest.fixture
def app(
    database: TestDatabase,
    engine_kind: str,
    _apps: dict[str, Flask],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The real application on the database of this test. One object serves many tests: do not reconfigure it."""
    if engine_kind not in _apps:
        folder = tmp_path_factory.mktemp(f"data_{engine_kind}")
        _apps[engine_kind] = make_app(settings_for(database.url, folder))
    one = _apps[engine_kind]
    yield one
    with one.app_context():
        engine = db.engine
    database.reset(engine)


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's own engine."""
    with app.app_context():
        return db.engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the application's database, apart from those of its requests.

    The desk itself acts in it, so it sees every row; a test of access puts somebody else into `session.info["actor"]`.
    """
    with Session(engine) as one:
        one.info["actor"] = SYSTEM
        yield one


@pytest.fixture
def client(app: Flask) -> DeskClient:
    """A browser without scripts: keeps cookies, sends the CSRF token. Nobody is signed in."""
    made = app.test_client()
    assert isinstance(made, DeskClient)
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium a test process."""
    with running_browser() as one:
        yield one


@pytest.fixture(scope="session")
def _desk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    server = DeskServer(tmp_path_factory.mktemp("served"))
    yield server
    server.close()


@pytest.fixture
def desk_server(_desk_server: DeskServer) -> Iterator[DeskServer]:
    """A desk listening on a port of its own; its database goes back to the seeded one after the test."""
    yield _desk_server
    _desk_server.reset()


@pytest.fixture
def people(request: pytest.FixtureRequest, browser: Browser, desk_server: DeskServer) -> Iterator[People]:
    """`people.new_page()` opens a page for one more person. Fails the test on any error a page reports.

    `@pytest.mark.tolerates("status of 404")` names (by regular expression) what a test provokes on purpose.
    """
    mark = request.node.get_closest_marker("tolerates")
    group = People(browser, desk_server, mark.args if mark else ())
    yield group
    group.close()
    assert not group.faults, "\n".join(group.faults)


@pytest.fixture
def page(people: People) -> Page:
    """A page of the served desk in Chinese, nobody signed in."""
    return people.new_page()


@pytest.fixture
def shared_folder(tmp_path: Path) -> Path:
    """A data folder of a desk that a test starts itself."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    return folder
