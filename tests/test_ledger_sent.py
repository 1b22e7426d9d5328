"""Contents are stored as sent: changes are detected by Odoo's own ids, never by today's codes."""

from odoo import Command
from odoo.tools import format_date

from .support.sent import SentCase


class TestLedgerSent(SentCase):
    # Codes

    def test_the_lot_keeps_the_layout(self):
        """A sent file is read by the columns that it had, even if the layout has changed."""
        layout = self.connector.entries_layout_id
        lot = self.env["ledger.lot"].search([("layout_id", "=", layout.id)], limit=1)
        kept = lot.layout_as_sent
        first = layout.column_ids.sorted("sequence")[0]
        self.assertIn(f"\n1. {first.name}: ", kept)
        self.assertIn("cp1252", kept.splitlines()[0])
        self.assertEqual(len(kept.splitlines()), 1 + len(layout.column_ids))
        first.name = "AUTRE NOM"
        self.assertEqual(lot.layout_as_sent, kept)
        self.assertIn("1. AUTRE NOM: ", layout._outline())

    def test_a_supplier_that_leaves_the_referential(self):
        self.code("third_party", "F0009").write({"active": False})
        self.assertApprovalAlone()

    def test_an_account_that_leaves_the_referential(self):
        (self.code("account", "615500") | self.code("account", "401000")).write({"active": False})
        self.assertApprovalAlone()

    def test_a_journal_that_is_closed(self):
        self.code("journal", "ACH").write({"active": False})
        self.assertApprovalAlone()

    def test_another_code_of_the_same_partner(self):
        supplier = self.code("third_party", "F0009")
        supplier.copy({"code": "A0001", "res_id": supplier.res_id})
        self.assertApprovalAlone()

    def test_a_code_that_changes(self):
        self.code("account", "615500").code = "615999"
        self.assertApprovalAlone()

    def test_a_person_who_gets_a_company_later(self):
        person = self.env["res.partner"].create(
            {
                "name": "Mme Pompe",
                "company_id": self.water.id,
                "property_account_payable_id": self.record("account", "401000").id,
            }
        )
        self.code("third_party", "F0009").res_id = person.id
        self.bill = self.entry(partner_id=person.id)
        self.loop(self.bill)
        person.parent_id = self.env["res.partner"].create(
            {"name": "Pompes SA", "is_company": True, "company_id": self.water.id}
        )
        self.assertApprovalAlone()

    def test_the_layout_with_the_approval_keeps_the_closed_codes(self):
        """That layout repeats the whole document, with the codes that were open when it was sent."""
        self.connector.updates_layout_id = self.env.ref("utility_billing_sync.ledger_layout_entries_15_approval")
        codes = self.code("third_party", "F0009") | self.code("account", "401000") | self.code("journal", "ACH")
        codes.write({"active": False})
        self.bill.action_approve_payment()
        rows = self.export(self.bill).lot_ids._content().decode("cp1252").splitlines()
        self.assertEqual([row.split(";")[0] for row in rows], ["ACH", "ACH"])
        self.assertEqual({row.split(";")[5] for row in rows}, {"401000", "615500"})
        self.assertIn("F0009", rows[0] + rows[1])
        self.assertEqual({row.split(";")[-1] for row in rows}, {"OUI"})

    # Payment mode

    def payment_mode(self, code="VIR"):
        journal = self.env["account.journal"].create(
            {"name": "Banque", "type": "bank", "code": f"BQ{code[:2]}", "company_id": self.water.id}
        )
        line = journal.outbound_payment_method_line_ids[:1]
        line.name = f"Mode {code}"
        self.code("payment_mode", code).res_id = line.id
        return line

    def test_a_payment_mode_that_is_closed_erases_nothing(self):
        self.bill = self.entry(preferred_payment_method_line_id=self.payment_mode().id)
        self.loop(self.bill)
        self.code("payment_mode", "VIR").write({"active": False})
        self.assertApprovalAlone()

    def test_another_payment_mode_whose_code_is_closed_waits(self):
        line = self.payment_mode()
        self.code("payment_mode", "VIR")._close()
        self.bill.preferred_payment_method_line_id = line
        document = self.document(self.bill)
        self.assertEqual((document.state, document.anomaly_ids.code), ("to_export", "payment_mode_closed"))
        self.assertEqual(self.export(self.bill).exported, 0)

    def test_another_payment_mode_without_a_code_waits(self):
        line = self.payment_mode()
        self.code("payment_mode", "VIR").res_id = False
        self.bill.preferred_payment_method_line_id = line
        self.assertEqual(self.document(self.bill).anomaly_ids.code, "payment_mode_unbound")

    # New documents

    def test_a_new_bill_says_that_the_code_is_closed(self):
        self.code("third_party", "F0009")._close()
        anomaly = self.document(self.entry()).anomaly_ids
        self.assertEqual(anomaly.code, "third_party_closed")
        self.assertIn("F0009", anomaly.message)
        self.assertIn(format_date(self.env, self.env.cr.now().date()), anomaly.message)

    # Numbers

    def test_documents_numbered_anew_before_the_answer(self):
        bills = self.entry() | self.entry() | self.entry()
        self.export(bills)
        sent = {bill: bill.name for bill in bills}
        wizard = self.env["account.resequence.wizard"].create(
            {"move_ids": [Command.set(bills.ids)], "first_name": "ACH/2026/03/0100"}
        )
        wizard.resequence()
        self.env.flush_all()
        self.assertNotEqual(bills[0].name, sent[bills[0]])
        self.simulate("serve", "--once")
        run = self.do(self.connector, "action_synchronize")
        documents = self.document(bills)
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("message")), (3, []))
        self.assertIntegrated(documents)
        for document in documents:
            self.assertEqual((document.number, document.number_sent), (document.move_id.name, sent[document.move_id]))
        self.bill = bills[0]
        self.assertApprovalAlone()

    def test_the_number_of_today_is_said_where_the_layout_has_it(self):
        layout = self.connector.updates_layout_id
        layout.column_ids = [Command.create({"name": "now", "attribute": "current_number", "sequence": 900})]
        sent = self.bill.name
        self.env.cr.execute("UPDATE account_move SET name = 'ACH/2026/03/0900' WHERE id = %s", [self.bill.id])
        self.env.invalidate_all()
        self.bill.action_approve_payment()
        content = self.export(self.bill).lot_ids._content().decode("cp1252")
        self.assertEqual(content, f"EAU;{sent};;payment_approval;OUI;ACH/2026/03/0900\r\n")

    def test_a_company_whose_code_changes_before_the_answer(self):
        bill = self.entry()
        self.export(bill)
        self.simulate("serve", "--once")
        self.water.ledger_code = "EAU2"
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.accepted, self.document(bill).state), (1, "integrated"))

    # Partners

    def test_a_supplier_made_again_is_bound_again(self):
        partner = self.env["res.partner"].create({"name": "Neuf", "ref": "F0999", "company_id": self.water.id})
        self.env.cr.execute(
            "UPDATE ledger_code SET code = 'F0999', res_id = %s WHERE id = %s",
            [partner.id, self.code("third_party", "C0001").id],
        )
        self.env.invalidate_all()
        partner.unlink()
        again = self.env["res.partner"].create({"name": "Neuf", "ref": "F0999", "company_id": self.water.id})
        path = self.directory / "referential/third_parties.csv"
        path.write_text("company;type;code;name\r\nEAU;customer;F0999;Neuf\r\n", newline="")
        self.do(self.companies, "action_update_companies")
        self.assertEqual(self.record("third_party", "F0999"), again)

    def test_a_contact_and_its_company_with_the_same_reference(self):
        contact = self.env["res.partner"].create({"name": "Contact", "ref": "F0777", "company_id": self.water.id})
        company = self.env["res.partner"].create(
            {"name": "Société", "ref": "F0777", "is_company": True, "company_id": self.water.id}
        )
        contact.parent_id = company
        other = self.env["res.partner"].create({"name": "Un", "ref": "F0778", "company_id": self.water.id})
        other.copy({"ref": "F0778", "name": "Deux"})
        path = self.directory / "referential/third_parties.csv"
        text = "EAU;F;F0009;Pompes\r\nEAU;F;F0777;Société\r\nEAU;F;F0778;Double\r\n"
        path.write_text("company;type;code;name\r\n" + text, newline="")
        run = self.do(self.companies, "action_update_companies")
        self.assertEqual(self.record("third_party", "F0777"), company)
        said = run.anomaly_ids.filtered(lambda anomaly: anomaly.code == "binding_ambiguous").message
        self.assertIn("F0778", said)
        self.assertIn("Deux", said)
        self.assertFalse(self.code("third_party", "F0778").res_id)

    # Refusals

    def test_what_was_refused_for_a_code_is_ready_when_the_code_is_another(self):
        bill = self.entry()
        self.export(bill)
        document = self.document(bill)
        lot = document.lot_id
        lot.action_refuse()
        self.env.invalidate_all()
        document._refresh()
        self.assertEqual(document.state, "rejected")
        self.code("account", "615500").code = "615501"
        document._refresh()
        self.assertEqual(document.state, "to_export")
