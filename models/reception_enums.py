"""Closed lists of reception and enquiries, each with its label."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class DutyKind(Labelled):
    OFFICER = "officer", _l("On duty")
    LEADER = "leader", _l("Leading that week")


class EnquiryStatus(Labelled):
    OPEN = "open", _l("To be answered")
    ANSWERED = "answered", _l("Answered")
