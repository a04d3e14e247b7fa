"""What the lifecycle table is called in words: its gates, and any label in a language of one's choice."""

from __future__ import annotations

from functools import cache

from babel.messages.pofile import read_po

from models.labels import LazyString, _l
from settings import ROOT

NEEDS: dict[str, LazyString] = {
    "acceptance_complete": _l("everything the procedure requires for acceptance"),
    "intake_checked": _l("every intake check of the procedure on record"),
    "managed_by_its_department": _l("handled by the department that manages such complaints"),
    "handler_is_first_receiver": _l("a handler: received by oneself"),
    "not_paused": _l("not paused"),
    "paused": _l("paused"),
    "own_department_sends": _l("a department head: held by one's own department"),
    "is_proposed_receiver": _l("sent to oneself or one's department"),
    "refusals_left": _l("fewer refusals than the procedure allows"),
    "receivers_disagree": _l("as many refusals as the procedure allows"),
    "is_proposed_co_handler": _l("asked to co-handle"),
    "co_handles": _l("signed for co-handling"),
    "handles_or_leads": _l("handler or lead department"),
    "office_takes_it": _l("the post of the complaint office"),
    "approver_decides": _l("the post of the approver"),
    "arbiter_decides": _l("the post of the arbiter"),
    "evaluator_decides": _l("the post of the evaluator"),
    "evaluator_is_not_handler": _l("not the handler"),
    "extension_is_its_approvers": _l("whom the procedure names for the time limit"),
    "on_the_spot_allowed": _l("exempt from approval, or the approver"),
    "competent_to_reply": _l("whom the procedure lets reply to this grade"),
    "asks_as_handler": _l("the office: handled by oneself"),
    "recognition_recorded": _l("the complainant's recognition where the grade rests on it"),
    "co_opinions_given": _l("every co-handling opinion given"),
    "investigated_as_graded": _l("investigated as the level demands"),
    "decided_on_report": _l("every report decided on, where the procedure wants it"),
    "not_yet_approved": _l("an opinion not approved yet"),
    "approver_is_not_handler": _l("neither handler nor author of the opinion"),
    "returner_is_not_submitter": _l("not the author of the opinion"),
    "opinion_approved": _l("the opinion approved"),
    "follow_up_not_by_handler": _l("somebody other than the handler"),
    "reply_recorded": _l("a reply, or the reason for none"),
    "followed_up": _l("the complainant asked"),
    "measures_settled": _l("measures settled"),
    "closing_complete": _l("fields that the procedure wants for closing"),
    "investigations_finished": _l("investigations finished"),
    "holds_released": _l("no goods held any more"),
    "demanded_before_opinion": _l("measures that the procedure demands by then"),
    "demanded_before_reply": _l("measures that the procedure demands by then"),
    "demanded_before_closing": _l("measures that the procedure demands by then"),
    "warranty_followed": _l("within warranty: site visit and order; past warranty: referral"),
    "appraisals_finished": _l("no appraisal outstanding"),
    "closer_is_not_handler": _l("not the handler"),
    "content_stands": _l("content that was not destroyed"),
    "has_written_result": _l("a written result"),
    "documents_before_opinion": _l("documents that the procedure wants before the opinion"),
    "documents_before_reply": _l("documents that the procedure wants before the reply"),
    "documents_before_closing": _l("documents that the procedure wants before closing"),
    "documents_before_filing": _l("documents that the procedure wants in the file"),
    "file_is_complete": _l("every part of the file that the procedure lists"),
    "has_extendable_clock": _l("a time limit that may be extended"),
    "extension_asked_for": _l("a request for extension stands open"),
    "a_level_above": _l("a level above"),
    "not_confidential": _l("not confidential yet"),
    "confidential": _l("confidential"),
}
"""By the name of the gate function; a test compares both lists."""

SOURCE = "en"
CHINESE = "zh_Hans_CN"


@cache
def _catalogue(locale: str) -> dict[str, str]:
    """Read from the source of the catalogue: the compiled one may be older, and docs are written from this."""
    file = ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as text:
        return {str(message.id): str(message.string) for message in read_po(text) if message.string}


def said_in(locale: str, label: LazyString | str) -> str:
    """The label in this language, whatever language the reader has chosen."""
    source = label._args[0] if isinstance(label, LazyString) else label
    return source if locale == SOURCE else _catalogue(locale).get(source, source)
