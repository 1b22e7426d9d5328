"""Personal data of ended subscriptions: removed once nothing needs it; bills and volumes are kept."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .support.billing import Q1, BillingCase
from .support.people import new_test_user


class TestRetention(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.section.company_id
        cls.company.utility_retention_months = 24
        cls.ended = cls.subscribe(1, {Q1[0]: 0, Q1[1]: 12}, date_end=date(2023, 12, 31))
        cls.person = cls.ended.partner_id
        cls.person.write({"street": "4 rue du Lavoir", "email": "a@example.com", "phone": "0102030405", "ref": "C1"})
        cls.person.message_post(body="Mme Durand is away")
        cls.running = cls.subscribe(2, {Q1[0]: 0, Q1[1]: 9})

    def test_who_left_long_ago_is_anonymised_and_the_bill_stays(self):
        run = self.campaign()
        bill = self.draw_up(run).filtered(lambda b: b.utility_subscription_id == self.ended)
        bill = self.post(run) & bill
        bill.payment_state = "paid"
        amount, volume, printed = bill.amount_total, bill.utility_volume, bill.utility_document
        self.ended.action_anonymize()
        self.assertEqual(self.person.name, f"Anonymised {self.person.id}")
        self.assertFalse(self.person.street or self.person.email or self.person.phone or self.person.message_ids)
        self.assertEqual((self.person.ref, self.person.utility_anonymized_on), ("C1", date.today()))
        self.assertEqual((bill.amount_total, bill.utility_volume, bill.utility_document), (amount, volume, printed))
        self.assertEqual(self.ended.meter_id.reading_ids.mapped("index"), [12, 0])

    def test_departures_and_arrivals_keep_no_name(self):
        values = {"meter_id": self.ended.meter_id.id, "date": date(2023, 12, 31), "state": "done"}
        moves = self.env["utility.move"].sudo()
        left = moves.create(
            values
            | {
                "leaving_subscription_id": self.ended.id,
                "leaving_name": "Abonné 1",
                "last_bill_address": {"street": "4 rue du Lavoir"},
                "arriving_name": "Abonné 2",
            }
        )
        part = moves.create(values | {"origin_id": left.id, "leaving_name": "Abonné 1"})
        came = moves.create(
            values
            | {
                "arriving_subscription_id": self.ended.id,
                "arriving_name": "Abonné 1",
                "arriving_values": {"name": "Abonné 1"},
            }
        )
        self.ended.action_anonymize()
        self.assertEqual({left.leaving_name, part.leaving_name, came.arriving_name}, {self.person.name})
        self.assertFalse(left.last_bill_address or came.arriving_values)
        self.assertEqual(left.arriving_name, "Abonné 2")

    def test_who_is_served_elsewhere_keeps_their_name(self):
        self.running.partner_id = self.person
        self.ended.action_anonymize()
        self.assertEqual(self.person.name, "Abonné 1")

    def test_who_owes_a_bill_keeps_their_name(self):
        run = self.campaign()
        self.draw_up(run)
        self.ended.action_anonymize()
        self.assertEqual(self.person.name, "Abonné 1")

    def test_the_household_its_account_and_its_bank_go_too(self):
        user = new_test_user(self.env, "gone", "base.group_portal", partner_id=self.person.id)
        child = self.person.create({"name": "M. Durand", "parent_id": self.person.id, "phone": "0605040302"})
        payer = self.person.create({"name": "Notaire", "city": "Lyon"})
        self.person.bank_ids = [Command.create({"acc_number": "FR7630006000011234567890189"})]
        self.ended.payer_id = payer
        self.ended.message_post(body="Mme Durand called")
        child.active = False
        said = self.ended.with_user(self.manager(self.company)).action_anonymize()["params"]
        self.assertEqual((said["type"], said["sticky"]), ("success", False))
        self.assertIn("2 people anonymised, 0 left", said["message"])
        self.assertEqual((user.login, user.active), (f"anonymised-{user.id}", False))
        self.assertEqual((child.name, child.phone, payer.city), (f"Anonymised {child.id}", False, False))
        self.assertFalse(self.person.bank_ids or self.ended.message_ids)
        again = self.ended.action_anonymize()["params"]
        self.assertEqual((again["type"], again["sticky"]), ("warning", True))
        self.assertIn("0 people anonymised, 2 left", again["message"])

    def test_who_is_needed_for_something_else_keeps_their_name(self):
        colleague = new_test_user(self.env, "colleague", "base.group_user")
        needed = {
            "a colleague": colleague.partner_id,
            "a supplier": self.person.create({"name": "Plombier", "supplier_rank": 1}),
            "the town itself": self.company.partner_id,
            "who pays for a running subscription": self.person.create({"name": "Syndic"}),
        }
        self.running.payer_id = needed["who pays for a running subscription"]
        for why, person in needed.items():
            with self.subTest(why):
                self.ended.partner_id, name = person, person.name
                self.ended.action_anonymize()
                self.assertEqual((person.name, person.utility_anonymized_on), (name, False))
        self.assertTrue(colleague.active)

    def test_a_contact_who_is_served_keeps_their_name(self):
        """A contact, or a contact of a contact, may be a subscriber; others go with the person, archived ones too."""
        served = self.running.partner_id
        contact = self.person.create({"name": "M. Durand", "parent_id": self.person.id, "active": False})
        served.parent_id = contact
        (contact | served).sudo()._by_server().ledger_name = "Ancien nom"
        self.ended.action_anonymize()
        self.assertEqual((contact.name, served.name), (f"Anonymised {contact.id}", "Abonné 2"))
        self.assertEqual((contact.sudo().ledger_name, served.sudo().ledger_name), (False, "Ancien nom"))

    def test_the_last_day_of_the_period_is_still_too_early(self):
        day = fields.Date.context_today(self.ended) - relativedelta(months=24)
        self.ended.date_end = day
        self.assertFalse(self.ended._is_past_retention())
        self.anonymise_by_the_job()
        self.assertFalse(self.person.utility_anonymized_on)
        self.ended.date_end = day - relativedelta(days=1)
        self.assertTrue(self.ended._is_past_retention())
        self.anonymise_by_the_job()
        self.assertTrue(self.person.utility_anonymized_on)

    def anonymise_by_the_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_retention").method_direct_trigger()
        self.env.invalidate_all()

    def test_too_early(self):
        self.company.utility_retention_months = 1200
        with self.assertRaisesRegex(UserError, "1200 months"):
            self.ended.action_anonymize()
        with self.assertRaises(UserError):
            self.running.action_anonymize()

    def test_the_job_does_it_where_the_setting_says_so(self):
        self.company.utility_retention_months = 0
        self.anonymise_by_the_job()
        self.assertFalse(self.person.utility_anonymized_on, "without a setting, people are anonymised by hand only")
        self.company.utility_retention_months = 1
        self.anonymise_by_the_job()
        self.assertTrue(self.person.utility_anonymized_on)
        self.assertFalse(self.running.partner_id.utility_anonymized_on)

    def manager(self, company):
        group = "utility_billing_sync.group_utility_manager"
        values = {"company_id": company.id, "company_ids": [(6, 0, company.ids)]}
        return new_test_user(self.env, f"manager_{company.id}", group, **values)

    def test_by_somebody_in_charge_only(self):
        stranger = self.manager(self.make_section("ASST", "sewerage").company_id)
        with self.assertRaises(AccessError):
            self.ended.with_user(stranger).action_anonymize()
        agent = new_test_user(
            self.env,
            "an_agent",
            "utility_billing_sync.group_utility_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.ended.with_user(agent).action_anonymize()
        with self.assertRaises(AccessError):
            self.person.with_user(agent).utility_anonymized_on = date.today()
