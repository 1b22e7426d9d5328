"""A FEC of a period, as the tax office's checker reads it."""

import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from ..core.ledger.fec import COLUMNS
from .support.ledger import DAY, MONITOR, LedgerCase

SIREN = "732829320"


class TestLedgerFecExport(LedgerCase):
    def setUp(self):
        super().setUp()
        self.water.company_registry = SIREN
        self.user_of_books = self.user("books", MONITOR, self.water)

    def wizard(self):
        wizard = self.env["ledger.fec"].with_context(allowed_company_ids=self.water.ids)
        return wizard.with_user(self.user_of_books)

    def export(self, **values):
        wizard = self.wizard()
        dialog = wizard.create(
            {"company_id": self.water.id, "date_start": "2026-01-01", "date_end": "2026-12-31", **values}
        )
        action = dialog.action_export()
        self.assertEqual(action["res_id"], dialog.id)
        header, *rows = [line.split("|") for line in base64.b64decode(dialog.file).decode().splitlines()]
        self.assertEqual(tuple(header), COLUMNS)
        return dialog, [dict(zip(header, row, strict=True)) for row in rows]

    def operation(self, day=DAY):
        journal = self.record("journal", "OD")
        accounts = [self.record("account", code) for code in ("706100", "615500")]
        move = (
            self.env["account.move"]
            .with_company(self.water)
            .create(
                {
                    "journal_id": journal.id,
                    "date": day,
                    "ref": "OD 1",
                    "line_ids": [
                        Command.create({"name": "OD", "account_id": account.id, "debit": debit, "credit": 5 - debit})
                        for account, debit in zip(accounts, (5, 0), strict=True)
                    ],
                }
            )
        )
        move.action_post()
        return move

    def test_the_entries_of_the_period_pass_every_rule(self):
        bill, other = self.entry(amount=1234.5, ref="F-2026"), self.entry("out_invoice", 98.7)
        operation = self.operation()
        self.entry(date="2027-01-05", invoice_date="2027-01-05")
        self.entry(company=self.sewerage)
        dialog, rows = self.export()
        self.assertEqual((dialog.filename, dialog.problems), (f"{SIREN}FEC20261231.txt", ""))
        self.assertEqual((dialog.entry_count, dialog.row_count), (3, 6))
        self.assertEqual({row["EcritureNum"] for row in rows}, set((bill | other | operation).mapped("name")))
        of_bill = [row for row in rows if row["EcritureNum"] == bill.name]
        self.assertEqual({row["CompteNum"] for row in of_bill}, {"401000", "615500"})
        self.assertEqual({row["PieceRef"] for row in of_bill}, {"F-2026"})
        self.assertEqual(sorted(row["Debit"] for row in of_bill), ["0,00", "1234,50"])
        self.assertEqual({row["CompAuxNum"] for row in of_bill}, {"", "F0009"})

    def test_codes_that_nobody_bound_are_odoos_own(self):
        bill = self.entry()
        self.env["ledger.code"].search([("company_id", "=", self.water.id)]).res_id = False
        dialog, rows = self.export()
        self.assertFalse(dialog.problems)
        self.assertEqual(
            {(row["JournalCode"], row["CompteNum"]) for row in rows}, {("ACH", "401000"), ("ACH", "615500")}
        )
        self.assertEqual({row["EcritureNum"] for row in rows}, {bill.name})

    def test_the_balances_at_the_beginning(self):
        self.entry(amount=100, date="2025-05-05", invoice_date="2025-05-05")
        self.entry()
        _dialog, rows = self.export()
        opening = [row for row in rows if row["JournalCode"] == "OUV"]
        self.assertEqual(
            [(row["CompteNum"], row["Debit"], row["Credit"], row["CompAuxNum"]) for row in opening],
            [("401000", "0,00", "100,00", "F0009"), ("119000", "100,00", "0,00", "")],
        )
        self.assertEqual({row["EcritureDate"] for row in opening}, {"20260101"})
        self.assertEqual(len(self.export(with_opening=False)[1]), 2)

    def test_the_balances_bear_the_codes_of_the_year(self):
        """Of records that were bound by hand, and of a contact, whose company has the code."""
        supplier = self.supplier.filtered(lambda partner: partner.company_id == self.water)
        contact = self.env["res.partner"].create(
            {"name": "Agence", "parent_id": supplier.id, "ref": "AGENCE", "company_id": self.water.id}
        )
        supplier.ref = "ANCIENNE REF"
        self.code("account", "401000").code = "40100000"
        days = {"date": "2025-05-05", "invoice_date": "2025-05-05"}
        self.entry(amount=100, **days)
        self.entry(amount=50, partner_id=contact.id, **days)
        self.entry(partner_id=contact.id)
        _dialog, rows = self.export()
        thirds = [row for row in rows if row["CompAuxNum"]]
        self.assertEqual({(row["CompteNum"], row["CompAuxNum"]) for row in thirds}, {("40100000", "F0009")})
        opening = [row["Credit"] for row in thirds if row["JournalCode"] == "OUV"]
        self.assertEqual(opening, ["150,00"])

    def test_a_bill_paid_in_part_has_no_letter(self):
        """A letter needs its date (PAIRS of the checker), which a partial reconciliation has not."""
        bill, paid = self.entry(amount=100), self.entry(amount=30)
        notes = self.entry("in_refund", 40), self.entry("in_refund", 30)
        for invoice, note in zip((bill, paid), notes, strict=True):
            lines = (invoice | note).line_ids.filtered(lambda line: line.account_type == "liability_payable")
            lines.reconcile()
        self.assertTrue(bill.line_ids.filtered("matching_number"))
        dialog, rows = self.export()
        self.assertEqual(dialog.problems, "")
        letters = {row["EcritureNum"]: row["EcritureLet"] for row in rows if row["CompAuxNum"]}
        self.assertFalse(letters[bill.name] or letters[notes[0].name])
        self.assertTrue(letters[paid.name])
        self.assertEqual(letters[paid.name], letters[notes[1].name])

    def test_a_line_in_another_currency_than_its_operation(self):
        """1,000 dollars paid from an account in euros: Odoo keeps the currency of each line."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        bank, charge = self.record("account", "706100"), self.record("account", "615500")
        lines = [
            {"account_id": charge.id, "debit": 800, "currency_id": dollar.id, "amount_currency": 1000},
            {"account_id": bank.id, "credit": 800},
        ]
        move = (
            self.env["account.move"]
            .with_company(self.water)
            .create(
                {
                    "journal_id": self.record("journal", "OD").id,
                    "date": DAY,
                    "line_ids": [Command.create({"name": "Virement", **line}) for line in lines],
                }
            )
        )
        move.action_post()
        dialog, rows = self.export()
        self.assertEqual(dialog.problems, "")
        found = {row["CompteNum"]: (row["Montantdevise"], row["Idevise"]) for row in rows}
        self.assertEqual(found, {"615500": ("1000,00", "USD"), "706100": ("", "")})

    def test_what_a_period_leaves_out_is_said(self):
        self.entry()
        self.entry(post=False)
        dialog, rows = self.export(date_start="2026-02-01", date_end="2026-12-31")
        self.assertEqual((len(rows), dialog.problem_count, len(dialog.problems.splitlines())), (2, 0, 2))
        self.assertIn("01/01/2026", dialog.problems.replace("2026-01-01", "01/01/2026"))
        self.assertEqual(len(self.export()[0].problems.splitlines()), 1, "the draft is still there")

    def test_a_fiscal_year_that_is_no_calendar_year(self):
        """July to June: in its middle, what was earned before is a balance of its account, not a result."""
        self.water.write({"fiscalyear_last_day": 30, "fiscalyear_last_month": "6"})
        self.entry(amount=100, date="2025-05-05", invoice_date="2025-05-05")
        self.entry(amount=30, date="2025-10-05", invoice_date="2025-10-05")
        self.entry()
        dialog, rows = self.export(date_start="2025-07-01", date_end="2026-06-30")
        self.assertEqual((dialog.problems, dialog.filename), ("", f"{SIREN}FEC20260630.txt"))
        opening = {row["CompteNum"]: (row["Debit"], row["Credit"]) for row in rows if row["JournalCode"] == "OUV"}
        self.assertEqual(opening, {"401000": ("0,00", "100,00"), "119000": ("100,00", "0,00")})
        dialog, rows = self.export(date_start="2026-01-01", date_end="2026-06-30")
        opening = {row["CompteNum"]: (row["Debit"], row["Credit"]) for row in rows if row["JournalCode"] == "OUV"}
        self.assertEqual(
            opening, {"401000": ("0,00", "130,00"), "615500": ("30,00", "0,00"), "119000": ("100,00", "0,00")}
        )

    def test_two_fiscal_years_are_not_one(self):
        self.entry()
        dialog, _rows = self.export(date_start="2025-01-01")
        self.assertEqual((dialog.problem_count, len(dialog.problems.splitlines())), (0, 1))

    def test_branches_are_of_the_same_legal_person(self):
        branch = self.env["res.company"].create(
            {"name": "Antenne", "parent_id": self.water.id, "currency_id": self.water.currency_id.id}
        )
        self.env.user.company_ids |= branch
        journal = self.env["account.journal"].create(
            {"name": "Achats antenne", "code": "ACA", "type": "purchase", "company_id": branch.id}
        )
        move = self.entry(post=False)
        bill = move.copy({"company_id": branch.id, "journal_id": journal.id, "invoice_date": DAY, "date": DAY})
        move.unlink()
        bill.action_post()
        dialog, rows = self.export()
        self.assertEqual((len(rows), dialog.problem_count), (0, 2), "the branch is named, and no row is left")
        self.assertIn("Antenne", dialog.problems)
        self.user_of_books.company_ids |= branch
        dialog, rows = self.export()
        self.assertEqual((dialog.problems, {row["EcritureNum"] for row in rows}), ("", {bill.name}))

    def test_what_the_checker_would_say(self):
        self.water.company_registry = self.water.vat = False
        bill = self.entry()
        self.env.cr.execute(
            "UPDATE account_move_line SET debit = debit + 1 WHERE move_id = %s AND debit > 0", [bill.id]
        )
        self.env.invalidate_all()
        dialog, _rows = self.export()
        self.assertEqual(dialog.problem_count, 3)
        for words in ("SIREN", bill.name, "FEC20261231.txt"):
            self.assertIn(words, dialog.problems)

    def test_an_empty_period(self):
        dialog, rows = self.export(date_start="2024-01-01", date_end="2024-12-31")
        self.assertEqual((rows, dialog.problem_count), ([], 1))
        self.assertEqual(dialog.filename, f"{SIREN}FEC20241231.txt")

    def test_a_number_that_is_missing(self):
        bills = self.entry() | self.entry() | self.entry()
        self.env.cr.execute("UPDATE account_move SET state = 'draft' WHERE id = %s", [bills[1].id])
        self.env.cr.execute("UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s", [bills[1].id])
        self.env.invalidate_all()
        dialog, _rows = self.export()
        self.assertEqual(dialog.problem_count, 1)
        self.assertIn("ACH", dialog.problems)

    def test_a_layout_that_the_law_does_not_allow(self):
        self.entry()
        layout = self.env.ref("utility_billing_sync.ledger_layout_fec").copy(
            {"delimiter": "semicolon", "encoding": "cp1252"}
        )
        self.env.flush_all()
        dialog = self.wizard().create(
            {"company_id": self.water.id, "date_start": "2026-01-01", "date_end": "2026-12-31", "layout_id": layout.id}
        )
        dialog.action_export()
        self.assertEqual(dialog.problem_count, 2)

    def test_a_period_that_ends_before_it_begins(self):
        with self.assertRaises(UserError):
            self.export(date_end="2025-12-31")

    def test_the_year_before_is_proposed(self):
        form = Form(self.wizard())
        self.assertEqual((form.date_end - form.date_start).days, 364)
