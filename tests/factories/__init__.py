"""Plain functions that make what tests start from. Import from here.

`create_house(session)` first: an organisation, three departments, one person a role. Then
`create_complaint(session, house, "in_work")` brings a complaint there by the real operations, and
`fire(session, house[RoleName.LEADER], EventKind.SUPERVISE, complaint, demand="…")` carries out one event.
"""

from tests.factories.cases import (
    NOW,
    PATHS,
    actor_of,
    create_complaint,
    extendable_clock,
    fire,
    new_complaint,
    register_complaint,
    reread,
    take,
    valid_form,
)
from tests.factories.organisation import (
    House,
    arrange_cover,
    create_department,
    create_house,
    create_organisation,
    create_user,
    grant_role,
    publish_procedure,
)

__all__ = [
    "NOW",
    "PATHS",
    "House",
    "actor_of",
    "arrange_cover",
    "create_complaint",
    "create_department",
    "create_house",
    "create_organisation",
    "create_user",
    "extendable_clock",
    "fire",
    "grant_role",
    "new_complaint",
    "publish_procedure",
    "register_complaint",
    "reread",
    "take",
    "valid_form",
]
