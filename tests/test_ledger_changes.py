"""*Visuel Synchronisations* shows what an update changes, signed totals, and the record to correct."""

from datetime import date

from .support.exchange import make_run
from .support.ledger import ACCOUNTANT, CONNECTOR_MANAGER, MONITOR, LedgerCase


class TestLedgerChanges(LedgerCase):
    """What was sent and what it is now, field by field."""

    def told(self, move):
        return self.document(move).change_summary

    def told_reference(self, move):
        """The supplier's line bears the reference as its label, which changes with it."""
        return (self.told(move) or "").partition("\nReference: ")[2]

    def test_an_approval_tells_what_it_was(self):
        bill = self.entry()
        self.assertFalse(self.told(bill), "a new entry changes nothing over there")
        self.assertFalse(self.document(bill).change_table)
        self.loop(bill)
        self.assertFalse(self.told(bill))
        bill.action_approve_payment()
        self.assertEqual(self.told(bill), "Payment Approval: To Approve → Approved")
        self.assertIn("<td class='text-muted'>To Approve</td>", self.document(bill).change_table)

    def test_reference_due_date_and_label_together(self):
        bill = self.entry(ref="F-2026-12")
        self.loop(bill)
        bill.ref = "F-2026-13"
        bill.invoice_date_due = date(2026, 5, 31)
        bill.invoice_line_ids.name = "Pompe"
        told = self.told(bill)
        self.assertIn("Due Date: 04/10/2026 → 05/31/2026", told)
        self.assertIn("Label: Ligne, F-2026-12 → Pompe, F-2026-13", told, "the supplier's line bears the reference")
        self.assertIn("Reference: F-2026-12 → F-2026-13", told)

    def test_payment_modes_are_told_by_their_names(self):
        bank = self.env["account.journal"].create(
            {"name": "Banque", "type": "bank", "code": "BQ", "company_id": self.water.id}
        )
        transfer = bank.outbound_payment_method_line_ids[:1]
        cheque = transfer.copy({"name": "Chèque"})
        transfer.name = "Virement"
        bill = self.entry(preferred_payment_method_line_id=transfer.id)
        for line, code in ((transfer, "VIR"), (cheque, "CHQ")):
            self.code("payment_mode", code).res_id = line.id
        self.document(bill)._refresh()
        self.loop(bill)
        bill.preferred_payment_method_line_id = cheque
        self.assertEqual(self.told(bill), "Payment Mode: Virement → Chèque")
        bill.preferred_payment_method_line_id = False
        self.assertEqual(self.told(bill), "Payment Mode: Virement → (empty)")

    def test_a_second_change_still_tells_what_was_sent(self):
        bill = self.entry(ref="first")
        self.loop(bill)
        bill.ref = "second"
        bill.ref = "third"
        self.assertEqual(self.told_reference(bill), "first → third")
        self.loop(bill)
        bill.ref = "fourth"
        self.assertEqual(self.told_reference(bill), "third → fourth")

    def test_a_change_while_it_is_on_its_way(self):
        bill = self.entry(ref="first")
        self.export(bill)
        bill.ref = "second"
        self.assertFalse(self.told(bill), "not accepted yet")
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.told_reference(bill), "first → second")
        # the synchronisation sent it at once
        bill.ref = "third"
        self.assertEqual(self.told_reference(bill), "first → second", "what left, and not what came after")

    def test_sql_behind_it_hides_no_approval(self):
        bill = self.entry(ref="first")
        self.loop(bill)
        query = "UPDATE account_move SET payment_approval = 'disputed', ref = 'second' WHERE id = %s"
        self.env.cr.execute(query, [bill.id])
        query = "UPDATE account_move_line SET name = 'Pompe' WHERE id = %s"
        self.env.cr.execute(query, bill.invoice_line_ids.ids)
        self.env.invalidate_all()
        self.env["ledger.document"].action_open_monitor()
        self.assertIn("Label: (not stored) → Pompe", self.told(bill))
        self.assertIn("Payment Approval: To Approve → Disputed", self.told(bill))
        self.assertIn("Reference: (not stored) → second", self.told(bill))
        self.env.cr.execute("UPDATE account_move_line SET name = 'Pompe' WHERE move_id = %s", [bill.id])
        self.env.invalidate_all()
        self.env["ledger.document"].action_open_monitor()
        self.assertIn("Label: (not stored) → Pompe", self.told(bill))

    def test_a_list_takes_as_many_queries_for_many_as_for_few(self):
        bills = self.env["account.move"].union(*(self.entry(ref=f"F{number}") for number in range(6)))
        self.loop(bills)
        for bill in bills:
            bill.ref = f"{bill.ref} bis"
        self.env.flush_all()
        counts = []
        for number in (2, 6):
            self.env.invalidate_all()
            documents = self.document(bills)[:number].with_context(lang="en_US")
            documents.mapped("state")
            before = self.cr.sql_log_count if hasattr(self.cr, "sql_log_count") else self.cr._sql_log_count
            documents.mapped("change_summary")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_credit_notes_take_away(self):
        invoice, credit = self.entry("out_invoice", 100), self.entry("out_refund", 40)
        self.assertEqual(sum(self.document(invoice + credit).mapped("amount")), 60)
        groups = self.env["ledger.document"]._read_group(
            [("move_id", "in", (invoice + credit).ids)], [], ["amount:sum"]
        )
        self.assertEqual(groups[0][0], 60)


class TestLedgerCorrection(LedgerCase):
    """The triangle opens the record for users who may correct it, and names these users to the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.user("visuel", MONITOR)
        cls.accountant = cls.user("comptable", f"{MONITOR},{ACCOUNTANT}")
        cls.settings = cls.user("connecteurs", CONNECTOR_MANAGER)
        (cls.accountant + cls.settings).mapped(lambda user: user.write({"name": user.login.capitalize()}))

    def anomaly(self, code, user, move):
        return self.document(move).anomaly_ids.filtered(lambda a: a.code == code).with_user(user)

    def found(self, code, **values):
        """Return an anomaly of a run: one of a step or a file."""
        run = self.env["ledger.run"].create({"connector_id": self.connector.id, "company_ids": self.companies.ids})
        return self.env["ledger.anomaly"].create({"run_id": run.id, "code": code, "params": {}, **values})

    def test_what_is_said_of_a_run_is_corrected_in_the_settings(self):
        action = self.found("deactivation_share").action_correct()
        self.assertEqual((action["res_model"], action["res_id"]), ("ledger.connector", self.connector.id))
        self.assertEqual([mode for _view, mode in action["views"]], ["form"])
        action = self.found("company_unbound", company_id=self.water.id).action_correct()
        codes = self.env["ledger.code"].search(action["domain"])
        self.assertEqual((set(codes.mapped("kind")), len(codes)), ({"company"}, 2), "those of both companies")
        self.assertEqual(action["context"], {"search_default_unbound": 1})
        action = self.found("journal_unknown", params={"journal": "ACH"}, company_id=self.water.id).action_correct()
        self.assertEqual(action["context"], {"search_default_code": "ACH"})
        self.assertEqual(self.env["ledger.code"].search(action["domain"]).company_id, self.water)
        with self.assertRaises(ValueError):
            self.env["ledger.anomaly"].action_correct()

    def test_a_row_of_a_file_is_corrected_over_there(self):
        """Nobody is named for it; of those who correct an entry, only people of its company."""
        row = self.found("value_missing", company_id=self.water.id).with_user(self.reader)
        self.assertEqual((row.may_correct, row.who_corrects), (False, False))
        self.user("elsewhere", f"{MONITOR},{ACCOUNTANT}", self.sewerage).name = "Elsewhere"
        bill = self.entry()
        bill.invoice_line_ids.name = "Pompe 泵"
        said = self.anomaly("text_unwritable", self.reader, bill).who_corrects
        self.assertIn("Comptable", said)
        self.assertNotIn("Elsewhere", said)
        self.assertIs(self.anomaly("text_unwritable", self.accountant, bill).who_corrects, False)

    def test_a_text_is_corrected_on_the_document(self):
        bill = self.entry()
        bill.invoice_line_ids.name = "Pompe 泵"
        mine = self.anomaly("text_unwritable", self.accountant, bill)
        self.assertTrue(mine.may_correct)
        action = mine.action_correct()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", bill.id))
        theirs = self.anomaly("text_unwritable", self.reader, bill)
        self.assertFalse(theirs.may_correct)
        self.assertIn("Comptable", theirs.who_corrects)
        self.assertIn("泵", bill.with_user(self.accountant).ledger_anomalies, "the document says it, too")

    def test_a_code_is_bound_in_the_referential(self):
        code = self.code("third_party", "F0009")
        code.res_id = False
        bill = self.entry()
        mine = self.anomaly("third_party_unbound", self.settings, bill)
        self.assertTrue(mine.may_correct)
        action = mine.action_correct()
        found = self.env["ledger.code"].search(action["domain"])
        self.assertEqual(action["res_model"], "ledger.code")
        self.assertIn(code, found)
        self.assertEqual(found.company_id, self.water)
        self.assertEqual(set(found.mapped("kind")), {"third_party"})
        self.assertEqual(action["context"], {"search_default_code": self.supplier[0].name})
        theirs = self.anomaly("third_party_unbound", self.accountant, bill)
        self.assertFalse(theirs.may_correct)
        self.assertIn("Connecteurs", theirs.who_corrects)
        self.assertIn("/ Connector Settings", theirs.who_corrects)

    def test_who_is_named_may_correct_it_in_that_company(self):
        bill = self.entry()
        bill.invoice_line_ids.name = "Pompe 泵"
        self.user("autre", f"{MONITOR},{ACCOUNTANT}", self.sewerage).name = "Ailleurs"
        for name in ("Un", "Deux"):
            self.user(name.lower(), f"{MONITOR},{ACCOUNTANT}", self.water).name = name
        right, *named = self.anomaly("text_unwritable", self.reader, bill).who_corrects.split("\n")
        self.assertEqual(named, ["Deux", "Un"], "the latest ones, two at most")
        self.assertIn("Right “", right)
        self.assertFalse(self.anomaly("text_unwritable", self.accountant, bill).who_corrects)

    def test_where_an_anomaly_of_a_run_is_corrected(self):
        """The connector is that of the run; a code is found by its name, otherwise among those that are not bound."""
        run = make_run(self.connector, "referential", "manual", self.companies)
        values = {"run_id": run.id, "company_id": self.water.id}
        shares, journal, unknown, company, line, locked = self.env["ledger.anomaly"].create(
            [
                values | {"code": "deactivation_share", "params": {}},
                values | {"code": "journal_unknown", "params": {"journal": "ACH"}},
                values | {"code": "account_unbound", "params": {"name": "Nobody"}},
                values | {"code": "company_not_known", "params": {}},
                values | {"code": "row_short", "params": {"line": 2}},
                {"run_id": run.id, "code": "company_locked", "params": {}},
            ]
        )
        action = shares.action_correct()
        self.assertEqual((action["res_model"], action["res_id"]), ("ledger.connector", self.connector.id))
        self.assertEqual((action["view_mode"], [mode for _view, mode in action["views"]]), ("form", ["form"]))
        codes = self.env["ledger.code"]
        action = journal.action_correct()
        self.assertEqual(action["context"], {"search_default_code": "ACH"})
        found = codes.search(action["domain"])
        self.assertEqual((set(found.mapped("kind")), found.company_id), ({"journal"}, self.water))
        self.assertEqual(unknown.action_correct()["context"], {"search_default_unbound": 1})
        action = company.action_correct()
        self.assertEqual(action["context"], {"search_default_unbound": 1})
        found = codes.search(action["domain"])
        self.assertEqual(set(found.mapped("kind")), {"company"})
        self.assertGreater(len(found), 1, "not those of one company alone")
        for nowhere in (line, locked):
            self.assertEqual((nowhere.may_correct, nowhere.who_corrects), (False, False))

    def test_nothing_to_export_says_so(self):
        documents = self.env["ledger.document"].with_user(self.reader)
        said = documents.action_export_all()
        self.assertEqual((said["tag"], said["params"]["title"]), ("display_notification", "Nothing to export"))
        self.assertFalse(self.env["ledger.run"].search([("kind", "=", "export")]))
        bill = self.entry()
        bill.invoice_line_ids.name = "Pompe 泵"
        self.document(bill).stage = "integrated"
        self.assertIn("1 documents are waiting", documents.action_export_all()["params"]["message"])
