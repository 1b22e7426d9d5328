from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..models.billing.bill_words import BillWords
from .support.billing import H1, Y2024, MoneyCase


@tagged("post_install", "-at_install")
class TestBillWords(MoneyCase):
    """Each sentence of a bill is a setting of the section, else what the company or the law says."""

    def words(self):
        return BillWords(self.section)

    def test_who_issues_the_bill(self):
        company = self.section.company_id
        company.write(
            {
                "street": "1 place de la Mairie",
                "zip": "76540",
                "city": "Valmont",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        empty = {"phone": "", "email": "", "hours": "", "emergency": "", "registry": "", "vat": ""}
        lines = ["1 place de la Mairie", "76540 Valmont", "France"]
        self.assertEqual(self.words().sender(), {"name": "Budget EAU", "address": lines, **empty})
        company.write({"phone": "1", "email": "mairie@example.com", "company_registry": "3", "vat": "FR23334175221"})
        theirs = {"phone": "1", "email": "mairie@example.com", "registry": "3", "vat": "FR23334175221"}
        self.assertEqual(self.words().sender(), {"name": "Budget EAU", "address": lines, **empty, **theirs})
        self.section.write(
            {
                "sender_name": "Régie",
                "sender_address": " 2 quai Nord \n\nValmont",
                "sender_phone": "4",
                "sender_email": "eau@example.com",
                "opening_hours": "9 h",
                "emergency_phone": "112",
            }
        )
        mine = {"phone": "4", "email": "eau@example.com", "hours": "9 h", "emergency": "112"}
        self.assertEqual(
            self.words().sender(), {"name": "Régie", "address": ["2 quai Nord", "Valmont"], **theirs, **mine}
        )

    def test_how_to_pay(self):
        """To the journal's account, else to the company's first one; a draft has no reference yet."""
        company = self.section.company_id.partner_id
        accounts = self.env["res.partner.bank"]
        bank = self.env["res.bank"].create({"name": "Banque", "bic": "BDFEFRPP"})
        self.assertEqual(self.words().payment_means(""), "By transfer or by cheque to the address above.")
        self.assertIn("above, with the reference F1.", self.words().payment_means("F1"))
        first, other = accounts.create([{"acc_number": number, "partner_id": company.id} for number in ("A1", "B2")])
        first.bank_id = bank
        self.assertEqual(
            self.words().payment_means("F1"),
            "By transfer to A1 BDFEFRPP with the reference F1, or by cheque to the address above.",
        )
        self.section.journal_id.bank_account_id = other
        self.assertEqual(self.words().payment_means(""), "By transfer to B2, or by cheque to the address above.")
        self.section.payment_means = "Au guichet."
        self.assertEqual(self.words().payment_means("F1"), "Au guichet.")

    def test_what_the_law_has_said_to_everybody(self):
        (mediator,) = self.words().standing()
        self.assertIn("mediation-eau.fr", mediator)
        self.section.has_public_accountant = True
        appeal, mediator = self.words().standing()
        self.assertIn("L.1617-5", appeal)
        self.section.issuer_capacity = "maire"
        self.assertEqual(self.words().standing(), ["Issued by maire.", appeal, mediator])
        self.section.quality_note_ids = [Command.create({"name": "note.pdf", "raw": b"%PDF"})]
        self.assertEqual(self.words().standing()[3:], ["The yearly note on the quality of water is enclosed."])

    def test_what_a_firm_reads(self):
        """The statements are about the firm, also where a bill goes to one of its contacts."""
        firm = self.env["res.partner"].create({"name": "Scierie", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Comptabilité", "parent_id": firm.id})
        self.section.operation_category = False
        self.assertEqual(self.words().business(contact), [])
        firm.company_registry = "732 829 320 00074"
        self.assertEqual(self.words().business(contact), ["Customer's SIREN: 732829320."])
        self.section.write({"operation_category": "both", "vat_on_debits": True})
        self.assertEqual(
            self.words().business(firm)[1:],
            ["Category of operation: goods and services.", "Option to pay the tax on debits."],
        )
        self.assertEqual(self.words().business(self.env["res.partner"].create({"name": "Abonnée"})), [])

    def test_balances_and_flat_rates(self):
        words, euro = self.words(), self.section.company_id.currency_id
        self.assertRegex(words.balance(-3, euro), r"^Paid in excess .*: 3\.00.€\.$")
        self.assertRegex(words.balance(0.5, euro), r"^Balance due .*: 0\.50.€\.$")
        self.assertEqual(words.flat(0), [])
        self.assertEqual(words.flat(1.5), ["Price of a further m³ before tax: 1.5000 €."])
        self.section.flat_authorisation = "délibération 12"
        self.assertEqual(words.flat(0), ["Flat rate authorised by: délibération 12."])


@tagged("post_install", "-at_install")
class TestBillContents(MoneyCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, {date(2024, 1, 1): 0, date(2025, 1, 1): 200}, is_dwelling=False)
        cls.meter = cls.subscription.meter_id
        cls.meter.write({"street": "3 rue du Lavoir", "zip": "76540", "city": "Valmont"})
        country = cls.env.ref("base.fr").id
        firm = cls.env["res.partner"].create({"name": "Agence du Lac", "is_company": True})
        place = {"street": "5 rue Haute", "zip": "76000", "city": "Rouen", "country_id": country}
        cls.payer = cls.env["res.partner"].create(
            {"name": "Comptabilité", "parent_id": firm.id, "type": "invoice", **place}
        )

    def test_everything_that_a_bill_prints(self):
        self.subscription.payer_id = self.payer
        bill = self.bill(self.subscription)
        fixed, block, above, levy = bill.invoice_line_ids
        printed = bill._prepare_utility_bill()
        reading = {"kind": "real", "previous_kind": "real", "device": "C0001", "rollover": False, "modified": False}
        reading |= {"previous_date": "2024-01-01", "previous_index": "0", "date": "2025-01-01", "index": "200"}
        reading |= {"consumption": "200", "computed": "200", "volume": "200", "relieved": False, "reason": ""}
        # 40 + 120 × 2 + 80 × 3 + 200 × 0.35, at 5.5 %
        expected = {
            "lang": "en_US",
            "section": "EAU",
            "unit": "m³",
            "meter": "C0001",
            "place": "3 rue du Lavoir, 76540 Valmont",
            "recipient": ["Comptabilité", "5 rue Haute", "76000 Rouen", "France"],
            "subscriber": "Abonné 1",
            "readings": [reading],
            "graph": [{"date": "2025-01-01", "volume": 200, "height": 60}],
            "volume": "200",
            "per": {str(fixed.id): "year"},
            "taxes": {str(line.id): "TVA 5.5 %" for line in bill.invoice_line_ids},
            "notices": [],
            "headings": {fixed.id: "Water distribution", levy.id: "Public bodies"},
            "parts": {fixed.id: "fixed", block.id: "block"},
            "terms": {
                fixed.id: {"quantity": "366", "fixed": True, "per": "year", "price": 40},
                block.id: {"quantity": "120", "fixed": False, "per": False, "price": 2},
                above.id: {"quantity": "80", "fixed": False, "per": False, "price": 3},
                levy.id: {"quantity": "200", "fixed": False, "per": False, "price": 0.35},
            },
            "fixed": 42.2,
            "tax_rows": [("TVA 5.5 %", 590, 32.45)],
        }
        self.assertEqual({name: printed[name] for name in expected}, expected)
        self.assertEqual(list(printed["subtotals"]), [above.id, levy.id])
        self.assertAlmostEqual(printed["subtotals"][above.id][0], 520)
        self.assertAlmostEqual(printed["subtotals"][above.id][1], 548.6)
        self.assertIn("By transfer", printed["payment"])
        self.assertFalse(self.credit(bill)._prepare_utility_bill()["payment"], "a credit note is not paid")

    def test_a_line_is_in_the_unit_of_its_price(self):
        bill = self.bill(self.subscription, post=False)
        self.assertEqual([line.product_uom_id.name for line in bill.invoice_line_ids], ["Units", "m³", "m³", "m³"])

    def test_labels(self):
        """A line names its days; their number only if the amount is not that of whole years."""
        self.tariff.dwellings_in_fixed = True
        year = self.bill(self.subscription, post=False)
        days = "from 01/01/2024 to 12/31/2024"
        self.assertEqual(
            year.invoice_line_ids.mapped("name"),
            [
                f"Abonnement – {days}",
                f"Eau – 0 to 120 m³ – {days}",
                f"Eau – above 120 m³ – {days}",
                f"Redevance (water agency) – {days}",
            ],
        )
        other = self.subscribe(2, {date(2024, 1, 1): 0, date(2024, 7, 1): 200}, dwellings=2)
        half = self.bill(other, H1, post=False)
        days = "from 01/01/2024 to 06/30/2024"
        labels = half.invoice_line_ids.mapped("name")
        self.assertEqual(labels[0], f"Abonnement – {days} – 182 days – 2 dwellings")
        self.assertEqual(labels[2], f"Eau – above 59.67 m³ – {days}")

    def test_less_than_a_cubic_metre(self):
        subscription = self.subscribe(2, {date(2024, 1, 1): 0, date(2025, 1, 1): 0.5})
        bill = self.bill(subscription, post=False)
        terms = bill._prepare_utility_bill()["terms"]
        self.assertEqual([terms[line.id]["quantity"] for line in bill.invoice_line_ids], ["366", "0.5", "0.5"])

    def test_a_bill_knows_its_readings_at_once(self):
        """Also in the transaction that writes it."""
        run = self.campaign(Y2024, subscription_ids=self.subscription.ids)
        reading = self.meter.reading_ids.filtered("previous_date")
        self.assertFalse(reading.billed_reading_ids)
        run._bill_batch(10)
        self.assertEqual(run.bill_ids.utility_reading_ids.reading_id, reading)
        self.assertEqual(reading.billed_reading_ids.move_id, run.bill_ids)

    def test_a_bill_of_nothing_is_no_credit_note(self):
        self.tariff.version_ids.line_ids.price = 0
        self.assertEqual(self.bill(self.subscription, post=False).move_type, "out_invoice")
