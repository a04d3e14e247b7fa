"""The made-up organisations that the demonstration can be: one of each kind of regulation. Nobody in them exists."""

from __future__ import annotations

from services.demonstration.organisations.construction import CONSTRUCTION
from services.demonstration.organisations.device_shops import DEVICE_SHOPS
from services.demonstration.organisations.distributor import DISTRIBUTOR
from services.demonstration.organisations.drug_maker import DRUG_MAKER
from services.demonstration.organisations.factory import FACTORY
from services.demonstration.organisations.general import GENERAL
from services.demonstration.organisations.hospital import HOSPITAL
from services.demonstration.organisations.supervision import SUPERVISION
from services.demonstration.setting import Setting

SETTINGS: dict[str, Setting] = {
    each.key: each
    for each in (
        HOSPITAL,
        CONSTRUCTION,
        SUPERVISION,
        DISTRIBUTOR,
        DRUG_MAKER,
        DEVICE_SHOPS,
        FACTORY,
        GENERAL,
    )
}
"""By the key with which `flask desk demo --organisation` chooses one; the first is the default."""


def setting_for(procedure: str) -> Setting | None:
    """The organisation that works by this procedure."""
    return next((each for each in SETTINGS.values() if each.procedure == procedure), None)
