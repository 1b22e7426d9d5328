"""Where the files of a connector are: folders, layouts by folder, what a server is given; rows of documents."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tools import SQL, config
from odoo.tools.sql import column_exists, table_exists

from ..core.ledger.findings import Finding, TransitionForbidden, TransportError
from ..models.ledger import ledger_document_rows
from ..models.ledger import ledger_file_place_transport as transport_module
from .support.exchange import make_run
from .support.ledger import LedgerCase

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
NORD, SUD = "732829320", "552100554"


class TestPlaces(LedgerCase):
    def remote(self, connector=None, **values):
        values = {"protocol": "sftp", "host": "sftp.town.fr", "username": "odoo", "directory": "eau", **values}
        (connector or self.connector).write(values)

    def another(self, **values):
        company = self.env["res.company"].create({"name": "Voirie"})
        return self.make_connector(company_ids=[Command.set(company.ids)], directory="voirie", **values)

    def test_what_a_server_is_given(self):
        connector = self.connector
        secrets = {"password_input": "p", "private_key_input": "k", "passphrase_input": "w"}
        self.remote(port=2222, **secrets)
        connector.temporary_form = "suffix"
        with patch.object(transport_module, "open_server") as opened:
            with self.assertRaises(TransportError) as refused:
                connector._open_transport()
            self.assertEqual((refused.exception.code, opened.called), ("host_key_wrong", False))
            connector._by_server().host_key = KEY
            self.assertEqual(connector._open_transport().temporary, "suffix")
            found = {"directory": "eau", "port": 2222, "password": "p", "private_key": "k", "passphrase": "w"}
            opened.assert_called_once_with("sftp.town.fr", "odoo", KEY, **found)
            self.remote(host=False, username=False, directory=False)
            connector.sudo().write({"password": False, "private_key": False, "passphrase": False, "host_key": KEY})
            connector._open_transport()
            empty = {"directory": "", "port": 2222, "password": "", "private_key": "", "passphrase": ""}
            opened.assert_called_with("", "", KEY, **empty)
        self.assertEqual((connector.host_key_shown_fingerprint, connector.host_key_fingerprint[:7]), (False, "SHA256:"))

    def test_directories_of_this_server(self):
        """Made below the root, which may not exist yet; the root is set in the environment or the configuration."""
        connector, name = self.connector, self.env.cr.dbname
        self.assertEqual(connector._local_root(), self.root / name)
        connector.directory = False
        self.assertEqual(connector._local_directory(), f"connector_{connector.id}")
        new = self.env["ledger.connector"].new({})
        self.assertEqual(new._local_directory(), "connector_0")
        elsewhere = self.root / "far" / "away"
        with patch.dict(os.environ, {"LEDGER_EXCHANGE_ROOT": str(elsewhere)}):
            self.assertEqual(connector._local_root(), elsewhere / name)
            for _again in range(2):
                connector._open_transport()
            made = {path.name for path in (elsewhere / name / f"connector_{connector.id}").iterdir()}
        self.assertLessEqual({"entries", "acknowledgements", "referential"}, made)
        self.assertNotIn("payments", made, "none are received")
        with patch.dict(config._runtime_options):
            del config._runtime_options["ledger_exchange_root"]
            self.assertEqual(connector._local_root(), Path(config["data_dir"]) / "ledger_exchange" / name)

    def test_the_test_of_a_connection(self):
        """It makes the folders of scans, and says which names it ignores."""
        self.water.scan_directory = "scans/eau"
        (self.directory / "entries").mkdir(exist_ok=True)
        Path(os.fsdecode(os.fsencode(self.directory / "entries") + b"/caf\xe9.txt")).touch()
        self.connector.write({"temporary_form": "prefix", "trace_folder": False})
        shown = self.connector.action_test_connection()
        self.assertEqual((shown["type"], shown["tag"]), ("ir.actions.client", "display_notification"))
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        params = shown["params"]
        self.assertEqual((params["type"], params["sticky"], params["next"]), ("success", False, reload))
        self.assertTrue((self.directory / "scans/eau").is_dir())
        self.assertEqual((self.connector.temporary_form, self.connector.trace_folder), ("hidden", "entries_sent"))
        self.assertRegex(self.connector.message_ids[0].body, "Files whose names are not text are ignored: .*entries/")
        self.remote()
        with patch.object(transport_module, "fetch_host_key", return_value=KEY):
            shown = self.connector.action_test_connection()["params"]
        self.assertEqual((shown["type"], shown["sticky"]), ("warning", True))
        self.assertIn(self.connector.host_key_shown_fingerprint, shown["message"])
        self.connector._by_server().host_key = KEY
        with patch.object(transport_module, "fetch_host_key", return_value=KEY):
            self.connector.action_forget_host_key()
        self.assertEqual((self.connector.host_key, self.connector.host_key_shown), (False, KEY))

    def test_names_that_leave_the_directory(self):
        folders = ("entries_folder", "acknowledgement_folder", "referential_folder", "payments_folder", "trace_folder")
        for name in folders:
            with self.subTest(name), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.connector[name] = "../elsewhere"
        self.connector.trace_folder = "traces/of/ours"
        self.assertEqual(self.connector._trace_folder(), "traces/of/ours")
        self.connector.trace_folder = False
        self.connector.entries_folder = "out"
        self.assertEqual(self.connector._trace_folder(), "out_sent")

    def test_layouts_by_folder(self):
        connector = self.connector
        answers, codes = connector.acknowledgement_layout_id, connector.referential_layout_ids
        self.assertEqual(connector._layouts_of_folder("acknowledgements"), answers)
        self.assertEqual(connector._layouts_of_folder("referential"), codes)
        self.assertFalse(connector._layouts_of_folder("payments") or connector._layouts_of_folder("entries"))
        self.assertEqual((connector._payments_folder(), "payments" in connector._folders()), ("", False))
        connector.payments_layout_id = payments = self.env.ref("utility_billing_sync.ledger_layout_payments")
        self.assertEqual((connector._payments_folder(), connector._folders()[-1]), ("payments", "payments"))
        self.assertEqual(connector._layouts_of_folder("payments"), payments)
        connector.write({"acknowledgement_folder": "in", "payments_folder": "in"})
        self.assertEqual(connector._layouts_of_folder("in"), answers | payments)
        self.assertEqual(connector._folders(), ("entries", "in", "referential"))

    def test_the_company_of_a_file(self):
        """Its SIREN; of a file of several companies, the first one's, in Odoo's order of companies."""
        self.water.company_registry, self.sewerage.company_registry = NORD, SUD
        connector, layouts = self.connector, self.env["ledger.connector"].with_company(self.sewerage)
        for company, siren in (("EAU", NORD), ("ASST", SUD), ("", SUD)):
            lot = connector._lot("7", company)
            self.assertEqual((lot.lot, lot.company, lot.siren, lot.origin), ("7", company, siren, "ODOO"))
        for company, siren in (("EAU", NORD), ("", SUD), ("NONE", "")):
            lot = layouts._preview_lot(company)
            self.assertEqual((lot.lot, lot.company, lot.siren), ("00000001", company, siren))

    def test_directories_on_a_server(self):
        """Equal by host, port and user, or by the server's key; one inside another one is refused too."""
        other = self.another()
        self.remote()
        overlap = "overlaps with that of another connector"
        for values in ({"directory": "eau"}, {"directory": "eau/in"}, {"directory": False}):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, overlap), self.env.cr.savepoint():
                self.remote(other, **values)
        for values in ({"directory": "asst"}, {"username": "other"}, {"port": 2222}, {"host": "sftp.other.fr"}):
            self.remote(other, **{"port": 22, **values})
        self.connector._by_server().host_key = KEY
        other._by_server().host_key = KEY
        with self.assertRaisesRegex(ValidationError, overlap), self.env.cr.savepoint():
            other.directory = "eau/in"
        self.remote(directory="/srv/eau")
        with self.assertRaisesRegex(ValidationError, overlap), self.env.cr.savepoint():
            self.remote(other, username="other", directory="/srv/eau")
        other.active = False
        with self.assertRaisesRegex(ValidationError, overlap), self.env.cr.savepoint():
            self.remote(directory="eau", host="sftp.other.fr")
        other.write({"protocol": "local", "directory": f"connector_{other.id}"})
        for name in (f"connector_{self.connector.id}", f"telemetry_{other.id}"):
            with self.assertRaisesRegex(ValidationError, overlap), self.env.cr.savepoint():
                other.directory = name

    def test_defaults_without_presets(self):
        """An administrator may have deleted one: a new connector has the others."""
        preset = self.env.ref("utility_billing_sync.ledger_layout_referential_vat_profile")
        self.connector.referential_layout_ids -= preset
        preset.unlink()
        default = self.env["ledger.connector"].default_get(["referential_layout_ids"])["referential_layout_ids"]
        self.assertEqual(set(default[0][2]), set(self.connector.referential_layout_ids.ids))
        self.assertTrue(default[0][2])

    def test_runs_and_anomalies_of_a_connector(self):
        before = self.connector.run_ids
        run = make_run(self.connector, "export", "manual", self.companies)
        elsewhere = make_run(self.another(), "export", "manual", self.water)
        found = self.env["ledger.run"].search(self.connector.action_view_runs()["domain"])
        self.assertEqual((found, elsewhere in found), (run | before, False))
        for several in (self.connector.browse(), self.connector | elsewhere.connector_id):
            for name in ("action_view_runs", "action_test_connection"):
                with self.subTest(name), self.assertRaises(ValueError):
                    getattr(several, name)()
        document = self.document(self.entry())
        anomalies, finding = self.env["ledger.anomaly"], Finding("permission_denied", "", {"name": "in"})
        of_run, of_file, of_document, alone = (
            anomalies.create(anomalies._values(finding, **values))
            for values in (
                {"run_id": run.id},
                {"run_id": run.id, "file_name": "codes.csv"},
                {"document_id": document.id, "file_name": "codes.csv"},
                {},
            )
        )
        names = [one.display_name for one in (of_run, of_file, of_document, alone)]
        self.assertEqual(names, [run.display_name, "codes.csv", document.display_name, alone.message])
        of_document.field = "account"
        self.assertEqual((of_document.field_label, of_run.field_label), ("Account", False))
        self.assertEqual(document.action_open_move()["views"], [(False, "form")])
        self.assertEqual(document.action_open_move()["res_id"], document.move_id.id)

    def test_tables_that_the_orm_does_not_know(self):
        """They are made again if they are missing; a column of an earlier version goes."""
        cr = self.env.cr
        cr.execute("DROP TABLE ledger_content")
        cr.execute("ALTER TABLE ledger_document ADD COLUMN state varchar NOT NULL DEFAULT 'x'")
        cr.execute("ALTER TABLE ledger_lot DROP COLUMN packed, DROP COLUMN manifest, DROP COLUMN documents")
        for model in ("ledger.document", "ledger.lot"):
            self.env[model].init()
        self.assertTrue(table_exists(cr, "ledger_content"))
        self.assertFalse(column_exists(cr, "ledger_document", "state"))
        for name in ("packed", "manifest", "documents"):
            self.assertTrue(column_exists(cr, "ledger_lot", name))

    def test_when_a_job_is_called_again(self):
        """A connector's at its next run; without a schedule, and any other job, after Odoo's interval."""
        jobs, job = self.env["ir.cron"], self.connector.cron_id
        digest = self.env.ref("utility_billing_sync.ir_cron_digest")
        called = self.env.cr.now().replace(microsecond=0) - timedelta(hours=1)
        planned = datetime(2027, 3, 1, 11, 30)
        for one, next_run, expected in (
            (job, planned, planned),
            (job, False, called + timedelta(days=1)),
            (digest, planned, called + timedelta(days=1)),
        ):
            self.connector._by_server().next_run = next_run
            self.env.flush_all()
            fields = {"id": one.id, "nextcall": called, "interval_type": "days", "interval_number": 1}
            jobs._reschedule_later(fields)
            self.env.invalidate_all()
            with self.subTest(one.name, next_run=next_run):
                self.assertEqual(one.nextcall, expected)
        self.assertEqual(self.connector._now().microsecond, 0)


class TestRows(LedgerCase):
    """Documents are written by SQL: what is pending is written before, what is in memory follows."""

    def setUp(self):
        super().setUp()
        self.documents = self.document(self.entry() | self.entry()).sorted("id")
        self.first, self.second = self.documents

    def row(self, document, **values):
        """Return all columns of a document, as a refresh writes them."""
        columns = (*ledger_document_rows.COLUMNS, *ledger_document_rows.CONTENT)
        query = SQL(
            "SELECT to_jsonb(document.*) || to_jsonb(kept.*) FROM ledger_document document"
            " JOIN ledger_content kept ON kept.id = document.id WHERE document.id = %s",
            document.id,
        )
        [[known]] = self.env.execute_query(query)
        return {name: known[name] for name in columns} | values

    def age(self):
        """Let the documents have been written by somebody else, on another day."""
        self.env.flush_all()
        query = "UPDATE ledger_document SET write_date = '2026-01-01', write_uid = %s WHERE id = ANY(%s)"
        self.env.cr.execute(query, [self.env.ref("base.user_admin").id, self.documents.ids])
        self.env.invalidate_all()

    def test_rows_that_a_refresh_writes(self):
        first, second = self.first, self.second
        self.documents._write_rows({})
        rows = {document.id: self.row(document) for document in self.documents}
        self.age()
        self.documents._write_rows(rows)
        self.assertEqual({str(day) for day in self.documents.mapped("write_date")}, {"2026-01-01 00:00:00"})
        self.assertEqual(first.changed_labels, "")
        first.number, second.company_sent = "PENDING", "EAU"
        rows[first.id] |= {"number": "BY SQL", "changed_fields": "account"}
        rows[second.id] |= {"signature": "another"}
        self.documents._write_rows(rows)
        for _where in ("memory", "database"):
            self.assertEqual((first.number, first.changed_labels), ("BY SQL", "Account"))
            self.assertEqual((second.company_sent, second.number), ("EAU", rows[second.id]["number"]))
            self.assertEqual(self.documents.write_uid, self.env.user)
            self.assertGreater(min(self.documents.mapped("write_date")), datetime(2026, 1, 2))
            self.env.flush_all()
            self.env.invalidate_all()
        self.age()
        rows[second.id] |= {"content_sent": "x"}
        self.documents._write_rows(rows)
        self.assertEqual(str(first.write_date), "2026-01-01 00:00:00", "unchanged")
        self.assertNotEqual(second.write_date, first.write_date, "a changed content changes its document")

    def test_events_of_documents(self):
        first, second = self.first, self.second
        self.assertIsNone(self.documents.browse()._move_on("collect"))
        self.age()
        self.assertEqual((first.state, first.write_uid.id), ("to_export", self.env.ref("base.user_admin").id))
        first.number = "PENDING"
        first._move_on("collect", number_sent=SQL("number"))
        for _where in ("memory", "database"):
            self.assertEqual((first.stage, first.state, first.number_sent), ("sent", "exported", "PENDING"))
            self.assertEqual((first.operation, first.write_uid, second.stage), ("create", self.env.user, "to_export"))
            self.env.flush_all()
            self.env.invalidate_all()
        self.documents._move_on("change")
        self.assertEqual(self.documents.mapped("stage"), ["sent", "to_export"], "each from its own")
        with self.assertRaises(TransitionForbidden):
            self.documents._move_on("confirm")
