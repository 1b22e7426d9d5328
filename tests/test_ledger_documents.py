from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.ledger_entries import reconcile
from .support.ledger import ACCOUNTANT, CONNECTOR_MANAGER, LedgerCase
from .support.sharing import MODULE


class TestLedgerDocuments(LedgerCase):
    """The life of an accounting document, from its posting to its update."""

    def test_a_company_that_nothing_is_exchanged_for_approves_nothing(self):
        """Another company of the same database posts its vendor bills as Odoo does."""
        self.connector.active = False
        bill = self.entry()
        self.assertEqual(bill.payment_approval, "none")

    def test_a_posted_bill_becomes_a_new_entry(self):
        bill = self.entry(post=False)
        self.assertFalse(bill.ledger_document_ids)
        bill.action_post()
        document = bill.ledger_document_ids
        self.assertEqual(document, self.document(bill))
        self.assertEqual((document.operation, document.state, document.number), ("create", "to_export", bill.name))
        self.assertEqual(
            (document.amount, document.company_id, document.connector_id), (100, self.water, self.connector)
        )
        self.assertFalse(document.anomaly_ids)
        self.assertEqual(bill.payment_approval, "pending")

    def test_back_to_draft_before_sending_forgets_it(self):
        bill = self.entry()
        bill.button_draft()
        self.assertFalse(self.document(bill))
        bill.action_post()
        self.assertEqual(self.document(bill).state, "to_export")

    def test_the_whole_loop_then_the_approval_as_an_update(self):
        bill, invoice = self.entry(), self.entry("out_invoice", 42.42)
        sent, answered = self.loop(bill + invoice)
        self.assertEqual((sent.state, sent.exported, len(sent.lot_ids)), ("done", 2, 1))
        self.assertEqual((answered.state, answered.accepted), ("done", 2))
        documents = self.document(bill + invoice)
        self.assertEqual(set(documents.mapped("state")), {"integrated"})
        bill.action_approve_payment()
        document = self.document(bill)
        self.assertEqual((document.operation, document.state), ("update", "to_export"))
        self.assertEqual(document.changed_fields, "payment_approval")
        sent, _answered = self.loop(bill)
        self.assertTrue(sent.lot_ids.name.startswith("MAJ_"))
        self.assertEqual(self.document(bill).state, "integrated")
        there = {row["number"]: row for row in self.report()["documents"]}
        self.assertEqual((there[bill.name]["payment_approval"], there[bill.name]["version"]), ("OUI", 2))
        self.assertEqual(there[invoice.name]["version"], 1)

    def test_a_change_undone_leaves_nothing_to_send(self):
        bill = self.entry()
        self.loop(bill)
        bill.action_approve_payment()
        self.assertEqual(self.document(bill).state, "to_export")
        bill.action_request_payment_approval()
        self.assertEqual((self.document(bill).state, self.document(bill).changed_fields), ("integrated", False))

    def test_an_integrated_document_is_not_undone_in_silence(self):
        bill = self.entry()
        self.loop(bill)
        self.assertTrue(bill.need_cancel_request)
        for undo in (bill.button_draft, bill.button_cancel, bill.button_request_cancel):
            with self.subTest(undo.__name__), self.assertRaisesRegex(UserError, f"{bill.name}.*reverse"):
                undo()
        reversal = bill._reverse_moves([{"date": bill.date, "invoice_date": bill.date}])
        reversal.action_post()
        self.assertEqual(self.document(reversal).operation, "create")

    def test_what_sql_made_or_changed_is_found(self):
        bill, other = self.entry(), self.entry(amount=7)
        self.loop(bill)
        document = self.document(other)
        self.env.cr.execute("DELETE FROM ledger_document WHERE id = %s", [document.id])
        self.env.cr.execute("UPDATE account_move SET payment_approval = 'approved' WHERE id = %s", [bill.id])
        self.env.invalidate_all()
        self.env["ledger.document"].action_open_monitor()
        self.assertEqual(self.document(other).state, "to_export")
        self.assertEqual(self.document(bill).changed_fields, "payment_approval")

    def test_the_menu_opens_the_list_itself_which_compares_once_it_is_shown(self):
        """Nobody waits for a comparison, which grows with the entries; the list is read again only if it must be."""
        bill = self.entry()
        self.assertEqual(self.env.ref(f"{MODULE}.ledger_document_menu").action._name, "ir.actions.act_window")
        actions = self.env["ledger.document"]
        from_connector = self.connector.action_view_documents()
        from_menu = self.env.ref(f"{MODULE}.ledger_document_action").context
        self.assertTrue(from_connector["context"]["compare_entries"] and "'compare_entries': True" in from_menu)
        actions.action_compare()
        self.assertIs(actions.action_compare(), False, "nothing changed since")
        self.env.cr.execute("DELETE FROM ledger_document WHERE move_id = %s", [bill.id])
        self.env.invalidate_all()
        self.assertIs(actions.action_compare(), True, "a document was missing")
        self.env.cr.execute("UPDATE account_move SET ref = 'AUTRE' WHERE id = %s", [bill.id])
        self.env.invalidate_all()
        self.assertIs(actions.action_compare(), True, "its entry has changed")
        self.env.cr.execute("UPDATE account_move_line SET name = 'Pompe 泵' WHERE move_id = %s", [bill.id])
        self.env.invalidate_all()
        self.assertTrue(actions.action_compare() and self.document(bill).has_anomaly)
        self.assertIs(actions.action_compare(), False, "the anomaly is the same")
        third_party = self.code("third_party", "F0009")
        partner, third_party.res_id = third_party.res_id, False
        waiting = self.entry()
        self.assertTrue(self.document(waiting).has_anomaly)
        self.env.flush_all()
        self.env.cr.execute("UPDATE ledger_code SET res_id = %s WHERE id = %s", [partner, third_party.id])
        self.env.invalidate_all()
        self.assertIs(actions.action_compare(), True, "what it waited for is there")

    def test_a_document_that_says_something_else_is_another_row(self):
        """A concurrent run that sends the document notices the change, although no displayed value has changed."""
        bill = self.entry(ref="one")
        document = self.document(bill)

        def place():
            self.env.flush_all()
            self.env.cr.execute("SELECT ctid::text FROM ledger_document WHERE id = %s", [document.id])
            return self.env.cr.fetchone()

        before, content = place(), self.content(document).content
        document._refresh()
        self.assertEqual(place(), before, "what did not change is not written")
        bill.ref = "two"
        self.assertNotEqual((place(), self.content(document).content), (before, content))
        self.assertNotEqual(place(), before)

    def test_a_database_restored_elsewhere_compares_everything(self):
        """The other server had done more transactions: by its number, nothing here would be new."""
        bill = self.entry()
        self.loop(bill)
        [(later,)] = self.env.execute_query(SQL("SELECT pg_current_xact_id()::text::bigint + 1000000"))
        self.connector.transactions_seen = f"another/database:{later % 2**32}"
        self.env.cr.execute("UPDATE account_move SET payment_approval = 'approved' WHERE id = %s", [bill.id])
        self.env.invalidate_all()
        self.env["ledger.document"].action_open_monitor()
        self.assertEqual(self.document(bill).changed_fields, "payment_approval")

    def test_a_company_without_a_connector_needs_no_approval(self):
        """One connector in a database asks nothing of the other companies."""
        self.assertEqual(self.entry().payment_approval, "pending")
        self.connector.company_ids -= self.water
        self.assertEqual(self.entry().payment_approval, "none")

    def test_opening_the_monitor_keeps_up_to_where_entries_were_compared(self):
        """Entries that no transaction wrote since are not compared again."""
        bill = self.entry()
        self.connector.transactions_seen = False
        self.env["ledger.document"].action_open_monitor()
        here, _colon, seen = self.connector.transactions_seen.rpartition(":")
        self.assertTrue(here)
        is_later = SQL("SELECT age(xmin) <= age(%s::xid) FROM account_move WHERE id = %s", seen, bill.id)
        [(written,)] = self.env.execute_query(is_later)
        self.assertTrue(written, "what is not committed yet will be compared again")
        compared = []
        query = type(self.env.cr).execute

        def note(cursor, statement, *args, **options):
            compared.append(str(getattr(statement, "code", statement)))
            return query(cursor, statement, *args, **options)

        with patch.object(type(self.env.cr), "execute", note):
            self.env["ledger.document"].action_open_monitor()
        digests = [statement for statement in compared if "string_agg(ROW(" in statement and "document.id" in statement]
        self.assertEqual(len(digests), 1)
        self.assertIn("move.id = ANY", digests[0], "only entries that somebody wrote since are compared")
        self.assertEqual(self.document(bill).state, "to_export")

    def test_documents_to_look_at_are_found_by_partial_indexes(self):
        """PostgreSQL uses a partial index only for a condition written like the index's own."""
        documents = self.env["ledger.document"]
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        for index, condition in (
            ("ledger_document_anomaly_index", ("has_anomaly", "=", True)),
            ("ledger_document_due_index", ("stage", "=", "to_export")),
        ):
            found = documents._search([("connector_id", "in", self.connector.ids), condition], order="connector_id")
            plan = "\n".join(
                row[0] for row in self.env.execute_query(SQL("EXPLAIN %s", found.select("ledger_document.id")))
            )
            self.assertIn(index, plan)

    def test_what_sql_changed_since_it_was_looked_at_leaves_as_it_is_now(self):
        bill = self.entry()
        self.env.cr.execute("UPDATE account_move SET ref = 'AUTRE' WHERE id = %s", [bill.id])
        self.env.invalidate_all()
        run, _answered = self.loop(bill)
        document = self.document(bill)
        self.assertIn(b";AUTRE;", run.lot_ids._content())
        self.assertEqual(
            (document.state, self.content(document).content), ("integrated", self.content(document).integrated)
        )

    def test_records_in_memory_follow_what_sql_writes(self):
        bill = self.entry()
        self.loop(bill)
        document = self.document(bill)
        self.assertEqual((document.state, document.changed_labels, bill.ledger_state), ("integrated", "", "integrated"))
        bill.action_approve_payment()
        self.assertEqual((document.state, bill.ledger_state), ("to_export", "to_export"))
        self.assertTrue(document.changed_labels)

    def test_an_amount_changed_behind_an_integrated_document_asks_for_a_reversal(self):
        bill = self.entry()
        self.loop(bill)
        self.env.cr.execute(
            "UPDATE account_move_line SET debit = debit + 1, balance = balance + 1 WHERE move_id = %s AND debit > 0",
            [bill.id],
        )
        self.env["ledger.document"].action_open_monitor()
        document = self.document(bill)
        self.assertEqual((document.state, document.has_anomaly), ("to_export", True))
        self.assertEqual(document.anomaly_ids.code, "reversal_needed")
        run = self.export(bill)
        self.assertEqual((run.exported, run.set_aside), (0, 1))

    def test_a_change_on_its_way_waits_for_the_answer(self):
        bill = self.entry()
        self.export(bill)
        bill.action_approve_payment()
        self.assertEqual((self.document(bill).state, self.document(bill).operation), ("exported", "create"))
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        # accepted as it was sent, and sent again as an update in the same synchronisation
        self.assertEqual((self.document(bill).state, self.document(bill).operation), ("exported", "update"))

    def test_journals_and_first_date_choose_what_is_exchanged(self):
        self.connector.date_start = "2026-03-11"
        early = self.entry()
        self.assertFalse(self.document(early))
        late = self.entry(date="2026-03-11", invoice_date="2026-03-11")
        self.assertTrue(self.document(late))
        self.connector.journal_ids = self.record("journal", "VT")
        self.assertFalse(self.document(self.entry(date="2026-03-12", invoice_date="2026-03-12")))

    def test_a_document_that_nothing_holds_is_set_aside_with_every_anomaly(self):
        bill = self.entry(post=False)
        (self.code("account", "615500") | self.code("third_party", "F0009")).res_id = False
        bill.action_post()
        document = self.document(bill)
        self.assertTrue(document.has_anomaly)
        self.assertEqual(set(document.anomaly_ids.mapped("code")), {"account_unbound", "third_party_unbound"})
        run = self.export(bill)
        self.assertEqual((run.exported, run.set_aside, run.lot_ids), (0, 1, self.env["ledger.lot"]))
        # corrected in the référentiel: ready by itself
        manager = self.user("ledger_manager", f"{CONNECTOR_MANAGER},{ACCOUNTANT}")
        self.code("account", "615500").with_user(manager).record_ref = bill.invoice_line_ids.account_id
        self.code("third_party", "F0009").with_user(manager).record_ref = bill.partner_id
        self.assertFalse(self.document(bill).has_anomaly)
        self.assertEqual(self.export(bill).exported, 1)

    def test_the_connector_is_written_after_many_changes_only(self):
        """Each opening compares the few entries written since, rather than writing what others may be writing."""
        self.entry()
        self.env["ledger.document"].action_open_monitor()
        here, _colon, seen = self.connector.transactions_seen.rpartition(":")
        older = f"{here}:{int(seen) - 1}"
        self.connector.transactions_seen = older
        self.env["ledger.document"].action_open_monitor()
        self.assertEqual(self.connector.transactions_seen, older)
        with patch.object(reconcile, "FEW_ENTRIES", 0):
            self.env["ledger.document"].action_open_monitor()
        self.assertEqual(self.connector.transactions_seen, f"{here}:{seen}")
