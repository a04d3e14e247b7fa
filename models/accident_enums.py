"""Closed lists of accidents: what counts as one, who is told what, sanctions."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class AccidentScope(Labelled):
    """What makes an event a quality accident; which of them count stands in the procedure."""

    NONCONFORMING_PRODUCT = "nonconforming_product", _l("Nonconforming product")
    WORK_QUALITY = "work_quality", _l("Quality of work")
    POOR_KEEPING = "poor_keeping", _l("Stock spoiled by poor keeping")
    UNLAWFUL_SALE = "unlawful_sale", _l("Sold in breach of regulations")
    WRONG_DISPATCH = "wrong_dispatch", _l("Wrongly dispatched")


class AccidentSanction(Labelled):
    CIRCULATED_CRITICISM = "circulated_criticism", _l("Circulated criticism")
    ADMINISTRATIVE = "administrative", _l("Administrative sanction")


class ReportKind(Labelled):
    """The reports of an accident; clocks stop at them by the same words."""

    REPORTED_TO_QUALITY = "reported_to_quality", _l("Reported to quality management")
    REPORTED_TO_DEPARTMENT = "reported_to_department", _l("Reported to the department leader")
    REPORTED_TO_MANAGER = "reported_to_manager", _l("Reported to the general manager")
    ACCIDENT_FORM_SENT = "accident_form_sent", _l("Accident report form sent")
    REPORTED_UP = "reported_up", _l("Reported to the superior unit")
    REPORTED_TO_AUTHORITY = "reported_to_authority", _l("Reported to the authority")
    WRITTEN_REPORT_SENT = "written_report_sent", _l("Written report sent")
    COMPANY_FORM_SENT = "company_form_sent", _l("Company accident form submitted")


class ReportRecipient(Labelled):
    QUALITY_MANAGEMENT = "quality_management", _l("Quality management")
    DEPARTMENT_LEADER = "department_leader", _l("Department leader")
    LEADER = "leader", _l("Leader in charge")
    GENERAL_MANAGER = "general_manager", _l("General manager")
    HEAD_OF_ENTERPRISE = "head_of_enterprise", _l("Head of the enterprise")
    AUTHORITY = "authority", _l("Drug authority")
    SUPERIOR = "superior", _l("Superior unit")
