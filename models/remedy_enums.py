"""The closed lists of measures, appraisals and penalties; beside models.enums, and built the same way."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class Bearer(Labelled):
    """Who pays: freight of a return, cost of an appraisal."""

    COMPANY = "company", _l("Our organisation")
    COMPLAINANT = "complainant", _l("Complainant")
    RESPONSIBLE_UNIT = "responsible_unit", _l("Responsible unit")
    THIRD_PARTY = "third_party", _l("Third party")


class CompensationForm(Labelled):
    MONEY = "money", _l("Money")
    GOODS = "goods", _l("Goods")
    SERVICE = "service", _l("Service")
    OTHER = "other", _l("Another form")


class Gravity(Labelled):
    """How grave a breach was that somebody is disciplined for (R03-09)."""

    MINOR = "minor", _l("Minor breach")
    GRAVE = "grave", _l("Grave breach")
    VERY_GRAVE = "very_grave", _l("Very grave breach")


class CheckResult(Labelled):
    """What the check of a measure's effect found, some time after closing (R10-11)."""

    EFFECTIVE = "effective", _l("Effective")
    NOT_EFFECTIVE = "not_effective", _l("Not effective")


class AppealOutcome(Labelled):
    """What was decided on the appeal of a penalised person (R16-14)."""

    UPHELD = "upheld", _l("Penalty upheld")
    CHANGED = "changed", _l("Penalty changed")
    LIFTED = "lifted", _l("Penalty lifted")


class SolutionAnswer(Labelled):
    """The customer's answer to a solution offered (R04-16)."""

    OPEN = "open", _l("Answer outstanding")
    ACCEPTED = "accepted", _l("Accepted by the customer")
    DECLINED = "declined", _l("Declined by the customer")


class AppraisalBody(Labelled):
    QUALIFIED = "qualified", _l("Qualified appraisal body")
    EXPERTS = "experts", _l("Experts")


class AppraisalResult(Labelled):
    OPEN = "open", _l("Result outstanding")
    CONFORMING = "conforming", _l("Conforms to design and standards")
    NOT_CONFORMING = "not_conforming", _l("Does not conform")


class PenaltyGround(Labelled):
    """Why a responsible party is put forward for penalty (R15-18)."""

    OVERDUE = "overdue", _l("Not handled in time")
    AGAINST_RULES = "against_rules", _l("Not handled according to the rules")
