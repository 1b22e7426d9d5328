"""Two companies, a connector with its own directory, and the counterpart as a separate program."""

import contextlib
import io
import json
import runpy
import shutil
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from unittest.mock import patch

from odoo import Command, api
from odoo.tests import TransactionCase
from odoo.tools import SQL, config

from ...models.ledger.ledger_content import kept_contents
from .browser import BrowserCase
from .builder import Builder
from .people import new_test_user
from .sharing import MODULE, NO_LOGO
from .warm import WarmCaches

SIMULATOR = Path(__file__).resolve().parents[2] / "tools/frp1000_simulator.py"
MONITOR, CONNECTOR_MANAGER = f"{MODULE}.group_ledger_monitor", f"{MODULE}.group_ledger_manager"
APPROVER, ACCOUNTANT = f"{MODULE}.group_payment_approver", "account.group_account_invoice"
DAY, DUE = "2026-03-10", "2026-04-10"
DIRECTORY = "frp1000"
BALANCES = """
    SELECT company.ledger_code, account.code_store ->> company.id::text,
           CASE WHEN account.account_type IN ('asset_receivable', 'liability_payable') THEN partner.ref ELSE '' END,
           SUM(line.balance * 100)::int
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
      JOIN res_company company ON company.id = line.company_id
 LEFT JOIN res_partner partner ON partner.id = line.partner_id
     WHERE line.move_id = ANY(%s)
  GROUP BY 1, 2, 3
"""


@cache
def counterpart():
    """Return the main function of the counterpart's program."""
    with patch.object(sys, "path", [str(SIMULATOR.parent), *sys.path]):
        return runpy.run_path(str(SIMULATOR))["main"]


class LedgerBuilder(Builder):
    """Builds two companies known to the accounting system, their connector, and entries to exchange."""

    companies = customer = supplier = None

    @classmethod
    def make_companies(cls, name="Régie", **values):
        euro = cls.env.ref("base.EUR")
        euro.active = True
        return cls.env["res.company"].create(
            [
                {**NO_LOGO, "name": f"{name} {code}", "ledger_code": code, "currency_id": euro.id, **values}
                for code in ("EAU", "ASST")
            ]
        )

    @classmethod
    def make_connector(cls, **values):
        return cls.env["ledger.connector"].create(
            {
                "company_ids": [Command.set(cls.companies.ids)],
                "directory": DIRECTORY,
                "create_accounts": True,
                "create_journals": True,
                "create_third_parties": True,
                **values,
            }
        )

    @classmethod
    def code(cls, kind, code, company=None):
        domain = [("kind", "=", kind), ("code", "=", code), ("company_id", "=", (company or cls.companies[0]).id)]
        return cls.env["ledger.code"].with_context(active_test=False).search(domain)

    @classmethod
    def record(cls, kind, code, company=None):
        found = cls.code(kind, code, company)
        return cls.env[found.res_model].browse(found.res_id)

    @classmethod
    def partner(cls, code):
        """Return the partner of a code in each company, with its accounts."""
        partners = cls.env["res.partner"]
        for company in cls.companies:
            partner = cls.record("third_party", code, company).with_company(company)
            partner.property_account_receivable_id = cls.record("account", "411000", company)
            partner.property_account_payable_id = cls.record("account", "401000", company)
            partners |= partner
        return partners

    @classmethod
    def entry(cls, kind="in_invoice", amount=100.0, company=None, post=True, **values):
        """Return a posted invoice or bill with one line."""
        company = company or cls.companies[0]
        sale = kind.startswith("out")
        partners = cls.customer if sale else cls.supplier
        account = cls.record("account", "706100" if sale else "615500", company)
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": kind,
                    "company_id": company.id,
                    "journal_id": cls.record("journal", "VT" if sale else "ACH", company).id,
                    "partner_id": partners.filtered(lambda p: p.company_id == company).id,
                    "invoice_date": DAY,
                    "date": DAY,
                    "invoice_date_due": DUE,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Ligne",
                                "quantity": 1,
                                "price_unit": amount,
                                "account_id": account.id,
                                "tax_ids": [],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move


class LedgerCase(LedgerBuilder, WarmCaches, TransactionCase):
    """EAU and ASST exchange with a counterpart over a local directory; the référentiel has created their accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        config["ledger_exchange_root"] = str(cls.root)
        cls.addClassCleanup(config._runtime_options.pop, "ledger_exchange_root", None)
        # the code under test commits: other cursors then share the test's transaction
        cls.registry_enter_test_mode_cls()
        cls.make_town()
        cls.published = cls.root / "published"
        cls.simulate("publish", directory=cls.published)

    @classmethod
    def make_town(cls):
        cls.companies = cls.make_companies(country_id=cls.env.ref("base.fr").id)
        cls.env.user.company_ids |= cls.companies
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.companies.ids})
        cls.companies = cls.companies.with_env(cls.env)
        cls.water, cls.sewerage = cls.companies
        cls.connector = cls.make_connector()
        cls.directory = cls.root / cls.env.cr.dbname / DIRECTORY
        cls.simulate("publish")
        cls.do(cls.companies, "action_update_companies")
        cls.supplier, cls.customer = cls.partner("F0009"), cls.partner("C0001")

    def setUp(self):
        super().setUp()
        # the database is rolled back after a test; the counterpart is reset
        self.publish()

    def publish(self):
        """Reset the counterpart to its initial state."""
        shutil.rmtree(self.directory)
        shutil.copytree(self.published, self.directory)

    @classmethod
    def simulate(cls, command, *arguments, directory=None):
        """Run the counterpart; return its output.

        It runs in this process, since a new Python takes longer to start than to answer; crash tests start one.
        """
        with contextlib.redirect_stdout(io.StringIO()) as said:
            counterpart()([command, "--root", str(directory or cls.directory), *arguments])
        return said.getvalue()

    @classmethod
    def report(cls, **options):
        return json.loads(cls.simulate("report", **options))

    @classmethod
    def user(cls, login, groups, companies=None):
        companies = companies or cls.companies
        return new_test_user(
            cls.env, login, groups, company_id=companies[0].id, company_ids=[Command.set(companies.ids)]
        )

    @classmethod
    def do(cls, records, method, *arguments, user=None):
        """Call a method that commits, with its own cursor, like a request; return the run that it opens, if any."""
        cls.env.flush_all()
        with cls.registry.cursor() as cr:
            user = user or cls.env.user
            companies = (user.company_ids & cls.companies).ids
            env = api.Environment(cr, user.id, {**cls.env.context, "allowed_company_ids": companies})
            records = records.with_env(env)
            found = method(records, *arguments) if callable(method) else getattr(records, method)(*arguments)
            cr.commit()  # pylint: disable=invalid-commit
        cls.env.invalidate_all()
        if isinstance(found, dict) and found.get("res_model") == "ledger.run":
            run = cls.env["ledger.run"].browse(found.get("res_id") or found["domain"][0][2])
            for connector in run.filtered(lambda r: not r.date_end).connector_id:
                cls.call_job(connector)
            return run
        return found

    @classmethod
    def call_job(cls, connector=None):
        """Call a connector's scheduled job, like the scheduler, until nothing is left to do."""
        connector = connector or cls.connector
        for _call in range(20):
            connector.cron_id.method_direct_trigger()
            cls.env.invalidate_all()
            if not connector._open_runs():
                return

    def document(self, move):
        self.env.invalidate_all()
        return self.env["ledger.document"].search([("move_id", "in", move.ids)])

    def content(self, document):
        """Return the stored content of a document."""
        self.env.flush_all()
        return kept_contents(self.env, document.ids)[document.id]

    def export(self, moves=None, **options):
        documents = self.document(moves) if moves else self.env["ledger.document"].search([])
        return self.do(documents, "action_export", **options)

    def loop(self, moves=None):
        """Send, let the counterpart answer, read its answers; return both runs."""
        sent = self.export(moves)
        self.simulate("serve", "--once")
        return sent, self.do(self.connector, "action_synchronize")

    def their_balances(self, report):
        """Return {(company, account, third party): cents} of the counterpart's ledger."""
        theirs = Counter()
        for row in report["balances"]:
            theirs[row["company"], row["account"], row["third_party"]] += row["debit"] - row["credit"]
        return theirs

    def our_balances(self, moves):
        """Return the same for the entries in Odoo."""
        self.env.flush_all()
        return Counter({tuple(key): cents for *key, cents in self.env.execute_query(SQL(BALANCES, moves.ids))})


class LedgerHttpCase(LedgerCase, BrowserCase):
    """The same, through the server."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Enter the test mode once, although both parent classes request it."""
        return None if cls._registry_patched else super().registry_enter_test_mode_cls()
