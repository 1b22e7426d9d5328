"""The delivery protocol step by step: order of writes, rights to start runs, refusals of the database."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..core.ledger.findings import TransportError
from ..core.ledger.local import LocalTransport
from .support.exchange import make_run, write_lots
from .support.ledger import CONNECTOR_MANAGER, LedgerCase


class TestLedgerProtocol(LedgerCase):
    def refusing(self, folder):
        """Let nothing be delivered into a folder."""
        deliver = LocalTransport.deliver

        def refuse(transport, name, chunks, expected=None):
            if name.startswith(f"{folder}/"):
                raise TransportError("timeout", True, name=name)
            return deliver(transport, name, chunks, expected)

        return patch.object(LocalTransport, "deliver", refuse)

    def test_the_trace_is_there_before_the_lot(self):
        bill = self.entry()
        with self.refusing("entries"):
            run = self.export(bill)
        self.assertEqual((run.state, self.document(bill).state), ("written", "exporting"))
        self.assertEqual(len(list((self.directory / "entries_sent").iterdir())), 1)
        self.assertEqual(list((self.directory / "entries").iterdir()), [])

    def test_without_its_trace_no_lot_leaves(self):
        bill = self.entry()
        with self.refusing("entries_sent"):
            run = self.export(bill)
        self.assertEqual((run.state, self.document(bill).state), ("written", "exporting"))
        self.assertEqual(list((self.directory / "entries").iterdir()), [])

    def test_a_trace_that_is_there_says_what_left(self):
        """The lot is interrupted after its trace; one of its documents is answered before it is delivered again."""
        bills = self.entry() | self.entry()
        with self.refusing("entries"):
            lot = self.export(bills).lot_ids
        trace = next((self.directory / "entries_sent").iterdir())
        kept = trace.read_bytes()
        self.document(bills[0])._accept()
        run = self.export(self.entry())
        self.env.invalidate_all()
        self.assertEqual((run.state, lot.state, trace.read_bytes()), ("done", "delivered", kept))
        self.assertEqual(self.document(bills).sorted("id").mapped("state"), ["integrated", "exported"])

    def test_a_recovered_run_is_closed(self):
        bill = self.entry()
        run = make_run(self.connector, "export", "manual", self.companies, self.document(bill))
        self.do(run, write_lots, self.document(bill).ids)
        run.write({"date_end": "2026-03-10 10:00:00", "step": False})
        other = self.entry()
        self.export(other)
        self.env.invalidate_all()
        self.assertEqual((run.state, run.exported, run.is_active), ("done", 1, False))
        self.assertEqual(self.document(bill | other).mapped("state"), ["exported"] * 2)

    def test_a_delivered_lot_is_not_given_up(self):
        lot = self.export(self.entry()).lot_ids
        with self.assertRaises(UserError):
            lot.action_abandon()
        self.assertEqual(lot.state, "delivered")

    def test_a_manager_starts_for_their_own_companies(self):
        manager = self.user("one", CONNECTOR_MANAGER, self.water)
        bill, other = self.entry(), self.entry(company=self.sewerage)
        run = self.do(self.connector, "action_synchronize", user=manager)
        self.assertEqual(run.company_ids, self.water)
        self.assertEqual(self.document(bill).state, "exported")
        self.assertEqual(self.document(other).state, "to_export")

    def test_an_answer_is_for_the_documents_of_its_connector(self):
        bill = self.entry(company=self.sewerage)
        self.export(bill)
        self.connector.company_ids = [Command.unlink(self.sewerage.id)]
        other = self.make_connector(
            name="Autre", directory="other", company_ids=[Command.set(self.sewerage.ids)], create_accounts=False
        )
        folder = self.root / self.env.cr.dbname / "other/acknowledgements"
        folder.mkdir(parents=True)
        header = "company;number;external_reference;status;code;message\r\n"
        (folder / "AR_x.txt").write_text(f"{header}ASST;{bill.name};;accepted;;\r\n", newline="")
        run = self.do(other, "action_synchronize")
        self.assertEqual(run.anomaly_ids.filtered("blocking").mapped("code"), ["acknowledgement_unknown"])
        document = self.document(bill).filtered(lambda d: d.connector_id == self.connector)
        self.assertEqual(document.state, "exported")

    def test_a_document_on_its_way_is_not_judged_again(self):
        bill = self.entry()
        self.export(bill)
        self.code("account", "615500").write({"active": False})
        bill.action_approve_payment()
        document = self.document(bill)
        self.assertEqual((document.state, document.operation), ("exported", "create"))
        self.assertFalse(document.anomaly_ids or document.has_anomaly)

    def test_a_stop_is_not_forgotten_by_a_retry(self):
        bill = self.entry()
        with self.refusing("entries"):
            run = self.export(bill)
        self.assertTrue(run.retry_on)
        self.do(run, "action_stop", user=self.user("manager", CONNECTOR_MANAGER))
        self.assertFalse(run.retry_on)
        self.connector.cron_id.method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(run.is_active)

    def assertRefused(self, query, *arguments):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(query, arguments)

    def test_the_database_itself_refuses_what_is_there_twice(self):
        bill = self.entry()
        self.loop(bill)
        document = self.document(bill)
        self.env.flush_all()
        file = self.env["ledger.file"].search([("flow", "=", "acknowledgement")], limit=1)
        for table, record in (
            ("ledger_document", document.id),
            ("ledger_lot", document.lot_id.id),
            ("ledger_code", self.code("account", "401000").id),
            ("ledger_file", file.id),
        ):
            with self.subTest(table):
                self.env.cr.execute(
                    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
                    " WHERE table_name = %s AND column_name != 'id'",
                    [table],
                )
                columns = self.env.cr.fetchone()[0]
                self.assertRefused(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = %s", record
                )
