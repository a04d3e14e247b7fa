"""`flask desk check-procedures`: say what is wrong in the procedure files, with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from services.procedures.registry import PACKS_FOLDER, InvalidProcedure, packs_in
from services.procedures.statutes import laxer


def register(desk: AppGroup) -> None:
    desk.add_command(check_procedures)


@click.command("check-procedures")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=PACKS_FOLDER)
def check_procedures(folder: Path) -> None:
    """Check the procedure files of FOLDER (default: the desk's own); exit status 1 when one has a fault."""
    try:
        packs = packs_in(folder)
    except InvalidProcedure as invalid:
        for fault in invalid.faults:
            click.echo(str(fault))
        raise click.ClickException(f"{len(invalid.faults)} faults in {folder}.") from None
    if not packs:
        raise click.ClickException(f"There is no procedure file (*.yaml) in {folder}.")
    for code, pack in packs.items():
        procedure = pack.procedure
        click.echo(
            f"{code}: version {procedure.version}, {len(procedure.clocks)} clocks, {pack.content_hash[:12]}"
        )
        for found in laxer(procedure):
            statute = found.statute
            click.echo(
                f"  laxer than the law: {found.clock.code} allows {found.amount} {found.unit} (“{found.own_text}”), "
                f"{statute.law.zh}{statute.article.zh} {statute.amount} {statute.unit} (“{statute.says.zh}”)"
            )
    click.echo(f"{len(packs)} procedures, no faults.")
