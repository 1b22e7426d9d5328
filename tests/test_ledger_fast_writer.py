import hashlib
import random
from dataclasses import replace
from decimal import Decimal

from odoo import Command
from odoo.tools import SQL

from ..core.ledger.checks import examine
from ..core.ledger.fingerprint import Fingerprint
from ..core.ledger.layouts import Column, Layout, Word, Writer
from ..core.ledger.presets import PRESETS
from ..core.ledger.records import FLOWS
from ..core.ledger.traces import manifest_documents
from ..models.ledger_entries.checker import Checker
from ..models.ledger_entries.entry_reader import Collector
from ..models.ledger_entries.fast_writer import PlainEntries
from .support.exchange import reconcile
from .support.language import add_french
from .support.ledger import LedgerCase
from .support.ledger_entries import copy_entries

COPIES = 150
LABELS = (
    "Redevance d'été n° 7", "x" * 34, "x" * 35, "x" * 36, "a;b", "a\tb", "a|b", 'dit "le pré"', "100 €", "cœur", "Łódź",
    "a\r\nb", "a\nb", "fin\r", "\x85", "\xa0", "été\u0301", "'", "\\", "%s", "", None, " ", " bord ", "日本", "\x07",
)  # fmt: skip
# Two rows where there is one: as many delimiters before the line end, and after it, as a row has.
FORGED = f"x{';' * 15}\r\n{';' * 9}"
EVERY = Layout(
    name="Every attribute",
    flow="entries",
    file_name="ECR_{lot}.txt",
    encoding="cp1252",
    columns=tuple(Column(name, name, decimals=4) for name in FLOWS["entries"]),
)
FIRST = replace(EVERY, columns=tuple(replace(column, first_line_only=True) for column in EVERY.columns))
NOTICE = PRESETS["entries_25"]
REQUIRED = ("number", "external_reference", "label", "amount", "position", "date")
LAYOUTS = {
    **{name: PRESETS[name] for name in ("entries_25", "entries_15", "entries_15_approval")},
    "every attribute": EVERY,
    "on the first line": FIRST,
    "required": replace(EVERY, columns=tuple(replace(c, required=c.name in REQUIRED) for c in EVERY.columns)),
    "another form": replace(
        EVERY, delimiter="\t", encoding="utf-8", quoting="minimal", line_end="\n", date_format="%Y-%m-%d",
        decimal_sign=".", yes="1", no="0",
    ),
    "whole": replace(EVERY, columns=tuple(replace(c, decimals=0) for c in EVERY.columns), date_format="%d%m%y"),
    "narrow": replace(NOTICE, columns=tuple(replace(c, width=16) for c in NOTICE.columns)),
    "padded": replace(EVERY, columns=(*EVERY.columns, Column("filled", "number", width=30, pad=" "))),
    "quoted": replace(EVERY, quoting="all"),
    "words": replace(EVERY, words=(Word("document_type", "Facture", "FF"), Word("direction", "Débit", "D"))),
    "without zero lines": replace(EVERY, skip_zero_lines=True),
    "commas": replace(EVERY, delimiter=",", decimal_sign=",", quoting="minimal"),
}  # fmt: skip
NEVER = ("padded", "quoted", "words", "without zero lines", "commas")


def ids(documents):
    return [document.id for document in documents]


class TestLedgerPlain(LedgerCase):
    """For documents without findings, PostgreSQL renders the same bytes as the Writer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bills = cls.entry(ref="F-7") + cls.entry("out_invoice", 98.7) + cls.entry("in_refund", 10)
        dollar = cls.env.ref("base.USD")
        dollar.active = True
        cls.connector.currency_ids = dollar + cls.env.ref("base.EUR")
        dollars = cls.entry("out_invoice", 51.3, currency_id=dollar.id)
        bills[0].action_approve_payment()
        cls.usual, cls.copies = bills + dollars, copy_entries(bills + dollars, COPIES // 4)
        cls.spoil(random.Random(7))
        reconcile(cls.connector)

    @classmethod
    def spoil(cls, chance):
        """Give each copy one oddity of real data: unusual texts, missing values, amounts that are too wide."""
        lines = cls.copies.line_ids.sorted("id")
        changes = (
            lambda: SQL("name = %s", chance.choice((*LABELS, FORGED))),
            lambda: SQL("debit = debit * 2, credit = credit * 3"),
            lambda: SQL("amount_currency = amount_currency * %s", chance.choice((0, 2, Decimal("1.00001")))),
            lambda: SQL("date_maturity = %s", chance.choice((None, "2026-12-31", "0999-01-31"))),
            lambda: SQL("partner_id = NULL"),
            lambda: SQL("matching_number = %s", chance.choice(("A1", "a;b", ""))),
        )
        for line in lines:
            change = chance.choice(changes)()
            cls.env.cr.execute(SQL("UPDATE account_move_line SET %s WHERE id = %s", change, line.id))
        for move in cls.copies:
            reference = chance.choice((*LABELS, FORGED, "F-1", "F-1", "F-1"))
            cls.env.cr.execute("UPDATE account_move SET ref = %s WHERE id = %s", [reference, move.id])
            factor = chance.choice((1, 1, 1, 0, Decimal("1.00001"), Decimal("1E10"), Decimal("1.0000")))
            amounts = "UPDATE account_move_line SET debit = debit * %s, credit = credit * %s WHERE move_id = %s"
            cls.env.cr.execute(amounts, [factor, factor, move.id])
        cls.env.invalidate_all()

    def rendered(self, moves, layout):
        """Return ({move id: bytes} as PostgreSQL says, {move id: bytes} of those of which the writer says nothing)."""
        checker, writer = Checker(self.connector), Writer(layout, self.connector._lot("7", "EAU"))
        documents, plain = self.document(moves), {}
        entries = PlainEntries(self.connector, writer, checker.context)
        if entries.can_write:
            with entries.rendered(documents.ids, self.companies.ids) as texts:
                rows = list(texts)
            self.assertEqual(len(rows), len(documents))
            odd = entries.rows.odd(rows)
            self.assertEqual(odd, [place for place, row in enumerate(rows) if entries.rows.encoded([row]) is None])
            plain = {d.move_id.id: entries.rows.encoded([rows[n]]) for n, d in enumerate(documents) if n not in odd}
        judged = {
            move: examine(document, checker.context, writer)
            for move, document in Collector(self.env).documents(moves.ids).items()
        }
        return plain, {move: writer.bytes_of(rows) for move, (findings, rows) in judged.items() if not findings}

    def test_the_same_rows_and_none_of_what_the_writer_has_to_say_something(self):
        for name, layout in LAYOUTS.items():
            with self.subTest(name):
                plain, written = self.rendered(self.usual + self.copies, layout)
                self.assertEqual(plain, {move: written.get(move) for move in plain})
                self.assertEqual(bool(plain), name not in NEVER)

    def test_the_usual_ones_are_written_by_it(self):
        for name in ("entries_25", "entries_15_approval", "every attribute", "on the first line", "another form"):
            plain, _written = self.rendered(self.usual, LAYOUTS[name])
            self.assertEqual(set(plain), set(self.usual.ids), name)

    def test_names_in_the_language_of_the_run(self):
        add_french(self.env)
        bill = self.usual[0]
        bill.invoice_line_ids.account_id.update_field_translations("name", {"en_US": "Upkeep", "fr_FR": "Entretien"})
        for lang, name in (("fr_FR", "Entretien"), ("en_US", "Upkeep")):
            self.env = self.env(context={**self.env.context, "lang": lang})
            self.connector = self.connector.with_env(self.env)
            plain, written = self.rendered(bill, EVERY)
            with self.subTest(lang):
                self.assertIn(name.encode(), plain[bill.id])
                self.assertEqual(plain, written)

    def test_what_became_another_since_it_was_looked_at_is_left_to_be_judged(self):
        bill = self.usual[0]
        changes = (
            ("UPDATE account_move SET payment_reference = 'X', ref = NULL WHERE id = %s", bill.id),
            ("UPDATE account_move_line SET name = 'X' WHERE move_id = %s AND debit > 0", bill.id),
            ("UPDATE account_move SET state = 'draft' WHERE id = %s", bill.id),
        )
        for change, record in changes:
            with self.subTest(change), self.env.cr.savepoint(flush=False) as savepoint:
                self.env.cr.execute(change, [record])
                self.assertNotIn(bill.id, self.rendered(bill, LAYOUTS["entries_25"])[0])
                savepoint.rollback()
        self.assertIn(bill.id, self.rendered(bill, LAYOUTS["entries_25"])[0])

    def test_what_has_an_anomaly_is_left_to_be_judged(self):
        document = self.document(self.usual[0])
        document.has_anomaly = True
        self.assertEqual(self.export(self.usual[:2]).exported, 2)
        self.assertFalse(document.has_anomaly, "it was not looked at again")

    def test_a_locked_company_a_journal_or_a_currency_that_is_not_known(self):
        layout = LAYOUTS["entries_25"]
        self.water.ledger_locked = True
        self.assertFalse(self.rendered(self.usual, layout)[0])
        self.water.ledger_locked = False
        self.code("journal", "VT").active = False
        self.assertEqual(set(self.rendered(self.usual[:2], layout)[0]), set(self.usual[0].ids))

    def test_lots_of_one_stream(self):
        """Each lot contains its own documents, whichever of them the Writer renders, and its manifest lists them."""
        self.connector.lot_size = 3
        moves = self.env["account.move"]
        for number in range(7):
            moves |= self.entry(ref='dit "non"' if number in (0, 4) else f"R{number}")
        blocked = moves[5]
        self.env.cr.execute("UPDATE account_move_line SET partner_id = NULL WHERE move_id = %s", [blocked.id])
        self.env.invalidate_all()
        run = self.export(moves)
        self.assertEqual((run.exported, run.set_aside, run.progress), (6, 1, 7))
        ordered = self.document(moves).sorted(lambda d: (d.date, d.id))
        left = [d for d in ordered if d.move_id != blocked]
        lots = run.lot_ids.sorted("id")
        self.assertEqual([lot._kept("documents") for lot in lots], [ids(left[:3]), ids(left[3:5]), ids(left[5:])])
        for lot in lots:
            content = lot._content()
            self.assertEqual((lot.size, lot.sha256), (len(content), hashlib.sha256(content).hexdigest()))
            manifest = manifest_documents(lot._manifest())
            numbers = dict.fromkeys(row.split(";")[5] for row in content.decode("cp1252").splitlines())
            self.assertEqual(list(numbers), [traced.number for traced in manifest])
            self.assertEqual([traced.move for traced in manifest], [d.move_id.id for d in left if d.lot_id == lot])
            for traced, document in zip(manifest, [d for d in left if d.lot_id == lot], strict=True):
                content = Fingerprint.from_text(self.content(document).content).brief().to_text()
                self.assertEqual((traced.content, traced.operation), (content, "create"))

    def test_a_layout_that_says_its_lot(self):
        """Each file contains the number of its own lot."""
        layout = self.connector.entries_layout_id
        layout.column_ids = [Command.create({"name": "lot", "attribute": "lot", "sequence": 900})]
        self.connector.lot_size = 1
        run = self.export(self.usual[:2])
        self.assertTrue(run.lot_ids)
        for lot in run.lot_ids:
            self.assertEqual({row.split(";")[-1] for row in lot._content().decode("cp1252").splitlines()}, {lot.number})

    def test_a_document_without_lines_is_judged(self):
        """A document without lines has no row in the stream, and does not shift the others."""
        bills = self.entry() | self.entry() | self.entry()
        self.env.cr.execute("DELETE FROM account_move_line WHERE move_id = %s", [bills[1].id])
        self.env.invalidate_all()
        run = self.export(bills)
        self.assertEqual((run.exported, run.set_aside), (2, 1))
        self.assertIn("document_empty", self.document(bills[1]).anomaly_ids.mapped("code"))
        numbers = {row.split(";")[5] for row in run.lot_ids._content().decode("cp1252").splitlines()}
        self.assertEqual(numbers, set((bills - bills[1]).mapped("name")))

    def test_a_file_of_both(self):
        """A run keeps the order of the documents, whether PostgreSQL or the Writer renders them."""
        odd = self.entry(ref='dit "le pré"')
        moves = self.usual[:2] + odd
        run = self.export(moves)
        self.assertEqual((run.exported, run.set_aside), (3, 0))
        rows = run.lot_ids._content().decode("cp1252").splitlines()
        numbers = [row.split(";")[5] for row in rows]
        ordered = self.document(moves).sorted(lambda d: (d.date, d.id)).mapped("number")
        self.assertEqual(list(dict.fromkeys(numbers)), ordered)
        self.assertEqual(len(rows), 6)
