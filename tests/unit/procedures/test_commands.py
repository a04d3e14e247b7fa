"""`flask desk due` and `flask desk check-procedures`, as typed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from commands.check_procedures import check_procedures
from commands.due import due_command
from extensions import babel, db
from services.procedures.registry import PACKS_FOLDER
from settings import Settings

EXAMPLES = Path(__file__).parents[2] / "data" / "deadline_examples.csv"


def run(command: object, folder: Path, *arguments: str) -> Result:
    app = Flask(__name__)
    app.extensions["settings"] = Settings.from_environment({"DESK_DATA_DIR": str(folder)})
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    babel.init_app(app)
    with app.app_context():
        return CliRunner().invoke(command, arguments)  # type: ignore[arg-type]


def test_one_date(tmp_path: Path) -> None:
    told = run(
        due_command,
        tmp_path,
        "--procedure",
        "hospital-complaint-office",
        "--clock",
        "dispose",
        "--start",
        "2026-02-13 09:30",
    )
    assert (told.exit_code, told.output) == (0, "2026-02-24\n")


@pytest.mark.clause("R01-12")
def test_the_explanation_shows_the_days_and_the_clause(tmp_path: Path) -> None:
    told = run(
        due_command,
        tmp_path,
        *("--procedure", "hospital-complaint-office", "--clock", "dispose"),
        *("--start", "2026-02-13 09:30", "--explain"),
    )
    assert "R01-12" in told.output
    assert [line[:10] for line in told.output.splitlines() if line.startswith("2026-02-")][1:] == [
        f"2026-02-{day}" for day in range(13, 25)
    ]


def test_a_file_gains_a_column_and_keeps_the_others(tmp_path: Path) -> None:
    rows = list(csv.DictReader(EXAMPLES.open(encoding="utf-8")))
    file = tmp_path / "rows.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, ["note", "procedure", "clause", "clock", "start"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, "note": f'a, "{index}"'} for index, row in enumerate(rows))
    told = run(due_command, tmp_path, "--csv", str(file))
    assert told.exit_code == 0
    printed = list(csv.DictReader(io.StringIO(told.stdout)))
    assert list(printed[0]) == ["note", "procedure", "clause", "clock", "start", "due"]
    assert [row["due"] for row in printed] == [row["due"] for row in rows]
    assert [row["note"] for row in printed] == [f'a, "{index}"' for index in range(len(rows))]


def test_a_row_that_cannot_be_computed_is_told_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        "procedure,clause,clock,start\n"
        "nowhere,,dispose,2026-02-13 09:30\n"
        "hospital-complaint-office,R01-13,dispose,2026-02-13 09:30\n"
        "hospital-complaint-office,R01-12,dispose,soon\n"
        "hospital-complaint-office,R01-12,dispose,2026-02-13 09:30\n",
        encoding="utf-8",
    )
    told = run(due_command, tmp_path, "--csv", str(file))
    assert told.exit_code == 1
    assert [row["due"] for row in csv.DictReader(io.StringIO(told.stdout))] == ["", "", "", "2026-02-24"]
    assert "line 2: There is no procedure 'nowhere'" in told.stderr
    assert "line 3: dispose rests on R01-12, not on R01-13" in told.stderr
    assert "line 4: 'soon' is no date and time" in told.stderr


def test_unknown_clocks_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    told = run(
        due_command,
        tmp_path,
        *("--procedure", "hospital-complaint-office", "--clock", "finish", "--start", "2026-02-13 09:30"),
    )
    assert told.exit_code == 1
    assert "it has: dispose, close" in told.output


def test_sound_files_pass_and_faulty_ones_fail_with_file_and_line(tmp_path: Path) -> None:
    assert run(check_procedures, tmp_path).exit_code == 0
    text = (PACKS_FOLDER / "customer-service.yaml").read_text(encoding="utf-8")
    (tmp_path / "customer-service.yaml").write_text(
        text.replace("unit: hour", "unit: hours", 1), encoding="utf-8"
    )
    told = run(check_procedures, tmp_path, str(tmp_path))
    assert told.exit_code == 1
    assert "customer-service.yaml:" in told.output and "did you mean hour?" in told.output
