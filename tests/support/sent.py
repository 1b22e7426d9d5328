"""A bill that was sent and integrated: a later change must name the changed fields and no others."""

from .ledger import LedgerCase


class SentCase(LedgerCase):
    def setUp(self):
        super().setUp()
        self.bill = self.entry()
        self.loop(self.bill)
        self.assertIntegrated()

    def assertIntegrated(self, documents=None):
        document = documents or self.document(self.bill)
        self.env.invalidate_all()
        self.assertEqual(
            document.mapped("state"), ["integrated"] * len(document), document.anomaly_ids.mapped("message")
        )
        self.assertFalse(document.anomaly_ids)

    def look_again(self):
        """Compare every entry, as after a change that bypassed the hooks."""
        self.document(self.bill)._refresh()

    def approved_rows(self):
        """Approve the bill, send that, let it be answered; return the rows of its file."""
        self.bill.action_approve_payment()
        run, answered = self.loop(self.bill)
        self.assertEqual(
            (run.exported, answered.accepted), (1, 1), self.document(self.bill).anomaly_ids.mapped("message")
        )
        return run.lot_ids._content().decode("cp1252").splitlines()

    def assertApprovalAlone(self):
        self.look_again()
        self.assertIntegrated()
        self.assertEqual(self.approved_rows(), [f"EAU;{self.document(self.bill).number_sent};;payment_approval;OUI"])
        self.assertIntegrated()
