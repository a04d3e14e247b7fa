"""A desk whose complaints have more columns than the code knows: run in a process of its own, as mappings last.

    python -m tests.support.added_column DATABASE_URL FOLDER

A migration adds two columns to the table: "ward_round" declares a label, "silent" declares nothing. Prints as JSON
where each of them shows, in both languages.
"""

from __future__ import annotations

import json
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import sqlalchemy as sa
from sqlalchemy.orm import Session, mapped_column

import database
from models import Complaint
from models.enums import RoleName
from models.fields import field
from models.labels import _l
from services import schema

VALUE = "下午查房"


def add_columns(url: str) -> None:
    """What the migration does, and the two lines of the model beside it."""
    schema.upgrade(url)
    engine = database.make_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE complaints ADD COLUMN ward_round VARCHAR(40)")
        connection.exec_driver_sql("ALTER TABLE complaints ADD COLUMN silent VARCHAR(40)")
    engine.dispose()
    Complaint.ward_round = mapped_column(sa.String(40), info=field(_l("Store"), default=True))  # type: ignore[attr-defined]
    Complaint.silent = mapped_column(sa.String(40))  # type: ignore[attr-defined]
    sa.orm.configure_mappers()


def main(url: str, folder: Path) -> dict[str, Any]:
    add_columns(url)
    # Only now: the screens read the declarations when they are loaded.
    from extensions import db
    from services.actor import SYSTEM
    from services.ledger.targets import targets
    from tests.factories import create_complaint, create_house
    from tests.support.client import make_app, settings_for

    app = make_app(settings_for(url, folder))
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        session.info["actor"] = SYSTEM
        house = create_house(session)
        session.commit()
        address = create_complaint(session, house, "in_work").public_id
        session.rollback()
        session.info["actor"] = SYSTEM
        client = app.test_client().sign_in(house[RoleName.HANDLER])
        found: dict[str, Any] = {}
        for language in ("zh_Hans_CN", "en"):
            client.post("/preferences", data={"language": language})
            found[language] = look(client, address)
        with app.test_request_context():
            found["import"] = sorted(set(targets()) & {"ward_round", "silent"})
        return found


def look(client: Any, address: str) -> dict[str, Any]:
    """Edit the record, then look at every place."""
    form = client.get(f"/complaints/{address}/edit/").text
    version = re.findall(r'name="version" value="(\d+)"', form)[0]
    values = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)) | {"version": version}
    values |= {
        name: text.strip() for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)<', form)
    }
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option selected value="([^"]*)"', options)
        values[name] = chosen[0] if chosen else ""
    saved = client.post(f"/complaints/{address}/edit/", data={**values, "ward_round": VALUE, "silent": "x"})
    listed = client.get("/complaints/").text
    panels = client.get("/complaints/?panels=1").text
    workbook = client.post("/ledger/export", data={"query": "f.ward_round=查房"}).data
    rows = list(openpyxl.load_workbook(BytesIO(workbook)).worksheets[0].iter_rows(values_only=True))
    page = client.get(f"/complaints/{address}/").text
    return {
        "saved": saved.status_code,
        "list head": label_of(listed, r'class="col-ward_round[^>]*>(.*?)</th>'),
        "list value": VALUE in listed,
        "chooser": 'name="column" value="ward_round"' in panels,
        "filter panel": 'name="f.ward_round"' in panels,
        "filter finds": [
            address in client.get(f"/complaints/?f.ward_round={text}").text for text in ("查房", "没有")
        ],
        "form": label_of(form, r'data-field="ward_round".*?<label[^>]*>(.*?)</label>'),
        "register": 'name="ward_round"' in client.get("/complaints/new/").text,
        "page": VALUE in page,
        "workbook": any(VALUE in map(str, row) for row in rows),
        "workbook heads": [str(head) for row in rows[:3] for head in row if head is not None],
        "silent anywhere": any("silent" in text for text in (listed, panels, form, page)),
    }


def label_of(page: str, pattern: str) -> str:
    match = re.search(pattern, page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", match[1]).strip() if match else ""


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2])), ensure_ascii=False))
