"""The closed lists of analysis: periods of reports, signals, inspections."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class ReportKind(Labelled):
    """How often a report is made."""

    MONTHLY = "monthly", _l("Monthly report")
    QUARTERLY = "quarterly", _l("Quarterly report")
    YEARLY = "yearly", _l("Yearly report")


class ReportStatus(Labelled):
    DRAFT = "draft", _l("To be written")
    SUBMITTED = "submitted", _l("Submitted")


class SignalSubject(Labelled):
    """What complaints heap up on."""

    PRODUCT = "product", _l("Product")
    BATCH = "batch", _l("Batch")
    CAUSE = "cause", _l("Cause")


class SignalStatus(Labelled):
    OPEN = "open", _l("To be decided")
    MEASURE = "measure", _l("Became a measure")
    DISMISSED = "dismissed", _l("Dismissed")


class InspectionKind(Labelled):
    """What is looked at."""

    HANDLING = "handling", _l("Inspection of complaint handling")
    AUDIT = "audit", _l("Internal audit")
    EVALUATION = "evaluation", _l("Evaluation by management")
    PRODUCTION = "production", _l("Inspection of production quality")


class InspectionStatus(Labelled):
    OPEN = "open", _l("In progress")
    FINISHED = "finished", _l("Concluded")


class CheckVerdict(Labelled):
    """What the check of one item came to."""

    CONFORMS = "conforms", _l("Conforms")
    FAILS = "fails", _l("Does not conform")
    NOT_APPLICABLE = "not_applicable", _l("Not applicable")
