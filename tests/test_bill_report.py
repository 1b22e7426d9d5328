from datetime import date

from lxml import html

from odoo import Command
from odoo.tests import tagged

from .support.billing import Q1, Q2, BillingCase

READINGS = {date(2022, 9, 30): 0, date(2022, 12, 31): 60, date(2023, 3, 31): 85, date(2023, 6, 30): 125}


@tagged("post_install", "-at_install")
class TestBillReport(BillingCase):
    """The bill of the order of 10 July 1996, over account's own invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, READINGS)

    def bill(self, period=Q1, **values):
        return self.draw_up(self.campaign(period, **values))

    def printed(self, moves):
        """Return the page of the report as a tree."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", moves.ids)
        return html.fromstring(content)

    def text(self, node):
        return " ".join(node.text_content().replace("\xa0", " ").split())

    def test_lines_stand_under_the_headings_of_the_order_with_their_subtotals(self):
        bill = self.bill()
        page = self.printed(bill)
        rows = [self.text(row) for row in page.xpath("//tbody[contains(@class, 'invoice_tbody')]/tr")]
        heads = [
            row for row in rows if row in ("Water distribution", "Wastewater collection and treatment", "Public bodies")
        ]
        self.assertEqual(heads, ["Water distribution", "Public bodies"], "an empty heading is left out")
        self.assertEqual([rows[0], rows[-3]], heads)
        # 9.86 + 25 × 2 = 59.86, × 1.055 = 63.15; 25 × 0.35 = 8.75, × 1.055 = 9.23
        self.assertRegex(rows[-4], r"63\.15.*59\.86")
        self.assertRegex(rows[-1], r"9\.23.*8\.75")

    def test_a_line_shows_the_volume_and_the_price_of_the_tariff(self):
        lines = self.bill().invoice_line_ids
        terms = lines.move_id._prepare_utility_bill()["terms"]
        fixed, block, levy = (terms[line.id] for line in lines)
        self.assertEqual((fixed["quantity"], fixed["price"], fixed["per"]), ("90", 40, "year"))
        self.assertEqual((block["quantity"], block["price"], block["fixed"]), ("25", 2, False))
        self.assertEqual((levy["quantity"], levy["price"]), ("25", 0.35))

    def test_the_meter_is_shown_with_both_indexes_and_their_dates(self):
        row = self.printed(self.bill()).xpath("//table[@name='utility_readings']/tbody/tr")
        self.assertEqual(len(row), 1)
        self.assertEqual(self.text(row[0]), "C0001 12/31/2022 60 03/31/2023 85 25 m³")

    def test_each_reading_is_shown_with_the_device_it_was_read_on(self):
        meter = self.subscription.meter_id
        self.env["utility.meter.replace"].create(
            {
                "meter_id": meter.id,
                "date": date(2023, 8, 1),
                "removal_index": 140,
                "installation_index": 0,
                "serial_number": "NEW-1",
            }
        ).action_confirm()
        self.enter_readings(meter, {date(2023, 9, 30): 12})
        self.assertEqual(meter.serial_number, "NEW-1")
        self.assertEqual([r["device"] for r in self.bill()._prepare_utility_bill()["readings"]], ["C0001"])
        third = self.bill((date(2023, 7, 1), date(2023, 9, 30)))
        rows = [(r["device"], r["kind"], r["consumption"]) for r in third._prepare_utility_bill()["readings"]]
        self.assertEqual(rows[-2:], [("C0001", "removal", "15"), ("NEW-1", "real", "12")])

    def test_the_graph_stops_at_the_bill_and_at_the_subscriber(self):
        graph = self.bill().utility_consumption_graph
        self.assertEqual([(bar["date"], bar["volume"]) for bar in graph], [("2022-12-31", 60), ("2023-03-31", 25)])
        self.assertEqual([bar["height"] for bar in graph], [60, 25])
        tenant = self.subscribe(2, READINGS, date_start=date(2023, 1, 1))
        bill = self.bill(Q2, subscription_ids=[Command.set(tenant.ids)])
        self.assertEqual([bar["volume"] for bar in bill.utility_consumption_graph], [25, 40])

    def test_the_price_of_a_litre_leaves_the_fixed_part_out(self):
        page = self.printed(self.bill())
        # (52.75 + 9.23) / 25,000 litres
        self.assertIn("0.00248 €", self.text(page.xpath("//p[@name='utility_price_per_litre']")[0]))

    def test_an_ordinary_invoice_is_as_account_prints_it(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.subscription.partner_id.id,
                "invoice_line_ids": [Command.create({"product_id": self.water.id, "quantity": 3, "price_unit": 1.5})],
            }
        )
        extended = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0]
        self.env.ref("utility_billing_sync.report_invoice_document").active = False
        plain = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0]
        self.assertEqual(extended.split(), plain.split())
        self.assertEqual(invoice._prepare_utility_bill(), {})

    def test_a_line_added_by_hand_stands_after_the_headings(self):
        bill = self.bill()
        bill.write({"invoice_line_ids": [Command.create({"name": "Visite", "price_unit": 30, "sequence": 0})]})
        self.assertEqual(bill._get_move_lines_to_report()[-1].name, "Visite")
        self.assertNotIn(bill._get_move_lines_to_report()[-1].id, bill._prepare_utility_bill()["subtotals"])

    def test_a_credit_note_is_grouped_as_its_bill(self):
        bill = self.post(self.bill()[:1].utility_billing_run_id)
        note = bill._reverse_moves()
        headings = note._prepare_utility_bill()["headings"]
        self.assertEqual(list(headings.values()), ["Water distribution", "Public bodies"])
        page = self.printed(note)
        self.assertIn("Period from 01/01/2023 to 03/31/2023", self.text(page))
        row = page.xpath("//table[@name='utility_readings']/tbody/tr")
        self.assertEqual([self.text(each) for each in row], ["C0001 12/31/2022 60 03/31/2023 85 25 m³"])

    def test_an_instalment_says_that_it_is_estimated(self):
        self.section.company_id.utility_use_billing_types = True
        self.subscription.billing_type = "estimated"
        bill = self.bill((date(2023, 7, 1), date(2023, 9, 30)))
        self.assertEqual(bill.utility_billing_type, "estimated")
        self.assertIn(f"estimated volume of {bill._prepare_utility_bill()['volume']} m³", self.text(self.printed(bill)))

    def test_one_print_takes_the_same_queries_for_many_bills(self):
        for number in range(3, 15):
            self.subscribe(number, READINGS)
        bills = self.post(self.bill()[:1].utility_billing_run_id)
        self.assertEqual(len(bills), 13)
        self.assertEqual(self.queries(bills[:2]), self.queries(bills[2:]))

    def queries(self, bills):
        self.env.flush_all()
        self.env.invalidate_all()
        bills.invoice_line_ids.mapped("parent_id")  # account works it out bill by bill, on any invoice
        before = self.cr.sql_log_count
        for bill in bills:
            self.assertTrue(bill.utility_consumption_graph)
            self.assertTrue(bill._prepare_utility_bill()["readings"])
        return self.cr.sql_log_count - before

    def test_a_language_that_is_gone(self):
        """If the language of a posted bill is gone, it is printed in another variety of it, or in the reader's."""
        languages = self.env["res.lang"]
        languages._activate_lang("nl_NL")
        languages._activate_lang("nl_BE")
        self.subscription.partner_id.lang = "nl_NL"
        bill = self.bill()
        bill.action_post()
        self.env["res.partner"].with_context(active_test=False).search([("lang", "=like", "nl_%")]).lang = "en_US"
        for gone, shown in (("nl_NL", "nl_BE"), ("nl_BE", "en_US")):
            languages.search([("code", "=", gone)]).active = False
            self.assertEqual(bill._prepare_utility_bill()["lang"], shown)
            self.assertIn("C0001", self.text(self.printed(bill)))
