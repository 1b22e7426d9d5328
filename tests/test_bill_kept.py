import io
import shutil
from datetime import date

from lxml import html
from pypdf import PdfReader

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..models.common.ir_actions_report import ENGINE
from .support.billing import H1, H2, Y2024, MoneyCase
from .support.language import add_french
from .support.whole import Whole


class PrintedCase(MoneyCase):
    def printed(self, bill, report="account.report_invoice"):
        self.env.flush_all()
        self.env.invalidate_all()
        content = self.env["ir.actions.report"]._render_qweb_html(report, bill.ids)[0]
        body = html.fromstring(content).xpath("//div[hasclass('article')]")[0]
        return " ".join(body.text_content().replace("\xa0", " ").split())


@tagged("post_install", "-at_install")
class TestBillKept(PrintedCase):
    """Documents stay as they were sent (invariant 3), whatever changes in the records since."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_french(cls.env)
        cls.subscription = cls.subscribe(1, {date(2023, 1, 1): 0, date(2024, 1, 1): 100})
        cls.meter = cls.subscription.meter_id
        cls.meter.write({"street": "3 rue du Lavoir", "digits": 4})
        cls.subscription.partner_id.write({"street": "3 rue du Lavoir", "city": "Valmont", "zip": "76540"})
        cls.section.write({"emergency_phone": "02 35 00 00 01", "opening_hours": "9 h – 12 h"})
        cls.section.company_id.write({"street": "1 place de la Mairie", "city": "Valmont"})

    def change_everything(self, bill):
        """Change all that a bill could read again after it was posted."""
        partner, section, company = bill.partner_id, self.section, self.section.company_id
        self.env["utility.meter.replace"].create(
            {
                "meter_id": self.meter.id,
                "date": date(2025, 6, 1),
                "removal_index": self.meter.last_index + 5,
                "installation_index": 0,
                "serial_number": "NEUF-1",
            }
        ).action_confirm()
        self.meter.write({"street": "9 impasse Neuve", "city": "Ailleurs", "name": "Autre nom"})
        other = self.env["utility.meter"].create({"serial_number": "AUTRE-2", "section_id": section.id})
        self.subscription._end_and_begin(date(2025, 7, 1), meter_id=other.id)
        partner.write({"name": "Nom changé", "street": "Parti", "zip": "1", "city": "Loin", "lang": "fr_FR"})
        section.write(
            {
                "name": "EAU 2",
                "emergency_phone": "112",
                "opening_hours": "jamais",
                "mediator": "Un autre",
                "payment_means": "En liquide",
                "has_public_accountant": True,
                "vat_on_debits": True,
                "operation_category": "both",
            }
        )
        company.write({"name": "Autre budget", "street": "Ailleurs", "phone": "0", "company_registry": "123"})
        company.partner_id.bank_ids = [Command.create({"acc_number": "FR7630001007941234567890185"})]
        self.tariff.version_ids.line_ids.write({"price": 9, "name": "Autre prix"})
        self.tariff.version_ids.line_ids.filtered(lambda line: line.kind == "fixed").per = "half_year"
        (self.fixed | self.water | self.levy).write({"name": "Autre article"})
        taxes = bill.invoice_line_ids.tax_ids
        taxes.write({"name": "Autre taxe", "invoice_label": "99 %"})
        self.env["utility.leak.alert"].search([]).sudo().write({"mean": 1, "cap": 2, "state": "dismissed"})

    def numbers(self, bill):
        return "C0001", {"C0001"} if bill.utility_reading_ids else set()

    def assertKept(self, bill, *shown):
        before = self.printed(bill)
        for text in shown:
            self.assertIn(text, before)
        self.assertEqual(
            (bill.utility_meter_number, set(bill.utility_reading_ids.mapped("device"))), self.numbers(bill)
        )
        self.change_everything(bill)
        self.assertEqual(self.printed(bill), before)
        self.assertEqual(
            (bill.utility_meter_number, set(bill.utility_reading_ids.mapped("device"))), self.numbers(bill)
        )
        self.assertTrue(bill.utility_consumption_graph)

    def test_an_ordinary_bill(self):
        self.enter(self.meter, date(2025, 1, 1), 180)
        shown = "C0001", "3 rue du Lavoir", "Abonné 1", "1 place de la Mairie", "02 35 00 00 01", "9 h – 12 h"
        self.assertKept(self.bill(self.subscription), *shown, "To pay by 12/31/2024")

    def test_a_modified_consumption_and_its_reason(self):
        reading = self.enter(self.meter, date(2025, 1, 1), 7708)
        reading.write({"consumption": 108, "modification_reason": "Robinet d'arrêt cassé"})
        reading.action_confirm()
        bill = self.bill(self.subscription)
        self.assertKept(bill, "modified consumption: Robinet d'arrêt cassé (7608 m³ by the indexes)", "108 m³")

    def test_a_roll_over(self):
        self.enter(self.meter, date(2024, 7, 1), 9998.75)
        self.bill(self.subscription, H1)
        reading = self.env["utility.reading"].create(
            {"meter_id": self.meter.id, "date": date(2025, 1, 1), "index": 52.5, "rollover": True}
        )
        reading.action_confirm()
        self.assertKept(self.bill(self.subscription, H2), "52.5 roll-over of the meter", "53.75 m³")

    def test_a_leak_notice(self):
        self.enter(self.meter, date(2025, 1, 1), 900)
        bill = self.bill(self.subscription)
        alert = self.env["utility.leak.alert"].search([("subscription_id", "=", self.subscription.id)])
        self.assertEqual(alert.state, "warned", "the bill told the subscriber")
        self.assertKept(bill, "Unusual water consumption", "limited to 200 m³", "within one month of this bill")

    def test_a_merged_subscriber(self):
        self.enter(self.meter, date(2025, 1, 1), 180)
        bill = self.bill(self.subscription)
        before = self.printed(bill)
        kept = self.env["res.partner"].create({"name": "Doublon gardé", "email": "a@example.com"})
        bill.partner_id.email = "a@example.com"
        self.env["base.partner.merge.automatic.wizard"]._merge((bill.partner_id | kept).ids, kept)
        self.assertEqual(bill.partner_id, kept)
        self.assertEqual(self.printed(bill), before)

    def test_a_credit_note(self):
        self.enter(self.meter, date(2025, 1, 1), 180)
        self.assertKept(self.credit(self.bill(self.subscription)), "Credit note", "Abonné 1", "180")

    def test_a_draft_shows_what_is_true_now(self):
        self.enter(self.meter, date(2025, 1, 1), 180)
        bill = self.bill(self.subscription, post=False)
        self.assertIn("Draft bill", self.printed(bill))
        self.section.name = "EAU POTABLE"
        self.assertIn("EAU POTABLE", self.printed(bill))
        self.assertFalse(bill.utility_document)

    def test_put_back_to_draft_a_bill_is_printed_anew(self):
        self.enter(self.meter, date(2025, 1, 1), 180)
        bill = self.bill(self.subscription)
        bill.button_draft()
        self.section.name = "EAU POTABLE"
        self.assertIn("EAU POTABLE", self.printed(bill))
        bill.action_post()
        self.assertIn("EAU POTABLE", self.printed(bill))


@tagged("post_install", "-at_install")
class TestMentions(PrintedCase):
    """What the order of 10 July 1996 and others ask of a bill, from settings, only where it applies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, {date(2024, 1, 1): 0, date(2024, 7, 1): 50, date(2025, 1, 1): 110})

    def text(self, period=Y2024, **values):
        return self.printed(self.bill(self.subscription, period, **values))

    def test_standing_mentions_have_defaults(self):
        text = self.text()
        for shown in ("Budget EAU", "Médiation de l'eau", "To pay by 12/31/2024", "by cheque"):
            self.assertIn(shown, text)
        for hidden in ("L.1617-5", "SIREN", "note on the quality", "Emergency", "Balance due", "Prices changed"):
            self.assertNotIn(hidden, text)

    def test_headings_are_in_the_subscriber_s_language_whoever_prints(self):
        """Bills printed by a job, which has no language, are in the language of the subscriber."""
        add_french(self.env)
        self.subscription.partner_id.lang = "fr_FR"
        bill = self.bill(self.subscription, Y2024).with_context(lang=False)
        self.assertEqual(
            list(bill._prepare_utility_bill()["headings"].values()), ["Distribution de l’eau", "Organismes publics"]
        )
        self.assertIn("du 01/01/2024 au 31/12/2024", bill.invoice_line_ids[0].name)

    def test_a_draft_names_no_reference(self):
        self.env["res.partner.bank"].search([("partner_id", "=", self.section.company_id.partner_id.id)]).unlink()
        draft = self.draw_up(self.campaign(Y2024))
        self.assertEqual(self.payment(draft), "By transfer or by cheque to the address above.")
        draft.action_post()
        self.assertEqual(
            self.payment(draft), f"By transfer or by cheque to the address above, with the reference {draft.name}."
        )

    def test_a_draft_names_the_account_alone(self):
        partner = self.section.company_id.partner_id
        self.env["res.partner.bank"].create({"partner_id": partner.id, "acc_number": "FR7630001007941234567890185"})
        draft = self.draw_up(self.campaign(Y2024))
        self.assertRegex(self.payment(draft), r"^By transfer to FR76[\d ]+, or by cheque to the address above\.$")

    def payment(self, bill):
        return bill._prepare_utility_bill()["payment"]

    def test_the_rule_about_the_days_of_readings(self):
        self.assertIn("Each consumption goes from the day of a reading to the day before the next one.", self.text())

    def test_headings_and_their_parts(self):
        text = self.text()
        self.assertRegex(text, "Water distribution Standing charge .* Consumption .* Public bodies")
        self.assertRegex(text, r"Redevance \(water agency\)")

    def test_a_line_names_whose_part_it_is(self):
        lines = self.tariff.version_ids.line_ids
        lines.filtered(lambda line: line.kind == "block").share = "communal"
        self.assertIn("Eau (communal part)", self.text())

    def test_the_balance_of_earlier_bills(self):
        first = self.bill(self.subscription, H1)
        text = self.text(H2)
        self.assertIn("Balance due on earlier bills, on this bill's date: 144.95 €", text)
        self.assertAlmostEqual(first.amount_residual, 144.95)

    def test_an_estimate_names_its_reference_period(self):
        self.section.company_id.utility_use_billing_types = True
        self.subscription.billing_type = "estimated"
        text = self.text((date(2025, 1, 1), date(2025, 6, 30)), reading_start=date(2025, 1, 2))
        self.assertIn("Volume estimated from the consumption from 01/01/2024 to 12/31/2024.", text)

    def test_the_day_of_other_prices(self):
        self.tariff.version_ids = [Command.create({"date_start": date(2024, 7, 1), "line_ids": self.price_lines(4, 5)})]
        self.assertIn("Prices changed on 07/01/2024.", self.text())

    def test_a_flat_rate(self):
        self.section.company_id.utility_use_billing_types = True
        self.section.flat_authorisation = "délibération du 3 mars 2020"
        self.subscription.write({"billing_type": "flat", "flat_volume": 200})
        text = self.text()
        self.assertIn("Flat rate: 200 m³", text)
        self.assertIn("Price of a further m³ before tax: 3.0000 €.", text)
        self.assertIn("Flat rate authorised by: délibération du 3 mars 2020.", text)

    def test_a_public_accountant(self):
        self.section.write({"has_public_accountant": True, "issuer_name": "A. Maire", "issuer_capacity": "maire"})
        text = self.text()
        self.assertIn("Issued by A. Maire, maire.", text)
        self.assertIn("L.1617-5", text)
        self.assertIn("www.mediation-eau.fr", text)

    def test_sentences_of_the_section_replace_those_of_the_law(self):
        own = {"appeal_text": "Le délai court.", "mediator": "Médiateur de Valmont.", "payment_means": "Au guichet."}
        self.section.write({"has_public_accountant": True, **own})
        text = self.text()
        for sentence in own.values():
            self.assertIn(sentence, text)
        for sentence in ("L.1617-5", "mediation-eau", "By transfer"):
            self.assertNotIn(sentence, text)

    def test_a_business_customer(self):
        self.section.vat_on_debits = True
        self.subscription.partner_id.write({"is_company": True, "company_registry": "732 829 320 00074"})
        text = self.text()
        self.assertIn("Customer's SIREN: 732829320. Category of operation: supply of goods.", text)
        self.assertIn("Option to pay the tax on debits.", text)

    def test_the_note_on_water_is_named_and_enclosed(self):
        self.section.quality_note_ids = [Command.create({"name": "note.pdf", "raw": b"%PDF"})]
        bill = self.bill(self.subscription)
        self.assertIn("note on the quality of water is enclosed", self.printed(bill))
        extra = self.env["account.move.send"]._get_invoice_extra_attachments(bill)
        self.assertIn("note.pdf", extra.mapped("name"))


@tagged("post_install", "-at_install")
class TestBillPdf(Whole, PrintedCase, HttpCase):
    """An ordinary bill holds on one page, whichever program prints it.

    Built without patches, wkhtmltopdf draws letters as shapes and prints no header: the test reads the HTML instead.
    """

    def pages(self, bill, engine):
        self.env["ir.config_parameter"].set_param(ENGINE, engine)
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content = report._render_qweb_pdf("account.account_invoices", bill.ids)[0]
        return PdfReader(io.BytesIO(content)).pages

    def test_a_page_is_enough(self):
        indexes = {date(2023 - years, 7, 1): 500 - 60 * years for years in range(4)}
        subscription = self.subscribe(1, indexes | {date(2024, 1, 1): 530, date(2025, 1, 1): 720})
        self.section.write({"emergency_phone": "02 35 00 00 01", "has_public_accountant": True})
        bill = self.bill(subscription)
        for engine in ("wkhtmltopdf", "chromium"):
            if engine == "chromium" or shutil.which(engine):  # Debian 13 has one of them only
                self.assertEqual(len(self.pages(bill, engine)), 1, engine)
        page = self.printed(bill)  # without what stands in a header or a footer
        for shown in ("Budget EAU", "02 35 00 00 01", "12/31/2024", "Médiation de l'eau", "L.1617-5", "Unusual"):
            self.assertIn(shown, page)
