#!/usr/bin/env python3
"""Walks through *Mise en route* in a browser, from the first login to the first bill: the tour of a new town.

setup_walk.py --port PORT --browser PROGRAM
"""

import argparse
import re
import sys
import time

from playwright.sync_api import Error, sync_playwright

TOUR = "utility_setup_from_nothing"
PATIENCE = 300  # seconds for a step of Odoo's own forms, and for the tour
ACTION = "/odoo/action-utility_billing_sync.utility_setup_step_action"


def log_in(page):
    """Log in as the administrator of a new database, and open the checklist."""
    page.goto("/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    page.goto(ACTION)


def make_companies(page):
    """Name the company that there is, make a second one and tick both; Odoo reloads the page after each."""
    page.click(".o_utility_setup .o_kanban_record:has-text('Sociétés et plans comptables') [name=action_open_screen]")
    page.click(".o_list_view .o_data_row td[name=name]")
    save_company(page, "Ville – Eau")
    page.click(".o_form_button_create:visible")
    page.wait_for_selector(".o_form_view .o_last_breadcrumb_item:has-text('Nouveau'), .o_breadcrumb :text('Nouveau')")
    save_company(page, "Ville – Assainissement", country="France")
    page.click(".o_switch_company_menu button")
    page.click(".o_switch_company_item [role=menuitemcheckbox][aria-label='Ville – Assainissement']")
    with page.expect_navigation():
        page.click(".o_switch_company_menu_buttons button.btn-primary")


def save_company(page, name, country=None):
    page.fill(".o_form_view .o_field_widget[name=name] :is(input, textarea)", name)
    if country:
        page.locator(".o_field_widget[name=country_id] input").press_sequentially(country)
        page.locator(".o-autocomplete--dropdown-item", has_text=re.compile(rf"^\s*{country}\s*$")).click()
    with page.expect_navigation():
        page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_view")


def walk(page):
    """Walk through the rest of the checklist; return what the browser said, None if the tour succeeded."""
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{ACTION}?debug=tests")
    page.wait_for_selector(".o_utility_setup")
    page.evaluate(f"odoo.startTour('{TOUR}', {{mode: 'auto', redirect: false}})")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not any("FAILED" in text or "failed to load" in text for text in said):
        page.wait_for_timeout(200)
        if any("tour succeeded" in text for text in said):
            return None
    return "\n".join(said[-40:])


def main() -> int:
    """Return 0 if the tour succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--browser", required=True)
    parser.add_argument("--picture", help="file for a picture of where the tour failed")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768}, base_url=f"http://127.0.0.1:{options.port}")
        page.set_default_timeout(PATIENCE * 1000)
        try:
            log_in(page)
            make_companies(page)
            fault = walk(page)
        except Error as error:
            fault = str(error)
        if fault:
            page.screenshot(path=options.picture)
            print(fault)
        return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
