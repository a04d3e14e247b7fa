"""What a form asks for when it is issued, and what must stand in the record before."""

from __future__ import annotations

from collections.abc import Mapping

from models.labels import _l
from services.documents.reading import Subject
from services.documents.values import RecordValues
from services.documents.vocabulary import find
from services.errors import Invalid, Reason, Refused, Text
from services.procedures.sections.documents import DocumentForm

LONGEST = 4000


def checked(form: DocumentForm, typed: Mapping[str, str | None], language: str) -> dict[str, str]:
    """What was typed, by the code of the question. Invalid at each field that is missing, too long or no choice."""
    said = {ask.code: (typed.get(ask.code) or "").strip() for ask in form.asks}
    faults: dict[str, Text] = {}
    for ask in form.asks:
        text = said[ask.code]
        if ask.required and not text:
            faults[ask.code] = _l("Please fill this in.")
        elif len(text) > LONGEST:
            faults[ask.code] = _l("At most %(count)s characters.", count=LONGEST)
        elif text and ask.choices and text not in {choice.in_language(language) for choice in ask.choices}:
            faults[ask.code] = _l("Choose one of the answers offered.")
    if faults:
        raise Invalid(faults)
    return said


def missing(form: DocumentForm, subject: Subject) -> list[Reason]:
    """The values that the form needs and the record does not hold yet."""
    values = RecordValues(subject, form, "zh")
    return [
        Reason("needs", _l("Not recorded yet: %(field)s.", field=find(need).label))
        for need in form.needs
        if not values.value(need)
    ]


def require_complete(form: DocumentForm, subject: Subject) -> None:
    """Refused with everything that is missing."""
    if reasons := missing(form, subject):
        raise Refused(reasons)
