"""What a made-up complaint says when it comes in: from the procedure's own lists and the organisation's words."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.enums import Channel, ComplaintForm, PartyKind
from services.demonstration.setting import Setting
from services.own_fields.values import typed_rows
from services.procedures.schema import Procedure
from services.procedures.sections.fields import DeclaredField, FieldGroup, FieldKind
from services.seeding import words as w
from services.seeding.house import Place
from services.seeding.texts import Texts, Zipf

ORAL = (Channel.HOTLINE, Channel.VISIT, Channel.RECEPTION_DAY)
_COMMON = (Channel.HOTLINE, Channel.ONLINE, Channel.LETTER, Channel.VISIT, Channel.THIRD_PARTY)


@dataclass(frozen=True)
class Complainant:
    """Who complains; a second complaint may come from the same person."""

    kind: str
    name: str | None
    phone: str | None
    address: str | None
    complainant_kind: str | None


class Facts:
    """Draws the facts of complaints."""

    def __init__(self, procedure: Procedure, setting: Setting, texts: Texts) -> None:
        self.procedure, self.setting, self.texts = procedure, setting, texts
        known = [each.code for each in procedure.intake.channels]
        common = [each for each in _COMMON if each in known]
        # Reception days and their sittings belong to the roster, which is not made up here.
        rest = [each for each in known if each not in common and each is not Channel.RECEPTION_DAY]
        self._channels = Zipf([each.value for each in (*common, *rest)] or [Channel.LETTER.value])
        self._categories = procedure.categories
        self._category = Zipf([str(index) for index in range(len(procedure.categories))])
        self._natures = Zipf([each.code for each in procedure.natures]) if procedure.natures else None
        self._declared = [
            one for one in procedure.fields if not one.retired and one.kind is not FieldKind.FILE
        ]

    def complainant(self, chance: random.Random) -> Complainant:
        if self.procedure.intake.anonymous.allowed and chance.random() < 0.04:
            return Complainant(PartyKind.ANONYMOUS.value, None, None, None, None)
        code, is_unit = chance.choice(self.setting.kinds)
        name = self._unit(chance) if is_unit else self.texts.name(chance)
        # Numbers that begin with 100 are given to nobody; one telephone in four hundred complains again and again.
        number = (
            chance.randrange(10_000_000, 10_020_000)
            if chance.random() < 0.05
            else chance.randrange(100_000_000)
        )
        address = f"{chance.choice(w.STREETS)} {chance.randint(1, 220)} 号" if chance.random() < 0.4 else None
        kind = PartyKind.ORGANISATION if is_unit else PartyKind.PERSON
        return Complainant(kind.value, name, f"100{number:08d}", address, code)

    def _unit(self, chance: random.Random) -> str:
        names = self.setting.units or w.UNITS
        return (
            f"{chance.choice(names)}{chance.choice(w.REGIONS)}部"
            if chance.random() < 0.5
            else chance.choice(names)
        )

    def told(self, chance: random.Random, place: Place, local_day: Any) -> dict[str, Any]:
        """The columns of a complaint that are typed in, but for those of the complainant."""
        texts = self.texts
        product = texts.products.one(chance) if chance.random() < 0.85 else None
        batch = (
            f"{chance.choice('ABHKMPQ')}{local_day:%y%m}{chance.randint(1, 28):02d}"
            if product and chance.random() < 0.8
            else None
        )
        channel = self._channels.one(chance)
        about = f"反映{place.name}：{product or texts.places.one(chance)}有问题"
        if batch:
            about += f"，批号{batch}"
        category = self._categories[int(self._category.one(chance))] if self._categories else None
        oral = self.procedure.intake.oral.allowed and channel in ORAL
        form = ComplaintForm.ORAL if oral else ComplaintForm.WRITTEN
        passed = channel == Channel.THIRD_PARTY
        return {
            "summary": texts.summary(chance)[:200],
            "content": texts.content(chance, f"{about}。"),
            "request": texts.request(chance) if chance.random() < 0.7 else None,
            "channel": channel,
            "form": form.value,
            "category_code": category.code if category else None,
            "category": category.category.value if category and category.category else "other",
            "nature": self._natures.one(chance) if self._natures else None,
            "product": product,
            "batch": batch,
            "place": texts.places.one(chance) if chance.random() < 0.6 else None,
            "passed_on_by": "12345 政务服务热线" if passed else None,
            "source_reference": f"DH{local_day:%Y%m%d}{chance.randrange(10**6):06d}" if passed else None,
            "is_repeat": chance.random() < 0.03,
        }

    def own(self, chance: random.Random, place: Place, anonymous: bool, day: str) -> dict[str, Any]:
        """Values of the fields that the procedure declares, by code, as they are stored."""
        found: dict[str, Any] = {}
        for one in self._declared:
            if anonymous and one.belongs_to is FieldGroup.COMPLAINANT:
                continue
            value = self._value(one, chance, place, day)
            if value is not None:
                found[one.code] = value
        return found

    def _value(self, one: DeclaredField, chance: random.Random, place: Place, day: str) -> Any:
        codes = [each.code for each in one.choices if not each.retired]
        given: dict[FieldKind, Any] = {
            FieldKind.TEXT: self.texts.places.one(chance),
            FieldKind.LONG_TEXT: self.texts.note(chance),
            FieldKind.NUMBER: str(chance.randint(1, 500)),
            FieldKind.MONEY: f"{chance.randint(100, 500_000) / 100:.2f}",
            FieldKind.DATE: day,
            FieldKind.CHOICE: chance.choice(codes) if codes else None,
            FieldKind.MULTIPLE_CHOICE: [each for each in codes if chance.random() < 0.5] or codes[:1],
            FieldKind.DEPARTMENT: place.id,
            FieldKind.PERSON: place.handlers[0].id,
        }
        return given.get(one.kind)

    def typed(self, complaint_id: int, own: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The typed rows that filters read, with numbers and days as the drivers take them."""
        rows: list[dict[str, Any]] = []
        for one in self._declared:
            if own.get(one.code) is not None:
                rows += typed_rows(complaint_id, one, own[one.code])
        for row in rows:
            row["number"] = None if row["number"] is None else float(row["number"])
            row["day"] = None if row["day"] is None else row["day"].isoformat()
        return rows


def levels(procedure: Procedure) -> Sequence[tuple[str, float]]:
    """Grades that complaints get without further ado, with how often; the plain ones are the common ones."""
    if procedure.grading is None:
        return ()
    plain = ("ordinary", "class_4", "class_5")
    return [
        (level.code, 12.0 if level.code in plain else 1.0)
        for level in procedure.grading.levels
        if not level.recognition and level.escalates_to is None
    ]
