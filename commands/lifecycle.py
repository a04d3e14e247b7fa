"""`flask desk lifecycle`: the lifecycle table in words, and its page and picture in docs/."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from services.workflow import diagram
from settings import ROOT

PAGE = ROOT / "docs" / "lifecycle.md"
PICTURE = ROOT / "docs" / "images" / "lifecycle.svg"
HEAD = """# The lifecycle of a complaint

Generated from the table in `services/workflow/table.py` by `flask desk lifecycle --write`; a test compares both.
"=" stands for a step that keeps the state. Whoever takes a step must also see the complaint.

![Diagram of the lifecycle](images/lifecycle.svg)

"""


def register(desk: AppGroup) -> None:
    desk.add_command(lifecycle)


def page() -> str:
    """The text of docs/lifecycle.md."""
    return HEAD + diagram.markdown()


@click.command("lifecycle")
@click.option("--write", is_flag=True, help="Write docs/lifecycle.md and docs/images/lifecycle.svg.")
def lifecycle(write: bool) -> None:
    """Print the lifecycle table; with --write bring its documentation up to date."""
    if not write:
        click.echo(diagram.markdown(), nl=False)
        return
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    PICTURE.write_text(diagram.svg(on_its_own=True), encoding="utf-8")
    click.echo(f"{PAGE.relative_to(ROOT)}\n{PICTURE.relative_to(ROOT)}")
