"""What the documents say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from settings import ROOT
from tests.architecture import glossary_tables, procedure_reference, settings_table
from tests.architecture.sources import files, relative
from tests.support.client import make_app, settings_for

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *files("*.md", "docs")]
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("documents")
    return make_app(settings_for(f"sqlite:///{folder}/desk.sqlite3", folder))


def test_the_readme_lists_every_setting_as_it_is() -> None:
    assert settings_table.table() in (ROOT / "README.md").read_text(encoding="utf-8"), (
        "put the output of `python -m tests.architecture.settings_table` into README.md"
    )


def test_the_glossary_has_every_word_of_the_enumerations() -> None:
    assert glossary_tables.tables() in (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), (
        "put the output of `python -m tests.architecture.glossary_tables` into docs/glossary.md"
    )


def test_the_reference_has_every_key_of_a_procedure() -> None:
    assert (ROOT / "docs/procedure-reference.md").read_text(
        encoding="utf-8"
    ) == procedure_reference.reference(), (
        "put the output of `python -m tests.architecture.procedure_reference` into docs/procedure-reference.md"
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        path, _hash, part = target.partition("#")
        if path.startswith(("http:", "https:", "mailto:")):
            continue
        place = (document.parent / path).resolve() if path else document
        if not place.exists() or (part and not has_heading(place, part)):
            broken.append(target)
    assert broken == []


def has_heading(document: Path, anchor: str) -> bool:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_commands_and_options_exist(app: Flask, document: Path) -> None:
    desk = app.cli.commands["desk"]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    unknown = [name for name in re.findall(r"\bmake ([a-z-]+)", in_code(text)) if name not in targets]
    for name, rest in re.findall(r"\bdesk ([a-z][a-z-]*)((?:[^\n`#]|\\\n)*)", in_code(text)):
        command = desk.commands.get(name)  # type: ignore[attr-defined]
        if command is None:
            unknown.append(name)
            continue
        if name == "db":
            assert rest.split()[0] in command.commands, rest
            continue
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        unknown += [option for option in re.findall(r"(--[a-z-]+)", rest) if option not in known]
    assert unknown == []


def in_code(text: str) -> str:
    """Fenced blocks without their comments, and inline code."""
    blocks = "\n".join(re.findall(r"```\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))
    return re.sub(r"(?m)\s#.*$", "", blocks)


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_named_files_exist(document: Path) -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[\w.*-]*)`", document.read_text(encoding="utf-8"))
    own = {"attachments/", "spool/", "exports/", "backups/", "files/"}
    missing = [
        name
        for name in named
        if not any(name.startswith(folder) for folder in own) and not any(ROOT.glob(name.rstrip("/")))
    ]
    assert missing == []


def test_every_decision_is_in_the_list() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    pages = [path.name for path in files("0*.md", "docs/decisions")]
    assert len(pages) > 5 and [name for name in pages if f"({name})" not in listed] == []
