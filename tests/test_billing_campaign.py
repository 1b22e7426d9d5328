from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..models.billing import utility_billing_run_work as work
from .support.billing import Q1, Q2, BillingCase


@tagged("post_install", "-at_install")
class TestCampaign(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.subscribe(1, {date(2023, 1, 1): 100, date(2023, 3, 31): 125})
        cls.second = cls.subscribe(2, {date(2023, 1, 1): 0, date(2023, 3, 31): 40})

    def last_reading(self, subscription):
        return subscription.meter_id.reading_ids.sorted("date")[-1]

    def test_a_bill_charges_fixed_part_blocks_and_levy(self):
        run = self.campaign()
        bills = self.draw_up(run)
        self.assertFalse(run.finding_ids)
        self.assertEqual(bills.utility_subscription_id, self.first | self.second)
        # first: 40 × 90/365 = 9.86; 25 m³ × 2 = 50; 25 × 0.35 = 8.75 → 68.61
        # second: 9.86; of 120 m³ a year, 89 days hold 29.26: 58.52 + 10.74 × 3 = 32.22; 40 × 0.35 = 14 → 114.60
        self.assertEqual(bills.mapped("amount_untaxed"), [68.61, 114.60])
        self.assertEqual(bills.mapped("amount_total"), [72.38, 120.90])
        self.assertEqual((run.state, run.bill_count, run.bill_volume), ("billed", 2, 65))
        self.assertAlmostEqual(run.bill_amount, 183.21)

    def test_the_preview_says_what_the_launch_bills(self):
        run = self.campaign()
        run.action_preview()
        self.work()
        self.assertEqual((run.preview_count, run.preview_volume, run.state), (2, 65, "draft"))
        self.assertAlmostEqual(run.preview_amount, 183.21)
        self.assertFalse(run.bill_ids, "a preview writes no bill")
        self.assertAlmostEqual(sum(self.draw_up(run).mapped("amount_untaxed")), run.preview_amount)

    def test_a_second_launch_bills_nobody_twice(self):
        run = self.campaign()
        bills = self.draw_up(run)
        self.assertEqual(self.draw_up(run), bills)
        again = self.campaign()
        self.assertFalse(self.draw_up(again))
        self.assertEqual(set(again.finding_ids.mapped("reason")), {"draft"})
        self.post(run)
        self.draw_up(again)
        self.assertFalse(again.bill_ids)
        self.assertEqual(again.finding_ids.mapped("reason"), ["already_billed"] * 2)

    def test_a_reading_is_on_one_bill(self):
        self.draw_up(self.campaign())
        overlapping = self.campaign(Q2, reading_start=date(2023, 1, 2))
        self.draw_up(overlapping)
        self.assertEqual(overlapping.finding_ids.mapped("reason"), ["no_reading"] * 2)

    def test_posting_makes_the_readings_untouchable(self):
        run = self.campaign()
        bills = self.draw_up(run)
        self.assertEqual(self.last_reading(self.first).state, "confirmed")
        self.post(run)
        self.assertEqual((run.state, set(bills.mapped("state"))), ("posted", {"posted"}))
        self.assertEqual(self.last_reading(self.first).state, "billed")
        with self.assertRaises(UserError):
            self.last_reading(self.first).index = 130

    def test_drafts_thrown_away_free_their_readings(self):
        run = self.campaign()
        self.draw_up(run)
        run.action_discard()
        self.work()
        self.assertFalse(run.bill_ids)
        self.assertEqual(run.state, "draft")
        self.assertFalse(self.last_reading(self.first).billed_reading_ids)
        self.assertEqual(len(self.draw_up(run)), 2)

    def test_a_reading_changed_under_a_draft_stops_its_posting_alone(self):
        run = self.campaign()
        self.draw_up(run)
        self.last_reading(self.first).index = 126
        self.post(run)
        states = {bill.utility_subscription_id: bill.state for bill in run.bill_ids}
        self.assertEqual(states, {self.first: "draft", self.second: "posted"})
        self.assertEqual(run.finding_ids.res_id, self.bill_of(run, self.first).id)
        self.assertIn("changed since the bill was created", run.finding_ids.message)

    def bill_of(self, run, subscription):
        return run.bill_ids.filtered(lambda bill: bill.utility_subscription_id == subscription)

    def test_a_stop_keeps_what_is_done_and_a_resume_ends_it(self):
        run = self.campaign()
        with patch.dict(work.BATCH, bill=1):
            run.action_launch()
            run.action_stop()
            self.work()
            self.assertFalse(run.bill_ids, "stopped before its first batch")
            run.action_resume()
            self.work()
        self.assertEqual((run.state, run.bill_count, run.progress, run.total), ("billed", 2, 2, 2))

    def test_a_task_resumes_after_the_record_it_reached(self):
        run = self.campaign()
        run.action_launch()
        run.write({"state": "stopped", "cursor": self.first.id, "progress": 1})
        run.action_resume()
        self.work()
        self.assertEqual(run.bill_ids.utility_subscription_id, self.second)

    def test_a_subscription_in_error_stops_nobody_else(self):
        """A refusal by Odoo's accounting is shown on the campaign; the batch is then processed bill by bill."""
        run = self.campaign()
        refused = self.subscribe(3, {date(2023, 1, 1): 0, date(2023, 3, 31): 1})
        archived = self.env["account.account"].create(
            {"code": "411999", "name": "Fermé", "account_type": "asset_receivable", "company_ids": run.company_id.ids}
        )
        refused.partner_id.with_company(run.company_id).property_account_receivable_id = archived
        archived.active = False
        self.draw_up(run)
        self.post(run)
        posted = run.bill_ids.filtered(lambda bill: bill.state == "posted")
        self.assertEqual(posted.utility_subscription_id, self.first | self.second)
        self.assertEqual(run.finding_ids.mapped("reason"), ["refused"])
        self.assertEqual(run.finding_ids.subscription_id, refused)

    def test_what_prevents_bills_is_told_by_reason(self):
        self.first.tariff_id = False
        to_check = self.subscribe(4, {date(2023, 1, 1): 0, date(2023, 3, 31): 5})
        self.last_reading(to_check).state = "draft"
        unread = self.subscribe(5, {date(2023, 1, 1): 0})
        old = self.subscribe(6, {date(2023, 1, 1): 0, date(2023, 3, 31): 5})
        old.tariff_id = self.make_tariff(self.section, date(2023, 2, 1), name="Trop tard")
        run = self.campaign()
        self.draw_up(run)
        found = {finding.subscription_id: (finding.reason, finding.res_model) for finding in run.finding_ids}
        self.assertEqual(
            found,
            {
                self.first: ("no_tariff", "utility.subscription"),
                to_check: ("to_check", "utility.reading"),
                unread: ("no_reading", "utility.meter"),
                old: ("no_version", "utility.tariff"),
            },
        )
        self.assertEqual(run.bill_ids.utility_subscription_id, self.second)
        self.post(run)
        self.assertEqual(len(run.finding_ids), 4, "posting the others forgets nobody")
        for finding in run.finding_ids:
            self.assertTrue(self.env[finding.action_correct()["res_model"]].browse(finding.res_id).exists())

    def test_a_section_without_journal_is_told_and_nothing_starts(self):
        self.section.journal_id = False
        run = self.campaign()
        run.action_launch()
        self.assertEqual((run.state, run.finding_ids.reason), ("draft", "no_journal"))
        self.assertEqual(run.finding_ids.res_model, "utility.section")

    def test_a_product_without_account_is_told(self):
        self.section.journal_id.default_account_id = False
        self.water.with_company(self.section.company_id).property_account_income_id = False
        run = self.campaign()
        self.assertFalse(self.draw_up(run))
        self.assertEqual(run.finding_ids.mapped("reason"), ["product"] * 2)
        self.assertEqual(set(run.finding_ids.mapped("res_id")), {self.water.id})

    def test_a_period_that_runs_backwards_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "The period runs backwards"):
            self.campaign((Q1[1], Q1[0]), reading_start=Q1[0], reading_end=Q1[1])
        with self.assertRaisesRegex(ValidationError, "days of the readings run backwards"):
            self.campaign(reading_end=date(2022, 12, 31))
        day = date(2023, 3, 31)
        run = self.campaign((day, day), reading_start=day, reading_end=day)
        self.assertEqual(self.draw_up(run).mapped("utility_volume"), [25, 40])

    def test_what_a_new_campaign_proposes(self):
        """A reading closes the day before it: one of the first day is of the period before."""
        model = self.env["utility.billing.run"]
        self.assertEqual(model.new({"section_id": self.section.id, "date_start": Q1[0]}).name, "New campaign")
        run = model.new({"section_id": self.section.id, "date_start": Q1[0], "date_end": Q1[1]})
        self.assertEqual(run.name, "EAU – 01/01/2023 – 03/31/2023")
        self.assertEqual((run.reading_start, run.reading_end), (date(2023, 1, 2), date(2023, 4, 1)))

    def test_counts_are_those_of_each_campaign(self):
        """Cancelled bills do not count; obstacles and bills of another campaign do not either."""
        unread = self.subscribe(5, {date(2023, 1, 1): 0})
        first = self.campaign(subscription_ids=(self.first | unread).ids)
        other = self.campaign(subscription_ids=self.second.ids)
        runs = first | other
        self.assertEqual(runs.mapped("finding_count"), [0, 0])
        self.draw_up(first)
        self.draw_up(other)
        self.assertEqual([(run.finding_count, run.bill_count, run.draft_count) for run in runs], [(1, 1, 1), (0, 1, 1)])
        self.assertEqual([run.bill_volume for run in runs], [25, 40])
        self.post(first)
        self.assertEqual([(run.bill_count, run.draft_count) for run in runs], [(1, 0), (1, 1)])
        other.bill_ids.button_cancel()
        self.assertEqual([(run.bill_count, run.bill_volume, run.bill_amount) for run in runs][1], (0, 0, 0))
        self.assertEqual(first.action_view_bills()["domain"], [("utility_billing_run_id", "=", first.id)])
        self.assertEqual(first.action_view_bills()["context"], {"create": False})
        self.assertEqual(first.action_view_findings()["domain"], [("run_id", "=", first.id)])

    def test_each_task_begins_anew(self):
        """Its progress, its figures and its launcher are its own; what the last preview found is forgotten."""
        run = self.campaign()
        run.action_preview()
        self.work()
        self.assertTrue(run.previewed_on)
        run._by_server().write({"error": "Odoo was restarted.", "user_id": False})
        run.action_preview()
        values = ("task", "state", "cursor", "progress", "total", "error", "user_id", "preview_count", "previewed_on")
        self.assertEqual(
            [run[name] for name in values], ["preview", "running", 0, 0, 2, False, self.env.user, 0, False]
        )
        self.assertEqual((run.preview_volume, run.preview_amount), (0, 0))
        self.work()
        self.assertEqual((run.progress, run.preview_count), (2, 2))
        run.action_launch()
        self.assertTrue(run.previewed_on, "what the preview found stays beside the bills")
        self.assertEqual((run.preview_count, run.progress), (2, 0))

    def test_history_tells_the_result_of_each_task(self):
        unread = self.subscribe(5, {date(2023, 1, 1): 0})
        run = self.campaign()
        told = []
        for start in (run.action_launch, run.action_post):
            before = run.message_ids
            start()
            self.work()
            told += [html2plaintext(message.body).strip() for message in run.message_ids - before]
        self.assertEqual(
            told, ["Drawing up the bills: 2 bills, 1 obstacles.", "Posting the bills: 2 bills, 1 obstacles."]
        )
        self.assertEqual(run.finding_ids.subscription_id, unread)
        other = self.campaign(Q2, reading_start=date(2023, 3, 1))
        self.enter_readings(self.first.meter_id, {date(2023, 6, 30): 150})
        self.draw_up(other)
        before = other.message_ids
        other.action_discard()
        other.action_stop()
        other.action_stop()
        other.action_resume()
        self.work()
        told = [html2plaintext(message.body).strip() for message in (other.message_ids - before).sorted("id")]
        self.assertEqual(told[0], "Discarding the drafts: stopped, 0 of 1 done.")
        self.assertRegex(told[1], "^Discarding the drafts: 1 done")
        self.assertEqual(len(told), 2)

    def test_a_selection_by_route_and_town(self):
        self.second.meter_id.route = "Hameau"
        run = self.campaign(route="bourg , Vallon", city="valmont")
        self.draw_up(run)
        self.assertEqual(run.bill_ids.utility_subscription_id, self.first)
        chosen = self.campaign(subscription_ids=self.second.ids)
        self.draw_up(chosen)
        self.assertEqual(chosen.bill_ids.utility_subscription_id, self.second)

    def test_the_payer_is_billed(self):
        payer = self.env["res.partner"].create({"name": "Agence du Lac"})
        self.first.payer_id = payer
        run = self.campaign()
        self.draw_up(run)
        self.assertEqual(self.bill_of(run, self.first).partner_id, payer)

    def test_a_bill_is_in_the_company_and_journal_of_its_section(self):
        bill = self.draw_up(self.campaign())[0]
        self.assertEqual((bill.company_id, bill.journal_id), (self.section.company_id, self.section.journal_id))
        self.assertEqual(bill.create_uid, self.env.user)
        self.assertFalse(bill.message_ids or bill.message_follower_ids, "the campaign records who created it")
