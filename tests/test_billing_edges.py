from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..models.billing import utility_billing_run_work as work
from .support.billing import H1, H2, Y2024, MoneyCase


@tagged("post_install", "-at_install")
class TestDaysOfContracts(MoneyCase):
    """A reading closes the days before it."""

    def volume(self, subscription, period=Y2024):
        return self.bill(subscription, period, post=False).utility_volume

    def test_the_reading_of_the_day_of_arrival_is_of_the_days_before(self):
        days = {date(2024, 1, 1): 0, date(2024, 3, 1): 10, date(2025, 1, 1): 60}
        self.assertEqual(self.volume(self.subscribe(1, days, date_start=date(2024, 3, 1))), 50)

    def test_the_reading_of_the_eve_of_the_arrival_opens_the_contract(self):
        days = {date(2024, 1, 1): 0, date(2024, 2, 29): 10, date(2025, 1, 1): 60}
        self.assertEqual(self.volume(self.subscribe(1, days, date_start=date(2024, 3, 1))), 50)

    def test_a_reading_two_days_before_the_arrival_does_not(self):
        days = {date(2024, 1, 1): 0, date(2024, 2, 28): 10, date(2025, 1, 1): 60}
        subscription = self.subscribe(1, days, date_start=date(2024, 3, 1))
        self.assertIn("move", self.reasons(subscription))

    def test_the_reading_of_the_day_after_leaving_is_still_theirs(self):
        days = {date(2024, 1, 1): 0, date(2024, 4, 1): 10}
        self.assertEqual(self.volume(self.subscribe(1, days, date_end=date(2024, 3, 31))), 10)

    def test_a_reading_two_days_after_leaving_is_not(self):
        days = {date(2024, 1, 1): 0, date(2024, 4, 2): 10}
        subscription = self.subscribe(1, days, date_end=date(2024, 3, 31))
        self.assertEqual(set(self.reasons(subscription)), {"left", "no_reading"})

    def test_two_campaigns_that_share_a_day(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2024, 7, 1): 10, date(2025, 1, 1): 60})
        self.bill(subscription, H1)
        for start, reasons in ((date(2024, 6, 30), ["already_billed"]), (date(2024, 7, 1), [])):
            self.assertEqual(self.reasons(subscription, (start, H2[1])), reasons, start)
        later = self.subscribe(2, {date(2024, 1, 1): 0, date(2024, 7, 1): 10, date(2025, 1, 1): 60})
        self.bill(later, H2)
        for end, is_billed in ((date(2024, 7, 1), True), (date(2024, 6, 30), False)):
            self.assertEqual("already_billed" in self.reasons(later, (H1[0], end)), is_billed, end)


@tagged("post_install", "-at_install")
class TestBillsAndCampaigns(MoneyCase):
    """Changes of bills by users, and what a campaign still knows of these bills."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, {date(2024, 1, 1): 0, date(2024, 7, 1): 10, date(2025, 1, 1): 60})
        cls.reading = cls.subscription.meter_id.reading_ids.filtered(lambda r: r.date == date(2024, 7, 1))

    def test_a_credited_bill_put_back_to_draft_leaves_the_reading_to_its_new_bill(self):
        first = self.bill(self.subscription, H1)
        self.credit(first)
        second = self.bill(self.subscription, H1)
        self.assertEqual((self.reading.state, second.state), ("billed", "posted"))
        first.button_draft()
        self.reading.invalidate_recordset()
        self.assertEqual(self.reading.state, "billed", "the second bill stands")

    def test_a_draft_credit_note_beside_a_partial_one_does_not_count(self):
        bill = self.bill(self.subscription, H1)
        notes = [self.draft_credit(bill) for _time in range(2)]
        notes[0].invoice_line_ids[:1].unlink()
        notes[0].action_post()
        self.assertFalse(bill.utility_credited)
        self.assertEqual(notes[1].state, "draft")

    def draft_credit(self, bill):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": bill.journal_id.id, "date": bill.date})
        )
        return self.env["account.move"].browse(wizard.refund_moves()["res_id"])

    def test_a_campaign_with_bills_keeps_its_section_and_its_period(self):
        run = self.bill(self.subscription, H1).utility_billing_run_id
        other = self.make_section("SPANC", "other")
        for values in (
            {"section_id": other.id},
            {"date_start": H1[0] + timedelta(1)},
            {"date_end": H1[1] - timedelta(1)},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                run.write(values)
                self.env.flush_all()
        run.write({"name": "Un autre nom", "date_start": H1[0], "date_end": H1[1]})

    def test_a_bill_is_in_the_currency_of_its_prices(self):
        """A sales journal in dollars changes no price: 40 € stay 40 €."""
        self.section.journal_id.currency_id = self.env.ref("base.USD")
        self.env.ref("base.USD").active = True
        euro = self.section.company_id.currency_id
        self.env["res.currency.rate"].create(
            {"currency_id": self.env.ref("base.USD").id, "rate": 2, "company_id": self.section.company_id.id}
        )
        bill = self.bill(self.subscription, H1)
        self.assertEqual(bill.currency_id, euro)
        self.assertEqual(bill.amount_total_signed, bill.amount_total)

    def test_a_campaign_that_runs_or_has_bills_is_not_deleted(self):
        run = self.campaign(H1, subscription_ids=self.subscription.ids)
        run.action_launch()
        with self.assertRaisesRegex(UserError, "is running or has bills"):
            run.unlink()
        self.work()
        self.assertEqual(len(run.bill_ids), 1)
        with self.assertRaisesRegex(UserError, "is running or has bills"):
            run.unlink()
        run.bill_ids.unlink()
        run.unlink()
        self.assertFalse(run.exists())

    def test_the_kind_of_operation_follows_the_service(self):
        kinds = {}
        for service in ("water", "sewerage", "other"):
            self.section.service = service
            kinds[service] = self.section.operation_category
        self.assertEqual(kinds, {"water": "goods", "sewerage": "services", "other": "both"})

    def test_one_task_of_a_campaign_at_a_time(self):
        run = self.campaign(H1, subscription_ids=self.subscription.ids)
        run.action_launch()
        for start in (run.action_launch, run.action_preview, run.action_post):
            with self.assertRaisesRegex(UserError, "is already in progress"):
                start()
        self.work()
        self.assertEqual((run.state, len(run.bill_ids)), ("billed", 1))

    def test_obstacles_stay_listed_until_bills_are_computed_again(self):
        unread = self.subscribe(9, {})
        run = self.campaign(H1, subscription_ids=(self.subscription | unread).ids)
        self.draw_up(run)
        obstacle = run.finding_ids
        self.assertEqual((len(obstacle), len(run.bill_ids)), (1, 1))
        self.post(run)
        self.assertEqual(run.finding_ids, obstacle)
        self.enter_readings(unread.meter_id, {date(2024, 1, 1): 0, date(2024, 7, 1): 30})
        self.draw_up(run)
        self.assertFalse(obstacle.exists())
        self.assertEqual(unread.bill_ids.utility_volume, 30)

    def test_a_preview_of_several_batches_counts_them_all(self):
        for number in range(2, 6):
            self.subscribe(number, {date(2024, 1, 1): 0, date(2024, 7, 1): 10 * number})
        run = self.campaign(H1)
        with patch.dict(work.BATCH, preview=2):
            run.action_preview()
            self.work()
        self.assertEqual((run.preview_count, run.preview_volume, run.progress), (5, 10 + 20 + 30 + 40 + 50, 5))

    def test_volumes_without_a_subscriber_are_told_once(self):
        """By the first of several batches."""
        for number in (2, 3):
            self.subscribe(number, {date(2024, 1, 1): 0, date(2024, 7, 1): 10})
        self.subscribe(4, {date(2024, 1, 1): 0, date(2024, 7, 1): 10}, date_start=date(2024, 9, 1))
        run = self.campaign(H1)
        with patch.dict(work.BATCH, preview=1):
            run.action_preview()
            self.work()
        self.assertEqual((run.finding_ids.mapped("reason"), run.preview_count), (["vacant"], 3))

    def test_a_tariff_that_was_put_away_still_bills_who_left(self):
        left = self.subscribe(2, {date(2024, 1, 1): 0, date(2024, 7, 1): 10}, date_end=date(2024, 6, 30))
        left.tariff_id = self.make_tariff(self.section, name="Ancien")
        left.tariff_id.active = False
        self.assertEqual(self.bill(left, H1, post=False).utility_volume, 10)

    def test_a_bill_of_tomorrow_is_posted_too(self):
        tomorrow = fields.Date.today() + timedelta(1)
        bill = self.bill(self.subscription, H1, invoice_date=tomorrow)
        self.assertEqual((bill.state, bill.invoice_date), ("posted", tomorrow))

    def instalment(self):
        self.section.company_id.utility_use_billing_types = True
        subscription = self.subscribe(9, {date(2022, 7, 1): 0, date(2024, 1, 1): 180}, billing_type="estimated")
        return subscription, self.bill(subscription, H1)

    def test_an_instalment_is_deducted_once(self):
        subscription, instalment = self.instalment()
        self.enter(subscription.meter_id, date(2024, 10, 1), 260)
        first = self.bill(subscription, (date(2024, 7, 1), date(2024, 9, 30)))
        self.assertEqual(instalment.utility_settled_by_id, first)
        self.enter(subscription.meter_id, date(2025, 1, 1), 280)
        second = self.bill(subscription, (date(2024, 10, 1), date(2024, 12, 31)))
        self.assertEqual(set(second.invoice_line_ids.mapped("utility_nature")), {"charge"})

    def test_an_instalment_that_was_cancelled_or_credited_is_not_deducted(self):
        for undo in (self.credit, self.cancel):
            subscription, instalment = self.instalment()
            undo(instalment)
            self.enter(subscription.meter_id, date(2024, 7, 1), 260)
            bill = self.bill(subscription, H1)
            self.assertEqual(set(bill.invoice_line_ids.mapped("utility_nature")), {"charge"}, undo.__name__)
            subscription.meter_id.serial_number = f"fini {undo.__name__}"

    def cancel(self, bill):
        bill.button_draft()
        bill.button_cancel()

    def test_a_settled_bill_is_not_credited_on_its_own(self):
        subscription, instalment = self.instalment()
        self.enter(subscription.meter_id, date(2025, 1, 1), 300)
        settling = self.bill(subscription, H2)
        with self.assertRaisesRegex(UserError, settling.name):
            self.credit(instalment)
