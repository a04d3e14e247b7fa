"""Words, icons and order of the steps."""

from __future__ import annotations

from models.enums import EventKind, State
from models.labels import LazyString, _l

E = EventKind

ICONS: dict[EventKind, str] = {
    E.REGISTER: "plus",
    E.ASK_TO_COMPLETE: "help",
    E.SUPPLY_MISSING: "check",
    E.ACKNOWLEDGE: "mail",
    E.ACCEPT: "check",
    E.REFUSE: "close",
    E.CLOSE_ON_SPOT: "close-case",
    E.TRANSFER: "transfer",
    E.SIGN_FOR: "sign",
    E.REFUSE_SIGNATURE: "return",
    E.ARBITRATE: "scale",
    E.TAKE_ON: "person-add",
    E.ADD_CO_HANDLER: "users",
    E.SIGN_CO_HANDLING: "sign",
    E.GIVE_CO_OPINION: "note",
    E.GRADE: "star",
    E.SUBMIT_OPINION: "approve",
    E.APPROVE: "approve",
    E.RETURN_OPINION: "return",
    E.REPLY: "reply",
    E.START_FOLLOW_UP: "phone",
    E.FOLLOW_UP: "follow-up",
    E.EVALUATE: "scale",
    E.CLOSE: "close-case",
    E.REOPEN: "reopen",
    E.ARCHIVE: "archive",
    E.MERGE: "merge",
    E.STATUTORY_ROUTE: "scale",
    E.REFER: "external",
    E.PAUSE: "pause",
    E.RESUME: "resume",
    E.REQUEST_EXTENSION: "extend",
    E.EXTEND: "extend",
    E.DECLINE_EXTENSION: "close",
    E.SUPERVISE: "supervise",
    E.URGE: "bell",
    E.ESCALATE: "escalate",
    E.INSTRUCT: "sign",
    E.NOTE: "note",
    E.CORRECT: "edit",
    E.MARK_CONFIDENTIAL: "lock",
    E.NAME_PERSON: "person-add",
    E.CLOCK_WARNED: "timer",
    E.CLOCK_BREACHED: "warning",
    E.IMPORTED: "import",
    E.ATTACHED: "attachment",
    E.INVESTIGATED: "investigation",
    E.MEASURE_RECORDED: "check",
    E.ACCIDENT_LINKED: "accident",
    E.HOLD: "warning",
    E.REVEALED: "eye",
    E.HANDED_OVER: "transfer",
    E.DOCUMENT_ISSUED: "file",
    E.DOCUMENT_DELIVERED: "reply",
    E.PROCEDURE_CHANGED: "procedure",
}

TONES: dict[EventKind, str] = {
    E.REFUSE: "bad",
    E.REFUSE_SIGNATURE: "bad",
    E.DECLINE_EXTENSION: "bad",
    E.RETURN_OPINION: "bad",
    E.CLOCK_BREACHED: "bad",
    E.CLOCK_WARNED: "warn",
    E.ESCALATE: "warn",
    E.CLOSE: "good",
    E.ARCHIVE: "good",
    E.APPROVE: "good",
}

EXPLANATIONS: dict[EventKind, LazyString] = {
    E.ACKNOWLEDGE: _l("Tell the complainant the number, the next steps and when to expect an answer."),
    E.ACCEPT: _l("The time limits of the procedure start with the acceptance."),
    E.TRANSFER: _l("You answer for the complaint until the receiver has signed for it."),
    E.SIGN_FOR: _l("With your signature the complaint is yours: you answer for it from now on."),
    E.REFUSE_SIGNATURE: _l("The complaint goes back to the sender. Time runs on."),
    E.ARBITRATE: _l("The ruling binds; no signature is needed."),
    E.TAKE_ON: _l("Your own department handles it, without a transfer."),
    E.SUBMIT_OPINION: _l("The opinion goes up for approval; somebody else approves it."),
    E.APPROVE: _l("After your approval the reply may go out."),
    E.FOLLOW_UP: _l("A complainant who is not satisfied opens another round of work."),
    E.EVALUATE: _l("Accepting it lets it be closed; rectification sends it back to work in another round."),
    E.PAUSE: _l("Only the time limits that the procedure lists for the reason stand still."),
    E.EXTEND: _l("The original due date is kept beside the new one."),
    E.INSTRUCT: _l("The instruction goes along with the transfer, to the department it names."),
    E.ESCALATE: _l("The next level is told. Nobody's duty changes, and time runs on."),
    E.MERGE: _l("Each complainant still gets a reply."),
    E.MARK_CONFIDENTIAL: _l(
        "From now on the complaint exists only for the people you name. It gets a number of its own series."
    ),
    E.START_FOLLOW_UP: _l("The complainant is to be asked by somebody other than the handler."),
    E.SIGN_CO_HANDLING: _l("Your department takes part and gives its opinion."),
}

PRIMARY: dict[State, tuple[EventKind, ...]] = {
    State.REGISTERED: (E.ACCEPT, E.CLOSE_ON_SPOT, E.ASK_TO_COMPLETE, E.REFUSE),
    State.TO_COMPLETE: (E.SUPPLY_MISSING, E.ACCEPT),
    State.ACCEPTED: (E.TRANSFER, E.TAKE_ON),
    State.DISPATCHED: (E.SIGN_FOR, E.REFUSE_SIGNATURE, E.ARBITRATE, E.SIGN_CO_HANDLING),
    State.IN_WORK: (E.SUBMIT_OPINION, E.SIGN_CO_HANDLING, E.GIVE_CO_OPINION),
    State.AWAITING_APPROVAL: (E.APPROVE, E.REPLY, E.RETURN_OPINION, E.SIGN_CO_HANDLING),
    State.REPLIED: (E.START_FOLLOW_UP, E.EVALUATE, E.CLOSE),
    State.FOLLOWING_UP: (E.FOLLOW_UP, E.EVALUATE, E.CLOSE),
    State.CLOSED: (E.ARCHIVE,),
    State.REFUSED: (E.ARCHIVE,),
    State.STATUTORY_ROUTE: (E.ARCHIVE,),
    State.REFERRED: (E.ARCHIVE,),
}
"""The steps that carry a complaint forward from each state: buttons; the others stand in the menu beside them."""

STATE_TONES: dict[State, str] = {
    State.REGISTERED: "info",
    State.TO_COMPLETE: "warn",
    State.ACCEPTED: "info",
    State.DISPATCHED: "warn",
    State.IN_WORK: "info",
    State.AWAITING_APPROVAL: "warn",
    State.REPLIED: "good",
    State.FOLLOWING_UP: "good",
    State.CLOSED: "plain",
    State.ARCHIVED: "dark",
    State.REFUSED: "bad",
    State.MERGED: "plain",
    State.STATUTORY_ROUTE: "plain",
    State.REFERRED: "plain",
}

BULK: tuple[EventKind, ...] = (
    E.ACCEPT,
    E.TRANSFER,
    E.SIGN_FOR,
    E.ESCALATE,
    E.SUPERVISE,
    E.URGE,
    E.EXTEND,
    E.PAUSE,
    E.RESUME,
    E.REPLY,
    E.START_FOLLOW_UP,
    E.FOLLOW_UP,
    E.CLOSE,
    E.ARCHIVE,
    E.REOPEN,
    E.MERGE,
)
"""Steps offered over a selection."""

ROW_STEPS: frozenset[EventKind] = frozenset(
    {
        E.ACCEPT,
        E.TRANSFER,
        E.SIGN_FOR,
        E.REFUSE_SIGNATURE,
        E.TAKE_ON,
        E.SUBMIT_OPINION,
        E.APPROVE,
        E.REPLY,
        E.START_FOLLOW_UP,
        E.FOLLOW_UP,
        E.CLOSE,
        E.ARCHIVE,
        E.REOPEN,
        E.ESCALATE,
        E.SUPERVISE,
        E.EXTEND,
        E.PAUSE,
        E.RESUME,
        E.URGE,
        E.MERGE,
    }
)
"""Steps in the menu of a row of the list."""
