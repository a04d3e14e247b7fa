"""What is wrong between the declared fields of a procedure and the places that name them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from services.procedures.reading import Fault, Path, Source, name
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, RequiredIf
from services.procedures.vocabulary import Field


def faults_of_fields(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """Codes that clash with fields of the desk, and references to fields, choices, categories that don't exist."""
    built_in = {each.value for each in Field}
    for index, field in enumerate(procedure.fields):
        if field.code in built_in:
            message = f"{field.code} is a field of the desk already; give this one another code"
            yield _fault(source, ("fields", index, "code"), message)
        if field.condition is not None:
            yield from _condition(
                procedure, field, field.condition, source, ("fields", index, "required_when")
            )
    yield from _requirements(procedure, source, built_in)


def _requirements(procedure: Procedure, source: Source, built_in: set[str]) -> Iterator[Fault]:
    known = {field.code: field for field in procedure.fields}
    for place in ("asked_at_registration", "required_for_acceptance"):
        seen: set[str] = set()
        for index, asked in enumerate(getattr(procedure.intake, place)):
            code, path = str(asked.field), ("intake", place, index, "field")
            if code in seen:
                yield _fault(source, path, f"{code} is listed twice; keep one")
            seen.add(code)
            if isinstance(asked.field, Field):
                continue
            if code not in known:
                near = get_close_matches(code, [*built_in, *known], n=1)
                hint = f"did you mean {near[0]}?" if near else "declare it under fields:"
                words = ", ".join([*sorted(built_in), *known])
                yield _fault(source, path, f"{code!r} is no field; {hint} (known: {words})")
            elif known[code].retired:
                yield _fault(source, path, f"{code} is retired and asked no more; take one of them out")


def _condition(
    procedure: Procedure, field: DeclaredField, condition: RequiredIf, source: Source, path: Path
) -> Iterator[Fault]:
    for key, codes, known in (
        ("category", condition.category, [kind.code for kind in procedure.categories]),
        ("nature", condition.nature, [kind.code for kind in procedure.natures]),
    ):
        for code in codes:
            if code not in known:
                words = ", ".join(known) or "none is declared"
                yield _fault(
                    source, (*path, key), f"{code!r} is no {key} of this procedure; write one of: {words}"
                )
    if condition.field is None:
        return
    other = procedure.declared_field(condition.field)
    if other is None or other.code == field.code:
        words = (
            ", ".join(each.code for each in procedure.fields if each.code != field.code) or "none is declared"
        )
        message = f"{condition.field!r} is no other field of this procedure; write one of: {words}"
        yield _fault(source, (*path, "field"), message)
        return
    known_values = [choice.code for choice in other.choices]
    for value in condition.values:
        if known_values and value not in known_values:
            message = f"{value!r} is no choice of {other.code}; write one of: {', '.join(known_values)}"
            yield _fault(source, (*path, "is"), message)


def _fault(source: Source, path: Path, message: str) -> Fault:
    return Fault(source.line_of(path), name(path), message)
