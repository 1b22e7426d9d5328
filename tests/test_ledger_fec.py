from collections import Counter
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..core.ledger.layouts import Writer
from ..core.ledger.records import Lot
from .support.ledger import DAY, LedgerCase


# l10n_fr_account, which the addon does not need, is in the database of `./dev test`; a database without it has nothing
# to compare with, so that Odoo's own runner runs this by its tag only
@tagged("-standard", "l10n_fr_account", "post_install", "-at_install")
class TestLedgerFec(LedgerCase):
    """The FEC preset writes the same lines as Odoo's own FEC (l10n_fr_account) for the same fiscal year.

    Differences of form, undone here: Odoo pads amounts with zeros, writes “-” where an entry has no reference (the
    preset: its number) and “/” where a line has no label (the preset: the document's), and repeats the amount in
    currency when the currency is the ledger's.
    """

    def make_entries(self):
        moves = (
            self.entry(amount=1234.56, ref="F-2026|7") + self.entry("out_invoice", 98.7) + self.entry("in_refund", 10)
        )
        journal = self.record("journal", "OD")
        accounts = [self.record("account", code) for code in ("706100", "706300")]
        other = (
            self.env["account.move"]
            .with_company(self.water)
            .create(
                {
                    "journal_id": journal.id,
                    "date": DAY,
                    "line_ids": [
                        Command.create({"name": "OD", "account_id": account.id, "debit": debit, "credit": 5 - debit})
                        for account, debit in zip(accounts, (5, 0), strict=True)
                    ],
                }
            )
        )
        other.action_post()
        return moves + other

    def odoo_lines(self):
        wizard = self.env["l10n_fr.fec.export.wizard"].with_company(self.water).with_context(lang="en_US")
        made = wizard.create({"date_from": "2026-01-01", "date_to": "2026-12-31", "test_file": True}).generate_fec()
        header, *rows = [line.split("|") for line in made["file_content"].decode().split("\r\n")]
        return header, rows

    def our_lines(self, moves):
        documents = self.env["ledger.document"].with_context(lang="en_US")._collect_moves(moves.ids)
        layout = self.env.ref("utility_billing_sync.ledger_layout_fec")._to_core()
        writer = Writer(layout, Lot("1", date(2026, 12, 31), siren="123456782"))
        text = b"".join(writer.chunks(documents[move] for move in moves.ids)).decode()
        header, *rows = [line.split("|") for line in text.splitlines()]
        self.assertFalse(writer.refused)
        return header, rows

    def same_form(self, header, row):
        line = dict(zip(header, row, strict=True))
        for name in ("Debit", "Credit"):
            line[name] = Decimal(line[name].strip().replace(",", "."))
        for name in ("Montantdevise", "Idevise", "EcritureLib"):
            del line[name]
        if line["PieceRef"] == "-":
            line["PieceRef"] = line["EcritureNum"]
        # without quotes the preset blanks what would shift a column, Odoo's writes a slash
        line["PieceRef"] = line["PieceRef"].replace("/", " ").replace("|", " ")
        return tuple(line.items())

    def test_the_same_lines(self):
        moves = self.make_entries()
        their_header, theirs = self.odoo_lines()
        our_header, ours = self.our_lines(moves)
        self.assertEqual(our_header, their_header)
        self.assertEqual(len(ours), 8)
        self.assertEqual(
            Counter(self.same_form(our_header, row) for row in ours),
            Counter(self.same_form(their_header, row) for row in theirs),
        )
        labels = Counter(row[10].replace("/", " ") for row in theirs if row[10] != "/")
        self.assertLessEqual(labels, Counter(row[10].replace("/", " ") for row in ours))
