from odoo.exceptions import ValidationError
from odoo.tests import Form

from .support.ledger import LedgerCase


def lines(change, which="true"):
    """Change a bill's lines behind Odoo's back."""
    return lambda case, bill: case.env.cr.execute(
        f"UPDATE account_move_line SET {change} WHERE move_id = %s AND {which}", [bill.id]
    )


def active(kind, code, value):
    return lambda case, bill: case.code(kind, code).write({"active": value})


def unbound(kind, code):
    """What takes the binding of a code away, and what gives it back."""
    kept = {}

    def take(case, _bill):
        kept["id"] = case.code(kind, code).res_id
        case.code(kind, code).res_id = False

    def give_back(case, _bill):
        case.code(kind, code).res_id = kept["id"]

    return take, give_back


#: {anomaly: (function that causes it, function that corrects it)}, each called with the test and a bill
SPOILT = {
    "company_locked": (
        lambda case, bill: case.water.write({"ledger_locked": True}),
        lambda case, bill: case.water.write({"ledger_locked": False}),
    ),
    "company_unbound": (
        lambda case, bill: case.water.write({"ledger_code": False}),
        lambda case, bill: case.water.write({"ledger_code": "EAU"}),
    ),
    "journal_closed": (active("journal", "ACH", False), active("journal", "ACH", True)),
    "account_closed": (active("account", "401000", False), active("account", "401000", True)),
    "third_party_closed": (active("third_party", "F0009", False), active("third_party", "F0009", True)),
    "journal_unknown": unbound("journal", "ACH"),
    "account_unbound": unbound("account", "401000"),
    "third_party_unbound": unbound("third_party", "F0009"),
    "currency_unknown": (
        lambda case, bill: case.connector.write({"currency_ids": case.env.ref("base.USD")}),
        lambda case, bill: case.connector.write({"currency_ids": False}),
    ),
    "text_unwritable": (
        lambda case, bill: bill.invoice_line_ids.write({"name": "Pompe 泵"}),
        lambda case, bill: bill.invoice_line_ids.write({"name": "Pompe"}),
    ),
    "due_date_missing": (lines("date_maturity = NULL"), lines("date_maturity = '2026-04-10'")),
    "unbalanced": (lines("debit = debit + 1", "debit > 0"), lines("debit = debit - 1", "debit > 0")),
}


class TestLedgerAnomalies(LedgerCase):
    """Every check runs before a document is sent; a corrected document becomes ready by itself."""

    def codes(self, move):
        return set(self.document(move).anomaly_ids.mapped("code"))

    def test_each_check_then_its_correction(self):
        self.env.ref("base.USD").active = True
        for code, (spoil, correct) in SPOILT.items():
            with self.subTest(code):
                bill = self.entry()
                self.assertFalse(self.codes(bill))
                spoil(self, bill)
                run = self.export(bill)
                self.assertIn(code, self.codes(bill))
                self.assertEqual((run.exported, run.set_aside, run.state), (0, 1, "done"))
                for anomaly in self.document(bill).anomaly_ids:
                    self.assertTrue(anomaly.message and anomaly.field_label)
                correct(self, bill)
                self.env["ledger.document"].action_open_monitor()
                self.assertFalse(self.document(bill).has_anomaly)
                self.assertEqual(self.export(bill).exported, 1)

    def test_what_waits_is_checked_again_at_once(self):
        """Its company is open again, the référentiel was brought in: nobody has to open the monitor."""
        self.water.ledger_locked = True
        bill = self.entry()
        self.assertEqual(self.codes(bill), {"company_locked"})
        self.water.ledger_locked = False
        self.assertFalse(self.document(bill).has_anomaly)
        self.code("third_party", "F0009").sudo().res_id = False
        self.document(bill)._refresh()
        self.assertEqual(self.codes(bill), {"third_party_unbound"})
        self.do(self.water, "action_update_companies")
        self.assertFalse(self.document(bill).has_anomaly)

    def test_an_amount_wider_than_its_column(self):
        column = self.connector.entries_layout_id.column_ids.filtered(lambda c: c.attribute == "amount")
        column.width = 8
        wide, good = self.entry(amount=123456.78), self.entry(amount=12345.67)
        self.assertEqual((self.codes(wide), self.codes(good)), ({"amount_too_wide"}, set()))
        run = self.export(wide + good)
        self.assertEqual((run.exported, run.set_aside), (1, 1))

    def test_all_anomalies_at_once_and_the_button_opens_the_document(self):
        bill = self.entry(post=False)
        self.water.ledger_locked = True
        (self.code("account", "615500") | self.code("third_party", "F0009")).active = False
        bill.action_post()
        document = self.document(bill)
        self.assertEqual(self.codes(bill), {"company_locked", "account_closed", "third_party_closed"})
        dialog = document.action_view_anomalies()
        self.assertEqual((dialog["target"], dialog["res_id"]), ("new", document.id))
        places = {anomaly.code: anomaly.action_correct() for anomaly in document.anomaly_ids}
        found = {code: (action["res_model"], action["res_id"]) for code, action in places.items()}
        self.assertEqual(self.currency_anomaly().action_correct()["res_id"], self.connector.id)
        self.assertEqual(found["company_locked"], ("res.company", self.water.id))
        self.assertEqual(found["account_closed"], ("account.move", bill.id))
        self.assertEqual(found["third_party_closed"], ("account.move", bill.id))

    def currency_anomaly(self):
        """Return the anomaly of a currency that the connector does not exchange; it is corrected there."""
        self.connector.currency_ids = self.env.ref("base.USD")
        found = self.document(self.entry()).anomaly_ids.filtered(lambda anomaly: anomaly.code == "currency_unknown")
        self.assertEqual(found.action_correct()["res_model"], "ledger.connector")
        return found


class TestLedgerLayouts(LedgerCase):
    """The presets are edited as lists, seen at once on a real document, and used by the next export."""

    def test_an_edited_layout_is_seen_and_used(self):
        layout = self.connector.entries_layout_id.copy()
        self.assertEqual(len(layout.column_ids), 25)
        bill = self.entry()
        with Form(layout) as form:
            form.preview_move_id = bill
            self.assertIn(f"EAU;;ACH;FF;10/03/2026;{bill.name}", form.preview)
            form.delimiter = "bar"
            form.date_format = "iso"
            self.assertIn(f"EAU||ACH|FF|2026-03-10|{bill.name}", form.preview)
            with form.column_ids.edit(1) as column:
                column.constant = "SIEGE"
                column.attribute = False
            self.assertIn("EAU|SIEGE|ACH|", form.preview)
        self.connector.entries_layout_id = layout
        run = self.export(bill)
        content = run.lot_ids._content().decode("cp1252")
        self.assertTrue(content.startswith(f"EAU|SIEGE|ACH|FF|2026-03-10|{bill.name}"), content)

    def test_a_preview_shows_the_document_that_is_chosen_otherwise_the_latest(self):
        first, latest, draft = self.entry(), self.entry(), self.entry(post=False)
        layout = self.connector.entries_layout_id
        self.assertIn(latest.name, layout.preview)
        self.assertNotIn(first.name, layout.preview)
        self.assertTrue(draft)
        layout.preview_move_id = first
        self.assertIn(first.name, layout.preview)
        self.assertNotIn(latest.name, layout.preview)
        stranger = self.env["res.company"].create({"name": "Autre"})
        layout.preview_move_id = False
        theirs = layout.with_context(allowed_company_ids=stranger.ids)
        theirs.invalidate_recordset(["preview"])
        self.assertEqual(theirs.preview, "Post an invoice to see its file here.")

    def test_a_preview_of_updates_and_one_that_cannot_be_written(self):
        bill = self.entry(ref="F-9")
        layout = self.connector.updates_layout_id.copy()
        layout.preview_move_id = bill
        name, _blank, *rows = layout.preview.partition("\n\n\n")[0].splitlines()
        self.assertIn("00000001", name)
        fields = [row.split(";")[3] for row in rows]
        self.assertEqual(set(fields), {"payment_approval", "due_date", "payment_mode", "label", "external_reference"})
        self.assertIn(f"EAU;{bill.name};F-9;external_reference;F-9", rows)
        answers = self.connector.acknowledgement_layout_id
        self.assertEqual(answers.preview.split(";"), answers.column_ids.sorted("sequence").mapped("name"))
        draft = self.env["ledger.layout"].new({"flow": "entries", "name": "x", "file_name": "ECR.txt"})
        self.assertEqual(draft.preview, "Layout x: it has no column.")

    def test_the_latest_entry_of_the_companies_is_shown(self):
        layout, (first, second) = self.connector.entries_layout_id, (self.entry(), self.entry())
        third = self.env["res.company"].create({"name": "Voirie"})
        self.env.invalidate_all()
        self.assertIn(second.name, layout.preview)
        self.assertNotIn(first.name, layout.preview)
        self.env.invalidate_all()
        self.assertEqual(
            layout.with_context(allowed_company_ids=third.ids).preview, "Post an invoice to see its file here."
        )

    def test_a_layout_that_cannot_work_is_refused(self):
        layout = self.connector.entries_layout_id.copy()
        for values in (
            {"file_name": "ECR.txt"},
            {"file_name": "../{lot}.txt"},
            {"column_ids": [(5,)]},
            {"column_ids": [(1, layout.column_ids[0].id, {"constant": "a;b", "attribute": False})]},
            {"column_ids": [(1, layout.column_ids[4].id, {"width": 4})]},
            {
                "flow": "fec",
                "column_ids": [(2, column.id) for column in layout.column_ids if column.attribute == "direction"],
            },
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                layout.write(values)

    def test_every_preset_is_a_record_that_says_the_same(self):
        from ..core.ledger.presets import PRESETS

        for key, preset in PRESETS.items():
            layout = self.env.ref(f"utility_billing_sync.ledger_layout_{key}")
            self.assertEqual(layout._to_core(), preset)
            self.assertTrue(layout.preview)
