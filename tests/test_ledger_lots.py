"""Lots: what abandons, recovers and takes them; the end of their file; traces that are gone."""

import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core.ledger.findings import TransitionForbidden
from ..core.ledger.local import LocalTransport
from .support.exchange import write_lots
from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerCase

ANSWER = "company;number;external_reference;status;code;message\r\n"


class TestLedgerLots(LedgerCase):
    def written_lot(self, bill):
        """Stop before the delivery, like a killed server."""
        run = self.env["ledger.run"].create({"connector_id": self.connector.id, "company_ids": self.companies.ids})
        return self.do(run, write_lots, self.document(bill).ids).with_env(self.env)

    def sent_files(self):
        return sorted(path.name for path in (self.directory / "entries").iterdir() if path.is_file())

    def deliver(self, lot):
        """Deliver a lot by itself, as a run does with each lot that is not delivered."""

        def recover(lot):
            with lot.connector_id._open_transport() as transport:
                lot.sudo()._recover(transport)

        self.do(lot, recover)

    def test_the_run_of_an_abandoned_lot_waits_for_it_no_longer(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        run = lot.run_id
        self.assertEqual((run.state, self.document(bill).lot_id), ("written", lot))
        with self.assertRaises(AccessError):
            lot.with_user(self.user("monitor", MONITOR)).action_abandon()
        (self.directory / "entries" / lot.name).write_bytes(b"something else")
        bill.ref = "changed while the lot was on its way"
        lot.action_abandon()
        self.env.invalidate_all()
        self.assertNotEqual(run.state, "written")
        document = self.document(bill)
        self.assertEqual((lot.state, document.state, document.lot_id.ids), ("abandoned", "to_export", []))
        again = self.export(bill).lot_ids
        self.assertEqual((again.state, document.lot_id), ("delivered", again))
        self.assertNotEqual(again.name, lot.name)
        self.assertIn(b"changed while", (self.directory / "entries" / again.name).read_bytes())

    def test_a_lot_that_is_no_longer_to_deliver_is_left(self):
        """An abandoned one, whose documents leave in another lot; one that was delivered, whose file was taken away."""
        delivered, bill = self.export(self.entry()).lot_ids, self.entry()
        for path in (self.directory / "entries").iterdir():
            path.unlink()
        lot = self.written_lot(bill)
        (self.directory / "entries" / lot.name).write_bytes(b"something else")
        lot.action_abandon()
        (self.directory / "entries" / lot.name).unlink()
        exported = lot.run_id.exported
        for one in (lot, delivered):
            self.deliver(one)
        self.env.invalidate_all()
        self.assertEqual((lot.state, delivered.state, self.sent_files()), ("abandoned", "delivered", []))
        self.assertEqual(lot.run_id.exported, exported)

    def set_state(self, lot, state):
        """Set the state as another process does, while this one has an older value in memory."""
        self.assertNotEqual(lot.state, state)
        self.env.cr.execute("UPDATE ledger_lot SET state = %s WHERE id = %s", [state, lot.id])

    def test_what_another_process_did_to_a_lot_counts(self):
        sent, written = self.export(self.entry()).lot_ids, self.written_lot(self.entry())
        self.set_state(sent, "refused")
        with self.assertRaisesRegex(UserError, "No document of this lot waits"):
            sent.action_accept()
        self.set_state(written, "abandoned")
        files = self.sent_files()
        with written.connector_id._open_transport() as transport:
            written.sudo()._recover(transport)
        self.assertEqual((written.state, self.sent_files()), ("abandoned", files))

    def test_a_lot_of_another_company_is_not_decided_on(self):
        """Even if its values are in memory."""
        sent, written = self.export(self.entry()).lot_ids, self.written_lot(self.entry())
        other = self.env["res.company"].create({"name": "Autre"})
        stranger = self.user("stranger", CONNECTOR_MANAGER, other)
        for action in (written.with_user(stranger).action_abandon, sent.with_user(stranger).action_accept):
            self.assertEqual((sent.state, written.state, written.run_id.state), ("delivered", "written", "written"))
            with self.assertRaises(AccessError):
                action()

    def test_what_was_in_an_abandoned_lot_is_checked_again(self):
        """A code was closed while the lot was on its way: it is an anomaly of the document only now."""
        bill = self.entry()
        lot, document = self.written_lot(bill), self.document(bill)
        self.code("third_party", "F0009").sudo().active = False
        self.assertFalse(document.has_anomaly)
        (self.directory / "entries" / lot.name).write_bytes(b"something else")
        lot.action_abandon()
        self.assertEqual((document.has_anomaly, document.anomaly_ids.mapped("code")), (True, ["third_party_closed"]))

    def test_the_lots_of_a_run_one_after_the_other(self):
        """The run is delivered with the last one; each delivery is a success, after which failures are counted anew."""
        self.connector.lot_size = 1
        first, second = self.written_lot(self.entry() + self.entry()).sorted("id")
        run = first.run_id
        run.attempt = 3
        self.deliver(second)
        self.env.invalidate_all()
        self.assertEqual((run.state, first.state, run.exported, run.attempt), ("written", "written", 1, 0))
        self.deliver(first)
        self.env.invalidate_all()
        self.assertEqual((run.state, run.exported, bool(run.date_end)), ("delivered", 2, False))

    def test_the_error_of_a_run_ends_with_its_last_lot(self):
        """Unless another attempt is planned, which then has the last word."""
        for retry_on, state in ((False, "done"), ("2030-01-01 00:00:00", "delivered")):
            with self.subTest(state):
                lot = self.written_lot(self.entry())
                run = lot.run_id
                run.write({"date_end": "2026-03-10 08:00:00", "retry_on": retry_on, "message": "Too late"})
                self.deliver(lot)
                self.env.invalidate_all()
                self.assertEqual((run.state, run.message == "Too late"), (state, bool(retry_on)))

    def test_a_lot_whose_answer_was_read_is_confirmed_and_not_sent_again(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        self.document(bill)._accept()
        self.deliver(lot)
        self.assertEqual((lot.state, bool(lot.date_delivered), self.sent_files()), ("delivered", True, []))

    def test_documents_that_are_no_longer_due_are_not_taken(self):
        """Another lot has one of them: the file that was written for both is not kept."""
        first, second = self.entry(), self.entry()
        documents, lot = self.document(first | second), self.written_lot(first)
        self.export(second)
        with self.assertRaises(TransitionForbidden), self.env.cr.savepoint():
            lot._take_documents({lot.id: documents.ids})
        self.env.invalidate_all()
        self.assertNotEqual(self.document(second).lot_id, lot)

    def test_the_last_line_ends_as_the_layout_says(self):
        """Without a line end after the last row, the others keep theirs; the file is read as before."""
        bill, other = self.entry(), self.entry()
        layout = self.connector.entries_layout_id
        contents = []
        for trailing, bills in ((True, bill), (False, other | self.entry())):
            layout.trailing_newline = trailing
            lot = self.export(bills).lot_ids
            data = (self.directory / "entries" / lot.name).read_bytes()
            self.assertEqual((len(data), lot._content()), (lot.size, data))
            contents.append(data)
        self.assertTrue(contents[0].endswith(b"\r\n"))
        self.assertFalse(contents[1].endswith((b"\r", b"\n")))
        self.assertEqual(contents[1].count(b"\r\n"), 2 * contents[0].count(b"\r\n") - 1)

    def test_a_run_ends_with_its_last_lot(self):
        """It failed meanwhile: its attempts begin anew with each lot; one that is tried again goes on by itself."""
        self.connector.lot_size = 1
        bills = self.entry() | self.entry()
        first, second = self.written_lot(bills)
        run, later = first.run_id, fields.Datetime.now() + timedelta(hours=1)
        run.write({"attempt": 3, "date_end": fields.Datetime.now()})
        self.deliver(first)
        self.assertEqual((run.state, run.attempt, run.exported), ("written", 0, 1))
        self.deliver(second)
        self.assertEqual((run.state, run.exported, self.connector.last_success), ("done", 2, run.date_end))
        for values in ({"date_end": fields.Datetime.now(), "retry_on": later}, {}):
            lot = self.written_lot(self.entry())
            lot.run_id.write(values)
            self.deliver(lot)
            with self.subTest(values):
                self.assertEqual((lot.run_id.state, lot.run_id.is_active), ("delivered", True))

    def changed_beside(self, bill, **values):
        """Change columns of an entry as another program does, without Odoo."""
        self.env.flush_all()
        for name, value in values.items():
            query = SQL("UPDATE account_move SET %s = %s WHERE id = %s", SQL.identifier(name), value, bill.id)
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_an_update_is_what_the_entry_says_when_it_leaves(self):
        """The entry was changed beside Odoo since it was last compared: what is kept as sent is what was sent."""
        bill, other = self.entry(ref="AVANT"), self.entry(ref="AVANT")
        self.loop(bill | other)
        (bill | other).action_approve_payment()
        before = [self.content(self.document(one)).content for one in (bill, other)]
        self.changed_beside(bill, ref="APRES")
        documents = self.env["ledger.document"]
        run = self.export(bill | other)
        self.assertEqual((run.exported, run.set_aside), (2, 0))
        after = [self.content(self.document(one)).content for one in (bill, other)]
        self.assertEqual([new != old for new, old in zip(after, before, strict=True)], [True, False])
        self.assertFalse(documents.action_compare(), "the comparison finds nothing new")
        self.assertEqual(self.document(bill | other).mapped("state"), ["exported"] * 2)

    def test_an_update_of_an_entry_that_is_no_longer_posted_stays(self):
        bill, other = self.entry(), self.entry()
        self.loop(bill | other)
        (bill | other).action_approve_payment()
        self.changed_beside(bill, state="draft")
        run = self.export(bill | other)
        self.assertEqual((run.exported, self.document(other).state), (1, "exported"))
        self.assertNotEqual(self.document(bill).state, "exported")

    def test_documents_of_entries_that_are_no_longer_posted(self):
        """What was not sent is forgotten; what was sent is to be reversed, once its answer is there."""
        integrated = self.entry()
        self.loop(integrated)
        sent, rejected, fresh = (self.entry() for _number in range(3))
        self.export(sent | rejected)
        self.document(rejected)._move_on("reject")
        for bill in (integrated, sent, rejected, fresh):
            self.changed_beside(bill, state="draft")
        self.env["ledger.document"].action_compare()
        self.assertFalse(self.document(rejected) | self.document(fresh))
        for bill, stage in ((integrated, "to_export"), (sent, "sent")):
            document = self.document(bill)
            self.assertEqual((document.stage, document.anomaly_ids.code), (stage, "reversal_needed"))
            self.assertEqual((document.anomaly_ids.field, document.has_anomaly), ("state", True))
        self.assertEqual(self.document(integrated).operation, "update")

    def restored(self, work):
        """Do some work, then restore the database as it was before."""
        self.env.flush_all()
        with self.env.cr.savepoint() as copy:
            work()
            self.env.flush_all()
            copy.rollback()
        self.env.invalidate_all()

    def test_a_database_without_answers_is_restored_too(self):
        """What was delivered is integrated: there is no file of answers to read again, even if one is there."""
        self.connector.acknowledgement_layout_id = False
        bill = self.entry()
        self.restored(lambda: self.export(bill))
        done = self.directory / "acknowledgements/done"
        done.mkdir(parents=True, exist_ok=True)
        (done / "AR_x.txt").write_text(f"{ANSWER}EAU;{bill.name};;KO;C1;x\r\n", newline="")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.anomaly_ids.code), ("done", "lot_recognized"))
        self.assertEqual((self.document(bill).state, len(self.sent_files())), ("integrated", 1))

    def test_a_trace_that_vanishes_while_it_is_read(self):
        """Somebody clears the folder: the others are recognised, the run goes on."""
        bill, other = self.entry(), self.entry()
        self.restored(lambda: (self.export(bill), self.export(other)))
        traces = sorted((self.directory / "entries_sent").glob("*.json"))
        usual = LocalTransport._open

        def vanishing(transport, path, mode):
            if path == str(traces[0]) and mode == "rb" and os.path.exists(path):
                os.unlink(path)
            return usual(transport, path, mode)

        with patch.object(LocalTransport, "_open", vanishing):
            run = self.do(self.connector, "action_synchronize")
        self.assertFalse(traces[0].exists())
        self.assertEqual((run.state, self.document(other).state), ("done", "exported"))
        self.assertEqual(run.anomaly_ids.mapped("code"), ["lot_recognized"])
