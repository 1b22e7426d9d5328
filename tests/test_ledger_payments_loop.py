"""Invoices leave, the counterpart's customers pay them in every way that it knows; both sides agree to the cent."""

from .support.payments import PaymentCase

#: Invoices of EAU, and what is due of them in the end: paid; paid in two; refused, then paid; 20 % too much; 30 % taken
#: back; paid by the letter.
AMOUNTS = [118.72, 45.0, 30.1, 60.0, 80.0, 70.0]
DUE = [0, 0, 0, 0, 24.0, 0]
CREDIT = 12.0


class TestPaymentsLoop(PaymentCase):
    def test_every_story(self):
        bills = self.env["account.move"].union(*(self.invoice(amount) for amount in AMOUNTS))
        self.loop(bills)
        self.assertEqual(set(self.document(bills).mapped("state")), {"integrated"})
        for movements in (6, 4, 1, 0):
            self.assertEqual(int(self.simulate("pay", "--date", "12/03/2026")), movements)
            run = self.bring_in()
            self.assertEqual((run.paid, run.unpaid), (movements, 0))
        self.assertEqual([round(bill.amount_residual, 2) for bill in bills.sorted("id")], DUE)
        payments = self.env["ledger.payment"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual((len(payments), sum(payments.mapped("amount_left"))), (11, CREDIT))
        theirs = {row["number"]: row["cents"] for row in self.report()["due"]}
        ours = {bill.name: round(bill.amount_residual * 100) for bill in bills}
        ours[bills[3].name] -= round(CREDIT * 100)
        self.assertEqual(ours, theirs)
        self.assertEqual(len(self.placed("done")), 3)
