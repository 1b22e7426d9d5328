"""Two companies and their counterpart, committed in a separate database, and the checks after every crash."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import payments
from transaction import Transaction, insist

from odoo import Command, fields
from odoo.addons.utility_billing_sync.core.ledger.sftp import fetch_host_key
from odoo.addons.utility_billing_sync.tests.support.ledger import DAY, DUE, MODULE, SIMULATOR, LedgerBuilder
from odoo.addons.utility_billing_sync.tests.support.payments import make_payment_journals
from odoo.exceptions import UserError
from odoo.tools import config

#: For vendor bills and customer invoices: journal, third party, account.
WAYS = {"in": ("ACH", "F0009", "615500"), "out": ("VT", "C0001", "706100")}


class World:
    """Setup and checks by the parent process.

    :param registry: loaded registry; no cursor stays open between calls
    """

    def __init__(self, registry, root):
        self.registry, self.root = registry, Path(root)
        config["ledger_exchange_root"] = str(root)
        with self.transaction() as env:
            self.connector = self._connector(env).id
        self.directory = self.root / registry.db_name / "faults"
        self.simulate("publish")
        self.expected, self.lost, self.paying = Counter(), set(), False

    def transaction(self):
        return Transaction(self.registry)

    def _connector(self, env):
        env["ir.cron"].search([]).active = False
        env["ledger.connector"].search([]).active = False
        # no country: Odoo would install what it has for it
        taken = env["res.company"].with_context(active_test=False).search([("ledger_code", "!=", False)])
        taken.ledger_code = False
        env.flush_all()
        town = LedgerBuilder.on(env)
        town.companies = town.make_companies(f"Faults {env.cr.now()}")
        return town.make_connector(name="Faults", directory="faults", auto_sync=True, lot_size=2)

    def go_over_sftp(self, server):
        """Exchange by SFTP from now on, with a real server that exposes the counterpart's directory."""
        with self.transaction() as env:
            env["ledger.connector"].browse(self.connector).write(
                {
                    "protocol": "sftp",
                    "host": "127.0.0.1",
                    "port": server.port,
                    "username": server.user,
                    "private_key_input": server.private_key,
                    "directory": str(self.directory),
                }
            )
        with self.transaction() as env:
            env["ledger.connector"].browse(self.connector).host_key = fetch_host_key("127.0.0.1", server.port)

    def simulate(self, command, *arguments):
        program = [sys.executable, str(SIMULATOR), command, "--root", str(self.directory), *arguments]
        return subprocess.run(program, check=True, capture_output=True, text=True, timeout=120).stdout

    def answers(self):
        """Return the paths of the unread answers, in the order of their lots."""
        return sorted((self.directory / "acknowledgements").glob("AR_*.txt"))

    def failures(self, code):
        """Return the number of runs that failed for a reason."""
        with self.transaction() as env:
            domain = [("run_id.connector_id", "=", self.connector), ("code", "=", code)]
            return env["ledger.anomaly"].search_count(domain)

    def last_runs(self):
        """Return (id, state, step, message) of the last runs."""
        with self.transaction() as env:
            runs = env["ledger.run"].search([("connector_id", "=", self.connector)], limit=3)
            return [(run.id, run.state, run.step, run.message) for run in runs]

    def unfinished(self):
        """Return what `is_quiet` waits for: lots, files, (reference, reason) of payments, runs."""
        with self.transaction() as env:
            mine = [("connector_id", "=", self.connector)]
            lots = env["ledger.lot"].search([*mine, ("state", "=", "written")]).mapped("name")
            payments = env["ledger.payment"].search([*mine, ("state", "=", "waiting")])
            waiting = [(payment.reference, payment.sense, payment.reason) for payment in payments]
            runs = env["ledger.connector"].browse(self.connector)._open_runs().ids
            return lots, [file.name for file in self.payment_files()], waiting, runs

    def receive_payments(self):
        """Let payments come in from now on: the référentiel has made the accounts that they need."""
        with self.transaction() as env:
            connector = env["ledger.connector"].browse(self.connector)
            journals = make_payment_journals(env, connector.company_ids)
            layout = env.ref(f"{MODULE}.ledger_layout_payments")
            connector.write({"payments_layout_id": layout.id, "payment_journal_ids": [Command.set(journals.ids)]})
        self.paying = True

    def pay(self):
        """The customers pay, are refused, pay too much. Returns the number of movements reported."""
        return int(self.simulate("pay"))

    def movements(self):
        """Return the number of movements reported."""
        return len(json.loads(self.simulate("report"))["payments"])

    def payment_files(self):
        """Return the files of payments that wait to be read, in order."""
        return sorted((self.directory / "payments").glob("REG_*.csv"))

    def lose(self, path):
        """Delete an unread answer, to be requested again later."""
        self.lost.add(path.stem.removeprefix("AR_"))
        path.unlink()

    def ask_again(self):
        """Request the lost answers from the accounting system again."""
        if self.lost:
            self.simulate("answer", *self.lost)
            self.lost.clear()

    def make_due(self):
        """Make the scheduled run due."""

        def due(env):
            connector = env["ledger.connector"].browse(self.connector)
            connector.cron_id.lock_for_update(allow_referencing=True)
            connector.next_run = fields.Datetime.now() - timedelta(minutes=1)
            connector.cron_id.write({"nextcall": connector.next_run, "active": True})
            connector.run_ids.filtered("retry_on").write({"retry_on": connector.next_run})

        insist(self.registry, due)

    def set_active(self, active):
        """Archive the connector, or make it active again, whatever a server is writing.

        :return: False if it is refused, since documents wait for their answers
        """
        try:
            insist(self.registry, lambda env: env["ledger.connector"].browse(self.connector).write({"active": active}))
        except UserError:
            return False
        return True

    def open_runs(self):
        """Return the number of runs in progress, as users see them."""
        with self.transaction() as env:
            runs = env["ledger.run"].search([("connector_id", "=", self.connector)])
            return len(runs.filtered("is_active"))

    def doubtful_codes(self):
        """Return the number of codes that wait for a decision."""
        with self.transaction() as env:
            domain = [("connector_id", "=", self.connector), ("is_doubtful", "=", True)]
            return env["ledger.code"].search_count(domain)

    def is_quiet(self):
        """Return whether no lot and no run is left to complete."""
        with self.transaction() as env:
            lots = env["ledger.lot"].search_count([("connector_id", "=", self.connector), ("state", "=", "written")])
            waiting = [("connector_id", "=", self.connector), ("state", "=", "waiting")]
            unread = self.payment_files() or env["ledger.payment"].search_count(waiting)
            return not lots and not unread and not env["ledger.connector"].browse(self.connector)._open_runs()

    # Documents

    def bills(self, count):
        """Post a number of vendor bills, each of which must arrive once."""
        with self.transaction() as env:
            companies = env["ledger.connector"].browse(self.connector).company_ids
            moves = env["account.move"].create(
                [self._bill(env, companies[place % 2], 100 + place) for place in range(count)]
            )
            moves.action_post()
            self._expect(moves, "create")

    def invoices(self, count):
        """Post customer invoices; the customers pay them once they are in the accounting system."""
        with self.transaction() as env:
            companies = env["ledger.connector"].browse(self.connector).company_ids
            moves = env["account.move"].create(
                [self._bill(env, companies[place % 2], 30.25 + place, "out") for place in range(count)]
            )
            moves.action_post()
            self._expect(moves, "create")

    def approve(self, count):
        """Approve some bills that were sent, answered or not: each is an update that must arrive once."""
        with self.transaction() as env:
            left = ("exporting", "exported", "integrated")
            domain = [("connector_id", "=", self.connector), ("state", "in", left)]
            documents = env["ledger.document"].search(domain, order="id")
            moves = documents.move_id.filtered(lambda move: move.payment_approval == "pending")[:count]
            moves.action_approve_payment()
            self._expect(moves, "update")

    def renumber(self):
        """Renumber documents that were sent. Returns whether there were any."""
        with self.transaction() as env:
            domain = [("connector_id", "=", self.connector), ("state", "in", ("exporting", "exported"))]
            moves = env["ledger.document"].search(domain).move_id
            env.cr.execute("UPDATE account_move SET name = name || 'R' WHERE id = ANY(%s)", [moves.ids])
            return bool(moves)

    def merge_partners(self):
        """Merge the supplier of each company into a new partner."""
        with self.transaction() as env:
            for company in env["ledger.connector"].browse(self.connector).company_ids:
                code = env["ledger.code"].search([("company_id", "=", company.id), ("code", "=", "F0009")])
                partner = env["res.partner"].browse(code.res_id)
                left = partner.copy({"ref": False})
                wizard = env["base.partner.merge.automatic.wizard"].create({})
                wizard._merge((partner | left).ids, left)

    def _expect(self, moves, operation):
        """Expect these versions to arrive, under the numbers that the accounting system knows."""
        for document in moves.ledger_document_ids:
            number = (operation == "update" and document.number_sent) or document.move_id.name
            self.expected[document.company_id.ledger_code, number, operation] += 1

    def _bill(self, env, company, amount, way="in"):
        def record(kind, code):
            domain = [("company_id", "=", company.id), ("kind", "=", kind), ("code", "=", code)]
            found = env["ledger.code"].search(domain)
            return env[found.res_model].browse(found.res_id)

        journal, third_party, account = WAYS[way]
        partner = record("third_party", third_party).with_company(company)
        partner.property_account_payable_id = record("account", "401000")
        partner.property_account_receivable_id = record("account", "411000")
        line = {"name": "Ligne", "price_unit": amount, "account_id": record("account", account).id, "tax_ids": []}
        return {
            "move_type": f"{way}_invoice",
            "company_id": company.id,
            "journal_id": record("journal", journal).id,
            "partner_id": partner.id,
            "invoice_date": DAY,
            "date": DAY,
            "invoice_date_due": DUE,
            "invoice_line_ids": [Command.create(line)],
        }

    # What must hold

    def deliveries(self):
        """Return the number of deliveries of lots."""
        return len(json.loads(self.simulate("report"))["deliveries"])

    def problems(self):
        """Return sentences about differences between both sides; none if each version arrived once, to the cent."""
        report = json.loads(self.simulate("report"))
        events = Counter(
            (row["company"], row["number"], row["operation"]) for row in report["events"] if row["status"] == "accepted"
        )
        found = [f"{key} arrived {count} times" for key, count in (events - self.expected).items()]
        found += [f"{key} is missing" for key in (self.expected - events)]
        found += [f"rejected: {row}" for row in report["events"] if row["status"] != "accepted"]
        found += [f"conflict: {row}" for row in report["deliveries"] if row["outcome"] == "conflict"]
        found += [f"left behind: {path.name}" for path in (self.directory / "entries").iterdir()]
        theirs = Counter()
        for row in report["balances"]:
            theirs[row["company"], row["account"]] += row["debit"] - row["credit"]
        ours = self._balances()
        found += [f"{key}: {ours[key]} here, {theirs[key]} there" for key in ours | theirs if ours[key] != theirs[key]]
        with self.transaction() as env:
            documents = env["ledger.document"].search([("connector_id", "=", self.connector)])
            states = Counter(documents.mapped("state"))
            if set(states) - {"integrated"}:
                found.append(f"documents are left in the states {dict(states)}")
        return found + payments.problems(self, report) + self.schedule_problems()

    def schedule_problems(self):
        """Return the problems of the planned daily run, by the database's clock."""
        with self.transaction() as env:
            planned, now = env["ledger.connector"].browse(self.connector).next_run, env.cr.now()
        return [] if now < planned <= now + timedelta(days=1) else [f"the next run is on {planned}, it is {now}"]

    def _balances(self):
        """Return the balance of each company and account, in cents."""
        ours = Counter()
        with self.transaction() as env:
            moves = env["ledger.document"].search([("connector_id", "=", self.connector)]).move_id
            for line in moves.line_ids:
                code = line.account_id.with_company(line.company_id).code
                ours[line.company_id.ledger_code, code] += round(line.balance * 100)
        return ours
