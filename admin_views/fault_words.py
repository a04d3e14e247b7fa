"""Faults of a procedure in the reader's language. The checks speak English, as the command line shows them."""

from __future__ import annotations

import re
from functools import cache

from flask_babel import get_domain
from flask_babel import gettext as _

from services.procedures.reading import Fault


def N_(text: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return text


SENTENCES: tuple[str, ...] = (
    N_("is missing; add it"),
    N_("is no key of a procedure; did you mean %(near)s?"),
    N_("is no key of a procedure; take it out"),
    N_("%(given)s is unknown; did you mean %(near)s? (write one of: %(words)s)"),
    N_("%(given)s is unknown; (write one of: %(words)s)"),
    N_("Input should be a valid integer%(rest)s"),
    N_("Input should be a valid number%(rest)s"),
    N_("Input should be a valid string%(rest)s"),
    N_("Input should be a valid boolean%(rest)s"),
    N_("Input should be a valid tuple%(rest)s"),
    N_("Input should be an object%(rest)s"),
    N_("Input should be a valid dictionary or instance of %(kind)s"),
    N_("Input should be in a valid time format%(rest)s"),
    N_("Input should be in a valid date format%(rest)s"),
    N_("Input should be greater than %(limit)s (here: %(given)s)"),
    N_("Input should be greater than or equal to %(limit)s (here: %(given)s)"),
    N_("Input should be less than %(limit)s (here: %(given)s)"),
    N_("Input should be less than or equal to %(limit)s (here: %(given)s)"),
    N_("String should match pattern %(pattern)s (here: %(given)s)"),
    N_("String should have at least %(count)s character (here: %(given)s)"),
    N_("String should have at most %(count)s characters (here: %(given)s)"),
    N_("Tuple should have at least %(count)s item after validation, not %(found)s"),
    N_("%(clause)s is no clause; write it like R01-12"),
    N_("name the clause behind this rule, or say under assumption that it is our own decision"),
    N_(
        "the text of %(clause)s is not known; cite a clause of %(regulation)s that exists, "
        "or bring its words along: clauses: [{code: %(same)s, text: …}]"
    ),
    N_("%(clause)s is not a clause of %(regulation)s; write it %(first)s-01"),
    N_("%(clause)s is not a clause of %(regulation)s; cite a clause of this regulation"),
    N_("%(clause)s is known to the desk already; take it out and cite it as it stands"),
    N_(
        "nobody can be asked until satisfied while required is false: the state following_up is never "
        "reached; write required: true or until_satisfied: false"
    ),
    N_("no reply is required, so none can be required in writing; write required: true, or false here"),
    N_(
        "there is no approval from which closing on the spot could be excepted; "
        "write required: true, or on_the_spot_exempt: true"
    ),
    N_(
        "%(event)s never happens: %(switch)s.required is false; "
        "start the clock at another event, or write %(same)s.required: true"
    ),
    N_(
        "%(code)s is %(former)s in version %(number)s, and cases hold such values; write kind: %(same)s and "
        "retired: true here, and declare the %(kind)s under a new code"
    ),
    N_("it limits until_satisfied, which is false; write until_satisfied: true, or take it out"),
    N_("liability belongs to a time limit of complaints; take it out"),
    N_("when belongs to a document before a step of a complaint; take it out"),
    N_("there is nothing to leave when until_satisfied is false; take one of them out"),
    N_("%(code)s is no category of this procedure; write one of: %(words)s"),
    N_("%(code)s is declared twice; give each its own code"),
    N_("the choice %(code)s is declared twice; give each its own code"),
    N_("the general manager is the last rung; put the others before"),
    N_("write either fraction or before"),
    N_("office hours must open before they close"),
    N_("a clock needs a clause"),
    N_("a clock in %(unit)s needs an amount above 0"),
    N_("a clock with unit %(unit)s has no amount; leave it out"),
    N_("%(event)s both starts and stops this clock"),
    N_("office_hours belong to a clock in working_hour only"),
    N_("the pattern may use {year}, {number}, {prefix}, {sequence}: %(fault)s"),
    N_("say when: category, nature, or field with is"),
    N_("is belongs to a field; name the field"),
    N_("a field of kind %(kind)s needs choices, each with code and names"),
    N_("choices belong to choice and multiple_choice; take them out or change the kind %(kind)s"),
    N_("a retired field is asked no more; take required_when out"),
    N_("%(code)s is a field of the desk already; give this one another code"),
    N_("%(field)s is no other field of this procedure; write one of: %(words)s"),
    N_("%(value)s is no choice of %(field)s; write one of: %(words)s"),
    N_("is %(code)s, but the file is called %(file)s; make both the same"),
    N_("%(prefix)s is used by %(code)s too; numbers would collide"),
    N_("is not UTF-8; save it as UTF-8"),
    N_("the file is empty"),
    N_("not readable as YAML: %(problem)s"),
    N_("an alias may not contain itself"),
    N_("a key must be a plain word"),
    N_("this key stands already in line %(line)s; keep one"),
    N_("a procedure is a list of keys: code, version, names, …"),
)
_GAP = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    made = []
    for sentence in SENTENCES:
        pattern = _GAP.sub(lambda gap: f"(?P<{gap[1] or gap[2]}>.*?)", re.escape(sentence))
        made.append((re.compile(pattern, re.DOTALL), sentence))
    return tuple(made)


def known(message: str) -> bool:
    """Whether this message has its words in both languages."""
    return any(pattern.fullmatch(message) for pattern, _sentence in _patterns())


def fault_text(fault: Fault) -> str:
    """What is wrong and what to write instead."""
    for pattern, sentence in _patterns():
        match = pattern.fullmatch(fault.message)
        if match is not None:
            return get_domain().gettext(sentence, **match.groupdict())
    return _("This can't be used: %(said)s", said=fault.message)
