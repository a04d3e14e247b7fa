"""Measures, warranty, appraisals and what goes with them, as tables of the procedure page."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from admin_views.locale import enumerated, locale
from services.notifications.messages import level_label
from services.procedures.parts import Ruled, Text
from services.procedures.schema import Procedure
from services.procedures.sections.measures import Demand, Measures, When
from services.workflow.warranty import term_text

Row = tuple[list[str], Ruled]
Section = tuple[str, list[str], list[Row]]

STEPS = {
    "submit_opinion": lambda: _("the opinion"),
    "reply": lambda: _("the reply"),
    "close": lambda: _("closing"),
}


def sections(procedure: Procedure) -> Iterator[Section]:
    """Title, heads and rows of each table that the procedure fills."""
    measures = procedure.measures
    if measures.demands:
        rows: list[Row] = [(_demand(each, procedure), each) for each in measures.demands]
        heads = [_("Measure"), _("Kinds"), _("Before"), _("In which cases"), _("It has to show")]
        yield _("Measures demanded"), heads, rows
    rows = _measure_rules(measures)
    if rows:
        yield _("Measures"), [_("Rule"), _("Value")], rows
    if procedure.warranty:
        yield _warranty(procedure)
    rows = _appraisal_rules(procedure)
    if rows:
        yield _("Appraisals and other authorities"), [_("Rule"), _("Value")], rows


def _words(text: Text) -> str:
    return text.in_language(locale())


def _demand(demand: Demand, procedure: Procedure) -> list[str]:
    kinds = enumerated(kind.label for kind in demand.kinds) or _("any")
    shape = {
        "with_owner": _("owner"),
        "with_due": _("deadline"),
        "with_cause": _("cause"),
        "agreed": _("agreement with the department concerned"),
        "promised": _("promise to the customer"),
        "help_asked": _("customer's help asked"),
        "carried_out": _("carried out"),
        "verified": _("verified"),
    }
    asked = [word for key, word in shape.items() if getattr(demand, key)]
    if demand.freight_by:
        asked.append(_("freight borne by: %(who)s", who=demand.freight_by.label))
    return [
        _words(demand.names),
        kinds,
        STEPS[demand.before](),
        _when(demand.when, procedure) or _("all"),
        enumerated(asked),
    ]


def _when(when: When, procedure: Procedure) -> str:
    names = {kind.code: _words(kind.names) for kind in (*procedure.categories, *procedure.natures)}
    said = [names.get(code, code) for code in when.categories]
    said += list(when.grades)
    said += [_("cause: %(who)s", who=each.label) for each in when.responsible]
    said += [_("not through: %(channel)s", channel=each.label) for each in when.except_channels]
    if when.confirmed:
        said.append(_("problem confirmed"))
    if when.repeat:
        said.append(_("repeated complaint"))
    return enumerated(said)


def _measure_rules(measures: Measures) -> list[Row]:
    rows: list[Row] = [([_("Kind of solution"), str(each.kind.label)], each) for each in measures.resolutions]
    if measures.solution_offered:
        step = STEPS[measures.solution_offered.before]()
        text = _("one offered and every one answered before %(step)s", step=step)
        rows.append(([_("Solutions offered"), text], measures.solution_offered))
    if measures.plan:
        asked = [
            word
            for there, word in ((measures.plan.owner, _("owner")), (measures.plan.due, _("deadline")))
            if there
        ]
        rows.append(([_("Every measure has"), enumerated(asked)], measures.plan))
    if measures.reminders:
        days = _("%(days)s days before the deadline", days=measures.reminders.days_before)
        rows.append(([_("Reminder to the owner"), days], measures.reminders))
    if measures.effect_check:
        months = _("%(months)s months after closing", months=measures.effect_check.months)
        rows.append(([_("Check of the effect"), months], measures.effect_check))
    for task in measures.on_approval:
        text = _("%(task)s, within %(days)s days", task=_words(task.names), days=task.days)
        rows.append(([_("Created by the approval"), text], task))
    if measures.appeal:
        rows.append(
            ([_("Appeal of a penalised person"), str(level_label(measures.appeal.level))], measures.appeal)
        )
    return rows


def _warranty(procedure: Procedure) -> Section:
    rule = procedure.warranty
    assert rule is not None
    rows: list[Row] = [([_("Begins with"), _("completion acceptance")], rule.start)]
    rows += [([_words(part.names), str(term_text(part))], part) for part in rule.parts]
    if rule.within:
        asked = [
            word
            for there, word in (
                (rule.within.on_site, _("investigation on site")),
                (rule.within.order, _("order to the responsible party")),
            )
            if there
        ]
        rows.append(([_("In construction or within the warranty"), enumerated(asked)], rule.within))
    if rule.past:
        text = _("referred to %(to)s with an explanation", to=_words(rule.past.to))
        rows.append(([_("Past the warranty"), text], rule.past))
    return _("Warranty"), [_("Building part"), _("Term")], rows


def _appraisal_rules(procedure: Procedure) -> list[Row]:
    rows: list[Row] = []
    rule = procedure.appraisals
    if rule:
        rows.append(([_("Cost of an appraisal advanced by"), str(rule.advanced_by.label)], rule))
        if rule.not_conforming:
            rows.append(
                ([_("Not conforming: cost borne by"), str(rule.not_conforming.by.label)], rule.not_conforming)
            )
        if rule.conforming:
            rows.append(([_("Conforming: cost borne by"), str(rule.conforming.by.label)], rule.conforming))
    if procedure.joint_handling:
        coordinator = _words(procedure.joint_handling.coordinator)
        rows.append(([_("Joint handling coordinated by"), coordinator], procedure.joint_handling))
    if procedure.penalty_referrals:
        authority = _words(procedure.penalty_referrals.authority)
        rows.append(([_("Referral for penalty to"), authority], procedure.penalty_referrals))
    return rows
