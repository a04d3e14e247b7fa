"""Processes of their own that write into the test's database: `python -m tests.integration.operations.writers …`."""

from __future__ import annotations

import os
import signal
import sys

import sqlalchemy as sa
from sqlalchemy.orm import Session

from database import make_engine
from models import User
from services.access import scope
from services.actor import SYSTEM
from services.identity.actors import actor_for
from services.operations.register import register
from services.operations.transfer import transfer
from services.sealing import use_key
from services.unit_of_work import UnitOfWork
from services.workflow.once import remember
from tests.factories import NOW, new_complaint
from tests.support.client import KEY


class Regret(Exception):
    """Somebody closes the form at the last moment."""


def open_session(url: str) -> Session:
    use_key(KEY)
    engine = make_engine(url)
    scope.install(Session, engine)
    session = Session(engine)
    session.info["actor"] = SYSTEM
    return session


def register_many(url: str, user_id: int, confidential_for: int, count: int) -> None:
    """Registers `count` complaints; every third attempt is rolled back, every fourth complaint is confidential."""
    with open_session(url) as session:
        actor = actor_for(session, session.get_one(User, user_id), NOW)
        for index in range(count):
            hidden = {"confidential": True, "named_user_ids": (confidential_for,)} if index % 4 == 3 else {}
            try:
                with UnitOfWork(session, actor, NOW) as work:
                    register(work, new_complaint(**hidden))
                    if index % 3 == 2:
                        raise Regret
            except Regret:
                pass


def die_in_transfer(url: str, user_id: int, complaint: str, department_id: int, person_id: int) -> None:
    """Killed after everything has been written, before it is committed."""
    with open_session(url) as session:
        actor = actor_for(session, session.get_one(User, user_id), NOW)
        with UnitOfWork(session, actor, NOW) as work:
            remember(work, "form-1")
            transfer(
                work, complaint, department_id=department_id, person_id=person_id, instruction="请核实。"
            )
            work.session.flush()
            sent = work.session.scalar(sa.text("SELECT 1"))
            print("about to commit", sent, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    name, url, *arguments = sys.argv[1:]
    if name == "register":
        register_many(url, *(int(one) for one in arguments))
    else:
        user, case, department, person = arguments
        die_in_transfer(url, int(user), case, int(department), int(person))
