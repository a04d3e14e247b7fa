"""Every text of the interface is in the Chinese catalogue, and the catalogue is complete."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from babel.support import Translations

import models.enums
import models.remedy_enums
from models.base import Base
from models.enums import Labelled
from models.fields import fields_of
from models.labels import LazyString
from settings import LOCALES
from tests.architecture.sources import ROOT, files, product_files, relative, tree

FOLDER = ROOT / "translations"
HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")
SAME_IN_EVERY_LANGUAGE = re.compile('aria-hidden="true">诉<|中文|English')
"""The mark of the desk, and the names of the languages, each in its own."""
WITHOUT_CHINESE_CHARACTERS = {"Excel"}
NAMES = {"SHA-256"}
"""Written alike in every language."""
MARKED = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "pgettext"}
SHOWN = {"label", "title", "text", "help", "message", "description", "placeholder", "submit", "new_title"}
"""Keywords of the desk's own functions whose values people read."""


def catalogue(locale: str) -> Catalog:
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return catalogue("zh_Hans_CN")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The texts as `make translations` finds them in Python and templates."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    subprocess.run([ROOT / "scripts" / "translations.sh", "extract", template], check=True, cwd=ROOT)
    with template.open("rb") as file:
        return read_po(file)


def texts_of(message: Message) -> list[str]:
    """The translations of a message, one a plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def source_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_extraction_finds_python_templates_and_the_texts_of_scripts(source: Catalog) -> None:
    for text in ("Awaiting signature", "Your session has ended.", "%(num)d day left", "Sign in"):
        assert source.get(text), text
    assert source.get("Close", "dialog") and source.get("Close")
    assert len(source) > 1000


def test_every_text_of_the_interface_has_chinese(source: Catalog, chinese: Catalog) -> None:
    missing = []
    for wanted in source:
        if wanted.id:
            found = chinese.get(source_of(wanted), wanted.context)
            if found is None or found.fuzzy or not texts_of(found) or not all(texts_of(found)):
                missing.append(source_of(wanted))
    assert missing == [], "run `make translations` and translate these"


def test_chinese_is_chinese(chinese: Catalog) -> None:
    found = [
        source_of(message)
        for message in chinese
        for text in texts_of(message)
        if message.id and text and not HAN.search(text) and text not in WITHOUT_CHINESE_CHARACTERS
    ]
    assert [text for text in found if WORD.search(PLACEHOLDER.sub("", text))] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_their_placeholders(locale: str) -> None:
    wrong = []
    for message in catalogue(locale):
        plural = message.id if isinstance(message.id, str) else message.id[-1]
        for text in texts_of(message):
            if message.id and text and _placeholders(text) != _placeholders(plural):
                wrong.append((plural, text))
    assert wrong == []


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def test_chinese_has_chinese_punctuation(chinese: Catalog) -> None:
    """A half-width mark after a Chinese character is a slip; so is a full stop on one side only."""
    half_width = re.compile(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?:\s|$)")
    found = [text for message in chinese for text in texts_of(message) if half_width.search(text)]
    assert found == []


def test_english_catalogue_has_no_chinese() -> None:
    assert [t for m in catalogue("en") if m.id for t in texts_of(m) if HAN.search(t)] == []


def compiled(locale: str) -> Translations:
    loaded = Translations.load(str(FOLDER), [locale])
    assert isinstance(loaded, Translations), f"{locale}: run scripts/translations.sh compile"
    return loaded


def test_compiled_catalogue_is_the_written_one(chinese: Catalog) -> None:
    loaded = compiled("zh_Hans_CN")
    differing = [m.id for m in chinese if isinstance(m.id, str) and m.id and not m.context and m.string]
    assert differing
    assert [text for text in differing if loaded.gettext(text) != chinese[text].string] == []


def enumerations() -> list[type[Labelled]]:
    found = [
        each
        for each in {**vars(models.enums), **vars(models.remedy_enums)}.values()
        if isinstance(each, type) and issubclass(each, Labelled) and each is not Labelled
    ]
    assert len(found) > 15
    return found


@pytest.mark.parametrize("enumeration", enumerations(), ids=lambda each: each.__name__)
def test_members_of_an_enumeration_are_told_apart_in_both_languages(enumeration: type[Labelled]) -> None:
    english = [_source(member.label) for member in enumeration]
    chinese = [compiled("zh_Hans_CN").gettext(text) for text in english]
    assert len(set(english)) == len(english)
    assert len(set(chinese)) == len(chinese), chinese
    assert [text for text in chinese if not HAN.search(text)] == []


def _source(label: LazyString | str) -> str:
    assert isinstance(label, LazyString) or label in NAMES, f"{label!r} would be shown untranslated"
    if isinstance(label, str):
        return label
    return str(label._args[0])


@pytest.mark.parametrize(
    "mapper", sorted(Base.registry.mappers, key=str), ids=lambda each: each.class_.__name__
)
def test_fields_of_a_screen_are_told_apart_in_both_languages(mapper: object) -> None:
    model = mapper.class_  # type: ignore[attr-defined]
    english = [_source(spec.label) for spec in fields_of(model) if spec.sensitivity != "secret"]
    chinese = [compiled("zh_Hans_CN").gettext(text) for text in english]
    assert [text for text in chinese if not HAN.search(text) and text not in NAMES] == []
    assert [text for text, count in Counter(chinese).items() if count > 1] == []


def test_no_marked_text_is_put_together_at_run_time() -> None:
    """`_(f"…")`, `_("a" + b)` and `_(variable)` can never be found in a catalogue."""
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in MARKED
        and node.args
        and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    ]
    assert found == []


def test_source_texts_are_english(source: Catalog) -> None:
    assert [source_of(message) for message in source if HAN.search(source_of(message))] == []


def test_what_people_read_is_marked() -> None:
    """`label="Due"` without `_l` would be English on a Chinese page."""
    found = []
    for path in product_files():
        if relative(path).split("/")[0] in {"admin_views", "models"}:
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call):
                    found += [
                        f"{relative(path)}:{keyword.value.lineno} {literal!r}"
                        for keyword in node.keywords
                        if keyword.arg in SHOWN
                        for literal in _literals(keyword.value)
                        if WORD.search(literal) or HAN.search(literal)
                    ]
    assert found == []


def _literals(value: ast.expr) -> Iterator[str]:
    """Texts that stand in the source as they are."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
BLOCK = re.compile(r"<!--.*?-->|<(script|style|svg|code)\b.*?</\1>", re.DOTALL)
READ_ALOUD = re.compile(
    r"""\s(?:title|alt|placeholder|aria-label|aria-description)=(["'])(.*?)\1""", re.DOTALL
)
TAG = re.compile(r"""<[a-zA-Z/!](?:"[^"]*"|'[^']*'|[^>"'])*>""")
ATTRIBUTE = re.compile(r"""\b[\w-]+="[^"\n]*\"""")
"""Left over where a macro prints the attributes of a tag."""
ENTITY = re.compile(r"&[a-z]+;|&#\d+;")
KEYS = {"Ctrl", "Esc", "Enter", "Alt", "Tab", "Shift"}


def bare_texts(template: str) -> list[str]:
    """Words of a template that stand outside every expression."""
    markup = BLOCK.sub(" ", JINJA.sub("\x00", template))
    shown = [match[2] for match in READ_ALOUD.finditer(markup)] + ATTRIBUTE.sub(
        "", TAG.sub("\n", markup)
    ).split("\n")
    texts = [ENTITY.sub(" ", text).replace("\x00", " ").strip() for text in shown]
    return [
        text for text in texts if (set(WORD.findall(text)) - KEYS or HAN.search(text)) and text not in NAMES
    ]


def test_templates_hold_no_unmarked_text() -> None:
    found = [
        f"{relative(path)}: {text[:80]}"
        for path in [*files("*.html", "templates"), *files("*.txt", "templates")]
        for text in bare_texts(SAME_IN_EVERY_LANGUAGE.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "template", ["<p>Due today</p>", '<a title="Open">{{ x }}</a>', "{{ n }} days", "<b>到期</b>"]
)
def test_unmarked_text_of_a_template_is_found(template: str) -> None:
    assert bare_texts(template)


@pytest.mark.parametrize("path", files("*.js", "static/desk"), ids=lambda path: path.name)
def test_scripts_take_their_texts_from_the_page(path: Path) -> None:
    """Sentences belong into templates/desk/strings.html; a script holds no Chinese and no English phrase."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    phrase = re.compile(r"""["'`>]\s*[A-Z][a-z]+(?: [a-z]+)+[ .!?…]*["'`<]""")
    assert not HAN.search(text)
    assert phrase.findall(text) == []


def test_every_text_that_scripts_ask_for_is_on_the_page() -> None:
    offered = set(re.findall(r"'(\w+)':", (ROOT / "templates/desk/strings.html").read_text(encoding="utf-8")))
    asked = {
        key
        for path in files("*.js", "static/desk")
        for keys in re.findall(r"\bstrings\.(\w+)|\bDesk\.text\(\"(\w+)\"", path.read_text(encoding="utf-8"))
        for key in keys
        if key
    }
    assert asked - offered == set()
