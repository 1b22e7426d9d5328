"""Payments that cannot be registered: faults are reported with their line, good rows are applied, nothing is lost."""

from odoo import fields
from odoo.exceptions import AccessError

from .support.ledger import CONNECTOR_MANAGER, MONITOR
from .support.payments import PaymentCase


class TestHostilePayments(PaymentCase):
    def setUp(self):
        super().setUp()
        self.bill, self.other = self.invoice(118.72), self.invoice(45.0)

    def test_a_payment_of_a_bill_that_is_posted_later(self):
        draft = self.invoice(70.0, post=False)
        name = "VT/2026/99999"
        run = self.bring_in(self.row("R1", name, "70,00"), self.row("R2", self.other, "45,00"))
        self.assertEqual((run.paid, run.unpaid), (1, 1))
        self.assertEqual([(a.code, a.line) for a in run.anomaly_ids], [("payment_document_unknown", 2)])
        self.assertIn(name, self.payment("R1").reason)
        draft.name = name
        draft.action_post()
        run = self.do(self.payment("R1"), "action_look_again")
        self.assertEqual((run.paid, self.payment("R1").state, self.payment("R1").reason), (1, "registered", False))
        self.assertDue(draft, 0.0, "paid")

    def test_bad_rows_leave_the_good_ones(self):
        run = self.bring_in(
            self.row("R1", self.bill, "cent"),
            self.row("R2", self.other, "45,00"),
            self.row("R3", self.bill, "1,00", date="31/02/2026"),
            self.row("R4", self.bill, "1,00", company="GAZ"),
            self.row("R5", self.bill, "0,00"),
            "EAU;R6;un\r\n",
        )
        self.assertEqual(run.paid, 1)
        self.assertEqual(
            [(a.code, a.line) for a in run.anomaly_ids.sorted("line")],
            [
                ("amount_wrong", 2),
                ("date_wrong", 4),
                ("payment_company_unknown", 5),
                ("payment_zero", 6),
                ("row_short", 7),
            ],
        )
        self.assertEqual(run.anomaly_ids.sorted("line")[0].column, 6)
        self.assertEqual((self.placed("error"), run.state), (["REG_1.csv"], "done"))
        # the corrected file comes again: rows that were applied are not applied twice
        self.bring_in(self.row("R1", self.bill, "100,00"), self.row("R2", self.other, "45,00"))
        self.assertDue(self.bill, 18.72, "partial")
        files = self.env["ledger.file"].search([("flow", "=", "payments")], order="id")
        self.assertEqual(files.mapped("state"), ["error", "done"])

    def test_a_file_that_cannot_be_read_is_read_after_its_correction(self):
        run = self.bring_in(self.row("R1", self.other, "45,00"), header="societe;ref\r\n")
        self.assertEqual((run.anomaly_ids.code, self.placed("error")), ("column_missing", ["REG_1.csv"]))
        (self.folder / "error/REG_1.csv").unlink()
        self.bring_in(self.row("R1", self.other, "45,00"))
        self.assertDue(self.other, 0.0, "paid")

    def test_read_again_by_hand(self):
        self.bring_in(self.row("R1", self.other, "45,00"), self.row("R2", self.bill, "abc"))
        path = self.folder / "error/REG_1.csv"
        path.write_bytes(path.read_bytes().replace(b"abc", b"100,00"))
        file = self.env["ledger.file"].search([("flow", "=", "payments")])
        manager, monitor = (self.user(login, group) for login, group in (("cm", CONNECTOR_MANAGER), ("mo", MONITOR)))
        with self.assertRaises(AccessError):
            file.with_user(monitor).action_read_again()
        self.do(file, "action_read_again", user=manager)
        self.assertDue(self.bill, 18.72, "partial")
        self.assertEqual(self.placed("done"), ["REG_1.csv"])

    def test_half_a_file_stays_until_it_is_whole(self):
        rows = self.row("R1", self.other, "45,00"), self.row("R2", self.bill, "100,00")
        self.put(*rows)
        path = self.folder / "REG_1.csv"
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        self.bring_in()
        self.assertDue(self.other, 0.0, "paid")
        self.assertTrue(path.exists())
        path.write_bytes(whole)
        self.bring_in()
        self.assertDue(self.bill, 18.72, "partial")
        self.assertEqual(self.placed("done"), ["REG_1.csv"])

    def test_no_journal_no_account(self):
        self.connector.payment_journal_ids = False
        run = self.bring_in(self.row("R1", self.other, "45,00"))
        self.assertEqual((run.unpaid, run.anomaly_ids.code), (1, "payment_journal_missing"))
        self.connector.payment_journal_ids = self.journals
        self.do(self.payment("R1"), "action_look_again")
        self.assertDue(self.other, 0.0, "paid")

    def test_bills_that_cannot_be_paid(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        foreign = self.invoice(10.0, currency_id=usd.id)
        draft = self.invoice(10.0)
        draft.button_draft()
        run = self.bring_in(
            self.row("R1", foreign, "10,00"), self.row("R2", draft, "10,00"), self.row("R3", "", "5,00")
        )
        self.assertEqual(
            [a.code for a in run.anomaly_ids.sorted("line")],
            ["payment_bill_foreign", "payment_bill_not_posted", "payment_names_nothing"],
        )

    def test_a_letter_used_for_several_third_parties(self):
        other_partner = self.env["res.partner"].create({"name": "Autre", "company_id": self.water.id})
        other_partner.with_company(self.water).property_account_receivable_id = self.record("account", "411000")
        theirs = self.invoice(20.0, partner_id=other_partner.id)
        run = self.bring_in(
            self.row("R1", self.other, "5,00", letter="AA"),
            self.row("R2", theirs, "5,00", letter="AA"),
            self.row("R3", "", "40,00", letter="AA"),
        )
        self.assertEqual([(a.code, a.line) for a in run.anomaly_ids], [("payment_letter_several", 4)])
        self.assertDue(self.other, 40.0, "partial")

    def test_a_locked_period(self):
        self.water.fiscalyear_lock_date = "2026-03-31"
        run = self.bring_in(self.row("R1", self.other, "45,00"))
        self.assertDue(self.other, 0.0, "paid")
        self.assertEqual(self.payment("R1").entry_id.date, fields.Date.to_date("2026-04-01"))
        self.assertEqual([(a.code, a.blocking) for a in run.anomaly_ids], [("payment_date_moved", False)])

    def test_what_odoo_refuses_of_one_payment_leaves_the_others(self):
        account = self.record("account", "411000", self.sewerage)
        bill = self.invoice(10.0, company=self.sewerage)
        account.active = False
        rows = [self.row(f"R{n}", self.bill, "1,00") for n in range(5)]
        run = self.bring_in(*rows, self.row("R9", bill, "10,00", company="ASST"))
        self.assertEqual((run.paid, run.unpaid), (5, 1))
        self.assertEqual(self.payment("R9").state, "waiting")
        self.assertEqual([(a.code, a.line) for a in run.anomaly_ids], [("not_taken", 7)])
        account.active = True
        self.do(self.payment("R9"), "action_look_again")
        self.assertDue(bill, 0.0, "paid")
