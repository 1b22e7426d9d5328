"""Records in use are neither archived nor deleted: the message names what uses them, and what to do first."""

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .access_town import AccessCase
from .support.sharing import MODULE

#: Models that may be archived at any time, and why.
FREE = {
    "ledger.code": "what the accounting system no longer knows; documents keep what they were sent with",
    "utility.telemetry.source": "nothing refers to it, and its files stay where they are",
}

#: Models whose copies bear a name of their own: imports and searches take names.
NAMED = {"ledger.layout", "utility.section", "utility.tariff", "utility.telemetry.source"}


class TestDuplicate(AccessCase):
    def test_what_the_screens_offer_to_duplicate(self):
        """*Dupliquer* gives copies distinct names; it is not offered if a copy would always be refused."""
        offered = set()
        actions = self.env["ir.actions.act_window"].search([("id", "in", self.own_actions())])
        for model in sorted(set(actions.mapped("res_model")) & self.records.keys()):
            record = self.records[model]
            if record._transient or record._original_module != MODULE or not self.is_offered(record):
                continue
            offered.add(model)
            with self.subTest(model), self.env.cr.savepoint():
                copied = record.copy()
                self.env.flush_all()
                if model in NAMED:
                    self.assertNotEqual(copied.name, record.name)
        self.assertLessEqual(NAMED, offered)
        self.assertFalse(offered & {"utility.reading", "utility.subscription", "ledger.connector"})

    def is_offered(self, record):
        """Return whether somebody may create such records, and their screens offer to duplicate them."""
        people = self.users["person in charge"], self.users["connector manager"]
        views = [html.fromstring(record.get_view(view_type=kind)["arch"]) for kind in ("form", "list")]
        off = any(view.get(name) in ("0", "false") for view in views for name in ("create", "duplicate"))
        return not off and any(record.with_user(person).has_access("create") for person in people)

    def own_actions(self):
        own = [("module", "=", MODULE), ("model", "=", "ir.actions.act_window")]
        return self.env["ir.model.data"].search(own).mapped("res_id")

    def test_a_second_copy_of_a_section(self):
        first, second = self.section.copy(), self.section.copy()
        self.assertEqual((first.code, second.code), (f"{self.section.code}2", f"{self.section.code}3"))
        other = self.section.copy({"code": "AUTRE", "name": "Autre"})
        self.assertEqual((other.code, other.name), ("AUTRE", "Autre"))
        second.active = False
        self.assertEqual(self.section.copy().code, f"{self.section.code}4", "an archived section keeps its code")


class TestInUse(AccessCase):
    def test_every_model_that_can_be_archived_says_what_needs_it(self):
        models = self.env.registry.items()
        own = {name for name, model in models if model._original_module == MODULE and not model._abstract}
        archived = {
            name for name in own if "active" in self.env[name]._fields and not self.env[name]._fields["active"].related
        }
        kept = self.env.registry["utility.in.use"]
        self.assertEqual({name for name in archived if not issubclass(self.env.registry[name], kept)}, FREE.keys())

    def held(self, record, *words):
        """Check that a record is neither archived nor deleted, and what the refusal says."""
        for attempt in (record.action_archive, record.unlink):
            with self.subTest(record._name, attempt=attempt.__name__):
                with self.assertRaises(UserError) as refused, self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    attempt()
                for word in words:
                    self.assertIn(word, str(refused.exception))
        self.assertTrue(record.active)

    def test_a_meter_with_a_subscription(self):
        person = self.subscription.partner_id.name
        self.held(self.card, self.card.display_name, person)
        self.subscription.write({"date_start": "2099-01-01"})
        self.held(self.card, person)
        self.subscription.write({"date_start": "2020-01-01", "date_end": "2025-07-31"})
        self.card.active = False

    def test_a_point_with_a_card(self):
        self.held(self.card.connection_point_id, self.section.name, self.other.name)

    def test_a_subscriber_and_a_payer(self):
        payer = self.env["res.partner"].create({"name": "Syndic des Tilleuls"})
        self.subscription.payer_id = payer
        for person in (payer, self.subscription.partner_id):
            self.held(person, person.name)
        self.subscription.write({"date_end": "2025-07-31"})
        payer.active = False

    def test_a_section_with_meters_or_open_work(self):
        run = self.records["utility.billing.run"]
        run._by_server().state = "billed"
        matching = self.records["utility.meter.matching"]
        matching.state = "running"
        self.records["utility.reading.import.run"].state = "running"
        source = self.records["utility.telemetry.source"]
        self.held(self.section, "(1)", run.name, matching.display_name, source.name)
        self.held(self.other, matching.display_name)

    def test_a_section_without_anything_open(self):
        section = self.make_section("VIDE", "other")
        section.active = False
        self.assertFalse(section.active)

    def test_a_tariff_of_a_subscription(self):
        self.held(self.tariff, self.tariff.name, "(1)")
        self.subscription.write({"date_end": "2025-07-31"})
        self.tariff.active = False

    def test_a_product_of_a_tariff(self):
        product = self.tariff.version_ids.line_ids.product_id[0]
        self.held(product, self.tariff.name)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            product.product_tmpl_id.action_archive()
        self.subscription.write({"date_end": "2025-07-31"})
        self.tariff.active = False
        product.active = False

    def test_a_product_of_prices_that_were_replaced(self):
        old = self.tariff.version_ids.line_ids.product_id
        new = old[0].copy()
        version = self.tariff.version_ids.copy({"date_start": "2025-06-01"})
        version.line_ids.product_id = new
        old[0].active = False
        self.held(new, self.tariff.name)

    def test_the_journal_of_a_section(self):
        self.held(self.section.journal_id, self.section.name)

    def test_a_company_with_sections_and_a_connector(self):
        company = self.section.company_id
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            company.action_archive()
        self.assertIn(self.section.name, str(refused.exception))
        self.assertEqual(str(refused.exception).count(company.name), 2, "the section, and the connector")

    def test_a_layout_of_a_connector(self):
        connector = self.records["ledger.connector"]
        self.held(connector.entries_layout_id, connector.name)
        with self.subTest("of a connector that one may not see"):
            layout = connector.entries_layout_id.with_user(self.strangers["connector manager"])
            with self.assertRaises(AccessError):
                layout.action_archive()

    def test_a_connector_whose_documents_are_on_their_way(self):
        document = self.records["ledger.document"]
        lot = self.records["ledger.lot"]
        lot.state = "delivered"
        document.write({"stage": "sent", "lot_id": lot.id})
        connector = self.records["ledger.connector"]
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            connector.action_archive()
        self.assertIn("(1)", str(refused.exception))
        document.stage = "integrated"
        connector.active = False
        with self.assertRaisesRegex(UserError, "archive it instead"), self.env.cr.savepoint():
            connector.unlink()

    def test_a_connector_that_has_only_synchronised(self):
        connector = self.env["ledger.connector"].create({"name": "Autre", "company_ids": False, "directory": "autre"})
        run = self.env["ledger.run"].create({"connector_id": connector.id, "company_ids": self.companies.ids})
        with self.assertRaisesRegex(UserError, "archive it instead"), self.env.cr.savepoint():
            connector.unlink()
        run.unlink()
        connector.unlink()

    def test_a_selection_of_many(self):
        """The message says the first reasons, not thousands of them."""
        for number in range(100, 112):
            self.subscribe(number, {})
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            self.section.meter_ids.action_archive()
        lines = str(refused.exception).splitlines()
        self.assertEqual((len(lines), lines[-1]), (11, "…"))

    def test_two_contacts_of_one_subscriber_are_merged(self):
        """Odoo deletes one of them, once the other one has its subscription."""
        kept, left = self.env["res.partner"].create({"name": "Durand Jean"}), self.subscription.partner_id
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((kept | left).ids)], "dst_partner_id": kept.id}
        ).action_merge()
        self.env.invalidate_all()
        self.assertFalse(left.exists())
        self.assertEqual(self.subscription.partner_id, kept)

    def test_what_is_put_away_is_no_default(self):
        """An archived section is no user's default any more, an archived layout none of a new connector."""
        section = self.make_section("VIDE", "other")
        person = self.users["person in charge"]
        person.company_ids |= section.company_id
        person.sudo().utility_section_id = section
        env = self.env(user=person, context={"allowed_company_ids": person.company_ids.ids})
        self.assertEqual(env["utility.section"]._default_section(), section)
        section.active = False
        self.env.invalidate_all()
        self.assertTrue(env["utility.section"]._default_section().active)
        connector = self.records["ledger.connector"]
        layout = connector.updates_layout_id
        connector.updates_layout_id = connector.entries_layout_id
        layout.active = False
        self.assertFalse(self.env["ledger.connector"].default_get(["updates_layout_id"]).get("updates_layout_id"))

    def test_who_may_not_archive_it_learns_nothing(self):
        for record in (self.card, self.tariff, self.section):
            mine = record.with_user(self.strangers["person in charge"])
            with self.assertRaises(AccessError) as refused:
                mine.action_archive()
            self.assertNotIn(self.subscription.partner_id.name, str(refused.exception))
        mine = self.section.company_id.with_user(self.users["agent"])
        with self.assertRaises(AccessError) as refused:
            mine.action_archive()
        self.assertNotIn(self.section.name, str(refused.exception))

    def test_of_another_company_only_that_there_is_something(self):
        """A contact or product is common to companies; who may change it learns no name of theirs."""
        stranger = self.strangers["person in charge"]
        stranger.group_ids |= self.env.ref("base.group_partner_manager") | self.env.ref("product.group_product_manager")
        product = self.tariff.version_ids.line_ids.product_id[0]
        product.company_id = False
        with self.assertRaises(UserError) as refused:
            product.with_user(stranger).action_archive()
        self.assertNotIn(self.tariff.name, str(refused.exception))
        with self.assertRaises(UserError) as refused:
            self.subscription.partner_id.with_user(stranger).action_archive()
        self.assertNotIn(self.section.name, str(refused.exception))
