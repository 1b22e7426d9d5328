"""A database restored from an older copy: what left since is recognised, not sent again.

The copy is a savepoint: rolled back to, the database is older than the exchange directory and the counterpart.
"""

import base64
import json
from contextlib import contextmanager

from ..core.ledger.fingerprint import Fingerprint
from ..core.ledger.traces import Trace
from .support.ledger import LedgerCase

HEADER = "company;number;external_reference;status;code;message\r\n"


class TestLedgerRestore(LedgerCase):
    @contextmanager
    def restored(self):
        """Run the block after the copy is made, then restore the copy."""
        self.env.flush_all()
        with self.env.cr.savepoint() as copy:
            yield
            self.env.flush_all()
            copy.rollback()
        self.env.invalidate_all()

    def synchronise(self):
        run = self.do(self.connector, "action_synchronize")
        self.assertIn(run.state, ("done", "delivered"), run.anomaly_ids.mapped("message"))
        return run

    def outcomes(self):
        return [row["outcome"] for row in self.report()["deliveries"]]

    def versions(self):
        return [row["version"] for row in self.report()["documents"]]

    def traces(self):
        return sorted((self.directory / "entries_sent").glob("*.json"))

    def test_what_was_answered(self):
        bill = self.entry()
        with self.restored():
            self.loop(bill)
            self.assertEqual(self.document(bill).state, "integrated")
        self.assertEqual(self.document(bill).state, "to_export")
        run = self.synchronise()
        self.assertEqual((self.document(bill).state, self.document(bill).operation), ("integrated", "update"))
        self.assertEqual((self.versions(), self.outcomes()), ([1], ["new"]))
        self.assertEqual(run.anomaly_ids.mapped("code"), ["lot_recognized"])
        lot = self.document(bill).lot_id
        self.assertEqual((lot.layout_id, lot.layout_as_sent), (self.connector.entries_layout_id, False))
        self.assertEqual((lot.company_ids, lot.document_count, lot.state), (bill.company_id, 1, "delivered"))
        self.assertFalse(self.synchronise().anomaly_ids)

    def test_the_number_as_sent(self):
        """The accounting system knows the document by the number under which it was sent, also in payments."""
        bill = self.entry()
        number = bill.name
        with self.restored():
            self.loop(bill)
        bill.name = f"{number}R"
        self.synchronise()
        document = self.document(bill)
        self.assertEqual((document.state, document.number), ("integrated", f"{number}R"))
        self.assertEqual((document.number_sent, document.company_sent), (number, "EAU"))

    def test_the_trace_of_an_earlier_version(self):
        """It holds whole fingerprints, and is JSON."""
        bill = self.entry()
        content = self.content(self.document(bill)).content
        with self.restored():
            self.loop(bill)
            bill.action_approve_payment()
        trace = self.traces()[0]
        kept = Trace.from_bytes(trace.read_bytes(), trace.name)
        self.assertEqual(kept.documents[0].content, Fingerprint.from_text(content).brief().to_text())
        documents = [[d.company, d.number, d.operation, content] for d in kept.documents]
        former = {"format": 1, "number": kept.number, "name": kept.name, "sha256": kept.sha256, "documents": documents}
        trace.write_text(json.dumps(former | {"content": base64.b64encode(kept.content).decode()}))
        self.synchronise()
        self.assertEqual((self.document(bill).state, self.outcomes()), ("integrated", ["new"]))
        self.assertEqual(self.env["ledger.lot"].search([])._content(), kept.content)

    def test_what_waits_for_its_answer(self):
        bill = self.entry()
        document = self.document(bill)
        document.has_anomaly = True
        self.env["ledger.anomaly"].create({"document_id": document.id, "code": "company_locked", "params": {}})
        with self.restored():
            sent = self.export(bill).lot_ids.number
        self.synchronise()
        self.assertEqual((document.state, document.has_anomaly, document.anomaly_ids.ids), ("exported", False, []))
        lot = document.lot_id
        self.assertEqual((lot.number, lot.company_ids, lot.document_count), (sent, self.water, 1))
        self.assertEqual((lot.layout_id, lot.layout_as_sent), (self.connector.entries_layout_id, False))
        self.assertEqual(len(list((self.directory / "entries").iterdir())), 1)
        self.simulate("serve", "--once")
        self.synchronise()
        self.assertEqual((self.document(bill).state, self.outcomes()), ("integrated", ["new"]))

    def test_an_answer_read_since_the_copy(self):
        bill = self.entry()
        self.export(bill)
        with self.restored():
            self.simulate("serve", "--once")
            self.synchronise()
            self.assertEqual(self.document(bill).state, "integrated")
        self.assertEqual(self.document(bill).state, "exported")
        self.synchronise()
        self.assertEqual((self.document(bill).state, self.outcomes()), ("integrated", ["new"]))

    def test_a_copy_made_between_two_lots(self):
        """The first lot was in flight; its answer and the update sent after it are found, in their order."""
        bill = self.entry()
        self.export(bill)
        with self.restored():
            self.simulate("serve", "--once")
            self.synchronise()
            bill.action_approve_payment()
            self.loop(bill)
            self.assertEqual(self.versions(), [2])
        self.assertEqual((self.document(bill).state, bill.payment_approval), ("exported", "pending"))
        self.synchronise()
        self.assertEqual(
            self.env["ledger.lot"].search([], order="id").layout_id,
            self.connector.entries_layout_id | self.connector.updates_layout_id,
        )
        # the approval was forgotten here: taking it back there is what is sent
        self.simulate("serve", "--once")
        self.synchronise()
        self.assertEqual((self.document(bill).state, self.versions()), ("integrated", [3]))
        self.assertEqual([row["payment_approval"] for row in self.report()["documents"]], ["NON"])

    def test_what_was_rejected_before_the_copy(self):
        """It left again after the copy was made: its former anomaly is no longer shown."""
        bill = self.entry()
        refused = self.export(bill).lot_ids
        (self.directory / "entries" / refused.name).unlink()
        report = self.directory / f"acknowledgements/AR_{refused.number}.txt"
        report.write_text(f"{HEADER}EAU;{bill.name};;rejected;THIRD;closed\r\n", newline="")
        self.synchronise()
        self.assertTrue(self.document(bill).anomaly_ids)
        with self.restored():
            self.export(bill)
        self.assertEqual(self.document(bill).state, "rejected")
        self.synchronise()
        document = self.document(bill)
        self.assertEqual((document.state, document.anomaly_ids.ids, document.has_anomaly), ("exported", [], False))

    def test_what_was_rejected_and_left_again(self):
        bill = self.entry()
        with self.restored():
            refused = self.export(bill).lot_ids
            (self.directory / "entries" / refused.name).unlink()
            report = self.directory / f"acknowledgements/AR_{refused.number}.txt"
            report.write_text(f"{HEADER}EAU;{bill.name};;rejected;THIRD;closed\r\n")
            self.synchronise()
            bill.ref = "corrected"
            self.loop(bill)
            self.assertEqual((self.document(bill).state, self.versions()), ("integrated", [1]))
        self.synchronise()
        # the reference corrected there is what it was before, here: an update, of the one document
        self.assertEqual((self.document(bill).state, self.document(bill).operation), ("exported", "update"))
        self.simulate("serve", "--once")
        self.synchronise()
        self.assertEqual((self.document(bill).state, self.versions()), ("integrated", [2]))

    def test_a_document_that_is_lost(self):
        kept = self.entry()
        with self.restored():
            lost = self.entry()
            name = lost.name
            self.loop(kept + lost)
        run = self.synchronise()
        self.assertEqual(self.document(kept).state, "integrated")
        anomaly = run.anomaly_ids.filtered(lambda a: a.code == "document_lost")
        self.assertIn(name, anomaly.message)
        self.assertEqual(self.outcomes(), ["new"])

    def test_a_lot_whose_documents_are_all_lost(self):
        with self.restored():
            lost = self.entry()
            name = lost.name
            self.loop(lost)
        run = self.synchronise()
        codes = {"lot_recognized", "document_lost", "acknowledgement_unknown"}
        self.assertEqual(set(run.anomaly_ids.mapped("code")), codes)
        anomaly = run.anomaly_ids.filtered(lambda a: a.code == "document_lost")
        self.assertIn(name, anomaly.message)
        self.assertFalse(self.synchronise().anomaly_ids.filtered(lambda a: a.code == "lot_recognized"))

    def test_a_lot_that_never_left(self):
        bill = self.entry()
        with self.restored():
            self.export(bill)
            for path in (self.directory / "entries").iterdir():
                path.unlink()
        self.synchronise()
        self.simulate("serve", "--once")
        self.synchronise()
        self.assertEqual((self.document(bill).state, self.versions()), ("integrated", [1]))

    def test_a_trace_that_cannot_be_read(self):
        bill, other = self.entry(), self.entry()
        with self.restored():
            self.export(bill)
            self.export(other)
            self.simulate("serve", "--once")
        first = self.traces()[0]
        first.write_bytes(first.read_bytes()[:-7])
        run = self.synchronise()
        codes = {"trace_wrong", "lot_recognized", "acknowledgement_unexpected"}
        self.assertEqual(set(run.anomaly_ids.mapped("code")), codes)
        self.assertTrue((first.parent / "error" / first.name).exists())
        self.assertEqual(self.document(other).state, "integrated")

    def test_traces_of_another_database(self):
        bill = self.entry()
        with self.restored():
            self.export(bill)
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.connector.action_confirm_database()
        self.assertFalse(self.synchronise().anomaly_ids)
        self.assertEqual(self.env["ledger.lot"].search_count([]), 1, "its own lot, not the other's")
