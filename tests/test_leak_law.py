import base64
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .support.billing import LeakCase
from .support.language import add_french
from .support.people import new_test_user


@tagged("post_install", "-at_install")
class TestLeakSteps(LeakCase):
    """The warning, the month, the certificate, the check of the meter, and their undoing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        days = {date(year, 1, 1): 60 * (year - 2021) for year in range(2021, 2025)}
        cls.subscription = cls.subscribe(1, days | {date(2025, 1, 1): 580})

    def test_the_bill_warns(self):
        with freeze_time("2025-01-20"):
            self.bill(self.subscription)
        alert = self.alerts(self.subscription)
        self.assertEqual(
            (alert.state, alert.warned_on, alert.deadline), ("warned", date(2025, 1, 20), date(2025, 2, 20))
        )

    def test_nothing_above_the_cap_is_due_before_a_warning(self):
        self.section.leak_notice = False
        bill = self.bill(self.subscription)
        self.assertEqual((bill.utility_volume, self.alerts(self.subscription).state), (120, "detected"))
        self.assertFalse(bill.utility_document["notices"])

    def test_a_warned_subscriber_pays_the_whole_volume(self):
        self.section.leak_notice = False
        self.preview(self.subscription).action_print()
        self.assertEqual(self.bill(self.subscription).utility_volume, 400)

    def test_a_late_certificate_needs_a_reason(self):
        alert = self.preview(self.subscription)
        with freeze_time("2025-01-20"):
            alert.action_print()
        with freeze_time("2025-02-21"), self.assertRaisesRegex(UserError, "due by 02/20/2025"):
            alert.action_certify()
        with freeze_time("2025-02-20"):
            alert.action_certify()
        alert.action_reopen()
        self.assertEqual(alert.state, "warned")
        alert.write({"received_on": date(2025, 3, 1), "late_reason": "Hospitalisé"})
        alert.action_certify()
        self.assertEqual(alert.state, "certified")

    def test_a_letter_is_kept_as_it_was_sent(self):
        alert = self.preview(self.subscription)
        alert.action_print()
        letter = alert.letter
        self.assertIn("400 m³", letter)
        self.subscription.partner_id.name = "Nom changé"
        self.subscription.meter_id.serial_number = "AUTRE"
        alert.invalidate_recordset(["letter"])
        self.assertEqual(alert.letter, letter)

    def test_the_certificate_tells_where_and_when(self):
        alert = self.preview(self.subscription)
        dialog = self.env["utility.leak.certificate"].create({"alert_id": alert.id})
        with self.assertRaisesRegex(UserError, "place of the leak"):
            dialog.action_confirm()
        dialog.write(
            {
                "repair_place": "Sous la terrasse",
                "repair_date": date(2025, 1, 9),
                "document": base64.b64encode(b"%PDF"),
                "document_name": "attestation.pdf",
            }
        )
        dialog.action_confirm()
        self.assertEqual(
            (alert.state, alert.repair_place, alert.repair_date), ("certified", "Sous la terrasse", date(2025, 1, 9))
        )
        self.assertEqual(alert.message_ids.attachment_ids.mapped("name"), ["attestation.pdf"])

    def test_a_certificate_is_undone_until_a_bill_relieves_the_volume(self):
        alert = self.preview(self.subscription)
        alert.action_certify()
        alert.action_reopen()
        self.assertEqual(alert.state, "detected")
        alert.action_certify()
        bill = self.bill(self.subscription)
        with self.assertRaisesRegex(UserError, bill.name):
            alert.action_reopen()
        self.credit(bill)
        alert.action_reopen()
        self.assertEqual(self.bill(self.subscription).utility_volume, 400)

    def test_the_excess_waits_for_the_check_of_the_meter(self):
        alert = self.preview(self.subscription)
        with freeze_time("2025-01-20"):
            alert.action_print()
        with freeze_time("2025-02-21"), self.assertRaises(UserError):
            alert.action_ask_check()
        with freeze_time("2025-02-10"):
            alert.action_ask_check()
        self.assertEqual((alert.state, alert.check_due_on), ("checking", date(2025, 3, 10)))
        self.assertEqual(self.reasons(self.subscription), ["meter_check"])
        with freeze_time("2025-03-01"):
            alert.action_meter_sound()
        self.assertEqual((alert.state, alert.deadline), ("warned", date(2025, 4, 1)))
        self.assertEqual(self.bill(self.subscription).utility_volume, 400)

    def test_the_check_may_be_asked_for_until_the_last_day(self):
        alert = self.preview(self.subscription)
        alert.action_meter_sound()
        alert.action_meter_faulty()
        self.assertEqual((alert.state, alert.check_answered_on), ("detected", False), "nobody asked for a check")
        with freeze_time("2025-01-20"):
            alert.action_print()
        alert.action_reopen()
        self.assertEqual(alert.state, "warned", "nothing is to be undone")
        with freeze_time("2025-02-20"):
            alert.action_ask_check()
        with freeze_time("2025-03-01"):
            alert.action_meter_sound()
        self.assertEqual(
            (alert.state, alert.warned_on, alert.check_answered_on), ("warned", date(2025, 1, 20), date(2025, 3, 1))
        )
        with freeze_time("2025-03-31"):
            alert.action_ask_check()
        self.assertFalse(alert.check_answered_on)
        alert.action_reopen()
        self.assertEqual(alert.state, "warned")

    def test_whether_a_certificate_is_late(self):
        alert = self.preview(self.subscription)
        dialog = self.env["utility.leak.certificate"].create({"alert_id": alert.id, "received_on": date(2025, 2, 20)})
        self.assertFalse(dialog.is_late, "nobody was warned yet")
        with freeze_time("2025-01-20"):
            alert.action_print()
        for day, is_late in ((date(2025, 2, 20), False), (date(2025, 2, 21), True)):
            dialog.received_on = day
            self.env.invalidate_all()
            self.assertEqual(dialog.is_late, is_late)
        with self.assertRaisesRegex(UserError, "the place of the leak and the day of its repair"):
            dialog.write({"repair_place": "Cave"})
            dialog.action_confirm()
        for volume in (0, -1):
            dialog.mean = volume
            with self.assertRaisesRegex(UserError, "above 0 m³"):
                dialog.action_decide()
        self.assertEqual((alert.state, alert.basis, alert.mean), ("warned", "past", 60))

    def test_what_was_answered_is_not_asked_again(self):
        """Neither by a reprint, nor by another preview; what is still open follows the reading."""
        alert = self.preview(self.subscription)
        reading = alert.reading_id
        reading.index = 590
        reading.action_confirm()
        self.preview(self.subscription)
        self.assertEqual((alert.volume, alert.cap), (410, 120))
        alert.write({"certified_on": date(2025, 1, 3), "received_on": date(2025, 1, 8)})
        alert.action_certify()
        self.assertEqual((alert.certified_on, alert.received_on), (date(2025, 1, 3), date(2025, 1, 8)))
        alert.action_print()
        reading.index = 600
        reading.action_confirm()
        self.preview(self.subscription)
        self.assertEqual((alert.state, alert.volume), ("certified", 410))
        self.assertEqual(self.alerts(self.subscription), alert)
        self.assertFalse(alert.warned_on)

    def test_a_decided_volume_is_not_computed_again(self):
        alert = self.preview(self.years(2, 500, 500, 500, 500, 580))
        alert._decide_mean(30)
        self.preview(alert.subscription_id)
        self.assertEqual((alert.state, alert.basis, alert.mean, alert.cap), ("detected", "decided", 30, 60))

    def test_a_certificate_is_of_today_without_other_dates(self):
        alert = self.preview(self.subscription)
        with freeze_time("2025-01-20"):
            alert.action_certify()
        self.assertEqual((alert.certified_on, alert.received_on), (date(2025, 1, 20), date(2025, 1, 20)))

    def test_letters_go_by_mail_to_those_who_have_an_address(self):
        reachable = self.preview(self.subscription)
        reachable.partner_id.email = "a@example.com"
        other = self.preview(self.years(2, 0, 60, 120, 180, 580))
        told = (reachable | other).action_send()
        self.assertEqual(told["params"]["message"], "No e-mail address: Abonné 2. Print their letter.")
        self.assertEqual([reachable.state, other.state], ["warned", "detected"])
        self.assertEqual([bool(alert.sent_letter) for alert in reachable | other], [True, False])

    def test_a_letter_is_in_the_subscriber_s_language(self):
        add_french(self.env)
        self.subscription.partner_id.lang = "fr_FR"
        alert = self.preview(self.subscription)
        self.assertIn("Code général des collectivités", alert.letter)
        self.assertNotIn("Dear", alert.letter)

    def test_the_letter_says_what_the_volume_is_compared_with(self):
        alert = self.preview(self.subscription)
        for words in ("Dear Abonné 1,", "400 m³", "60 m³ over the same days of the three previous", "to 120 m³"):
            self.assertIn(words, alert.letter)
        unknown = self.preview(self.years(2, 500, 500, 500, 500, 580))
        self.assertEqual(unknown.basis, "unknown")
        for sentence in ("unusual for a dwelling", "limited as provided by law"):
            self.assertNotIn(sentence, alert.letter)
            self.assertIn(sentence, unknown.letter)

    def test_a_faulty_meter_opens_its_reading(self):
        alert = self.preview(self.subscription)
        alert.action_ask_check()
        self.assertEqual(alert.action_meter_faulty()["res_id"], alert.reading_id.id)
        self.assertEqual((alert.state, bool(alert.check_answered_on)), ("dismissed", True))

    def test_what_is_worked_out_is_not_written_by_a_caller(self):
        alert = self.preview(self.subscription)
        agent = new_test_user(
            self.env,
            "agent_leak",
            "utility_billing_sync.group_utility_user",
            company_id=self.section.company_id.id,
            company_ids=[(6, 0, self.section.company_id.ids)],
        )
        for values in ({"state": "certified"}, {"cap": 1}, {"mean": 1}, {"warned_on": date(2020, 1, 1)}):
            with self.subTest(values), self.assertRaises(UserError):
                alert.with_user(agent).write(values)
        alert.with_user(agent).write({"repair_place": "Cave"})
