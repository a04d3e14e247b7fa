"""Topics of notices and the sentence each is shown as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.labels import LazyString, _l
from services.procedures.vocabulary import Level


@dataclass(frozen=True)
class Topic:
    """One kind of notice. The sentence may use by, department, clock, level, amount, merged, accident, day and role."""

    text: LazyString
    icon: str
    tone: str = ""


def _topic(text: LazyString, icon: str, tone: str = "") -> Topic:
    return Topic(text, icon, tone)


TOPICS: dict[str, Topic] = {
    "complaint.registered": _topic(_l("%(by)s registered it."), "edit"),
    "transfer.awaiting": _topic(
        _l("%(by)s transferred it to %(department)s: please sign for it."), "sign", "warn"
    ),
    "transfer.refused": _topic(
        _l("%(department)s refused to sign for it; it is back with you."), "return", "bad"
    ),
    "transfer.signed": _topic(_l("%(by)s of %(department)s signed for it."), "success"),
    "reassigned": _topic(_l("It went to %(department)s; you no longer work on it."), "transfer"),
    "arbitrated": _topic(_l("It was decided that %(department)s handles it."), "scale"),
    "co_handling.awaiting": _topic(
        _l("%(by)s asks %(department)s to co-handle it: please sign for it."), "sign", "warn"
    ),
    "co_opinion": _topic(_l("%(department)s gave its co-handling opinion."), "reply"),
    "opinion.submitted": _topic(_l("%(by)s submitted an opinion for your approval."), "approve", "warn"),
    "opinion.returned": _topic(_l("%(by)s returned the opinion."), "return", "warn"),
    "opinion.approved": _topic(_l("%(by)s approved the opinion."), "approve"),
    "replied": _topic(_l("The reply has been given."), "reply"),
    "dissatisfied": _topic(_l("The complainant is not satisfied; a new round begins."), "follow-up", "warn"),
    "graded.urgent": _topic(_l("It was graded %(grade)s: act at once."), "star", "bad"),
    "evaluated": _topic(_l("%(by)s evaluated the result."), "approve"),
    "rectify": _topic(_l("%(by)s sent the result back for rectification."), "return", "bad"),
    "closed": _topic(_l("%(by)s closed it."), "close-case"),
    "reopened": _topic(_l("%(by)s reopened it."), "reopen", "warn"),
    "instructed": _topic(_l("%(by)s gave a written instruction on it."), "sign"),
    "instruction.awaited": _topic(
        _l("It came in out of hours: your written instruction is awaited."), "sign", "warn"
    ),
    "enquiry.recorded": _topic(_l("%(kind)s %(enquiry)s: your answer is awaited."), "help", "warn"),
    "enquiry.answered": _topic(_l("%(kind)s %(enquiry)s has been answered."), "reply", "good"),
    "destruction.proposed": _topic(
        _l("%(by)s proposes to destroy the files of %(number)s: your second signature is awaited."),
        "archive",
        "warn",
    ),
    "merged": _topic(_l("%(merged)s was merged into it."), "merge"),
    "supervised": _topic(_l("%(by)s supervises it from now on."), "supervise", "warn"),
    "urged": _topic(_l("%(by)s urges you to move it forward."), "bell", "warn"),
    "escalated": _topic(_l("It was escalated to you (%(level)s)."), "escalate", "bad"),
    "extension.requested": _topic(_l("%(by)s requests an extension: please decide."), "extend", "warn"),
    "extension.decided": _topic(_l("%(by)s decided on the extension."), "extend"),
    "informant.asked": _topic(_l("%(by)s asks to read an identity kept apart: please decide."), "lock"),
    "informant.decided": _topic(_l("%(by)s decided on your request to read an identity."), "lock"),
    "named": _topic(_l("%(by)s named you on a confidential complaint."), "lock"),
    "clock.warned": _topic(_l("Time limit %(clock)s is about to end."), "clock", "warn"),
    "clock.breached": _topic(_l("Time limit %(clock)s has passed."), "timer", "bad"),
    "accident.reported": _topic(
        _l("%(by)s reported the accident %(accident)s: please go to the scene."), "accident", "bad"
    ),
    "accident.clock.warned": _topic(
        _l("Accident %(accident)s: time limit %(clock)s is about to end."), "clock", "warn"
    ),
    "accident.clock.breached": _topic(
        _l("Accident %(accident)s: time limit %(clock)s has passed."), "timer", "bad"
    ),
    "liability.open": _topic(
        _l(
            "The customer's date has passed: the first-asked person answers for it, unless the reason is accepted."
        ),
        "scale",
        "bad",
    ),
    "liability.stated": _topic(_l("%(by)s stated why the customer's date was missed."), "scale", "warn"),
    "liability.excused": _topic(_l("%(by)s accepted the reason: no joint liability."), "check", "good"),
    "liability.confirmed": _topic(_l("%(by)s found joint liability for the missed date."), "scale", "bad"),
    "hold.placed": _topic(
        _l("%(hold)s: please stop %(product)s at once, and acknowledge the notice."), "warning", "bad"
    ),
    "hold.released": _topic(_l("%(hold)s: %(product)s is released."), "check", "good"),
    "handed_over": _topic(
        _l("It was handed over to you: you answer for it from now on."), "transfer", "warn"
    ),
    "investigation.opened": _topic(_l("%(by)s put you on the team of an investigation."), "investigation"),
    "investigation.finished": _topic(_l("The investigation is finished."), "investigation", "good"),
    "informed.registered": _topic(_l("%(by)s registered it: for your information."), "info"),
    "informed.investigation_opened": _topic(
        _l("An investigation was opened: for your information."), "investigation"
    ),
    "informed.investigation_finished": _topic(
        _l("The report of an investigation is there: for your information."), "investigation"
    ),
    "repeated": _topic(_l("It is a repeated complaint: see to it with emphasis."), "refresh", "warn"),
    "reported_again": _topic(_l("%(by)s recorded a further report of it."), "refresh", "warn"),
    "request.asked": _topic(
        _l("%(by)s asks you for something an investigation needs: please answer."), "reply", "warn"
    ),
    "request.answered": _topic(_l("%(by)s answered what the investigation asked for."), "reply", "good"),
    "memo.sent": _topic(_l("%(by)s sent you an internal memo: please decide."), "approve", "warn"),
    "memo.decided": _topic(_l("%(by)s decided on your internal memo."), "approve"),
    "report.decided": _topic(_l("%(by)s decided on the investigation report."), "approve"),
    "plan.task": _topic(_l("The resolution plan gives %(department)s a task: %(text)s"), "approve", "warn"),
    "responsibility.determined": _topic(_l("%(by)s determined the responsibility."), "scale"),
    "measure.planned": _topic(_l("%(by)s gave you a measure to carry out."), "approve", "warn"),
    "document.received": _topic(_l("%(by)s handed document %(document)s to you."), "file"),
    "measure.due": _topic(_l("A measure of yours is due on %(day)s."), "clock", "warn"),
    "measure.overdue": _topic(_l("A measure was due on %(day)s and is not carried out."), "timer", "bad"),
    "measure.check": _topic(_l("The effect of a measure is to be checked."), "approve", "warn"),
    "appeal.recorded": _topic(_l("%(by)s recorded an appeal for your decision."), "scale", "warn"),
    "appeal.decided": _topic(_l("%(by)s decided the appeal."), "scale"),
    "report.produced": _topic(
        _l("The report of %(period)s is there: write causes and measures, then submit it."), "file", "warn"
    ),
    "report.submitted": _topic(_l("%(by)s submitted the report of %(period)s."), "file"),
    "signal.raised": _topic(
        _l("More complaints than usual: %(count)s new signals wait for your decision."), "flag", "warn"
    ),
    "export.done": _topic(_l("Your export %(file)s is ready: fetch it within a day."), "export", "good"),
    "import.checked": _topic(
        _l(
            "Your ledger %(file)s is checked (%(count)s rows): look at the dry run and import it within a day."
        ),
        "import",
        "good",
    ),
    "import.done": _topic(
        _l("Your ledger %(file)s is imported: %(count)s complaints are on the desk."), "import", "good"
    ),
    "role.confirm": _topic(_l("%(by)s granted a role that needs your confirmation."), "shield", "warn"),
}

_ALSO = {
    "clock_warned": "clock.warned",
    "clock_breached": "clock.breached",
    "accident_clock_warned": "accident.clock.warned",
    "accident_clock_breached": "accident.clock.breached",
}
"""The names that events of history give to the same topics."""

_UNKNOWN = Topic(_l("Something happened with it."), "info")
_LEVELS = {level.value: level for level in Level}


class _Facts(dict[str, Any]):
    """A fact that a payload lacks is shown as nothing rather than failing the page."""

    def __missing__(self, key: str) -> str:
        return "…"


def topic_of(name: str) -> Topic:
    """The topic with this name; a general one for a name that this version does not know."""
    return TOPICS.get(_ALSO.get(name, name), _UNKNOWN)


def sentence(name: str, payload: Mapping[str, Any], language: str) -> str:
    """The notice in the language in force, which is `language` ("en" picks the English names of clocks)."""
    english = language.startswith("en")
    facts = _Facts(payload)
    facts["clock"] = payload.get("name_en" if english else "name_zh") or payload.get("clock", "…")
    if english and "grade_en" in payload:
        facts["grade"] = payload["grade_en"]
    level = _LEVELS.get(str(payload.get("level", "")))
    if level is not None:
        facts["level"] = level_label(level)
    return str(topic_of(name).text) % facts


def level_label(level: Level) -> LazyString:
    """An escalation level in words."""
    return _LEVEL_LABELS[level]


_LEVEL_LABELS = {
    Level.DEPARTMENT_HEAD: _l("department head"),
    Level.LEADER: _l("leader in charge"),
    Level.HEAD_OF_QUALITY: _l("head of quality"),
    Level.GENERAL_MANAGER: _l("general manager"),
}
