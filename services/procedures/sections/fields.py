"""Fields that a procedure declares itself, and the kinds of complainants it knows.

Both are data of the case without a column of their own: values are kept by code, so that another name or a retired
field loses nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.enums import RoleName
from models.fields import Sensitivity
from services.procedures.parts import Code, Part, Ruled, Text


class FieldKind(StrEnum):
    """What a declared field holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple_choice"
    PERSON = "person"
    DEPARTMENT = "department"
    FILE = "file"

    @property
    def has_choices(self) -> bool:
        return self in (FieldKind.CHOICE, FieldKind.MULTIPLE_CHOICE)


class FieldGroup(StrEnum):
    """The part of the form and of the page that a field stands in."""

    COMPLAINT = "complaint"
    COMPLAINANT = "complainant"
    SUBJECT = "subject"
    PARTY_COMPLAINED_ABOUT = "party_complained_about"


class Moment(StrEnum):
    """When a required value must be there."""

    REGISTRATION = "registration"
    ACCEPTANCE = "acceptance"
    CLOSING = "closing"


class FieldChoice(Part):
    """One value of a choice. A retired one stays on the cases that have it and is offered no more."""

    code: Code
    names: Text
    retired: bool = False


class RequiredIf(Part):
    """Required at `at` when the case is of such a category or nature, or another declared field has such a value.

    Several conditions hold together; an empty `is` asks for any value.
    """

    at: Moment = Moment.ACCEPTANCE
    category: tuple[Code, ...] = ()
    nature: tuple[Code, ...] = ()
    field: Code | None = None
    values: Annotated[tuple[str, ...], Setting(alias="is")] = ()

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not (self.category or self.nature or self.field):
            raise ValueError("say when: category, nature, or field with is")
        if self.values and self.field is None:
            raise ValueError("is belongs to a field; name the field")
        return self


class DeclaredField(Ruled):
    """A field of the procedure's own. `code` never changes; names, help and choices may."""

    code: Annotated[Code, Setting(max_length=40)]
    names: Text
    kind: FieldKind
    choices: tuple[FieldChoice, ...] = ()
    belongs_to: FieldGroup = FieldGroup.COMPLAINT
    required_when: Literal["never", "registration", "acceptance", "closing"] | RequiredIf = "never"
    visible_to: tuple[RoleName, ...] = ()
    """Roles that read and write it; empty: everybody who reads the case."""
    sensitivity: Literal["open", "internal", "personal"] = "open"
    default_column: bool = False
    """Among the columns of the list that a new user sees."""
    retired: bool = False
    help: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.kind.has_choices and not self.choices:
            raise ValueError(f"a field of kind {self.kind} needs choices, each with code and names")
        if self.choices and not self.kind.has_choices:
            raise ValueError(
                f"choices belong to choice and multiple_choice; take them out or change the kind {self.kind}"
            )
        codes = [choice.code for choice in self.choices]
        repeated = next((code for index, code in enumerate(codes) if code in codes[:index]), None)
        if repeated:
            raise ValueError(f"the choice {repeated} is declared twice; give each its own code")
        if self.kind is FieldKind.FILE and self.required_at is Moment.REGISTRATION:
            raise ValueError("a file can only be required for acceptance or closing; write acceptance")
        if self.retired and self.required_when != "never":
            raise ValueError("a retired field is asked no more; take required_when out")
        return self

    @property
    def level(self) -> Sensitivity:
        return Sensitivity(self.sensitivity)

    @property
    def condition(self) -> RequiredIf | None:
        return self.required_when if isinstance(self.required_when, RequiredIf) else None

    @property
    def required_at(self) -> Moment | None:
        """When it must be there (if its condition holds); None: never."""
        if isinstance(self.required_when, RequiredIf):
            return self.required_when.at
        return None if self.required_when == "never" else Moment(self.required_when)


class ComplainantKind(Ruled):
    """Who complains, as the regulation distinguishes them. `person`: what such a complainant usually is."""

    code: Annotated[Code, Setting(max_length=40)]
    names: Text
    party: Literal["person", "organisation"] | None = None
