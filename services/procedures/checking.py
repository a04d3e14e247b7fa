"""From data to a checked Procedure, or to faults that say line, place and remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.enums import Category
from models.fields import Sensitivity
from services.documents.forms import forms_of
from services.procedures.consistency import inconsistencies
from services.procedures.field_checks import faults_of_fields
from services.procedures.reading import Fault, InvalidProcedure, Path, Source, name, read
from services.procedures.schema import ONE_OR_MANY, Procedure, Ruled
from services.procedures.sections.accidents import Sourced
from services.procedures.sections.documents import OWN
from services.procedures.vocabulary import Level
from services.procedures.way_checks import faults_of_the_way


def parse(text: str) -> Procedure:
    """The procedure that `text` declares. Raises InvalidProcedure with every fault found."""
    source = read(text)
    procedure = _declared(source)
    faults = [*_faults_between_parts(procedure, source), *inconsistencies(procedure, source)]
    if faults:
        raise InvalidProcedure(faults)
    return procedure


def parse_published(text: str) -> Procedure:
    """A version that was published: complaints run under it, so what is refused by now doesn't touch it."""
    return _declared(read(text))


def _declared(source: Source) -> Procedure:
    if not isinstance(source.data, dict):
        raise InvalidProcedure([Fault(1, "", "a procedure is a list of keys: code, version, names, …")])
    try:
        # Through JSON: pydantic's strict mode takes the words of an enum from there, and no coerced type.
        return Procedure.model_validate_json(json.dumps(_listed(source.data), default=str))
    except ValidationError as error:
        raise InvalidProcedure([_fault(detail, source) for detail in _causes(error.errors())]) from None


def _listed(value: Any, key: Any = None) -> Any:
    """`value` with the single words of ONE_OR_MANY keys put into lists."""
    if isinstance(value, dict):
        return {name: _listed(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_listed(item) for item in value]
    return [value] if key in ONE_OR_MANY and isinstance(value, str) else value


def _causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without "too few items" for a list whose items are the fault."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            place != detail["loc"] and place[: len(detail["loc"])] == detail["loc"] for place in places
        )
    ]


def _fault(detail: ErrorDetails, source: Source) -> Fault:
    path = _path_in(source.data, detail["loc"])
    return Fault(source.line_of(path), name(path), _message(detail))


def _path_in(data: Any, location: Sequence[str | int]) -> Path:
    """`location` without the steps that pydantic adds for its own wrappers."""
    path: list[str | int] = []
    here = data
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if isinstance(here, dict) and (part in here or last):
            here = here.get(part) if isinstance(part, str) else None
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _message(detail: ErrorDetails) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx") or {}
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = get_close_matches(key, _all_keys(), n=1)
        return f"is no key of a procedure{f'; did you mean {near[0]}?' if near else '; take it out'}"
    if kind in ("enum", "literal_error"):
        expected = str(context.get("expected", ""))
        words = [word.strip(" '") for part in expected.split(" or ") for word in part.split(",")]
        near = get_close_matches(str(given), words, n=1)
        remedy = f"did you mean {near[0]}? (" if near else "("
        return f"{given!r} is unknown; {remedy}write one of: {', '.join(words)})"
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    return f"{detail['msg']} (here: {given!r})" if not isinstance(given, (dict, list)) else detail["msg"]


def _all_keys() -> list[str]:
    keys: set[str] = set()
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        model = waiting.pop()
        for child in model.__subclasses__():
            if child.__module__.startswith("services.procedures"):
                keys.update(child.model_fields)
                waiting.append(child)
    return sorted(keys)


def _faults_between_parts(procedure: Procedure, source: Source) -> Iterator[Fault]:
    yield from _repeated(procedure, source)
    yield from _unknown_categories(procedure, source)
    yield from _foreign_clauses(procedure, procedure, (), source)
    yield from _levels_out_of_order(procedure, source)
    yield from _documents_unknown(procedure, source)
    yield from faults_of_the_way(procedure, source)
    yield from faults_of_fields(procedure, source)
    if procedure.follow_up.exit_with_leader_approval and not procedure.follow_up.until_satisfied:
        path: Path = ("follow_up", "exit_with_leader_approval")
        message = "there is nothing to leave when until_satisfied is false; take one of them out"
        yield Fault(source.line_of(path), name(path), message)
    if procedure.follow_up.satisfied_when and not procedure.follow_up.until_satisfied:
        path = ("follow_up", "satisfied_when")
        message = "it limits until_satisfied, which is false; write until_satisfied: true, or take it out"
        yield Fault(source.line_of(path), name(path), message)


def _unknown_categories(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """A rule for a category that nobody can choose would never apply."""
    built_in = [category.value for category in Category]
    for index, rule in enumerate(procedure.managed_by):
        words = [*[kind.code for kind in procedure.categories], *built_in]
        for code in rule.categories:
            if code not in words:
                there: Path = ("managed_by", index, "categories")
                said = f"{code} is no category of this procedure; write one of: {', '.join(dict.fromkeys(words))}"
                yield Fault(source.line_of(there), name(there), said)
    known = [kind.code for kind in procedure.categories]
    for index, hold in enumerate(procedure.holds):
        for code in hold.categories:
            if code not in known:
                here: Path = ("holds", index, "categories")
                message = f"{code} is no category of this procedure; write one of: {', '.join(known)}"
                yield Fault(source.line_of(here), name(here), message)


def _repeated(procedure: Procedure, source: Source) -> Iterator[Fault]:
    lists: list[tuple[Path, list[str]]] = [
        (("clocks",), [clock.code for clock in procedure.clocks]),
        (("intake", "channels"), [channel.code.value for channel in procedure.intake.channels]),
        (("escalation",), [step.level.value for step in procedure.escalation]),
        (("categories",), [kind.code for kind in procedure.categories]),
        (("natures",), [kind.code for kind in procedure.natures]),
        (
            ("documents", "forms"),
            [form.code for form in procedure.documents.forms] if procedure.documents else [],
        ),
        (("posts",), [post.post.value for post in procedure.posts]),
        (("replies_by",), [reply.level for reply in procedure.replies_by]),
        (("complainant_kinds",), [kind.code for kind in procedure.complainant_kinds]),
        (("fields",), [field.code for field in procedure.fields]),
        (("clauses",), [clause.code for clause in procedure.clauses]),
    ]
    grading, accidents = procedure.grading, procedure.accidents
    lists.append((("grading", "levels"), [level.code for level in grading.levels] if grading else []))
    lists.append((("holds",), [rule.code for rule in procedure.holds]))
    if accidents:
        lists += [
            (("accidents", "scope"), [kind.code.value for kind in accidents.scope]),
            (("accidents", "reports"), [duty.kind.value for duty in accidents.reports]),
            (("accidents", "steps"), [each.step.value for each in accidents.steps]),
        ]
    for path, codes in lists:
        for index, code in enumerate(codes):
            if code in codes[:index]:
                here = (*path, index)
                yield Fault(
                    source.line_of(here), name(here), f"{code} is declared twice; give each its own code"
                )


def _foreign_clauses(part: BaseModel, procedure: Procedure, path: Path, source: Source) -> Iterator[Fault]:
    """A procedure may rest only on clauses of its own regulation."""
    if isinstance(part, (Ruled, Sourced)):
        for clause in part.clause:
            if not clause.startswith(f"{procedure.regulation}-"):
                here = (*path, "clause")
                message = (
                    f"{clause} is not a clause of {procedure.regulation}; cite a clause of this regulation"
                )
                yield Fault(source.line_of(here), name(here), message)
    for key in type(part).model_fields:
        value = getattr(part, key)
        if isinstance(value, BaseModel):
            yield from _foreign_clauses(value, procedure, (*path, key), source)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _foreign_clauses(item, procedure, (*path, key, index), source)


def _documents_unknown(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """A step can only wait for a form that there is, and a form print only fields that are declared."""
    yield from _unknown_own_fields(procedure, source)
    known = forms_of(procedure)
    for index, required in enumerate(procedure.documents.required if procedure.documents else ()):
        subject = "accident" if required.before == "close_accident" else "complaint"
        if required.form not in known or known[required.form].subject != subject:
            path: Path = ("documents", "required", index, "form")
            codes = ", ".join(code for code, form in known.items() if form.subject == subject)
            message = f"{required.form} is no form about a {subject}; write one of: {codes}"
            yield Fault(source.line_of(path), name(path), message)


def _unknown_own_fields(procedure: Procedure, source: Source) -> Iterator[Fault]:
    own = {field.code: field for field in procedure.fields}
    for index, form in enumerate(procedure.documents.forms if procedure.documents else ()):
        path: Path = ("documents", "forms", index, "layout")
        for reference in form.references():
            code = reference.removeprefix(OWN)
            if not reference.startswith(OWN):
                continue
            if code not in own:
                known = ", ".join(own) or "none is declared"
                message = f"{reference} is no field of this procedure; write one of: {known}"
                yield Fault(source.line_of(path), name(path), message)
            elif form.audience.leaves and own[code].level is Sensitivity.INTERNAL:
                message = f"{reference} is internal and this form leaves the organisation; take it out"
                yield Fault(source.line_of(path), name(path), message)


def _levels_out_of_order(procedure: Procedure, source: Source) -> Iterator[Fault]:
    if procedure.escalation[0].level is Level.GENERAL_MANAGER and len(procedure.escalation) > 1:
        path: Path = ("escalation", 0, "level")
        yield Fault(
            source.line_of(path), name(path), "the general manager is the last rung; put the others before"
        )
