"""What the acceptance asks for where it opens the investigation."""

from __future__ import annotations

from wtforms import Field

from admin_views.complaints.step_fields import Scene, person
from models.labels import _l
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS

INVESTIGATING_ROLES = sorted(
    role for role, held in ROLE_PERMISSIONS.items() if Permission.INVESTIGATION_WRITE in held
)


def investigation_leader(scene: Scene) -> Field | None:
    """Who leads the investigation, only where the acceptance opens one (R03-03)."""
    rule = scene.situation.procedure.intake.acceptance if scene.situation else None
    if rule is None or not rule.opens_investigation:
        return None
    made = person(
        _l("Leader of the investigation"),
        roles=INVESTIGATING_ROLES,
        required=False,
        help=_l(
            "The investigation opens with the acceptance (%(clause)s). "
            "Left empty: the head of the department that received the complaint.",
            clause=", ".join(rule.clause) or _l("own rule"),
        ),
    )
    return made(scene)
