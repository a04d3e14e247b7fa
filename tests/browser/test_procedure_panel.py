"""A procedure made through the panel alone: copied, changed, published by another, followed by a complaint."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from models import ClockRun, Complaint, ProcedureVersion
from models.enums import RoleName
from services.procedures.of_complaint import parsed
from tests.browser.conftest import Desk

R = RoleName


def save(page: Page, button: str = ".form-bar .btn-main") -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def decide(page: Page, step: str, reason: str = "") -> None:
    """Open a dialog of the draft's page and carry it out."""
    page.locator(f'main a[data-dialog][href$="/{step}"]').first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".dialog-foot")).to_be_visible()
    if reason:
        dialog.locator("[name=reason]").fill(reason)
    with page.expect_navigation():
        dialog.locator("[name=confirmed]").click()


def test_a_procedure_is_made_and_followed_without_touching_a_file(desk: Desk) -> None:
    page = desk.page(R.HEAD_OF_QUALITY)
    page.goto("/procedure-drafts/new/")
    page.locator("[name=purpose]").fill("缩短办结时限，增加床位号")
    save(page)
    page.wait_for_url(re.compile(r"/procedure-drafts/[a-z2-9]{12}/$"))
    draft = page.url.rstrip("/")

    page.goto(f"{draft}/section/clocks")
    page.locator("[name='clocks.1.amount']").fill("十")
    save(page)
    fault = page.locator("[data-field='clocks.1.amount']")
    expect(fault.locator("[role=alert]")).to_contain_text("整数")
    expect(fault.locator("input")).to_have_value("十")
    fault.locator("input").fill("10")
    save(page)
    expect(page.locator(".error-summary")).to_have_count(0)

    page.goto(f"{draft}/section/fields")
    save(page, "button[value='add:fields']")
    page.locator("[name='fields.0.code']").fill("bed_number")
    page.locator("[name='fields.0.names.zh']").fill("床位号")
    page.locator("[name='fields.0.names.en']").fill("Bed number")
    page.locator("[name='fields.0.kind']").select_option("text")
    page.locator("[name='fields.0.clause']").fill("R01-05")
    save(page)
    expect(page.locator(".error-summary")).to_have_count(0)

    page.goto(f"{draft}/try?received=2026-03-05T09:30&transferred=2026-03-05T09:30")
    expect(page.locator("main")).to_contain_text("2026-03-19")
    page.goto(f"{draft}/compare")
    expect(page.locator("main")).to_contain_text("床位号")
    page.goto(f"{draft}/")
    decide(page, "submit")

    leader = desk.page(R.LEADER)
    leader.goto(f"{draft}/")
    decide(leader, "publish", "同意")
    expect(leader.locator("main")).to_contain_text("已发布")

    case = desk.case("in_work")
    with desk.server.session() as session:
        complaint = session.query(Complaint).filter_by(public_id=case).one()
        version = session.get_one(ProcedureVersion, complaint.procedure_version_id)
        assert version.number == 3
        assert parsed(version).declared_field("bed_number") is not None
        runs = session.query(ClockRun).filter_by(complaint_id=complaint.id, code="close").all()
        assert [run.rule["amount"] for run in runs] == [10]
    receiver = desk.page(R.FIRST_RECEIVER)
    receiver.goto("/complaints/new/")
    expect(receiver.locator("main")).to_contain_text("床位号")
