"""Exactly-once delivery: the state that a crash leaves between two steps of the protocol is created here."""

import hashlib
import os
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..models.ledger_exchange.steps import CodesStep
from .support.exchange import write_lots
from .support.ledger import MONITOR, LedgerCase

ANSWER = "company;number;external_reference;status;code;message\r\n"


class TestLedgerDelivery(LedgerCase):
    def sent_files(self):
        return sorted(path.name for path in (self.directory / "entries").iterdir())

    def written_lot(self, bill):
        """Stop after step 2, like a server killed before the delivery: the lot is stored, its documents are sent."""
        run = self.env["ledger.run"].create({"connector_id": self.connector.id, "company_ids": self.companies.ids})
        lot = self.do(run, write_lots, self.document(bill).ids)
        return lot.with_env(self.env)

    def answer(self, name, *rows):
        (self.directory / "acknowledgements" / name).write_text(
            ANSWER + "".join(f"{row}\r\n" for row in rows), encoding="utf-8", newline=""
        )
        return self.do(self.connector, "action_synchronize")

    def test_the_kept_file_is_the_delivered_one(self):
        run = self.export(self.entry())
        lot = run.lot_ids
        data = (self.directory / "entries" / lot.name).read_bytes()
        self.assertEqual((lot.size, lot.sha256), (len(data), hashlib.sha256(data).hexdigest()))
        self.assertEqual(lot._content(), data)
        self.assertIn(lot.number, lot.name)
        self.assertEqual((run.state, run.progress, run.total), ("done", 1, 1))

    def test_a_document_is_of_the_run_that_sent_it_last(self):
        first, second = self.entry(), self.entry()
        run = self.export(first)
        documents = self.env["ledger.document"]
        self.assertEqual((self.document(first).run_id, run.document_ids), (run, self.document(first)))
        self.assertEqual(documents.search([("run_id", "=", run.id)]), self.document(first))
        self.assertFalse(self.document(second).run_id)

    def test_a_crash_before_the_delivery(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        self.assertEqual((self.document(bill).state, lot.state, lot.run_id.state), ("exporting", "written", "written"))
        self.assertFalse(self.sent_files())
        self.assertEqual(self.export(bill).lot_ids, self.env["ledger.lot"], "the same document left in a second lot")
        self.assertEqual(self.sent_files(), [lot.name])
        self.assertEqual(
            (self.document(bill).state, lot.state, lot.run_id.state), ("exported", "delivered", "delivered")
        )

    def test_a_crash_after_the_delivery(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        path = self.directory / "entries" / lot.name
        path.write_bytes(lot._content())
        os.utime(path, (1, 1))
        self.do(self.connector, "action_synchronize")
        self.assertEqual(path.stat().st_mtime, 1, "a file that had arrived was sent again")
        self.assertEqual(self.document(bill).state, "exported")

    def test_a_crash_after_the_counterpart_took_the_file(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        (self.directory / "entries" / lot.name).write_bytes(lot._content())
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.simulate("serve", "--once")
        self.assertEqual((self.document(bill).state, lot.state), ("integrated", "delivered"))
        report = self.report()
        self.assertEqual([row["version"] for row in report["documents"]], [1])
        self.assertEqual([row["outcome"] for row in report["deliveries"]], ["new"])

    def test_a_half_written_file_is_never_taken(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        partial = self.directory / "entries" / f".{lot.name}.part"
        partial.write_bytes(lot._content()[:10])
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.sent_files(), [lot.name])

    def test_the_name_taken_by_another_content(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        (self.directory / "entries" / lot.name).write_bytes(b"something else")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.anomaly_ids.code), ("failed", "delivery_conflict"))
        self.assertEqual((self.document(bill).state, lot.state), ("exporting", "written"))
        lot.action_abandon()
        self.assertEqual((self.document(bill).state, lot.state), ("to_export", "abandoned"))
        self.assertEqual(self.export(bill).exported, 1)

    def test_documents_that_another_run_holds_are_left_to_it(self):
        bill = self.entry()
        self.written_lot(bill)
        run = self.env["ledger.run"].create({"connector_id": self.connector.id, "company_ids": self.companies.ids})
        self.assertFalse(self.do(run, write_lots, self.document(bill).ids))

    def test_lots_are_cut_at_their_size(self):
        self.connector.lot_size = 2
        bills = self.entry() + self.entry() + self.entry()
        run = self.export(bills)
        self.assertEqual(
            (run.lot_ids.sorted("id").mapped("document_count"), run.exported, run.state), ([2, 1], 3, "done")
        )

    def test_a_layout_without_company_makes_a_file_a_company(self):
        self.connector.entries_layout_id = self.env.ref("utility_billing_sync.ledger_layout_entries_15_approval")
        self.connector.updates_layout_id = self.connector.entries_layout_id
        bills = self.entry() + self.entry(company=self.sewerage)
        sent, answered = self.loop(bills)
        self.assertEqual((len(sent.lot_ids), answered.accepted), (2, 2))
        bills.action_approve_payment()
        sent, answered = self.loop(bills)
        self.assertEqual((sent.exported, answered.accepted), (2, 2))
        self.assertEqual({row["payment_approval"] for row in self.report()["documents"]}, {"OUI"})

    # Answers

    def test_a_rejected_document_says_why_and_leaves_again_once_corrected(self):
        bill = self.entry()
        run = self.export(bill)
        self.answer(f"AR_{run.lot_ids.number}.txt", f"EAU;{bill.name};;rejected;THIRD;tiers fermé")
        document = self.document(bill)
        self.assertEqual((document.state, document.has_anomaly), ("rejected", True))
        self.assertIn("THIRD tiers fermé", document.anomaly_ids.message)
        (self.directory / "entries" / run.lot_ids.name).unlink()
        bill.ref = "corrected"
        self.assertEqual((self.document(bill).state, self.document(bill).has_anomaly), ("to_export", False))
        self.loop(bill)
        self.assertEqual(self.document(bill).state, "integrated")
        self.document(bill)._refresh()
        self.assertEqual(self.document(bill).state, "integrated", "what was sent the second time is what is there")

    def test_a_rejected_document_corrected_over_there_is_exported_again(self):
        bill = self.entry()
        run = self.export(bill)
        self.answer(f"AR_{run.lot_ids.number}.txt", f"EAU;{bill.name};;rejected;ACCOUNT;compte fermé")
        self.assertEqual(self.export(bill).exported, 1)
        self.assertEqual(self.document(bill).state, "exported")

    def test_a_lot_refused_as_a_whole_leaves_again_in_another(self):
        bills = self.entry() + self.entry()
        lot = self.export(bills).lot_ids
        path = self.directory / "entries" / lot.name
        path.write_bytes(path.read_bytes()[:-2])
        self.simulate("serve", "--once")
        run = self.do(self.connector, "action_synchronize")
        self.assertIn(lot.number, run.anomaly_ids.message, "nobody is told that the lot was refused")
        self.assertEqual(run.rejected, 2)
        documents = self.document(bills)
        self.assertEqual((lot.state, set(documents.mapped("state"))), ("refused", {"rejected"}))
        self.assertEqual(set(documents.anomaly_ids.mapped("code")), {"lot_refused_because"})
        self.assertEqual(documents.anomaly_ids[0].params["code"], "TRONQUE")
        with self.assertRaises(AccessError):
            lot.with_user(self.user("monitor", MONITOR)).action_refuse()
        with self.assertRaises(UserError):
            lot.action_refuse()
        sent, answered = self.loop(bills)
        self.assertEqual((sent.exported, answered.accepted), (2, 2))
        self.assertNotEqual(sent.lot_ids, lot)
        self.assertEqual([row["outcome"] for row in self.report()["deliveries"]], ["new", "new"])

    def test_an_answer_that_is_lost(self):
        """A missing answer is reported after some days, then requested again, or entered by a person who checked."""
        first, second = self.entry(), self.entry()
        lost, told = self.export(first).lot_ids, self.export(second).lot_ids
        self.simulate("serve", "--once")
        for path in (self.directory / "acknowledgements").glob("AR_*"):
            path.unlink()
        self.do(self.connector, "action_synchronize")
        self.env.invalidate_all()
        self.assertEqual(self.connector.oldest_unanswered, self.document(first).date_exported)
        self.assertEqual(self.connector.health, "off", "an answer takes its time")
        with freeze_time(self.connector.oldest_unanswered + timedelta(days=5)):
            self.env.invalidate_all()
            self.assertEqual(self.connector.health, "warning")
        self.simulate("answer", lost.number)
        self.do(self.connector, "action_synchronize")
        self.assertEqual((self.document(first).state, self.document(second).state), ("integrated", "exported"))
        with self.assertRaises(AccessError):
            told.with_user(self.user("monitor", MONITOR)).action_accept()
        told.action_accept()
        self.assertEqual((self.document(second).state, told.state), ("integrated", "delivered"))
        with self.assertRaises(UserError):
            told.action_accept()
        self.env.invalidate_all()
        self.assertFalse(self.connector.oldest_unanswered)
        second.action_approve_payment()
        sent, answered = self.loop(second)
        self.assertEqual((sent.exported, answered.accepted), (1, 1), "what changed meanwhile leaves as an update")

    def test_a_lot_that_has_not_arrived_is_not_answered_for(self):
        bill = self.entry()
        lot = self.written_lot(bill)
        for answer in (lot.action_accept, lot.action_refuse):
            with self.assertRaisesRegex(UserError, "No document of this lot waits"):
                answer()
        self.assertEqual((lot.state, self.document(bill).state), ("written", "exporting"))

    def test_a_report_is_read_once(self):
        bill = self.entry()
        run = self.export(bill)
        name, row = f"AR_{run.lot_ids.number}.txt", f"EAU;{bill.name};;accepted;;"
        self.assertEqual(self.answer(name, row).accepted, 1)
        again = self.answer(name, row)
        self.assertEqual(
            (again.accepted, again.anomaly_ids, again.file_ids.filtered(lambda f: f.flow == "acknowledgement")),
            (0, self.env["ledger.anomaly"], self.env["ledger.file"]),
        )
        done = self.directory / "acknowledgements/done"
        self.assertEqual(len(list(done.iterdir())), 2)
        self.assertEqual(self.answer("AR_other.txt", row).anomaly_ids.code, "acknowledgement_late")

    def test_an_unknown_document_is_said_and_the_others_pass(self):
        bill = self.entry()
        run = self.export(bill)
        run = self.answer(
            f"AR_{run.lot_ids.number}.txt",
            "EAU;INCONNU;;accepted;;",
            f"EAU;{bill.name};;accepted;;",
            "EAU;x;;peut-être;;",
        )
        self.assertEqual((run.accepted, run.refused), (1, 2))
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"acknowledgement_unknown", "word_unknown"})
        self.assertEqual(self.document(bill).state, "integrated")

    def test_an_unreadable_report_blocks_nothing(self):
        bill = self.entry()
        run = self.export(bill)
        folder = self.directory / "acknowledgements"
        (folder / "AR_0.txt").write_bytes(b"\xff\xfeA\0R\0")
        run = self.answer(f"AR_{run.lot_ids.number}.txt", f"EAU;{bill.name};;accepted;;")
        self.assertEqual((run.accepted, run.anomaly_ids.code), (1, "encoding_wrong"))
        self.assertTrue((folder / "error/AR_0.txt").exists())

    def test_without_answers_what_is_delivered_is_integrated(self):
        self.connector.acknowledgement_layout_id = False
        bill = self.entry()
        self.export(bill)
        self.assertEqual(self.document(bill).state, "integrated")

    def test_a_layout_that_no_longer_works_stops_the_run_with_a_sentence(self):
        bill = self.entry()
        layout = self.connector.entries_layout_id
        self.env.cr.execute("UPDATE ledger_column SET attribute = 'unknown' WHERE layout_id = %s", [layout.id])
        run = self.export(bill)
        self.assertEqual((run.state, run.anomaly_ids.code), ("failed", "layout_wrong"))
        self.assertIn(layout.name, run.message)

    def test_an_unforeseen_error_is_that_of_its_document(self):
        bill = self.entry()
        self.loop(bill)
        document = self.document(bill)
        self.env.cr.execute(
            "UPDATE ledger_content SET content_integrated = 'x' WHERE id = %(id)s;"
            " UPDATE ledger_document SET stage = 'to_export' WHERE id = %(id)s",
            {"id": document.id},
        )
        other = self.entry()
        with mute_logger("odoo.addons.utility_billing_sync.models.ledger.attempts"):
            run = self.export(bill | other)
        self.assertEqual((run.state, run.exported, run.set_aside), ("done", 1, 1))
        anomaly = document.anomaly_ids
        self.assertEqual((anomaly.code, anomaly.blocking, document.state), ("unforeseen", True, "to_export"))
        self.assertRegex(anomaly.params["number"], "^[0-9a-f]{8}$")

    def test_an_unforeseen_error_of_a_step_leaves_the_others(self):
        bill = self.entry()
        error = RuntimeError("nobody foresaw this")
        with (
            patch.object(CodesStep, "take", side_effect=error),
            self.assertLogs("odoo.addons.utility_billing_sync.models.ledger.attempts", "ERROR") as log,
        ):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.exported, self.document(bill).state), ("failed", 1, "exported"))
        number = run.anomaly_ids.filtered(lambda a: a.code == "unforeseen").params["number"]
        self.assertIn(number, log.output[0])
        self.assertIn(number, run.message)
