"""Approvals of vendor bills: who gives them, what they cover; which changes of an entry its document follows."""

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .support.ledger import ACCOUNTANT, APPROVER, LedgerCase
from .support.sent import SentCase


class TestApprovals(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver = cls.user("approver", f"{APPROVER},{ACCOUNTANT}")
        cls.accountant = cls.user("accountant", ACCOUNTANT)

    def mine(self, bill, user=None):
        return bill.with_user(user or self.approver).with_context(allowed_company_ids=self.companies.ids)

    def approved(self, **values):
        bill = self.entry(**values)
        self.mine(bill).action_approve_payment()
        self.assertEqual(bill.payment_approval, "approved")
        return bill

    def test_who_answers(self):
        bill = self.entry()
        for method in ("action_approve_payment", "action_dispute_payment"):
            with self.subTest(method), self.assertRaisesRegex(AccessError, "requires the right “Payment Approval”"):
                getattr(self.mine(bill, self.accountant), method)()
        self.mine(bill).action_dispute_payment()
        self.assertEqual((bill.payment_approval, bill.payment_approval_user_id), ("disputed", self.approver))
        self.assertFalse(bill.payment_approval_terms, "only an approval covers something")
        with self.assertRaises(AccessError):
            self.mine(bill, self.accountant).action_request_payment_approval()
        self.mine(bill).action_request_payment_approval()
        self.assertEqual(bill.payment_approval, "pending")
        reader = self.user("reader", f"{APPROVER},account.group_account_readonly")
        self.assertEqual(self.mine(bill, reader).ref, bill.ref)
        with self.assertRaises(AccessError):
            self.mine(bill, reader).action_approve_payment()
        self.assertEqual(bill.payment_approval, "pending", "who may not write the bill does not approve it")

    def test_posting_asks_for_it_once(self):
        """A bill; a credit note and a receipt, too; neither an invoice nor what was answered before it was posted."""
        moves = [self.entry(kind) for kind in ("in_invoice", "in_refund", "in_receipt", "out_invoice")]
        self.assertEqual([move.payment_approval for move in moves], ["pending", "pending", "pending", "none"])
        self.assertTrue(moves[0].payment_approval_date)
        self.mine(moves[2]).action_approve_payment()
        self.assertEqual(moves[2].payment_approval, "approved")
        new = self.env["account.move"].new({"move_type": "in_invoice"})
        self.assertEqual(new.payment_approval, "none")
        self.assertFalse(new.payment_approval_user_id or new.payment_approval_date)
        early = self.entry(post=False)
        self.assertEqual(early.payment_approval, "none")
        self.mine(early).action_approve_payment()
        early.action_post()
        self.assertEqual((early.payment_approval, early.payment_approval_user_id), ("approved", self.approver))

    def test_an_approval_that_is_given_again_stays(self):
        bill = self.approved()
        former = fields.Datetime.to_datetime("2026-01-01")
        bill._by_server().payment_approval_date = former
        other = self.user("other", f"{APPROVER},{ACCOUNTANT}")
        self.mine(bill, other).action_approve_payment()
        self.assertEqual((bill.payment_approval_date, bill.payment_approval_user_id), (former, self.approver))

    def test_what_an_approval_covers(self):
        """Another third party, account or amount asks for a new one; a reference or a text does not."""
        supplier = self.supplier[0]
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": supplier.id}
        )
        changes = {
            "amount": lambda bill: bill.invoice_line_ids.write({"price_unit": 100.01}),
            "partner": lambda bill: bill.write({"partner_id": supplier.copy({"name": "Autre"}).id}),
            "bank": lambda bill: bill.write({"partner_bank_id": bank.id}),
            "currency": lambda bill: bill.write({"currency_id": self.env.ref("base.USD").id}),
            "reference": lambda bill: bill.write({"ref": "F-77"}),
            "due date": lambda bill: bill.write({"invoice_date_due": "2026-05-01"}),
            "same amount": lambda bill: bill.invoice_line_ids.write({"quantity": 2, "price_unit": 50.0}),
            "text": lambda bill: bill.invoice_line_ids.write({"name": "Autre texte"}),
        }
        self.env.ref("base.USD").active = True
        for name, change in changes.items():
            bill = self.entry(post=False)
            bill.partner_bank_id = False
            self.mine(bill).action_approve_payment()
            change(bill)
            covered = name in ("reference", "due date", "text", "same amount")
            with self.subTest(name):
                self.assertEqual(bill.payment_approval, "approved" if covered else "pending")
                self.assertEqual(bool(bill.payment_approval_user_id), covered)
                self.assertEqual(bool(bill.payment_approval_date), covered)

    def test_the_blocking_anomalies_alone_are_shown_on_the_entry(self):
        bill = self.entry()
        self.assertFalse(bill.ledger_anomalies)
        bill.invoice_line_ids.name = "Pompe 泵"
        document = self.document(bill)
        self.env["ledger.anomaly"].create(
            {"document_id": document.id, "code": "reversal_needed", "params": {"fields": "state"}, "blocking": False}
        )
        self.env.invalidate_all()
        self.assertEqual(len(document.anomaly_ids), 2)
        blocking = document.anomaly_ids.filtered("blocking")
        self.assertEqual(self.mine(bill, self.accountant).ledger_anomalies, blocking.message)

    def test_a_company_that_a_connector_serves_is_not_archived(self):
        with self.assertRaisesRegex(UserError, f"{self.water.name} is served by a connector"):
            self.water.active = False


class TestFollowed(SentCase):
    """The accounting system has the bill; a document follows each field of its entry that is exchanged."""

    def test_what_goes_back_is_refused(self):
        for method in ("button_draft", "button_cancel", "button_request_cancel"):
            with self.subTest(method), self.assertRaisesRegex(UserError, f"has these documents: {self.bill.name}"):
                getattr(self.bill, method)()
        with self.assertRaisesRegex(UserError, f"has these documents: {self.bill.name}"):
            self.bill.with_context(force_delete=True).unlink()
        self.assertTrue(self.bill.need_cancel_request)
        self.assertFalse(self.entry(post=False).need_cancel_request)
        self.assertIntegrated()

    def test_each_field(self):
        """A bill for each, sent and integrated; what does not concern the accounting system changes nothing."""
        mode = self.env["account.payment.method.line"].search([("payment_type", "=", "outbound")], limit=1)
        changes = (
            ("external_reference", lambda bill: bill, {"ref": "F-99"}),
            ("external_reference", lambda bill: bill, {"payment_reference": "RF-99"}),
            ("due_date", lambda bill: bill, {"invoice_date_due": "2026-06-30"}),
            ("payment_mode", lambda bill: bill, {"preferred_payment_method_line_id": mode.id}),
            ("label", lambda bill: bill.invoice_line_ids, {"name": "Autre texte"}),
            ("due_date", self.due_line, {"date_maturity": "2026-07-31"}),
            (None, lambda bill: bill, {"narration": "Merci"}),
        )
        bills = [self.entry() for _change in changes]
        self.loop(self.env["account.move"].union(*bills))
        for bill, (changed, record, values) in zip(bills, changes, strict=True):
            self.assertIntegrated(self.document(bill))
            record(bill).write(values)
            document = self.document(bill)
            with self.subTest(values):
                self.assertEqual(document.state, "to_export" if changed else "integrated")
                self.assertEqual(changed in (document.changed_fields or "").split(", "), bool(changed))

    def due_line(self, bill):
        return bill.line_ids.filtered(lambda line: line.account_id.account_type == "liability_payable")
