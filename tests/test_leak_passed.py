from datetime import date

from odoo import Command
from odoo.tests import tagged

from .support.billing import Y2024, LeakCase


@tagged("post_install", "-at_install")
class TestLeakPassed(LeakCase):
    """The water service tells the sewerage service (CGCT R.2224-19-7), under the readings' own confirmation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sewerage = cls.make_section("ASST", "sewerage")
        companies = cls.section.company_id | cls.sewerage.company_id
        companies.share_connection_points = True
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": companies.ids})
        cls.section, cls.sewerage = cls.section.with_env(cls.env), cls.sewerage.with_env(cls.env)
        days = {date(year, 1, 1): 60 * (year - 2021) for year in range(2021, 2025)}
        cls.water_contract = cls.subscribe(1, days | {date(2025, 1, 1): 580})
        cls.card = cls.env["utility.meter"].create(
            {
                "section_id": cls.sewerage.id,
                "connection_point_id": cls.water_contract.meter_id.connection_point_id.id,
            }
        )
        products = {name: cls.make_product(name, cls.sewerage, 10) for name in ("Part fixe", "Eaux usées")}
        lines = [
            Command.create({"product_id": products["Part fixe"].id, "kind": "fixed", "price": 20}),
            Command.create({"product_id": products["Eaux usées"].id, "kind": "block", "price": 2}),
        ]
        versions = [Command.create({"date_start": date(2015, 1, 1), "line_ids": lines})]
        tariff = cls.env["utility.tariff"].create(
            {"name": "Collecte", "section_id": cls.sewerage.id, "version_ids": versions}
        )
        cls.sewer_contract = cls.env["utility.subscription"].create(
            {
                "partner_id": cls.water_contract.partner_id.id,
                "meter_id": cls.card.id,
                "date_start": date(2020, 1, 1),
                "tariff_id": tariff.id,
            }
        )
        cls.readings = cls.water_contract.meter_id.reading_ids

    def synchronize(self, readings=None):
        action = (readings or self.readings).action_synchronize()
        return self.env[action["res_model"]].browse(action["res_id"])

    def certified(self):
        alert = self.preview(self.water_contract)
        alert.write({"repair_place": "Cave", "repair_date": date(2025, 1, 9)})
        alert.message_post(attachments=[("attestation.pdf", b"%PDF")])
        return alert, alert.action_certify()

    def test_a_certificate_passes_with_the_readings_and_sewerage_bills_the_mean(self):
        alert, dialog = self.certified()
        self.assertEqual((alert.sync_state, dialog["res_model"]), ("pending", "utility.reading.synchronize"))
        self.assertFalse(self.alerts(self.sewer_contract), "not before somebody says yes")
        question = self.synchronize()
        self.assertIn("A possible leak passes with it: Abonné 1, 400 m³", question.summary)
        question.action_confirm()
        there = self.alerts(self.sewer_contract)
        self.assertEqual((there.state, there.volume, there.mean, there.repair_place), ("certified", 400, 60, "Cave"))
        self.assertEqual((there.origin_section_name, there.date_start), ("EAU", date(2024, 1, 1)))
        documents = self.env["ir.attachment"].search([("res_model", "=", there._name), ("res_id", "=", there.id)])
        self.assertEqual(documents.mapped("name"), ["attestation.pdf"])
        self.assertEqual((alert.sync_state, there.sync_state), ("synced", "synced"))
        self.card.reading_ids.action_confirm()
        run = self.campaign(Y2024, self.sewerage)
        self.assertEqual(self.draw_up(run).utility_volume, 60)
        self.assertEqual(self.bill(self.water_contract).utility_volume, 120)

    def test_an_alert_that_sewerage_found_by_itself_learns_of_the_certificate(self):
        self.synchronize().action_confirm()
        self.card.reading_ids.action_confirm()
        run = self.campaign(Y2024, self.sewerage)
        run.action_preview()
        self.work()
        self.post(self.draw_up(run)[:1].utility_billing_run_id)
        self.assertEqual(self.alerts(self.sewer_contract).state, "detected", "water's bill warns, sewerage's does not")
        alert, _dialog = self.certified()
        self.synchronize(alert.reading_id).action_confirm()
        self.assertEqual(self.alerts(self.sewer_contract).state, "certified")

    def test_what_sewerage_did_itself_is_not_taken_back(self):
        """Its own alert is warned of already; water's, which is only detected, passes and changes nothing."""
        self.synchronize().action_confirm()
        self.card.reading_ids.action_confirm()
        self.campaign(Y2024, self.sewerage).action_preview()
        self.work()
        there = self.alerts(self.sewer_contract)
        there._by_server()._write_state({"state": "warned", "warned_on": date(2025, 1, 5)})
        alert = self.preview(self.water_contract)
        self.assertEqual(alert.state, "detected")
        self.synchronize(alert.reading_id).action_confirm()
        self.env.invalidate_all()
        self.assertEqual((there.state, there.warned_on, there.origin_section_name), ("warned", date(2025, 1, 5), False))
        self.assertEqual(alert.sync_state, "synced")
        alert._by_server()._write_state({"state": "warned", "warned_on": date(2025, 1, 9)})
        self.synchronize(alert.reading_id).action_confirm()
        self.env.invalidate_all()
        self.assertEqual((there.warned_on, there.origin_section_name), (date(2025, 1, 9), "EAU"))

    def test_a_refusal_is_kept(self):
        alert, _dialog = self.certified()
        self.synchronize().action_decline()
        self.assertEqual(alert.sync_state, "declined")
        self.preview(self.water_contract)
        self.assertEqual(alert.sync_state, "declined", "nothing is new")
        self.assertFalse(self.alerts(self.sewer_contract))

    def test_forcing_a_meter_passes_its_leaks(self):
        self.certified()
        action = self.water_contract.meter_id.action_force_synchronization()
        self.env[action["res_model"]].browse(action["res_id"]).action_confirm()
        self.assertEqual(self.alerts(self.sewer_contract).state, "certified")

    def test_a_leak_that_waits_is_on_the_list_of_what_is_owed_to_the_other_service(self):
        alert, _dialog = self.certified()
        self.env.flush_all()
        owed = self.env["utility.billing.handover"].search([("what", "=", "leak")])
        self.assertEqual((owed.reading_id, owed.target_section_name), (alert.reading_id, "ASST"))
        self.synchronize().action_confirm()
        self.env.flush_all()
        self.assertFalse(owed.search([("what", "=", "leak")]))

    def test_an_undone_certificate_waits_to_be_told(self):
        alert, _dialog = self.certified()
        self.synchronize().action_confirm()
        alert.action_reopen()
        self.assertEqual(alert.sync_state, "pending")
        self.synchronize(alert.reading_id).action_confirm()
        self.assertEqual(self.alerts(self.sewer_contract).state, "detected")
