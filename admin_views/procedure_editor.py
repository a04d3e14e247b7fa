"""The editor of a draft: a form for each section, the whole as text, and what is wrong at the place where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_views.errors import messages_of
from admin_views.fault_words import fault_text
from admin_views.guard import acting
from admin_views.locale import enumerated, locale
from admin_views.procedure_words import key_label, word_label
from admin_views.shell_context import Crumb
from extensions import db
from models import ProcedureDraft
from models.draft_enums import DraftStatus
from services.errors import DeskError, NotFound, NotPermitted, Stale
from services.operations.edit_procedure_draft import edit_procedure_draft
from services.procedures import forms, typed_forms
from services.procedures.drafting import Examined, dumped, examine
from services.procedures.drafts import faults_among_others
from services.procedures.forms import BASICS, OBJECT, Node
from services.unit_of_work import UnitOfWork

COLLAPSED_FROM = 4
"""Lists with so many items show them closed, each under its name."""
_QUIET_WHEN_EMPTY = ("assumption", "help")


@dataclass(frozen=True)
class Section:
    """An entry of the side navigation."""

    key: str
    label: Any
    url: str
    active: bool
    count: int | None
    faults: int
    used: bool


@dataclass(frozen=True)
class Place:
    """A fault with the field where it is mended."""

    text: str
    where: str
    line: int
    url: str


def looked_through(draft: ProcedureDraft, text: str | None = None) -> Examined:
    """The draft's text with every fault, those against the other procedures included."""
    examined = examine(draft.text if text is None else text)
    if examined.procedure is None:
        return examined
    return replace(
        examined, faults=tuple(faults_among_others(db.session(), examined.procedure, examined.text))
    )


def section_of(where: str) -> str:
    """The section that shows a place."""
    top = where.split(".")[0].split("[")[0]
    return top if top in forms.sections() else BASICS


def places(draft: ProcedureDraft, examined: Examined) -> list[Place]:
    """Every fault with its address."""
    found = []
    for fault in examined.faults:
        if examined.data is None:
            url = url_for("procedure_drafts.text", address=draft.public_id) + f"#line-{fault.line}"
        else:
            posted = fault.where.replace("[", ".").replace("]", "")
            url = url_for(
                "procedure_drafts.section", address=draft.public_id, section=section_of(fault.where)
            )
            url += f"#f-{posted}"
        found.append(Place(fault_text(fault), where_text(fault.where), fault.line, url))
    return found


def where_text(where: str) -> str:
    """A place in words: Time limits 1 · Unit."""
    words = []
    for part in where.split("."):
        key, _bracket, index = part.partition("[")
        number = f" {int(index.rstrip(']').split('][')[0]) + 1}" if index else ""
        words.append(f"{key_label(key)}{number}" if key else number)
    return " · ".join(words) if where else str(_("The whole text"))


def navigation(draft: ProcedureDraft, examined: Examined, active: str) -> list[Section]:
    """Every section with how many entries and faults it has."""
    data = examined.data or {}
    found = []
    for key in forms.sections():
        value = data.get(key)
        found.append(
            Section(
                key,
                key_label(key),
                url_for("procedure_drafts.section", address=draft.public_id, section=key),
                key == active,
                len(value) if isinstance(value, list) else None,
                sum(section_of(fault.where) == key for fault in examined.faults),
                key == BASICS or bool(value),
            )
        )
    return found


def item_title(node: Node) -> str:
    """What an item of a list is called: its name, else its code or field."""
    value = node.value if isinstance(node.value, Mapping) else {}
    names = value.get("names")
    if isinstance(names, Mapping):
        name = names.get("en" if locale() == "en" else "zh") or names.get("zh") or names.get("en")
        if name:
            return str(name)
    for child in node.children:
        if child.key in ("field", "level", "code") and child.value:
            return str(word_label(str(child.value), child.of if child.kind != "object" else None))
    text = value.get("text") or value.get("zh")
    return str(text)[:40] if text else ""


def options(node: Node, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The words that may stand at a place; a word that may not but does stays in sight."""
    enumeration = node.of if node.kind in ("choice", "choices", "open_choice") else None
    found: list[tuple[str, Any]] = [(word, word_label(word, enumeration)) for word in node.choices]
    if node.kind == "either":
        found.append((OBJECT, word_label(OBJECT)))
    if node.kind == "open_choice":
        declared = data.get("fields")
        for one in declared if isinstance(declared, list) else []:
            if isinstance(one, Mapping) and one.get("code"):
                names = one.get("names") if isinstance(one.get("names"), Mapping) else {}
                shown = (names or {}).get("en" if locale() == "en" else "zh")
                found.append((str(one["code"]), shown or one["code"]))
    known = {word for word, _label in found}
    given = node.value if isinstance(node.value, tuple) else (node.value,)
    found += [(str(word), word) for word in given if word and str(word) not in known]
    return found


def default_text(node: Node) -> str:
    """What holds where nothing is written."""
    if node.default in (None, "", (), False):
        return ""
    if node.default is True:
        return str(_("Yes"))
    if isinstance(node.default, tuple):
        return enumerated(str(word_label(str(each), node.of)) for each in node.default)
    return str(word_label(str(node.default), node.of if node.kind == "choice" else None))


def helpers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the template needs to show nodes."""
    return {
        "label": key_label,
        "options": lambda node: options(node, data),
        "default_text": default_text,
        "item_title": item_title,
        "fault_text": fault_text,
        "collapsed_from": COLLAPSED_FROM,
        "quiet_when_empty": _QUIET_WHEN_EMPTY,
    }


def edit_section(screen: Any, draft: ProcedureDraft, section: str) -> ResponseReturnValue:
    """The form of one section, or what came of it."""
    if section not in forms.sections():
        raise NotFound
    if (refused := _not_editable(screen, draft)) is not None:
        return refused
    examined = looked_through(draft)
    if examined.data is None:
        flash(_("The text can't be read as YAML. Mend it here; then the forms open again."), "warning")
        return redirect(url_for("procedure_drafts.text", address=draft.public_id), 303)
    if request.method == "POST":
        return _save_section(screen, draft, section, examined)
    return _section_page(screen, draft, section, examined, draft.version)


def _save_section(
    screen: Any, draft: ProcedureDraft, section: str, examined: Examined
) -> ResponseReturnValue:
    assert examined.data is not None
    data = typed_forms.typed_section(section, examined.data, _typed())
    verb, _colon, posted = request.form.get("do", "save").partition(":")
    anchor = ""
    if verb in ("add", "remove", "up", "down"):
        path = typed_forms.path_of(posted)
        try:
            data = typed_forms.changed(data, verb, path)
        except ValueError:
            raise NotFound from None
        anchor = _anchor(data, verb, path)
    text = dumped(data, draft.text)
    version = _number(request.form.get("version"))
    try:
        with UnitOfWork(db.session(), acting()) as work:
            edit_procedure_draft(work, draft.public_id, version, text)
    except (NotFound, NotPermitted):
        raise
    except Stale as stale:
        db.session().expire_all()
        theirs = screen.get_one(draft.public_id)
        again = looked_through(
            theirs, dumped(typed_forms.typed_section(section, _data(theirs), _typed()), text)
        )
        messages = [
            *messages_of(stale),
            _("What you typed stands below. Save again to put it over theirs; other sections keep theirs."),
        ]
        return _section_page(screen, theirs, section, again, theirs.version, messages)
    except DeskError as error:
        return _section_page(screen, draft, section, looked_through(draft, text), version, messages_of(error))
    _say_saved(draft)
    target = section
    if verb == "next":
        keys = list(forms.sections())
        target = keys[min(keys.index(section) + 1, len(keys) - 1)]
    url = url_for("procedure_drafts.section", address=draft.public_id, section=target)
    return redirect(f"{url}?open={anchor}#f-{anchor}" if anchor else url, 303)


def _typed() -> typed_forms.Typed:
    return typed_forms.Typed(request.form.to_dict(flat=False))


def _data(draft: ProcedureDraft) -> dict[str, Any]:
    return examine(draft.text).data or {}


def _say_saved(draft: ProcedureDraft) -> None:
    if draft.faults:
        said = ngettext(
            "Saved. %(num)d fault is left to mend.", "Saved. %(num)d faults are left to mend.", draft.faults
        )
        flash(said, "warning")
    else:
        flash(_("Saved. No faults."), "success")


def _anchor(data: Mapping[str, Any], verb: str, path: tuple[str | int, ...]) -> str:
    """Where the page stands after a change: at the new item, or the list it was taken from."""
    here: Any = data
    if verb == "add":
        for part in path:
            here = here[part]
        return ".".join(map(str, (*path, len(here) - 1) if isinstance(here, list) else path))
    if verb in ("up", "down") and isinstance(path[-1], int):
        return ".".join(map(str, (*path[:-1], max(0, path[-1] + (-1 if verb == "up" else 1)))))
    return ".".join(map(str, path[:-1] if isinstance(path[-1], int) else path))


def _section_page(
    screen: Any,
    draft: ProcedureDraft,
    section: str,
    examined: Examined,
    version: int | None,
    errors: Sequence[str] = (),
) -> ResponseReturnValue:
    data = examined.data or {}
    nodes = forms.section_nodes(section, data, examined.faults)
    page = screen.render(
        "desk/procedure_section.html",
        draft=draft,
        section=section,
        nodes=nodes,
        version=version,
        errors=list(errors),
        sections=navigation(draft, examined, section),
        faults=[place for place in places(draft, examined) if f"/{section}#" in place.url],
        opened=request.args.get("open", ""),
        has_next=section != list(forms.sections())[-1],
        **_frame(screen, draft, _("Edit")),
        **helpers(data),
    )
    return (page, 422) if errors else page


def edit_text(screen: Any, draft: ProcedureDraft) -> ResponseReturnValue:
    """The whole draft as text. It is kept with its faults, which are listed with their lines."""
    if (refused := _not_editable(screen, draft)) is not None:
        return refused
    text, version, errors = draft.text, draft.version, []
    if request.method == "POST":
        text = request.form.get("text", "").replace("\r\n", "\n")
        try:
            with UnitOfWork(db.session(), acting()) as work:
                edit_procedure_draft(work, draft.public_id, _number(request.form.get("version")), text)
            _say_saved(draft)
            return redirect(url_for("procedure_drafts.text", address=draft.public_id), 303)
        except (NotFound, NotPermitted):
            raise
        except Stale as stale:
            errors = [
                *messages_of(stale),
                _("What you typed stands below. Save again to put it over theirs."),
            ]
            version = stale.version or version
        except DeskError as error:
            errors = messages_of(error)
    examined = looked_through(draft, text)
    page = screen.render(
        "desk/procedure_text.html",
        draft=draft,
        text=text,
        version=version,
        errors=errors,
        sections=navigation(draft, examined, ""),
        faults=places(draft, examined),
        **_frame(screen, draft, _("As text")),
    )
    return (page, 422) if errors else page


def _not_editable(screen: Any, draft: ProcedureDraft) -> ResponseReturnValue | None:
    if draft.status is DraftStatus.EDITING:
        return None
    flash(_("This step is not possible while the draft is: %(state)s.", state=draft.status.label), "warning")
    return redirect(screen.record_url(draft.public_id), 303)


def _frame(screen: Any, draft: ProcedureDraft, step: str) -> dict[str, Any]:
    here = Crumb(label=draft_name(draft), url=screen.record_url(draft.public_id))
    return {"breadcrumbs": screen.crumbs(here, Crumb(label=step)), "title": draft_name(draft)}


def draft_name(draft: ProcedureDraft) -> str:
    """The draft's name in the reader's language."""
    name = draft.name_en if locale() == "en" else draft.name_zh
    return name or draft.code or str(_("Draft without a name"))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
