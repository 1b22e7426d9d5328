#!/usr/bin/env python3
"""Takes the pictures of docs/guide/pictures.toml of a demo town that is served, and keeps what is written on each.

    guide_pictures.py --port PORT [--browser PROGRAM] [NAME…]

A picture's words (docs/guide/images/NAME.txt) are those that can be read on it: a test compares captions with them.
"""

import argparse
import shutil
import sys
import time
import tomllib
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide"
IMAGES = GUIDE / "images"
#: Where README and the page of the Apps look for theirs.
SCREENSHOTS = ROOT / "static/description/screenshots"
MODULE = "utility_billing_sync"
SIZES = {"desk": (1280, 800), "phone": (390, 844), "paper": (900, 900)}
PATIENCE = 20_000  # milliseconds for a step
SETTLED = (
    ".o_list_renderer, .o_form_renderer, .o_kanban_renderer, .o_round, .o_view_nocontent, #wrap, .o_main_bill, .article"
)
#: What can be read in the window, values of fields included.
WORDS = """() => {
    const inside = (element) => {
        const box = element.getBoundingClientRect();
        const isThere = box.width && box.height && box.bottom > 0 && box.right > 0;
        if (!isThere || box.top >= innerHeight || box.left >= innerWidth) {
            return false;
        }
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        const top = document.elementFromPoint(Math.min(x, innerWidth - 1), Math.min(y, innerHeight - 1));
        return !top || top.contains(element) || element.contains(top);
    };
    const words = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.nodeType === Node.TEXT_NODE) {
            const parent = node.parentElement;
            if (!["SCRIPT", "STYLE"].includes(parent.tagName) && parent.checkVisibility() && inside(parent)) {
                words.push(node.textContent);
            }
        } else if (["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName) && inside(node)) {
            words.push(node.value);
        }
    }
    return words.join(" ").replace(/\\s+/g, " ").trim();
}"""


def take(page, picture, address):
    """Walk to a picture and take it."""
    size = next((size for kind, size in SIZES.items() if picture.get(kind)), SIZES["desk"])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    # each picture begins with the companies of a first log in, whatever an earlier one ticked
    page.context.clear_cookies(name="cids")
    page.goto(address + _path(picture))
    page.wait_for_selector(SETTLED, timeout=PATIENCE)
    for step in picture.get("steps", ()):
        kind, _colon, value = step.partition(" ")
        STEPS[kind](page, value)
        _settle(page)
    _settle(page)
    target = IMAGES / f"{picture['name']}.png"
    page.mouse.move(2, 2)
    page.screenshot(path=target)
    _make_small(target)
    target.with_suffix(".txt").write_text(page.evaluate(WORDS) + "\n", "utf-8")
    if readme := picture.get("readme"):
        shutil.copy(target, SCREENSHOTS / f"{readme}.png")
    # what was typed for the picture is not saved when the page is left
    discard = page.locator(".o_form_button_cancel:visible")
    if discard.count() and not page.locator(".modal").count():
        discard.first.click()


def _path(picture):
    if "url" in picture:
        return picture["url"]
    return f"/odoo/action-{MODULE}.{picture['action']}"


def _settle(page):
    """Wait until the page has nothing more under way."""
    page.wait_for_timeout(400)
    page.locator(".o_blockUI, .o_loading_indicator").first.wait_for(state="hidden", timeout=PATIENCE)
    page.wait_for_timeout(400)


def _open(page, text):
    """Open the row of a list that holds a text."""
    page.locator(".o_data_row, .o_kanban_record", has_text=text).first.locator("td.o_data_cell, .fw-bold").nth(
        1
    ).click()
    page.wait_for_selector(".o_form_renderer", timeout=PATIENCE)


def _fill(page, value):
    place, _equals, text = value.partition(" = ")
    page.locator(place).first.fill(text)


def _choose(page, value):
    """Choose a value of a field that has a list of them."""
    name, _equals, label = value.partition(" = ")
    page.locator(f"[name={name}] :is(input, .o_select_menu_toggler)").first.click()
    page.locator(".o_select_menu_item", has_text=label).first.click()


def _report(page, name):
    """Open what the document on the screen prints."""
    identity = page.url.rstrip("/").rpartition("/")[2].partition("?")[0]
    page.goto(f"{page.url.partition('/odoo')[0]}/report/html/{name}/{identity}")


def _upload(page, place):
    """Give the import a file of readings: three are good, one is below its previous index, one meter is unknown."""
    today = date.today().strftime("%d/%m/%Y")
    rows = [
        ("V18-104422", today, 601), ("V23-104607", today, 655), ("V22-104570", today, 719), ("V20-105347", today, 12),
        ("V99-000001", today, 45), ("V18-104829", "31/31/2026", 300),
    ]  # fmt: skip
    lines = [
        f"{number};{day if isinstance(day, str) else day.strftime('%d/%m/%Y')};{index}" for number, day, index in rows
    ]
    content = "\n".join(["Numéro de série;Date;Index", *lines]) + "\n"
    file = {"name": "tournée du bourg.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.locator(f"[name={place}] input[type=file]").first.set_input_files(file)


#: The form's own buttons stay above what is shown.
BELOW_THE_BUTTONS = "(e) => { e.style.scrollMarginTop = '48px'; e.scrollIntoView({block: 'start'}); }"
STEPS = {
    "open": _open,
    "fill": _fill,
    "choose": _choose,
    "report": _report,
    "upload": _upload,
    "tab": lambda page, name: page.locator(f".o_notebook .nav-link[name={name}]").first.click(),
    "press": lambda page, name: page.locator(f"button[name={name}]:visible").first.click(),
    "click": lambda page, where: page.locator(where).first.click(),
    "tick": lambda page, text: (
        page.locator(".o_data_row", has_text=text).first.locator(".o_list_record_selector input").click()
    ),
    "show": lambda page, where: page.locator(where).first.evaluate(BELOW_THE_BUTTONS),
}


def _make_small(path):
    """Keep 256 colours: a screen hardly has more, and the file is a third."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _sign_in(browser, address, login):
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_action_manager .o_action, .o_portal", timeout=PATIENCE)
    return page


def walk(browser, address, pictures):
    """Take pictures, those of each person in one session; returns the names of those that failed."""
    failed, pages = [], {}
    for picture in pictures:
        login, started = picture["login"], time.monotonic()
        try:
            if login not in pages:
                pages[login] = _sign_in(browser, address, login)
            take(pages[login], picture, address)
            print(f"  {picture['name']:<28}{time.monotonic() - started:5.1f} s", flush=True)
        except Error as error:
            failed.append(picture["name"])
            print(f"  {picture['name']:<28}{str(error).splitlines()[0][:200]}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--browser")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    pictures = tomllib.loads((GUIDE / "pictures.toml").read_text("utf-8"))["picture"]
    if unknown := set(options.names) - {picture["name"] for picture in pictures}:
        sys.exit(f"No such picture: {', '.join(sorted(unknown))}")
    pictures = [picture for picture in pictures if not options.names or picture["name"] in options.names]
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--force-device-scale-factor=1",
        ]
        browser = playwright.chromium.launch(executable_path=options.browser, args=arguments)
        failed = walk(browser, f"http://127.0.0.1:{options.port}", pictures)
        browser.close()
    sys.exit(f"Not taken: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
