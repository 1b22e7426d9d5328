"""Partners and accounts that are merged or renamed: the documents that name them stay as they were sent."""

from unittest.mock import patch

from odoo import Command

from ..models.ledger_entries import res_partner
from .support.sent import SentCase


class TestLedgerReplaced(SentCase):
    def suppliers(self):
        """Two suppliers of the water company, the second with a bill that is integrated."""
        first = self.supplier.filtered(lambda partner: partner.company_id == self.water)
        second = first.copy({"name": "Pompes du Nord", "ref": "F0010"})
        code = self.code("third_party", "F0009").copy({"code": "F0010", "res_id": second.id})
        return first, second, code

    def test_merged_partners(self):
        first, second, code = self.suppliers()
        bill = self.entry(partner_id=second.id)
        document = self.document(bill)
        document._move_on("collect", number_sent=document.number, company_sent="EAU")
        document._accept()
        self.assertIntegrated(document)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((first | second).ids)], "dst_partner_id": first.id}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(bill.partner_id, first)
        self.assertEqual(code.res_id, first.id)
        document._refresh()
        self.assertIntegrated(document)
        self.assertIntegrated()
        self.assertIs(self.env["ledger.document"].action_compare(), False, "nothing is left to look at")
        bill.action_approve_payment()
        self.assertEqual(document.changed_fields, "payment_approval")

    def test_a_supplier_that_is_renamed(self):
        """Its name is the label of the lines that have none."""
        sent = self.entry()
        self.export(sent)
        with patch.object(res_partner, "MANY", 2):
            self.bill.partner_id.name = "Pompes de France"
        self.assertFalse(self.bill.partner_id.sudo().ledger_name, "two documents are not many")
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertIntegrated(self.document(sent))
        self.assertApprovalAlone()
        self.assertIn(";Pompes de France;", self.export(self.entry()).lot_ids._content().decode("cp1252"))

    def test_a_supplier_of_many_documents_is_renamed_at_once(self):
        """Its documents are not computed again: they are still compared by its former name."""
        sent = self.entry()
        self.export(sent)
        supplier = self.bill.partner_id
        count = self.env["ledger.document"].search_count([("partner_id", "=", supplier.id)])
        with patch.object(res_partner, "MANY", count):
            supplier.name = "Pompes du Sud"
            self.assertFalse(supplier.sudo().ledger_name, "they are not too many")
            supplier.name = "Pompes et réseaux"
        with patch.object(res_partner, "MANY", 1):
            former = self.env["ledger.document"].search([], order="id").mapped("write_date")
            supplier.name = "Pompes de France"
            supplier.name = "Pompes d'Europe"
            self.env.invalidate_all()
        self.assertEqual(supplier.sudo().ledger_name, "Pompes et réseaux")
        with patch.object(res_partner, "MANY", 1):
            supplier.is_company = not supplier.is_company
        self.assertFalse(supplier.copy().sudo().ledger_name)
        self.assertEqual(self.env["ledger.document"].search([], order="id").mapped("write_date"), former)
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertIntegrated(self.document(sent))
        self.assertApprovalAlone()
        self.assertIn(";Pompes d'Europe;", self.export(self.entry()).lot_ids._content().decode("cp1252"))
        supplier._forget_ledger_name()
        self.assertFalse(supplier.sudo().ledger_name)
        self.document(sent)._refresh()
        self.assertIntegrated(self.document(sent))

    def test_what_had_changed_before_the_merge_stays_changed(self):
        first, second, _code = self.suppliers()
        bill = self.entry(partner_id=second.id)
        document = self.document(bill)
        document._move_on("collect", number_sent=document.number, company_sent="EAU")
        document._accept()
        bill.action_approve_payment()
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((first | second).ids)], "dst_partner_id": first.id}
        )
        wizard.action_merge()
        self.assertEqual((document.state, document.changed_fields), ("to_export", "payment_approval"))

    # Accounts

    def test_accounts_of_both_companies_that_are_merged(self):
        other = self.entry(company=self.sewerage)
        self.loop(other)
        accounts = self.record("account", "401000") | self.record("account", "401000", self.sewerage)
        wizard = self.env["account.merge.wizard"].with_context(active_model="account.account", active_ids=accounts.ids)
        wizard = wizard.create({"is_group_by_name": False})
        wizard.wizard_line_ids.is_selected = True
        wizard.action_merge()
        self.env.invalidate_all()
        left = accounts.exists()
        self.assertEqual(len(left), 1)
        for company in self.companies:
            self.assertEqual(self.record("account", "401000", company), left)
        documents = self.document(self.bill | other)
        documents._refresh()
        self.assertIntegrated(documents)
        for company in self.companies:
            self.assertFalse(self.document(self.entry(company=company)).anomaly_ids)
        other.action_approve_payment()
        self.assertEqual(self.document(other).changed_fields, "payment_approval")
