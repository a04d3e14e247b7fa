"""Every column declares who may read it, and no form offers what only operations may write."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import models
from models.base import Base
from models.fields import HIDDEN, Sensitivity, field, fields_of, undeclared_columns
from tests.architecture.sources import files, product_files, relative, tree

WRITTEN_BY_OPERATIONS = {"state", "status", "version", "public_id", "password_hash"}
"""Columns that a form may never write; each changes only as the effect of an operation."""

FORM_SETTINGS = {"form_columns", "form_create_rules", "form_edit_rules", "form_rules", "column_editable_list"}


def mapped_models() -> list[type[Any]]:
    for module in pkgutil.iter_modules(models.__path__, "models."):
        importlib.import_module(module.name)
    return sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)


def test_there_are_models() -> None:
    assert {"Complaint", "User", "Department"} <= {model.__name__ for model in mapped_models()}


def test_every_column_declares_its_sensitivity() -> None:
    """A column says what it is or that no screen shows it (HIDDEN); silence is neither."""
    silent = [f"{model.__name__}.{key}" for model in mapped_models() for key in undeclared_columns(model)]
    assert silent == []
    for model in mapped_models():
        for spec in fields_of(model):
            assert isinstance(spec.sensitivity, Sensitivity), f"{model.__name__}.{spec.key}"


def test_a_silent_column_is_found_and_hidden() -> None:
    class Apart(DeclarativeBase):
        pass

    class Probe(Apart):
        __tablename__ = "probe"
        id: Mapped[int] = mapped_column(primary_key=True, info=HIDDEN)
        said: Mapped[str] = mapped_column(info=field("Said"))
        silent: Mapped[str] = mapped_column(sa.String(5))

    assert undeclared_columns(Probe) == ["silent"]
    assert [spec.key for spec in fields_of(Probe)] == ["said"]


def test_every_declared_column_has_a_label() -> None:
    bare = [
        f"{m.__name__}.{s.key}" for m in mapped_models() for s in fields_of(m) if not str(s.label).strip()
    ]
    assert bare == []


def test_names_and_addresses_of_people_are_not_open() -> None:
    """Columns whose name tells that they identify a person (of a party, not of a colleague)."""
    telling = ("phone", "id_number", "identity", "address", "contact")
    found = [
        f"{model.__name__}.{spec.key}"
        for model in mapped_models()
        if model.__name__ == "Party"
        for spec in fields_of(model)
        if any(word in spec.key for word in telling) and spec.sensitivity is Sensitivity.OPEN
    ]
    assert found == []


def test_no_form_offers_a_state() -> None:
    offered = [
        f"{model.__name__}.{spec.key}"
        for model in mapped_models()
        for spec in fields_of(model)
        if spec.form and spec.key in WRITTEN_BY_OPERATIONS
    ]
    assert offered == []


def test_no_import_writes_a_public_id_or_a_secret() -> None:
    written = [
        f"{model.__name__}.{spec.key}"
        for model in mapped_models()
        for spec in fields_of(model)
        if spec.import_ and spec.key in {"version", "public_id", "password_hash"}
    ]
    assert written == []


def test_no_view_lists_a_state_among_its_form_columns() -> None:
    found = [
        f"{relative(path)}:{line} {name}"
        for path in files("*.py", "admin_views")
        for name, line in _form_settings(tree(path))
        if name in WRITTEN_BY_OPERATIONS
    ]
    assert found == []


def test_no_wtform_has_a_state_field() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {node.name}.{target.id}"
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any("Form" in ast.unparse(base) for base in node.bases)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in {"state", "status"}
    ]
    assert found == []


def test_only_the_workflow_writes_the_state_of_a_complaint() -> None:
    """`complaint.state = …` stands in services/workflow alone; operations fire events."""
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in product_files()
        if not relative(path).startswith("services/workflow/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "state" and _is_complaint(target.value)
    ]
    assert found == []


def _is_complaint(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return "complaint" in name or name in {"case", "master"}


def _form_settings(module: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple | ast.Set):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if names & FORM_SETTINGS:
                for element in node.value.elts:
                    if isinstance(element, ast.Constant) and isinstance(element.value, str):
                        yield element.value, node.lineno


@pytest.mark.parametrize(
    "source, found", [("form_columns = ['title', 'state']", ["title", "state"]), ("a = ['state']", [])]
)
def test_form_settings_are_read(source: str, found: list[str]) -> None:
    assert [name for name, _ in _form_settings(ast.parse(source))] == found
