"""Documents of years that are closed here, and what other programs do to entries that the accounting system has."""

from datetime import date

from odoo.exceptions import AccessError, UserError

from ..models.ledger_entries.opening import opening_entry
from .support.sent import SentCase


class TestClosedYears(SentCase):
    def test_a_balance_of_less_than_a_euro(self):
        """A bill and an invoice of cents, in two companies: a debit and a credit result of the year before."""
        values = {"date": "2025-03-10", "invoice_date": "2025-03-10"}
        self.entry(amount=0.4, **values)
        self.entry("out_invoice", 0.3, company=self.sewerage, **values)
        cents = {self.water: ("401000", 0, 40, "119000", 40, 0), self.sewerage: ("411000", 30, 0, "110000", 0, 30)}
        for company, expected in cents.items():
            opening = opening_entry(self.env, company, date(2026, 1, 1))
            lines = ((line.account, int(100 * line.debit), int(100 * line.credit)) for line in opening.lines)
            self.assertEqual(tuple(value for line in lines for value in line), expected)
            self.assertEqual((opening.company, opening.number), (company.ledger_code, "OUVERTURE/2026"))
        with self.assertRaises(AccessError):
            opening_entry(self.env(user=self.user("plain", "base.group_user")), self.water, date(2026, 1, 1))
        self.assertIsNone(opening_entry(self.env, self.water, date(2025, 1, 1)))

    def close(self):
        self.water.write({"fiscalyear_lock_date": "2026-05-31", "hard_lock_date": "2026-05-31"})

    def test_an_approval_in_a_closed_year_leaves(self):
        self.close()
        self.assertApprovalAlone()

    def test_what_waits_in_a_closed_year_leaves(self):
        bill = self.entry()
        self.close()
        self.assertEqual(self.export(bill).exported, 1)
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertIntegrated(self.document(bill))

    def test_an_answer_to_a_document_of_a_year_closed_since(self):
        bill = self.entry()
        self.export(bill)
        self.close()
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertIntegrated(self.document(bill))

    def test_nobody_puts_it_back_to_draft(self):
        for method in ("button_draft", "button_cancel", "unlink"):
            with self.assertRaises(UserError):
                getattr(self.bill, method)()
        self.assertIntegrated()

    def otherwise(self, **values):
        """Change the entry as another module or a script does: back to draft without the buttons, then posted again."""
        self.bill.write({"state": "draft"})
        document = self.document(self.bill)
        self.assertEqual((document.anomaly_ids.code, document.has_anomaly), ("reversal_needed", True))
        self.assertEqual(self.export(self.bill).exported, 0)
        self.bill.write(values)
        self.bill.action_post()
        return self.document(self.bill)

    def test_draft_and_posted_again_unchanged(self):
        document = self.otherwise()
        self.assertEqual(
            (document.operation, document.state, document.anomaly_ids.mapped("code")), ("update", "integrated", [])
        )

    def test_moved_to_another_year(self):
        document = self.otherwise(date="2025-03-10", name=False)
        self.assertEqual((document.anomaly_ids.code, document.state), ("reversal_needed", "to_export"))
        self.assertIn("date", document.changed_fields)
        self.assertEqual(self.export(self.bill).exported, 0, "nothing leaves before it is reversed")

    def test_moved_to_another_journal(self):
        journal = self.record("journal", "ACH").copy({"code": "ACH9", "name": "Achats 9"})
        self.code("journal", "ACH").copy({"code": "ACH9", "res_id": journal.id})
        document = self.otherwise(journal_id=journal.id, name=False)
        self.assertEqual(document.anomaly_ids.code, "reversal_needed")
        self.assertIn("journal", document.changed_fields)
        self.assertEqual(document.number_sent, self.number)

    def test_a_reference_changed_in_draft_is_an_update(self):
        document = self.otherwise(ref="F-2026-99")
        self.assertEqual((document.operation, document.state), ("update", "to_export"))
        self.assertIn("external_reference", document.changed_fields)
        (row, *_more) = self.rows()
        self.assertEqual(row.split(";")[1], self.number)

    def rows(self):
        return self.export(self.bill).lot_ids._content().decode("cp1252").splitlines()

    def setUp(self):
        super().setUp()
        self.number = self.bill.name

    def test_a_reversal_is_a_document_of_its_own(self):
        self.close()
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=self.bill.ids)
        wizard = wizard.create({"date": "2026-06-01", "journal_id": self.bill.journal_id.id})
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.action_post()
        self.assertEqual((self.document(note).operation, self.document(note).state), ("create", "to_export"))
        self.assertEqual(self.export(note).exported, 1)
        self.assertIntegrated()
