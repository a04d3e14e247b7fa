"""Clicking through steps of a case or a record, as the tests of whole roads do."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def fill_in(place: Locator, **fields: str) -> None:
    """Each control by its kind."""
    for name, value in fields.items():
        control = place.locator(f'[name="{name}"]').first
        kind = control.evaluate("e => e.type")
        if kind == "select-one":
            control.select_option(value)
        elif kind == "checkbox":
            control.check()
        else:
            control.fill(value)


def open_dialog(page: Page, event: str) -> Locator:
    """The dialog of the step whose address ends with `event`, opened from the page that offers it."""
    link = page.locator(f'main a[data-dialog][href$="/{event}"]').first
    if not link.is_visible():
        page.locator(".case-actions [data-menu], .case-actions summary").first.click()
    link.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".dialog-foot")).to_be_visible()
    return dialog


def send(page: Page, dialog: Locator, **fields: str) -> None:
    """Fill the dialog in, send it, and wait for the page behind it."""
    fill_in(dialog, **fields)
    with page.expect_navigation():
        dialog.locator("[name=confirmed]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def take_step(page: Page, event: str, **fields: str) -> None:
    send(page, open_dialog(page, event), **fields)


def expect_state(page: Page, label: str) -> None:
    expect(page.locator(".case-id")).to_contain_text(label)
