"""Who is acting. Built once a request or job and passed in; nothing below looks it up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from models.enums import RoleName
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS


@dataclass(frozen=True)
class Grant:
    """A role for one department (None: for all), held oneself or, through a leave cover, for somebody else."""

    role: RoleName
    department_id: int | None = None
    on_behalf_of_id: int | None = None
    on_behalf_of_name: str | None = None

    def covers(self, departments: Collection[int] | None) -> bool:
        return self.department_id is None or departments is None or self.department_id in departments


@dataclass(frozen=True)
class Actor:
    """A person with their grants, or the desk itself."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    audiences: frozenset[str] = frozenset()
    department_id: int | None = None
    is_system: bool = False
    request_id: str | None = field(default=None, compare=False)
    sees_few: bool = field(default=False, compare=False)
    """At most some thousands of complaints: they are then the quickest way to everything that belongs to them."""

    def may(self, permission: Permission) -> bool:
        """Whether any grant carries the permission (for menus, buttons and routes); one's own account needs none."""
        if permission is Permission.SELF:
            return self.user_id is not None
        return self.grant_for(permission) is not None

    def grant_for(
        self, permission: Permission, departments: Collection[int] | None = None, *, own_first: bool = True
    ) -> Grant | None:
        """The grant under which the actor may do this for one of `departments` (None: anywhere); own ones first."""
        held = [g for g in self.grants if permission in ROLE_PERMISSIONS[g.role] and g.covers(departments)]
        held.sort(key=lambda grant: grant.on_behalf_of_id is not None)
        return held[0] if held else None

    def has_role(self, role: RoleName) -> bool:
        return any(grant.role is role for grant in self.grants)

    @property
    def people(self) -> frozenset[int]:
        """Oneself and everybody one stands in for: separation of duties looks through leave covers."""
        covered = {g.on_behalf_of_id for g in self.grants if g.on_behalf_of_id is not None}
        return frozenset(covered | ({self.user_id} if self.user_id is not None else set()))


SYSTEM = Actor(user_id=None, name="系统", is_system=True)
"""Work that no person started: sweeps, deliveries, imports of packs."""

NOBODY = Actor(user_id=None, name="")
"""Before login: no grants, no rows."""
