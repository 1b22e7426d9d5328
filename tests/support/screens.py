"""Walks through the screens of a French user, which show no word of English and nothing cut, covered or too wide.

English is what the terms of the module and of Odoo's modules say where their French is another one, and a few words
that French does not have.
"""

import json
import re
from functools import cache
from pathlib import Path

import polib

from odoo.modules import Manifest

from .browser import BrowserCase
from .sharing import MODULE

ODOO_MODULES = ("account", "base", "mail", "portal", "uom", "web")
#: Words of English that French does not have, within longer texts.
WORDS = "the and of your you with from this that are was were not please created has have unknown missing".split()  # noqa: SIM905
#: What is no language: names, and the marks of makers.
NAMES = {"Odoo", "OdooBot", "Sage FRP 1000", "Sensus", "Itron", "Diehl", "FEC"}
DATA = Path(__file__).parents[1] / "data"
DESK, LAPTOP, PHONE = "1440x900", "1280x720", "390x844"


@cache
def english_terms():
    """Return what the terms say in English where their French is another one, and no French of another term."""
    files = [Path(Manifest.for_addon(name).path) / "i18n/fr.po" for name in (MODULE, *ODOO_MODULES)]
    english, french = set(), set()
    for file in files:
        for entry in polib.pofile(str(file)):
            if entry.msgstr:
                french.add(entry.msgstr.strip())
                english.add(entry.msgid.strip())
    return sorted(text for text in english - french if re.search("[A-Za-z]{2}", text) and "\n" not in text)


class ScreenWalks(BrowserCase):
    """Looks at pages in the browser, at several sizes of its window."""

    browser_size = DESK

    def walk_screens(self, url, user, *, least, sizes):
        """Look at a page, or at each screen of the application; fails with what is wrong there.

        :param least: fewest texts that must be seen
        :param sizes: of the window
        """
        is_client = url == "/odoo"
        plan = {
            "english": english_terms(),
            "words": WORDS,
            "names": sorted(NAMES),
            "isClient": is_client,
            "least": least,
            "sizes": sizes,
        }
        scripts = "\n".join((DATA / name).read_text("utf-8") for name in ("cut_text.js", "screen_walk.js"))
        raw = f"{scripts}\nwalkScreens({json.dumps(plan)});"
        # served, not sent: a failure would repeat all of it
        kept = self.env["ir.attachment"].create({"name": "walk.js", "raw": raw, "public": True})
        code = f"fetch('/web/content/{kept.id}').then((answer) => answer.text()).then(eval)"
        self.env.flush_all()
        cookies = {"cids": "-".join(map(str, user.company_ids.ids))}
        ready = "odoo.isReady === true" if is_client else ""
        self.browser_js(url, code, ready=ready, login=user.login, timeout=300, cookies=cookies)
