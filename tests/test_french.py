"""No English on the screens of a French user: the demo town is walked in the browser, each text is compared.

English is what the terms of the module and of Odoo's modules say where their French is another one, and a few words
that French does not have.
"""

import json
import re
from pathlib import Path
from unittest.mock import patch

import polib

from odoo import Command
from odoo.api import Environment
from odoo.modules import Manifest
from odoo.tests import tagged
from odoo.tools.convert import convert_file

from .support.browser import BrowserCase
from .support.sharing import MODULE

ODOO_MODULES = ("account", "base", "mail", "portal", "uom", "web")
#: Words of English that French does not have, within longer texts.
WORDS = "the and of your you with from this that are was were not please created has have unknown missing".split()  # noqa: SIM905
#: What is no language: names, and the marks of makers.
NAMES = {"Odoo", "OdooBot", "Sage FRP 1000", "Sensus", "Itron", "Diehl", "FEC"}
WALK = Path(__file__).with_name("data") / "french_walk.js"


@tagged("post_install", "-at_install", MODULE)
class TestFrench(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with patch.object(Environment, "lang", "fr_FR"):
            for file in Manifest.for_addon(MODULE)["demo"]:
                convert_file(cls.env(su=True), MODULE, file, {}, "init", noupdate=True)
        groups = ("group_utility_manager", "group_ledger_manager", "group_payment_approver")
        cls.person = cls.env.ref(f"{MODULE}.demo_user_manager")
        cls.person.group_ids = [Command.link(cls.env.ref(f"{MODULE}.{name}").id) for name in groups]
        cls.person.group_ids |= cls.env.ref("account.group_account_invoice")
        cls.companies = cls.person.company_ids

    def english(self):
        """Return what the terms say in English where their French is another one, and no French of another term."""
        folder = Path(Manifest.for_addon("base").path).parent
        files = [Path(Manifest.for_addon(name).path) / "i18n/fr.po" for name in (MODULE, *ODOO_MODULES)]
        self.assertTrue(folder.is_dir())
        english, french = set(), set()
        for file in files:
            for entry in polib.pofile(str(file)):
                if entry.msgstr:
                    french.add(entry.msgstr.strip())
                    english.add(entry.msgid.strip())
        return sorted(text for text in english - french if re.search("[A-Za-z]{2}", text) and "\n" not in text)

    def walk_through(self, url, login, *, least):
        """Look at the pages of a person; fails with the English texts, or if fewer texts were seen than expected."""
        terms = {"texts": self.english(), "words": WORDS, "names": sorted(NAMES)}
        kept = self.env["ir.attachment"].create({"name": "terms", "raw": json.dumps(terms), "public": True})
        is_client = url == "/odoo"
        values = {"__TERMS__": str(kept.id), "__IS_CLIENT__": json.dumps(is_client), "__LEAST__": str(least)}
        code = WALK.read_text("utf-8")
        for name, value in values.items():
            code = code.replace(name, value)
        self.env.flush_all()
        cookies = {"cids": "-".join(map(str, self.companies.ids))}
        ready = "odoo.isReady === true" if is_client else ""
        self.browser_js(url, code, ready=ready, login=login, timeout=300, cookies=cookies)

    def test_screens(self):
        self.walk_through("/odoo", self.person.login, least=400)

    def test_portal(self):
        for page in ("/my", "/my/invoices", "/my/meters"):
            with self.subTest(page):
                self.walk_through(page, "abonne", least=10)
