"""The forms of a procedure: the desk's standard ones and its own, and which must be there before which step."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import yaml

from services.errors import NotFound
from services.procedures.schema import Procedure
from services.procedures.sections.documents import DocumentForm, Documents, RequiredDocument

STANDARD = Path(__file__).resolve().parent / "standard.yaml"


@cache
def standard_forms() -> tuple[DocumentForm, ...]:
    """The letters and forms that every procedure has."""
    data = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    return Documents.model_validate_json(json.dumps(data)).forms


def forms_of(procedure: Procedure, subject: str | None = None) -> dict[str, DocumentForm]:
    """The forms of a procedure by code: its own first, one of its own in place of a standard one of the same code."""
    own = procedure.documents.forms if procedure.documents else ()
    found = {form.code: form for form in own}
    for form in standard_forms():
        found.setdefault(form.code, form)
    return {code: form for code, form in found.items() if subject in (None, form.subject)}


def form_of(procedure: Procedure, code: str, subject: str) -> DocumentForm:
    """One form. NotFound for an unknown one, or one about something else."""
    try:
        return forms_of(procedure, subject)[code]
    except KeyError:
        raise NotFound from None


def required_before(procedure: Procedure, step: str) -> tuple[RequiredDocument, ...]:
    documents = procedure.documents
    return tuple(each for each in documents.required if each.before == step) if documents else ()
