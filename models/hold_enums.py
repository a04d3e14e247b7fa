"""Closed lists of holds, and what departments do in them."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class DepartmentDuty(Labelled):
    """What a department does with goods: notices of holds find it by this."""

    SALES = "sales", _l("Sales")
    STORAGE = "storage", _l("Storage and transport")
    PRODUCTION = "production", _l("Production")
    PURCHASING = "purchasing", _l("Purchasing")
    QUALITY = "quality", _l("Quality management")


class HoldStatus(Labelled):
    OPEN = "open", _l("Stopped")
    RELEASED = "released", _l("Stop lifted")


class NoticeKind(Labelled):
    STOP = "stop", _l("Notice to stop")
    RELEASE = "release", _l("Notice of release")
