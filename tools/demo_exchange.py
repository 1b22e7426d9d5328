"""The past of the demo's exchange with the accounting system, played by its counterpart before the town is served.

It runs in Odoo's shell (`play(env, …)`), on the days on which it would have happened: by its own buttons, in the name
of the town's people, against tools/frp1000_simulator.py in the connector's directory.
"""

import contextlib
import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from reportlab.pdfgen.canvas import Canvas

MODULE = "utility_billing_sync"
#: The subscriber whom the accounting system did not know yet when the first bills arrived: it refuses that bill.
REFUSED = "AB0007"


def play(env, simulator, root, data):
    """Play the exchange of the last week, the first of the connector.

    :param simulator: the counterpart's program
    :param root: the connector's directory
    :param data: the référentiel that the counterpart publishes
    """
    past = Past(env, simulator, Path(root), json.loads(Path(data).read_text("utf-8")))
    past.first_bills()
    past.nights()
    past.this_morning()


class Past:
    """The people of the demo and the counterpart, who act in turn."""

    def __init__(self, env, simulator, root, data):
        self.env, self.simulator, self.root, self.data = env, simulator, root, data
        self.connector = env.ref(f"{MODULE}.demo_ledger_connector")
        self.today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.planned = self.connector.next_run

    # === THE DAYS === #

    def first_bills(self):
        """The référentiel comes in, then the bills of the last campaign leave; one of them is refused."""
        bills = self._env("demo_user_manager")["account.move"].search(
            [("utility_billing_run_id", "in", [self.ref("demo_run_water_2").id, self.ref("demo_run_sewerage_2").id])]
        )
        day = self.today - timedelta(days=7)
        with self._at(day, hour=8):
            self._publish()
            companies = self.connector.company_ids
            self._as("demo_user_connectors", companies).action_update_companies()
        with self._at(day, hour=9):
            documents = self.env["ledger.document"].search([("move_id", "in", bills.ids)])
            self._as("demo_user_accountant", documents).action_export()
            self._publish(without=REFUSED)
            self._answer()
            self._publish()

    def nights(self):
        """The nights of the schedule: vendor bills leave, scans come in, a file is wrong, once nobody is reached."""
        today = self.today
        with self._at(today - timedelta(days=6), hour=4):
            self._synchronize()
            self._answer()
            self._pay(6)
        with self._at(today - timedelta(days=5), hour=4):
            self._synchronize()
        with self._at(today - timedelta(days=5), hour=10):
            self._as("demo_user_accountant", self.ref("demo_bill_water_pumps")).action_approve_payment()
            self._scan("C0071000325_data_1", "facture-pompes-0588.pdf", "Pompes et réseaux", "Facture F2026-0588")
            self._electronic_invoice("C0071000325_data_1", "facture-pompes-0612.xml")
            (self.root / "C0071000325_data_1/relevé des heures.docx").write_bytes(b"PK\x03\x04")
        with self._at(today - timedelta(days=4), hour=4):
            self._publish(wrong_rate="vingt")
            self._synchronize()
            self._answer()
            self._publish()
        with self._at(today - timedelta(days=3), hour=4), self._away():
            self._synchronize()
        with self._at(today - timedelta(days=2), hour=4):
            self._pay(6)
            self._pay_elsewhere()
            self._report("perrin-1", f"ASST;PRLV-2301;{self._perrin()};{self._day()};66,72;PRLV;;;")
            self._synchronize()
        with self._at(today - timedelta(days=1), hour=4):
            self._synchronize()

    def this_morning(self):
        """What waits when the town is served: an update, a bill on its way, one to send, a scan."""
        bills = self.ref("demo_bill_water_late") + self.ref("demo_bill_sewerage_late")
        self._as("demo_user_accountant", bills).action_post()
        self._as("demo_user_accountant", bills[0].ledger_document_ids).action_export()
        self._as("demo_user_accountant", self.ref("demo_bill_water_energy")).action_approve_payment()
        self._scan("C0071000325_data_3", "facture-vrd-2290.pdf", "Travaux publics du Voironnais", "Facture TP-2290")
        self._pay(8)
        refusal = f"ASST;REJ-2301;{self._perrin()};{self._day()};66,72;PRLV;Rejet;PRLV-2301;Provision insuffisante"
        self._report("perrin-2", refusal)
        self.connector.next_run = self.planned
        self.env.cr.commit()

    # === THE PEOPLE === #

    def ref(self, name):
        return self.env.ref(f"{MODULE}.{name}")

    def _env(self, user):
        user = self.ref(user)
        return self.env(user=user.id, context={"lang": user.lang, "tz": user.tz})

    def _as(self, user, records):
        """Return records in the name of one of the town's people, with the rights that they have."""
        return records.with_env(self._env(user))

    def _synchronize(self):
        """Let the schedule's hour come."""
        self.connector.next_run = self.connector._now()
        self.env.flush_all()
        self.connector.with_user(self.env.ref("base.user_root"))._cron_synchronize()

    @contextlib.contextmanager
    def _at(self, day, hour):
        """Let it be an hour of a day, for Odoo and for the counterpart's files."""
        moment = day.replace(hour=hour - 1, minute=0)
        with freeze_time(moment, tick=True), patch.object(type(self.connector), "_now", lambda _connector: moment):
            yield
            self.env.cr.commit()

    # === THE COUNTERPART === #

    def _publish(self, *, without="", wrong_rate=""):
        """Publish the référentiel.

        :param without: the code of a third party that the counterpart does not know
        :param wrong_rate: what its files say in place of a rate of VAT
        """
        data = {kind: [dict(row) for row in rows if row["code"] != without] for kind, rows in self.data.items()}
        if wrong_rate:
            data["vat_profiles"][0]["rate"] = wrong_rate
        file = self.root.with_name(f"{self.root.name}.json")
        self.root.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(data), "utf-8")
        self._simulate("publish", "--data", str(file))
        file.unlink()

    def _answer(self):
        self._simulate("serve", "--once")

    def _pay(self, most):
        """Report what some subscribers of ASSAINISSEMENT paid: in full, in part, too much, refused since."""
        self._simulate("pay", "--most", str(most), "--company", "ASST", "--date", self._day())

    def _pay_elsewhere(self):
        """Report a payment of a document that is billed by another program."""
        self._report("regie", f"EAU;REGIE-118;TITRE-118;{self._day()};64,20;CHQ;;;")

    def _perrin(self):
        """Return the number of the bill whose direct debit the bank refuses, of the subscriber on the portal."""
        bills = [("utility_billing_run_id", "=", self.ref("demo_run_sewerage_2").id)]
        payer = self.env["res.users"].search([("login", "=", "abonne")]).partner_id
        return self.env["account.move"].search([*bills, ("partner_id", "=", payer.id)], limit=1).name

    def _report(self, name, row):
        """Publish a file with one payment."""
        heading = "company;reference;number;date;amount;payment_mode;sense;cancels;message"
        (self.root / f"payments/REG_{name}.csv").write_bytes(f"{heading}\r\n{row}\r\n".encode())

    def _day(self):
        return f"{self.connector._now():%d/%m/%Y}"

    def _simulate(self, command, *options):
        words = [sys.executable, self.simulator, command, "--root", str(self.root), *options]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def _away(self):
        """Make the directory unreachable, as when a network drive is gone."""
        elsewhere = self.root.with_name(f"{self.root.name}.away")
        self.root.rename(elsewhere)
        self.root.write_bytes(b"")
        logging.getLogger(f"odoo.addons.{MODULE}").setLevel(logging.ERROR)  # it is meant to fail
        try:
            yield
        finally:
            self.root.unlink()
            elsewhere.rename(self.root)
            logging.getLogger(f"odoo.addons.{MODULE}").setLevel(logging.NOTSET)

    def _electronic_invoice(self, directory, name):
        """Put an electronic invoice of today into a directory of scans."""
        today = self.connector._now().date()
        text = Path(self.simulator).with_name("demo_invoice.xml").read_text("utf-8")
        text = text.format(date=today, due=today + timedelta(days=30))
        (self.root / directory / name).write_text(text, "utf-8")

    def _scan(self, directory, name, supplier, title):
        """Put a scanned bill into a directory of scans."""
        (self.root / directory).mkdir(exist_ok=True)
        page = Canvas(str(self.root / directory / name))
        page.setFont("Helvetica-Bold", 18)
        page.drawString(60, 770, supplier)
        page.setFont("Helvetica", 12)
        page.drawString(60, 740, title)
        page.drawString(60, 700, "Valmont, 1 place de la Mairie, 38480 Valmont")
        page.save()
