"""Plausible Chinese of any length, drawn from word lists by Zipf's law; the same chance gives the same words."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import accumulate

from services.seeding import words as w

SHORTEST, LONGEST = 50, 2000
"""Characters of a complaint's content."""
_SLOT = re.compile(r"\{(\w+)\}")
_LISTS: dict[str, tuple[str, ...]] = {
    "when": w.WHEN, "where": w.WHERE, "who": w.WHO, "thing": w.THING, "problem": w.PROBLEM, "action": w.ACTION,
    "outcome": w.OUTCOME, "demand": w.DEMAND, "feeling": w.FEELING, "cause": w.CAUSE, "remedy": w.REMEDY,
}  # fmt: skip


class Zipf:
    """Draws from a list as often as its rank says: the second half as often as the first, the third a third."""

    def __init__(self, items: Sequence[str], exponent: float = 1.0) -> None:
        self.items = items
        self.weights = list(accumulate(1 / (rank + 1) ** exponent for rank in range(len(items))))

    def one(self, chance: random.Random) -> str:
        return chance.choices(self.items, cum_weights=self.weights)[0]

    def some(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.items, cum_weights=self.weights, k=count)


class Texts:
    """The sentences of an organisation, made once; every text is put together from them."""

    def __init__(self, seed: int, sentences: int = 40_000) -> None:
        chance = random.Random(f"{seed}:texts")  # noqa: S311
        self._lists = {name: Zipf(items) for name, items in _LISTS.items()}
        self._sentences = Zipf(self._made(chance, w.SENTENCES, sentences), 0.6)
        self._summaries = Zipf(self._made(chance, w.SUMMARY, sentences // 10), 0.6)
        self._results = Zipf(self._made(chance, w.RESULTS, sentences // 10), 0.5)
        self._notes = Zipf(self._made(chance, w.NOTES, 500), 0.5)
        self._demands = Zipf(w.DEMAND)
        self.products = Zipf([f"{name}{model}" for model in w.MODELS for name in w.PRODUCTS])
        self.places = Zipf(w.WHERE)

    def _made(self, chance: random.Random, patterns: Sequence[str], count: int) -> list[str]:
        def word(match: re.Match[str]) -> str:
            return self._lists[match[1]].one(chance)

        return [_SLOT.sub(word, chance.choice(patterns)) for _ in range(count)]

    def summary(self, chance: random.Random) -> str:
        return self._summaries.one(chance)

    def content(self, chance: random.Random, about: str) -> str:
        """`about` and further sentences: half of them under 120 characters, a few up to 2,000."""
        wanted = min(LONGEST - 80, max(SHORTEST, int(chance.lognormvariate(4.75, 0.75))))
        parts = [about, *self._sentences.some(chance, max(2, wanted // 20))]
        roll = chance.random()
        if roll < 0.03:
            parts.append(f"经办人署名{chance.choice(w.RARE)}{chance.choice(w.RARE)}。")
        elif roll < 0.034:
            parts.append(chance.choice(w.ODD))
        elif roll < 0.15:
            parts[len(parts) // 2] += "\n"
        return "".join(parts)[:LONGEST]

    def result(self, chance: random.Random) -> str:
        return self._results.one(chance)

    def note(self, chance: random.Random) -> str:
        return self._notes.one(chance)

    def request(self, chance: random.Random) -> str:
        return f"要求{self._demands.one(chance)}、{self._demands.one(chance)}。"

    def name(self, chance: random.Random) -> str:
        given = chance.choice(w.GIVEN) + (chance.choice(w.GIVEN) if chance.random() < 0.8 else "")
        # The commonest fifth of the family names belongs to half of the people.
        return w.SURNAMES[int(len(w.SURNAMES) * chance.random() ** 2)] + given
