"""The subscriber as the hub, and screens that do not depend on the companies ticked in the switcher."""

from odoo.tests import Form, tagged

from .support.language import add_french
from .support.ledger import ACCOUNTANT, APPROVER, CONNECTOR_MANAGER, DAY, MONITOR, LedgerCase
from .support.sharing import JUNE, MARCH, MODULE, SharingCase

PARTNER = {"complete_name": {}, "utility_serial_numbers": {}, "utility_section_names": {}}


@tagged("post_install", "-at_install", MODULE)
class TestSubscriberHub(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.durand.write({"is_subscriber": True, "ref": "AB0042"})
        cls.water_card, cls.sewerage_card = cls.shared("17-001")
        cls.subscribe(cls.water_card)
        cls.subscribe(cls.sewerage_card)
        cls.read_index(cls.water_card, MARCH, 100)
        cls.read_index(cls.water_card, JUNE, 150)

    def as_agent(self, companies):
        partner = self.durand.with_user(self.agent_both)
        return partner.with_context(allowed_company_ids=companies.ids)

    def test_meters_sections_and_last_reading(self):
        partner = self.as_agent(self.budgets)
        self.assertEqual(partner.utility_serial_numbers, "17-001")
        self.assertEqual(partner.utility_section_names, "ASSAINISSEMENT, EAU")
        self.assertEqual((str(partner.utility_last_reading_date), partner.utility_reading_count), (JUNE, 2))
        self.assertEqual(partner.subscription_count, 2)
        self.assertEqual(partner.action_view_meters()["domain"], [("partner_id", "=", partner.id)])
        self.assertEqual(partner.action_view_subscriptions()["context"], {"default_partner_id": partner.id})
        none = partner.sudo().copy()
        self.assertFalse(none.utility_serial_numbers or none.utility_section_names or none.utility_last_reading_date)
        self.assertEqual((none.subscription_count, none.utility_reading_count), (0, 0))

    def test_a_meter_without_a_number_is_named_and_the_last_reading_counts(self):
        partner = self.env["res.partner"].create({"name": "Martin"})
        first, second = self.meter(number=False, name="P-9"), self.meter(number="18-002")
        for card, day in ((first, JUNE), (second, MARCH)):
            self.subscribe(card, partner)
            self.read_index(card, day, 10)
        self.assertEqual(partner.utility_serial_numbers, "18-002, P-9")
        self.assertEqual((str(partner.utility_last_reading_date), partner.utility_reading_count), (JUNE, 2))
        self.assertEqual(partner.action_new_reading()["views"], [(False, "form")])

    def test_contacts_of_one_name_are_told_apart(self):
        partners = self.env["res.partner"].create(
            [
                {"name": "Martin", "ref": "AB1", "email": "a@example.com", "city": "Riom"},
                {"name": "Martin", "email": "b@example.com", "street": "1 rue Haute"},
                {"name": "Martin"},
            ]
        )
        names = [partner._name_in_files() for partner in partners]
        self.assertEqual(names, ["AB1, Riom", "b@example.com, 1 rue Haute", "Martin"])

    def test_of_several_meters_none_is_taken_by_chance(self):
        buttons = ("action_new_reading", "action_view_readings")
        for button in buttons:
            context = getattr(self.as_agent(self.budget_water), button)()["context"]
            self.assertEqual(context["default_meter_id"], self.water_card.id)
        self.env.invalidate_all()
        both = getattr(self.as_agent(self.budgets), buttons[0])()["context"]
        self.assertIn(both["default_meter_id"], (self.water_card | self.sewerage_card).ids, "one meter, two cards")
        self.subscribe(self.meter(number="18-001"))
        self.env.invalidate_all()
        for button in buttons:
            self.assertFalse(getattr(self.as_agent(self.budget_water), button)()["context"]["default_meter_id"])

    def test_a_list_costs_the_same_for_many(self):
        def opened(partners):
            self.env.invalidate_all()
            self.cr.flush()
            before = self.cr.sql_log_count
            partners.with_user(self.agent_both).web_read(PARTNER)
            return self.cr.sql_log_count - before

        others = self.durand + self.durand.copy() + self.durand.copy() + self.durand.copy()
        for number, partner in enumerate(others[1:]):
            self.subscribe(self.meter(number=f"18-00{number}"), partner)
        opened(others)
        self.assertEqual(opened(others), opened(self.durand))

    def test_search(self):
        Partner = self.as_agent(self.budgets).env["res.partner"]
        view = self.env.ref(f"{MODULE}.res_partner_view_search_subscriber")
        self.assertIn("utility_serial_numbers", view.arch)
        self.assertEqual(Partner.search([("utility_serial_numbers", "ilike", "7-00")]), self.durand)
        self.assertFalse(Partner.search([("utility_serial_numbers", "ilike", "99-9")]))

    def test_a_new_subscriber_reads_the_language_of_the_company(self):
        add_french(self.env)
        self.budget_water.partner_id.lang = "fr_FR"
        Partner = self.env["res.partner"].with_company(self.budget_water)
        new, other, chosen = Partner.create(
            [{"name": "A", "is_subscriber": True}, {"name": "B"}, {"name": "C", "is_subscriber": True, "lang": "en_US"}]
        )
        self.assertEqual((new.lang, chosen.lang), ("fr_FR", "en_US"))
        self.assertEqual(other.lang, self.env["res.partner"].default_get(["lang"]).get("lang") or self.env.lang)

    def test_attaching_offers_the_section_that_is_not_ticked(self):
        alone = self.meter(number="18-001")
        partner = self.durand.copy({"is_subscriber": True})
        self.subscribe(alone, partner)
        here = partner.with_user(self.agent_both).with_context(allowed_company_ids=self.budget_water.ids)
        action = here.action_attach_connection_point()
        wizard = here.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.section_id.sudo(), self.sewerage)
        self.assertEqual(wizard.line_ids[0].connection_point_id.sudo(), alone.connection_point_id)
        offered = here.env["utility.section"].with_context(utility_every_company=True).name_search("")
        self.assertLessEqual({self.water.id, self.sewerage.id}, {section for section, _name in offered})


@tagged("post_install", "-at_install", MODULE)
class TestOneCompanyTicked(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("connecteurs", CONNECTOR_MANAGER)
        cls.first, cls.second = cls.companies

    def ticked(self, records):
        self.env.invalidate_all()
        return records.with_user(self.manager).with_context(allowed_company_ids=self.first.ids)

    def test_schedule(self):
        """All fields of the form can be changed and saved; both companies are shown."""
        form = self.env.ref(f"{MODULE}.ledger_connector_view_form")
        spec = {
            node.get("name"): {"fields": {"display_name": {}}} if node.get("widget") == "many2many_tags" else {}
            for node in form._get_combined_arch().iter("field")
        }
        self.ticked(self.connector).onchange({"auto_sync": True}, ["auto_sync"], spec)
        (saved,) = self.ticked(self.connector).web_save({"auto_sync": True, "frequency": "weekly"}, spec)
        self.assertEqual((saved["auto_sync"], saved["frequency"]), (True, "weekly"))
        self.assertEqual([company["id"] for company in saved["company_ids"]], self.companies.sorted().ids)

    def test_companies_are_listed_and_updated(self):
        Company = self.ticked(self.first).env["res.company"]
        listed = Company.with_context(utility_every_company=True).web_search_read([], {"ledger_code": {}})
        self.assertLessEqual(set(self.companies.ids), {row["id"] for row in listed["records"]})
        usual = Company.web_search_read([], {"ledger_code": {}})
        self.assertEqual([row["id"] for row in usual["records"]], self.first.ids)


@tagged("post_install", "-at_install", MODULE)
class TestVendorBill(LedgerCase):
    def test_a_bill_is_entered_and_approved_on_the_screen(self):
        """What the form sends is accepted: the approval of a bill is shown there, and kept by the server."""
        groups = f"{ACCOUNTANT},{MONITOR},{APPROVER}"
        accountant = self.user("comptable", groups)
        account = self.record("account", "615500", self.companies[0])
        moves = self.env["account.move"].with_user(accountant).with_context(default_move_type="in_invoice")
        form = Form(moves.with_company(self.companies[0]))
        form.partner_id = self.supplier.filtered(lambda p: p.company_id == self.companies[0]).with_user(accountant)
        form.invoice_date = DAY
        with form.invoice_line_ids.new() as line:
            line.name, line.quantity, line.price_unit, line.account_id = "Pompe", 1, 100, account
        bill = form.save()
        bill.action_post()
        self.assertEqual(bill.payment_approval, "pending")
        bill.action_approve_payment()
        self.assertEqual((bill.payment_approval, bill.payment_approval_user_id), ("approved", accountant))
