"""Goods stopped on account of a made-up complaint, and let go again."""

from __future__ import annotations

import sqlalchemy as sa

from models import Department, Hold, HoldNotice
from models.hold_enums import HoldStatus, NoticeKind
from services.access.scope import unscoped
from services.demonstration.playing import Case
from services.operations.acknowledge_hold import acknowledge_hold
from services.operations.carry_out_hold import carry_out_hold
from services.operations.check_neighbours import check_neighbours
from services.operations.release_hold import release_hold
from services.operations.tell_of_hold import tell_of_hold


def _open_holds(case: Case) -> list[int]:
    with unscoped(case.stage.session, "the made-up complaint's goods are stopped"):
        query = sa.select(Hold.id).where(Hold.complaint_id == case.read().id, Hold.status == HoldStatus.OPEN)
        return list(case.stage.session.scalars(query))


def stop_goods(case: Case) -> None:
    """Those who were told acknowledge, the purchaser is told, the stop is carried out."""
    for hold_id in _open_holds(case):
        with unscoped(case.stage.session, "who was told of the made-up complaint's goods"):
            query = sa.select(HoldNotice.id, Department.code, HoldNotice.outside).join(
                Department, Department.id == HoldNotice.department_id, isouter=True
            )
            waiting = case.stage.session.execute(
                query.where(
                    HoldNotice.hold_id == hold_id,
                    HoldNotice.acknowledged_at.is_(None),
                    HoldNotice.kind == NoticeKind.STOP,
                ).order_by(HoldNotice.id)
            ).all()
        for notice_id, place, outside in waiting:
            if outside is not None:
                with case.work("quality") as work:
                    tell_of_hold(work, notice_id, how="电话并传真《暂停销售使用通知》")
                with case.work("quality") as work:
                    acknowledge_hold(work, notice_id, receipt="对方盖章回传的通知回执")
            elif place is not None:
                with case.work(case.stage.setting.handlers[place]) as work:
                    acknowledge_hold(work, notice_id)
        _carry_out(case, hold_id)


def _carry_out(case: Case, hold_id: int) -> None:
    with case.work("quality") as work:
        hold = work.session.get_one(Hold, hold_id)
        goods = " ".join(filter(None, (hold.product, hold.batch)))
        carry_out_hold(
            work, hold_id, hold.version, how=f"{goods}：在库 120 件移入不合格品区，挂红牌，系统已锁定。"
        )


def release_goods(case: Case) -> None:
    """With the check of the neighbouring batches where it is asked for, before the case is closed."""
    for hold_id in _open_holds(case):
        with case.work("quality") as work:
            hold = work.session.get_one(Hold, hold_id)
            if hold.needs_neighbours:
                check_neighbours(
                    work, hold_id, hold.version, result="前后各一批留样复检，外观、含量均符合规定。"
                )
        with case.work("quality") as work:
            hold = work.session.get_one(Hold, hold_id)
            release_hold(
                work, hold_id, hold.version, basis=f"{case.story.result}不合格部分已退货，其余复检合格。"
            )
