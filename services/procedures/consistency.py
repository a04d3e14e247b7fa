"""What the parts of a procedure say against each other: rules that could never come true, clauses nobody can read."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from services.procedures.clause_texts import clause_texts
from services.procedures.parts import Ruled
from services.procedures.reading import Fault, Path, Source, name
from services.procedures.schema import Procedure
from services.procedures.vocabulary import ClockEvent


def inconsistencies(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """Every fault of this kind, with its line and what to write instead."""
    yield from _unknown_clauses(procedure, source)
    yield from _foreign_own_clauses(procedure, source)
    yield from _unreachable_states(procedure, source)
    yield from _dead_clocks(procedure, source)


def _at(source: Source, path: Path, message: str) -> Fault:
    return Fault(source.line_of(path), name(path), message)


def ruled_parts(part: BaseModel, path: Path = ()) -> Iterator[tuple[Path, Ruled]]:
    """Everything in `part` that cites clauses, with its place."""
    if isinstance(part, Ruled):
        yield path, part
    for key in type(part).model_fields:
        value = getattr(part, key)
        if isinstance(value, BaseModel):
            yield from ruled_parts(value, (*path, key))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from ruled_parts(item, (*path, key, index))


def _unknown_clauses(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """A clause can be read: among the regulation's known ones, or brought along under `clauses`."""
    known = set(clause_texts().get(procedure.regulation, {})) | {own.code for own in procedure.clauses}
    for path, part in ruled_parts(procedure):
        for clause in part.clause:
            if clause not in known and clause.startswith(f"{procedure.regulation}-"):
                said = (
                    f"the text of {clause} is not known; cite a clause of {procedure.regulation} that exists, "
                    f"or bring its words along: clauses: [{{code: {clause}, text: …}}]"
                )
                yield _at(source, (*path, "clause"), said)


def _foreign_own_clauses(procedure: Procedure, source: Source) -> Iterator[Fault]:
    known = clause_texts().get(procedure.regulation, {})
    for index, own in enumerate(procedure.clauses):
        path: Path = ("clauses", index, "code")
        if not own.code.startswith(f"{procedure.regulation}-"):
            said = f"{own.code} is not a clause of {procedure.regulation}; write it {procedure.regulation}-01"
            yield _at(source, path, said)
        elif own.code in known:
            said = f"{own.code} is known to the desk already; take it out and cite it as it stands"
            yield _at(source, path, said)


def _unreachable_states(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """Steps that a procedure can switch off leave nothing behind them that asks for more."""
    reply, follow_up, approval = procedure.reply, procedure.follow_up, procedure.approval
    if follow_up.until_satisfied and not follow_up.required:
        said = (
            "nobody can be asked until satisfied while required is false: the state following_up is never "
            "reached; write required: true or until_satisfied: false"
        )
        yield _at(source, ("follow_up", "until_satisfied"), said)
    if reply.written_required and not reply.required:
        said = "no reply is required, so none can be required in writing; write required: true, or false here"
        yield _at(source, ("reply", "written_required"), said)
    if not approval.required and not approval.on_the_spot_exempt:
        said = (
            "there is no approval from which closing on the spot could be excepted; "
            "write required: true, or on_the_spot_exempt: true"
        )
        yield _at(source, ("approval", "on_the_spot_exempt"), said)


def _dead_clocks(procedure: Procedure, source: Source) -> Iterator[Fault]:
    """A clock whose every start is a step that this procedure has switched off would never run."""
    off = {ClockEvent.APPROVED: "approval"} if not procedure.approval.required else {}
    for index, clock in enumerate(procedure.clocks):
        if all(event in off for event in clock.start_event):
            switch = off[clock.start_event[0]]
            said = (
                f"{clock.start_event[0].value} never happens: {switch}.required is false; "
                f"start the clock at another event, or write {switch}.required: true"
            )
            yield _at(source, ("clocks", index, "start_event"), said)
