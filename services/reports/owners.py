"""Who answers for the analysis: the people of the role that the procedure names."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.enums import RoleName
from models.labels import _l
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.actor import Actor, Grant
from services.errors import NotPermitted
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.sections.analysis import Analysis
from services.workflow.people import holders


def analysis_in_force(session: Session) -> Analysis | None:
    """The section of the procedure in force; None when it says nothing of analysis."""
    version = current_version(session)
    return parsed(version).analysis if version is not None else None


def owners(session: Session, analysis: Analysis) -> list[int]:
    """Everybody who holds the owning role for the whole organisation or a department."""
    return holders(session, [analysis.owner.role])


def grant_as(actor: Actor, role: RoleName, permission: Permission) -> Grant:
    """The actor's grant of this very role, if it carries the permission for all departments. NotPermitted without."""
    for grant in actor.grants:
        if grant.role is role and grant.department_id is None and permission in ROLE_PERMISSIONS[role]:
            return grant
    raise NotPermitted(_l("The procedure leaves this to somebody else: %(role)s.", role=role.label))


def answers(session: Session, actor: Actor) -> bool:
    """Whether the actor answers for the analysis: buttons are offered to nobody else."""
    analysis = analysis_in_force(session)
    return analysis is not None and any(
        grant.role is analysis.owner.role and grant.department_id is None for grant in actor.grants
    )


def owner_grant(session: Session, actor: Actor) -> Grant:
    """The grant under which the actor answers for the analysis. NotPermitted for everybody else."""
    analysis = analysis_in_force(session)
    if analysis is None:
        raise NotPermitted(_l("The procedure in force says nothing of analysis."))
    return grant_as(actor, analysis.owner.role, Permission.ANALYSIS_WRITE)
