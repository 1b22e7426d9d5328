"""What screens say: replacement, campaign, tariff, subscriber."""

from datetime import date

from odoo import Command
from odoo.tests import Form, tagged

from .support.billing import Q1, BillingCase


@tagged("post_install", "-at_install")
class TestFace(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.subscribe(1, {date(2023, 1, 1): 100, date(2023, 3, 31): 125})

    def test_a_replacement_keeps_the_characteristics_and_shows_the_last_index(self):
        meter = self.first.meter_id
        meter.write({"brand": "Itron", "device_model": "Aquadis", "diameter": 20, "digits": 6})
        form = Form(self.env["utility.meter.replace"].with_context(default_meter_id=meter.id))
        self.assertEqual((form.last_index, str(form.last_reading_date)), (125, "2023-03-31"))
        self.assertEqual((form.brand, form.diameter, form.digits), ("Itron", 20, 6))
        wizard = self.env["utility.meter.replace"].create(
            {
                "meter_id": meter.id,
                "date": date(2023, 4, 10),
                "removal_index": 130,
                "installation_index": 0,
                "serial_number": "N-1",
                "digits": 5,
            }
        )
        wizard.action_confirm()
        self.assertEqual((meter.serial_number, meter.brand, meter.diameter, meter.digits), ("N-1", "Itron", 20, 5))
        self.assertFalse(meter.seal or meter.year, "those of the old device went with it")

    def test_the_graph_writes_whole_volumes_without_decimals(self):
        """25 m³ in the first quarter, 12.5 in the second; their mean is 18.8."""
        self.subscribe(2, {date(2023, 1, 1): 100, date(2023, 3, 31): 125, date(2023, 6, 30): 137.5})
        graph = self.env["utility.meter"].search([], order="id desc", limit=1).consumption_graph
        for shown in (">25<", ">12.5<", "Mar 23: 25 m³", "Jun 23: 12.5 m³"):
            self.assertIn(shown, graph)

    def test_a_campaign_keeps_the_name_that_is_typed(self):
        run = self.campaign()
        self.assertEqual(run.name, run.proposed_name)
        run.date_end = date(2023, 6, 30)
        self.assertIn("06/30/2023", run.name)
        run.name = "Rôle d'été"
        run.date_end = date(2023, 5, 31)
        self.assertEqual(run.name, "Rôle d'été")
        with Form(self.env["utility.billing.run"]) as form:
            form.name = "Premier rôle"
            form.section_id = self.section
            form.date_start, form.date_end = date(2023, 1, 1), date(2023, 3, 31)
        self.assertEqual(form.record.name, "Premier rôle")

    def test_a_task_of_a_campaign_is_one_line_of_history(self):
        run = self.campaign()
        before = run.message_ids
        run.action_preview()
        self.work()
        told = run.message_ids - before
        self.assertEqual(len(told), 1)
        # 40 × 90/365 + 25 × 2 + 25 × 0.35 = 68.61
        self.assertIn("1 bills to come, 25 m³", told.body)
        self.assertIn("68.61", told.body)

    def test_the_simulation_is_a_year_of_120_m3(self):
        # fixed part 40; 120 m³ × 2; levy 120 × 0.35: 322.00, and 5.5 % of each: 339.71, 2.83 a m³
        simulated = self.tariff.simulation
        for shown in ("40.00", "240.00", "42.00", "322.00", "339.71", "2.83"):
            self.assertIn(shown, simulated)

    def test_what_a_subscriber_owes_and_their_documents(self):
        partner = self.first.partner_id
        self.assertEqual((partner.utility_due, partner.utility_document_count), (0, 0))
        bill = self.post(self.draw_up(self.campaign(Q1)).utility_billing_run_id)
        self.assertEqual(partner.utility_due, bill.amount_residual)
        self.assertEqual(self.env["account.move"].search(partner.action_view_due()["domain"]), bill)
        alert = self.env["utility.leak.alert"].create(
            {"subscription_id": self.first.id, "reading_id": self.first.meter_id.reading_ids[:1].id}
        )
        others = self.env["res.partner"].create({"name": "Autre"}), self.tariff
        documents = self.env["ir.attachment"].create(
            [
                {"name": f"{record._name}.txt", "res_model": record._name, "res_id": record.id}
                for record in (partner, bill, self.first, alert, *others)
            ]
        )
        partner.invalidate_recordset()
        self.assertEqual(partner.utility_document_count, 4)
        shown = self.env["ir.attachment"].search(partner.action_view_documents()["domain"])
        self.assertEqual(shown & documents, documents[:4])

    def test_what_is_owed_to_a_budget_that_is_not_ticked(self):
        """It counts, and its company is ticked before the list of the bills opens."""
        partner, other = self.first.partner_id, self.make_section("ASST", "sewerage")
        invoice = (
            self.env["account.move"]
            .with_company(other.company_id)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "journal_id": other.journal_id.id,
                    "invoice_line_ids": [Command.create({"name": "Collecte", "price_unit": 30, "tax_ids": False})],
                }
            )
        )
        partner.invalidate_recordset()
        self.assertEqual(partner.utility_due, 0, "a draft is not owed")
        invoice.action_post()
        partner.invalidate_recordset()
        self.assertEqual((partner.utility_due, partner.utility_currency_id), (30, self.env.company.currency_id))
        opening = partner.action_view_due()
        self.assertEqual(
            (opening["tag"], opening["params"]["company_ids"]), ("utility_enter_company", other.company_id.ids)
        )
        ticked = partner.with_context(allowed_company_ids=(self.section.company_id | other.company_id).ids)
        self.assertEqual(opening["params"]["next"], ticked.action_view_due())
        self.assertEqual(self.env["account.move"].search(ticked.action_view_due()["domain"]), invoice)
