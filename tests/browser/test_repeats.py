"""Likely repeats while a complaint is taken down: asked before the form goes, with everything typed still there."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from models.enums import PartyKind, PartySide, RoleName
from services.operations.register import NewParty
from tests.browser.conftest import Desk
from tests.factories.full_house import png


def test_a_likely_repeat_is_asked_about_before_the_form_goes(desk: Desk, tmp_path: Path) -> None:
    person = NewParty(PartySide.COMPLAINANT, PartyKind.PERSON, "张某", "13812345678")
    desk.case("registered", parties=(person,), summary="候诊两小时")
    photo = tmp_path / "现场.png"
    photo.write_bytes(png())
    page = desk.page(RoleName.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.select_option("[name=channel]", "hotline")
    page.fill("[name=name]", "张某")
    page.fill("[name=phone]", "138 1234 5678")
    page.fill("[name=summary]", "窗口无人")
    page.fill("[name=content]", "收费窗口半小时没有人。")
    page.set_input_files("[name=files]", str(photo))
    register = page.locator(".form-bar button.btn-main")
    register.click()
    choice = page.locator("#likely-choice")
    expect(choice).to_contain_text("候诊两小时")
    expect(choice).to_contain_text("相同电话")
    expect(page).to_have_url(re.compile(r"/complaints/new/$"))
    choice.locator("input[value^='repeat:']").check()
    register.click()
    expect(page.locator(".case-head")).to_contain_text("重复投诉")
    expect(page.locator("#linked")).to_contain_text("候诊两小时")
    expect(page.locator("#evidence")).to_contain_text("现场.png")


def test_a_new_matter_goes_through_without_a_question(desk: Desk) -> None:
    page = desk.page(RoleName.FIRST_RECEIVER)
    page.goto("/complaints/new/")
    page.select_option("[name=channel]", "hotline")
    page.fill("[name=name]", "王某")
    page.fill("[name=summary]", "收据有误")
    page.fill("[name=content]", "收据上的日期不对。")
    page.locator(".form-bar button.btn-main").click()
    expect(page.locator(".case-head h1")).to_have_text("收据有误")
