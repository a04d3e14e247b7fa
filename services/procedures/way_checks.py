"""What must fit together in the sections of the way: rulings of a scale, posts, grades that other sections name."""

from __future__ import annotations

from collections.abc import Iterator

from services.procedures.reading import Fault, Path, Source, name
from services.procedures.schema import Grading, Procedure
from services.procedures.vocabulary import PostName


def faults_of_the_way(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """Every fault with its line and what to write instead."""
    yield from _rulings(procedure, source)
    yield from _posts(procedure, source)
    yield from _unknown_levels(procedure, source)


def _rulings(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """Every combination of the grading facts has one ruling: a gap or an overlap would be guessed at."""
    scale: Grading | None = procedure.grading
    if scale is None:
        return
    wanted = list(scale.combinations()) if scale.facts else []
    given = [dict(ruling.when) for ruling in scale.rulings]
    for index, (ruling, when) in enumerate(zip(scale.rulings, given, strict=True)):
        here: Path = ("grading", "rulings", index)
        if when in given[:index]:
            yield _fault_at(source, here, f"{_said(when)} is ruled twice; keep one ruling")
        if when not in wanted:
            yield _fault_at(source, here, f"{_said(when)} is no combination of the facts above")
        if ruling.asked == (ruling.level is not None):
            yield _fault_at(source, here, "write either level, or asked: true where the text is silent")
    for when in wanted:
        if when not in given:
            message = f"{_said(when)} has no ruling; add one with level, or with asked: true"
            yield _fault_at(source, ("grading", "rulings"), message)


def _posts(procedure: Procedure, source: Source) -> Iterator[Fault]:
    for index, post in enumerate(procedure.posts):
        named = {
            PostName.APPROVER: procedure.approval.approver,
            PostName.ARBITER: procedure.handover.arbiter,
        }.get(post.post)
        if named is not None and named not in post.roles:
            here: Path = ("posts", index, "roles")
            yield _fault_at(source, here, f"has not {named.value}, which the procedure names above; add it")


def _unknown_levels(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """Grades that other sections name exist on the scale, and all grades have somebody who replies."""
    scale = procedure.grading
    known = {level.code for level in scale.levels} if scale else set()
    named: list[tuple[Path, str]] = [
        (("replies_by", index, "level"), reply.level) for index, reply in enumerate(procedure.replies_by)
    ]
    for index, clock in enumerate(procedure.clocks):
        named += [(("clocks", index, "levels"), level) for level in clock.levels]
    if scale is not None:
        named += [(("grading", "starts", index, "level"), s.level) for index, s in enumerate(scale.starts)]
        named += [
            (("grading", "rulings", index, "level"), ruling.level)
            for index, ruling in enumerate(scale.rulings)
            if ruling.level is not None
        ]
    for path, level in named:
        if level not in known:
            yield _fault_at(source, path, f"{level} is no grade of this procedure; use one of grading.levels")
    rungs = {step.level for step in procedure.escalation}
    for index, grade in enumerate(scale.levels if scale else ()):
        if grade.escalates_to is not None and grade.escalates_to not in rungs:
            here: Path = ("grading", "levels", index, "escalates_to")
            yield _fault_at(source, here, f"{grade.escalates_to} is no step of escalation; add it there")


def _said(when: dict[str, str]) -> str:
    return ", ".join(f"{fact}: {value}" for fact, value in when.items())


def _fault_at(source: Source, path: Path, message: str) -> Fault:
    return Fault(source.line_of(path), name(path), message)
