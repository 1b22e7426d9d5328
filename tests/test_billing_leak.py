from datetime import date

from odoo.tests import tagged

from .support.billing import BillingCase


@tagged("post_install", "-at_install")
class TestLeak(BillingCase):
    """A volume over twice the mean of three years (CGCT L.2224-12-4 III bis)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 90 m³ each first quarter, 90 days: then 400
        indexes = {}
        for rank, year in enumerate((2020, 2021, 2022)):
            indexes |= {date(year, 1, 1): 200 * rank, date(year, 4, 1): 200 * rank + 90}
        cls.leaking = cls.subscribe(1, indexes | {date(2023, 1, 1): 600, date(2023, 4, 1): 1000})
        cls.leaking.partner_id.email = "abonne@example.com"

    def draw(self):
        run = self.campaign()
        run.action_preview()
        self.work()
        return run

    def alert(self):
        return self.env["utility.leak.alert"].search([("subscription_id", "=", self.leaking.id)])

    def test_the_preview_flags_it_once(self):
        self.draw()
        run = self.draw()
        alert = self.alert()
        self.assertEqual((alert.volume, alert.state), (400, "detected"))
        # 90 m³ each first quarter, the one of 91 days too
        self.assertEqual((alert.mean, alert.cap), (90, 180))
        self.assertEqual(self.draw_up(run).utility_volume, 400, "the bill waits for nothing")

    def test_a_certificate_caps_the_bill(self):
        run = self.draw()
        self.alert().action_certify()
        bill = self.draw_up(run)
        self.assertAlmostEqual(bill.utility_volume, 180)
        self.assertEqual((bill.utility_reading_ids.consumption, bill.utility_reading_ids.volume), (400, 180))

    def test_a_sewerage_section_may_leave_the_whole_leak_out(self):
        self.section.leak_excluded = True
        run = self.draw()
        self.alert().action_certify()
        self.assertAlmostEqual(self.draw_up(run).utility_volume, 90)

    def test_only_dwellings_are_concerned(self):
        self.leaking.is_dwelling = False
        self.draw()
        self.assertFalse(self.alert())

    def test_the_subscriber_is_written_to_from_the_list(self):
        self.draw()
        alert = self.alert()
        self.assertIsNone(alert.action_send())
        self.assertEqual(alert.state, "warned")
        mail = self.env["mail.mail"].search([("model", "=", alert._name), ("res_id", "=", alert.id)])
        self.assertEqual(mail.recipient_ids, self.leaking.partner_id)
        self.assertIn("180 m³", mail.body_html)

    def test_who_has_no_address_gets_a_letter(self):
        self.leaking.partner_id.email = False
        self.draw()
        alert = self.alert()
        self.assertEqual(alert.action_send()["tag"], "display_notification")
        self.assertEqual(alert.state, "detected")
        self.assertEqual(alert.action_print()["type"], "ir.actions.report")
        self.assertEqual(alert.state, "warned")
        self.assertIn("180 m³", self.printed(alert))

    def printed(self, alert):
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("utility_billing_sync.report_leak_letter", alert.ids)[0].decode()

    def test_a_letter_that_was_sent_is_printed_again_as_it_was(self):
        """The letter keeps its sender and addressee, whatever has changed since."""
        self.draw()
        alert = self.alert()
        alert.section_id.sender_name = "Régie des Eaux"
        alert.partner_id.write({"name": "Mme Ancienne", "street": "1 rue d'Avant", "city": "Avantville"})
        alert.action_print()
        first = self.printed(alert)
        for words in ("Régie des Eaux", "Mme Ancienne", "1 rue d&#39;Avant", "Avantville"):
            self.assertIn(words, first)
        alert.section_id.write({"sender_name": "Métropole", "sender_phone": "0123"})
        alert.partner_id.write({"name": "Mme Nouvelle", "street": "2 rue d'Après", "city": "Aprèsville"})
        self.env.flush_all()
        self.assertEqual(self.printed(alert), first)
