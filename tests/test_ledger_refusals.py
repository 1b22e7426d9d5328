"""States of documents, lots, and what a connector says of its health and its server."""

import base64
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..core.ledger.findings import TransitionForbidden
from ..models.ledger_entries.checker import Checker
from ..models.ledger_entries.reconcile import Reconciler
from .support.exchange import make_run, reconcile, write_lots
from .support.ledger import MONITOR, LedgerCase


class TestDocumentStates(LedgerCase):
    def in_each_state(self):
        """Return a document in each state."""
        bills = {"integrated": self.entry()}
        # a synchronisation sends everything
        self.loop(bills["integrated"])
        bills |= {state: self.entry() for state in ("exported", "exporting", "to_export")}
        self.export(bills["exported"])
        run = make_run(self.connector, "export", "manual", self.companies, self.document(bills["exporting"]))
        self.do(run, write_lots, self.document(bills["exporting"]).ids)
        found = {state: self.document(bill) for state, bill in bills.items()}
        self.assertEqual({state: document.state for state, document in found.items()}, {s: s for s in found})
        return found

    def test_each_state_is_found_as_it_is_shown(self):
        found = self.in_each_state()
        ids = [document.id for document in found.values()]
        documents = self.env["ledger.document"].with_user(self.user("watcher", MONITOR))
        for states in (
            ["exported"],
            ["exporting"],
            ["exporting", "exported"],
            ["integrated", "exporting"],
            ["rejected"],
        ):
            wanted = {document.id for state, document in found.items() if state in states}
            for operator, expected in (("in", wanted), ("not in", set(ids) - wanted)):
                with self.subTest(operator=operator, states=states):
                    searched = documents.search([("id", "in", ids), ("state", operator, states)])
                    self.assertEqual(set(searched.ids), expected)
        with self.assertRaisesRegex(UserError, "Unsupported operator"):
            documents.search([("state", ">", "exported")])

    def test_an_event_that_a_state_does_not_allow(self):
        """None of them moves; a document that is gone meanwhile is no obstacle."""
        sent, fresh, gone = self.entry(), self.entry(), self.entry()
        self.export(sent)
        documents = self.document(sent) + self.document(fresh)
        with self.assertRaises(TransitionForbidden), self.env.cr.savepoint():
            documents._move_on("accept")
        self.assertEqual(documents.mapped("state"), ["exported", "to_export"])
        deleted = self.document(gone)
        deleted.unlink()
        moved = self.document(sent)
        (moved + deleted)._move_on("accept", date_integrated=fields.Datetime.now())
        self.assertEqual((moved.state, bool(moved.date_integrated)), ("integrated", True))
        self.assertEqual(moved.operation, "update", "from now on, it is only updated")

    def test_a_lot_keeps_its_bytes_and_cannot_be_deleted(self):
        lot = self.export(self.entry()).lot_ids
        delivered = (self.directory / "entries" / lot.name).read_bytes()
        self.assertTrue(delivered)
        self.assertEqual(base64.b64decode(lot.file), delivered)
        self.assertIn(f"/web/content/ledger.lot/{lot.id}/file/", lot.action_download()["url"])
        with self.assertRaisesRegex(UserError, "in which documents were sent cannot be deleted"):
            lot.unlink()

    def test_anomalies_of_one_document_at_a_time(self):
        with self.assertRaises(ValueError):
            self.env["ledger.document"].action_view_anomalies()

    def test_an_entry_that_is_a_draft_again_beside_odoo(self):
        """What was never sent is forgotten; what was sent must be reversed, and waits for its answer if it has none."""
        integrated = self.entry()
        self.loop(integrated)
        new, sent = self.entry(), self.entry()
        self.export(sent)
        documents = [self.document(bill) for bill in (new, sent, integrated)]
        self.env.cr.execute(
            "UPDATE account_move SET state = 'draft' WHERE id = ANY(%s)", [(new + sent + integrated).ids]
        )
        self.env.invalidate_all()
        self.env["ledger.document"].action_compare()
        self.assertFalse(documents[0].exists())
        for document, state, operation in ((documents[1], "exported", "create"), (documents[2], "to_export", "update")):
            with self.subTest(state):
                self.assertEqual((document.state, document.operation, document.has_anomaly), (state, operation, True))
                anomaly = document.anomaly_ids
                self.assertEqual((anomaly.code, anomaly.params), ("reversal_needed", {"fields": "state"}))
                document._refresh()
                self.assertEqual(document.anomaly_ids, anomaly, "what is said already is not written again")

    def test_an_entry_in_memory_finds_its_new_document(self):
        bill = self.entry(post=False)
        self.assertFalse(bill.ledger_document_ids or bill.ledger_state)
        bill.action_post()
        self.assertEqual((bill.ledger_document_ids, bill.ledger_state), (self.document(bill), "to_export"))

    def test_documents_of_a_journal_that_was_archived_are_exchanged(self):
        journal = self.record("journal", "ACH").copy({"code": "ACH2"})
        bill = self.entry(journal_id=journal.id)
        self.document(bill).unlink()
        journal.active = False
        self.env["ledger.document"].action_compare()
        self.assertTrue(self.document(bill))

    def test_a_receipt_of_a_vendor_is_approved_as_its_bills_are(self):
        receipt = self.entry("in_receipt")
        self.assertEqual(receipt.payment_approval, "pending")
        receipt.action_approve_payment()
        self.assertEqual(receipt.payment_approval, "approved")

    def test_customer_invoices_are_not_approved(self):
        bill, invoice = self.entry(), self.entry("out_invoice")
        with self.assertRaisesRegex(UserError, "Only vendor bills are approved"):
            (bill | invoice).action_approve_payment()
        self.assertEqual((bill.payment_approval, invoice.payment_approval), ("pending", "none"))

    def test_an_unexpected_error_is_the_anomaly_of_its_document(self):
        """The others are refreshed. An error of PostgreSQL, which ends the transaction, is raised."""
        bills = self.entry() | self.entry()
        documents, examine, error = self.document(bills), Checker.examine, RuntimeError("bug")

        def fail(checker, document, change=None):
            if document.number == bills[0].name:
                raise error
            return examine(checker, document, change)

        bills[1].invoice_line_ids.name = "Pompe 泵"
        documents.anomaly_ids.unlink()
        with (
            patch.object(Checker, "examine", fail),
            mute_logger("odoo.addons.utility_billing_sync.models.ledger.attempts"),
        ):
            documents._refresh()
            bad, good = self.document(bills[0]), self.document(bills[1])
            self.assertEqual((bad.anomaly_ids.code, bad.has_anomaly, bad.state), ("unforeseen", True, "to_export"))
            self.assertIn(bills[0].name, bad.anomaly_ids.message)
            self.assertEqual(good.anomaly_ids.code, "text_unwritable")
            error = psycopg2.OperationalError("gone")
            with self.assertRaises(psycopg2.OperationalError):
                documents._refresh()

    def test_an_archived_connector_makes_no_documents(self):
        self.connector.active = False
        bill = self.entry()
        self.assertIs(Reconciler(self.connector).reconcile(), False)
        self.assertFalse(self.document(bill))
        self.connector.active = True
        reconcile(self.connector)
        self.assertEqual(self.document(bill).state, "to_export")
