"""An upgrade keeps the data of the former version."""

import json
from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tools import SQL

from ..core.ledger.fingerprint import NAMES, fingerprint
from ..models.ledger_entries.entry_reader import Collector
from .support.exchange import make_run
from .support.ledger import LedgerCase

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


class TestUpgrade(LedgerCase):
    def test_fingerprints(self):
        """They were kept with the names of their parts; a document that left is still what was sent."""
        bill = self.entry()
        self.loop(bill)
        document = self.document(bill)
        text = self.content(document).integrated
        size = len(text) // len(NAMES)
        parts = {name: text[place * size : (place + 1) * size] for place, name in enumerate(NAMES)}
        former = json.dumps(dict(sorted(parts.items())))
        self.env.cr.execute(
            SQL("UPDATE ledger_content SET content = %s, content_sent = %s WHERE id = %s", former, former, document.id)
        )
        load_script(str(MIGRATIONS / "19.0.1.1.0/post-migrate.py"), "post_migrate").migrate(self.env.cr, "19.0.1.0.0")
        kept = self.content(document)
        self.assertEqual({kept.content, kept.content_sent, kept.integrated}, {text})

    def test_the_list_of_an_open_run(self):
        """It was a table; a run that is not over sends what was left of it."""
        bills = self.entry() | self.entry() | self.entry()
        documents = self.document(bills).sorted("id")
        self.connector.lot_size = 2
        run = make_run(self.connector, "export", "manual", self.companies, documents)
        listed = self.env.execute_query(SQL("SELECT todo FROM ledger_run WHERE id = %s", run.id))
        self.assertEqual(listed, [([documents.ids],)])
        self.env.cr.execute("CREATE TABLE ledger_run_todo_rel (run_id int, document_id int)")
        for document in documents[1:]:
            self.env.cr.execute("INSERT INTO ledger_run_todo_rel VALUES (%s, %s)", [run.id, document.id])
        run.todo = False
        self.env.flush_all()
        for _time in range(2):
            load_script(str(MIGRATIONS / "19.0.1.2.0/post-migrate.py"), "post_migrate").migrate(
                self.env.cr, "19.0.1.1.0"
            )
        run.invalidate_recordset()
        self.assertEqual((run._todo(), run._todo_count()), (documents[1:], 2))

    def test_words_of_shipped_layouts(self):
        """A word that an administrator has set keeps its meaning; no word is added twice."""
        layout = self.env.ref("utility_billing_sync.ledger_layout_acknowledgement")
        layout.word_ids.filtered(lambda word: word.there in ("Rejet", "Vrai", "Err")).unlink()
        layout.word_ids = [(0, 0, {"attribute": "status", "there": "VRAI", "here": "rejected"})]
        migration = load_script(str(MIGRATIONS / "19.0.1.5.0/post-usual_words.py"), "post_usual_words")
        for _time in range(2):
            migration.migrate(self.env.cr, "19.0.1.4.0")
        words = [(word.there, word.here) for word in layout.word_ids if word.there.lower() in ("rejet", "vrai", "err")]
        self.assertEqual(sorted(words), [("Err", "rejected"), ("Rejet", "rejected"), ("VRAI", "rejected")])

    def test_names_of_shipped_layouts(self):
        layout = self.env.ref("utility_billing_sync.ledger_layout_referential_vat_profile").with_context(lang="en_US")
        other = self.env.ref("utility_billing_sync.ledger_layout_referential_account").with_context(lang="en_US")
        layout.name, other.name = "Référentiel: vat profile", "Comptes de la ville"
        self.env.flush_all()
        migration = load_script(str(MIGRATIONS / "19.0.1.5.0/post-layout_names.py"), "post_layout_names")
        migration.migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertEqual((layout.name, other.name), ("Reference codes: VAT profile", "Comptes de la ville"))


class TestUpgradeToIds(LedgerCase):
    """What documents said when they were sent was kept by codes: it is kept by ids, and no change shows."""

    def keep_by_codes(self, documents):
        """As the earlier version kept it; returns the text of each."""
        found = Collector(self.env).documents(documents.move_id.ids)
        for document in documents:
            text = fingerprint(found[document.move_id.id]).to_text()
            document.number_sent = False
            self.keep(document, content=text, content_sent=text, content_integrated=text)

    def keep(self, document, **texts):
        self.env.flush_all()
        changes = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), text) for name, text in texts.items())
        self.env.cr.execute(SQL("UPDATE ledger_content SET %s WHERE id = %s", changes, document.id))

    def migrate(self):
        for name in ("post-sent_numbers", "post-contents"):
            load_script(str(MIGRATIONS / f"19.0.1.3.0/{name}.py"), "script").migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def test_documents_that_left_are_what_they_were(self):
        bills = self.entry() | self.entry()
        self.loop(bills)
        approved = self.entry()
        self.loop(approved)
        documents = self.document(bills | approved)
        self.keep_by_codes(documents)
        approved.action_approve_payment()
        document = self.document(approved)
        text = self.content(document).integrated
        self.keep_by_codes(document)
        self.keep(document, content_sent=text, content_integrated=text)
        document.stage = "to_export"
        for _again in range(2):
            self.migrate()
        documents._refresh()
        self.assertEqual(set(self.document(bills).mapped("state")), {"integrated"})
        self.assertEqual((document.state, document.changed_fields), ("to_export", "payment_approval"))
        self.assertEqual(documents.mapped("number_sent"), documents.mapped("number"))
        self.code("account", "615500").write({"active": False})
        documents._refresh()
        self.assertEqual(set(self.document(bills).mapped("state")), {"integrated"})
