"""Closed codes that the accounting system keeps in its files, with the day of their closing."""

from datetime import date, timedelta

from odoo import Command

from .support.ledger import LedgerCase


class TestClosingDates(LedgerCase):
    def setUp(self):
        super().setUp()
        layout = self.connector.referential_layout_ids.filtered(lambda found: found.flow == "account")
        layout.column_ids = [Command.create({"name": "cloture", "attribute": "closes_on"})]
        self.path = self.directory / "referential/accounts.csv"
        self.path.write_text(self.path.read_text("utf-8-sig"), "utf-8")

    def update(self, day, code="615500"):
        heading, *rows = self.path.read_text("utf-8").split("\n")
        heading = heading.strip().removesuffix(";cloture")
        rows = [row.strip().split(";")[:4] for row in rows if row.strip()]
        shown = day and day.strftime("%d/%m/%Y")
        lines = [";".join([*row, shown or "" if row[:2] == ["EAU", code] else ""]) for row in rows]
        self.path.write_text("\r\n".join([f"{heading};cloture", *lines, ""]), "utf-8", newline="")
        return self.do(self.companies, "action_update_companies")

    @property
    def today(self):
        return self.env.cr.now().date()

    def account(self):
        self.env.invalidate_all()
        found = self.code("account", "615500")
        return found.active, found.closed_on, bool(found.res_id)

    def test_a_day_in_the_past_closes_the_code(self):
        bill = self.entry()
        run = self.update(date(2025, 12, 31))
        self.assertEqual((run.anomaly_ids.mapped("code"), self.account()), ([], (False, date(2025, 12, 31), True)))
        self.assertEqual(self.export(bill).exported, 0)
        anomaly = self.document(bill).anomaly_ids
        self.assertEqual((anomaly.code, anomaly.params["date"]), ("account_closed", "2025-12-31"))
        self.assertEqual(self.update(date(2025, 12, 31)).updated, 0, "said once")
        self.update(None)
        self.assertEqual(self.account(), (True, False, True))
        self.assertFalse(self.document(bill).anomaly_ids)

    def test_a_day_to_come_closes_nothing_before(self):
        self.update(self.today + timedelta(days=1))
        self.assertEqual(self.account(), (True, False, True))
        self.env.cr.execute(
            "UPDATE ledger_code SET details = jsonb_set(details, '{closes_on}', to_jsonb(%s::text)) WHERE id = %s",
            [str(self.today), self.code("account", "615500").id],
        )
        self.env.invalidate_all()
        self.do(self.companies, "action_update_companies")
        self.assertEqual(self.account(), (False, self.today, True), "the day has come; the row is the same")

    def test_what_was_sent_before_stays(self):
        bill = self.entry()
        self.loop(bill)
        self.update(self.today)
        self.document(bill)._refresh()
        self.assertEqual(
            (self.document(bill).state, self.document(bill).anomaly_ids.mapped("code")), ("integrated", [])
        )

    def test_a_closed_code_that_comes_first_is_bound_and_makes_nothing(self):
        account = self.env["account.account"].with_company(self.water)
        known = account.create({"code": "615999", "name": "Ancien", "account_type": "expense"})
        text = self.path.read_text("utf-8")
        self.path.write_text(f"{text}EAU;615999;Ancien;G\r\nEAU;615998;Autre;G\r\n", "utf-8", newline="")
        self.update(date(2025, 12, 31), "615999")
        code = self.code("account", "615999")
        self.assertEqual((code.active, code.res_id), (False, known.id))
        self.assertTrue(self.code("account", "615998").res_id)

    def test_a_day_that_is_none(self):
        self.update(None)
        heading, *rows = self.path.read_text("utf-8").splitlines()
        rows = [f"{row}31/31/2026" if row.startswith("EAU;615500") else row for row in rows]
        self.path.write_text("\r\n".join([heading, *rows, ""]), "utf-8", newline="")
        run = self.do(self.companies, "action_update_companies")
        self.assertEqual(run.anomaly_ids.mapped("code"), ["date_wrong"])
        self.assertEqual(self.account(), (True, False, True), "a row that cannot be read closes nothing")
