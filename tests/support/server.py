"""A desk that really listens on a port, for browser tests."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from extensions import db
from services.actor import SYSTEM
from tests.support.client import make_app, settings_for
from tests.support.databases import SqliteDatabase


class DeskServer:
    """`url` to browse, `session()` to look into the database, `reset()` back to how it was seeded."""

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        self.database = SqliteDatabase(folder / "browser.sqlite3", template)
        self.app = make_app(settings_for(self.database.url, folder))
        # The tests see what people see: error pages instead of exceptions.
        self.app.testing = False
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def session(self) -> Session:
        """A new session on the server's database that sees every row; close it before the browser writes."""
        session = Session(self.database.engine)
        session.info["actor"] = SYSTEM
        return session

    def reset(self) -> None:
        with self.app.app_context():
            engine = db.engine
        self.database.reset(engine)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self.database.close()
