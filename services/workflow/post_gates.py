"""Gates that ask for a post of the procedure rather than for a role (R01-14, R05-04, R08-04)."""

from __future__ import annotations

import sqlalchemy as sa

from models import ClockRun
from models.enums import ClockState, PostName, RoleName
from models.labels import LazyString, _l
from services.access.separation import involved
from services.deadlines.runs import clock_of
from services.errors import Reason
from services.procedures.schema import Procedure
from services.procedures.wording import said_of
from services.workflow.gates import Situation
from services.workflow.posts import holds

SIGNERS = (RoleName.HANDLER, RoleName.INVESTIGATOR, RoleName.DEPARTMENT_HEAD)


def _asks(s: Situation, post: PostName) -> list[Reason]:
    if holds(s, post, s.grant):
        return []
    return [
        Reason(
            "not_the_post", _l("Under this procedure it is for: %(post)s.", post=post_name(s.procedure, post))
        )
    ]


def post_name(procedure: Procedure, post: PostName) -> LazyString | str:
    """The post as the regulation calls it, in the reader's language."""
    named = procedure.post(post)
    return said_of(named.names) if named else post.label


def office_takes_it(s: Situation) -> list[Reason]:
    return _asks(s, PostName.OFFICE)


def approver_decides(s: Situation) -> list[Reason]:
    """Approval, and sending the opinion back, belong to the approver of the procedure (R01-14, R08-04)."""
    return _asks(s, PostName.APPROVER)


def arbiter_decides(s: Situation) -> list[Reason]:
    return _asks(s, PostName.ARBITER)


def evaluator_decides(s: Situation) -> list[Reason]:
    """The result is evaluated by the leadership or the superior (R10-10, R16-17)."""
    return _asks(s, PostName.EVALUATOR)


def extension_is_its_approvers(s: Situation) -> list[Reason]:
    """More time is given by whom the procedure names for the time limit (R01-16)."""
    if s.grant is None:
        return []
    query = sa.select(ClockRun).where(
        ClockRun.complaint_id == s.complaint.id, ClockRun.state.in_([ClockState.RUNNING, ClockState.PAUSED])
    )
    limits = [clock_of(run).extendable for run in s.session.scalars(query)]
    approvers = {limit.approver for limit in limits if limit is not None}
    if not approvers or s.grant.role in approvers:
        return []
    label = next(iter(sorted(approvers))).label
    return [Reason("not_the_post", _l("Under this procedure it is for: %(post)s.", post=label))]


def on_the_spot_allowed(s: Situation) -> list[Reason]:
    """Where the procedure does not exempt it, closing on the spot needs the approver as well (R01-14, R08-04)."""
    approval = s.procedure.approval
    if not approval.required or approval.on_the_spot_exempt or holds(s, PostName.APPROVER, s.grant):
        return []
    return [
        Reason(
            "needs_approval",
            _l("This procedure exempts nothing from approval: take it on and submit an opinion."),
        )
    ]


def competent_to_reply(s: Situation) -> list[Reason]:
    """Who replies depends on the grade where the procedure says so (R05-04)."""
    if not s.procedure.replies_by:
        return []
    rule = s.procedure.reply_by(s.complaint.grade)
    if rule is None:
        return [Reason("not_graded", _l("Grade the complaint first: the grade decides who replies."))]
    return _asks(s, rule.by)


def handles_or_leads(s: Situation) -> list[Reason]:
    """The opinion comes from the handler or the lead department; the office gives one on what it handles itself."""
    holder = s.complaint.department_id
    if involved(s.actor, s.complaint.handler_id):
        return []
    if s.grant and s.grant.role in SIGNERS and holder and s.grant.covers({holder}):
        return []
    return [Reason("not_lead", _l("Only the lead department submits the opinion."), "people")]


def asks_as_handler(s: Situation) -> list[Reason]:
    """The office asks for more time on what it handles itself."""
    if s.grant is None or s.grant.role in SIGNERS or involved(s.actor, s.complaint.handler_id):
        return []
    return [Reason("not_handler", _l("Whoever handles it asks for more time."), "people")]
