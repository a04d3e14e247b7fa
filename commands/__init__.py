"""`flask desk …`: one file a group of commands. Each file's `register(desk)` adds its own."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from services.errors import DeskError, Invalid, Refused
from services.schema import SchemaFault
from settings import SettingsFault


class DeskGroup(AppGroup):
    """A fault that the desk knows ends a command with one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsFault, SchemaFault) as fault:
            raise click.ClickException(str(fault)) from fault
        except DeskError as fault:
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                raise click.ClickException(_one_line(fault)) from fault


def _one_line(fault: DeskError) -> str:
    parts = [str(fault.message)]
    if isinstance(fault, Refused):
        parts = [str(reason.message) for reason in fault.reasons]
    if isinstance(fault, Invalid):
        parts += [f"{field}: {message}" for field, message in fault.fields.items()]
    return " ".join(parts)


def register(app: Flask) -> None:
    """Attach every command file of this folder to the application's command line."""
    desk = DeskGroup("desk", help="The complaint desk: start, set up, import, export, look after.")
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}").register(desk)
    app.cli.add_command(desk)
