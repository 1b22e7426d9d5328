"""The guard of values, rule by rule, on a source of remote readings, a file layout and a connector."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase

from .support.people import new_test_user
from .support.sharing import MODULE, NO_LOGO

SOURCE = "utility.telemetry.source"
KEPT = "Source of Remote Readings, What Failed: computed or kept by the server"
UNKNOWN = "(Section|Billing): the record does not exist, or you have no access to it."


class TestGuarded(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("Régie EAU", "Régie ASST")
        cls.companies = cls.env["res.company"].create([{**NO_LOGO, "name": name} for name in names])
        cls.water, cls.sewerage = cls.env["utility.section"].create(
            [
                {"name": code, "code": code, "service": service, "company_id": company.id}
                for code, service, company in zip(("EAU", "ASST"), ("water", "sewerage"), cls.companies, strict=True)
            ]
        )
        groups = f"{MODULE}.group_utility_manager,{MODULE}.group_ledger_manager"
        cls.one, cls.both = (
            new_test_user(cls.env, login, groups, company_id=companies[0].id, company_ids=[Command.set(companies.ids)])
            for login, companies in (("of_one", cls.companies[0]), ("of_both", cls.companies))
        )
        cls.source = cls.of(cls.one, SOURCE).create({"name": "Télérelève", "section_id": cls.water.id})

    @classmethod
    def of(cls, user, records, **context):
        """Return records, or a model, for a user."""
        records = cls.env[records] if isinstance(records, str) else records
        return records.with_user(user).with_context(**context)

    # What the server keeps

    def test_nobody_gives_a_value_of_the_server(self):
        mine, sources = self.of(self.one, self.source), self.of(self.one, SOURCE)
        values = {"name": "Autre", "section_id": self.water.id}
        for change in (
            lambda: mine.write({"error": "x"}),
            lambda: mine.write({"name": "x", "error": False}),
            lambda: mine.with_context(utility_by_server=True).write({"error": "x"}),
            lambda: sources.create({**values, "error": "x"}),
            lambda: sources.create([values, {**values, "error": "x"}]),
            lambda: mine.copy({"error": "x"}),
        ):
            with self.assertRaisesRegex(AccessError, KEPT):
                change()
        with self.assertRaisesRegex(AccessError, "What Failed, Company|Company, What Failed"):
            mine.write({"error": "x", "company_id": self.water.company_id.id})
        mine._by_server().write({"error": "x"})
        self.assertEqual(self.source.sudo().error, "x")
        self.source.sudo().error = False

    def test_kept_values_are_not_copied_but_by_the_server(self):
        step = self.of(self.one, self.env["utility.setup.step"].search([], limit=1))
        self.assertNotIn("key", step.copy_data()[0])
        self.assertIn("key", step._by_server().copy_data()[0])
        with self.assertRaisesRegex(AccessError, "Setup Step, Key: computed or kept by the server"):
            step.copy_data({"key": "x"})
        self.assertEqual(self.of(self.one, self.source).copy_data()[0]["section_id"], self.water.id)

    def test_defaults_of_a_caller(self):
        """A caller proposes what they may enter; the server's fields and the signature keep their own default."""
        given = {"default_error": "x", "default_user_id": self.both.id, "default_name": "N", "default_time": 7}
        sources = self.of(self.one, SOURCE, **given, default_section_id=self.water.id)
        self.assertEqual(
            sources.default_get(["error", "user_id", "name", "section_id"]),
            {"user_id": self.one.id, "name": "N", "section_id": self.water.id},
        )
        self.assertEqual(sources.default_get(["name"]), {"name": "N"})
        made = sources.create({})
        self.assertEqual((made.error, made.user_id, made.name, made.time), (False, self.one, "N", 7))
        self.assertEqual(made.env.context["default_name"], "N", "the context of the caller stays")
        left = sources._without_kept_defaults().env.context
        self.assertEqual(
            {name for name in left if name.startswith("default_")},
            {"default_name", "default_time", "default_section_id"},
        )
        with self.assertRaisesRegex(AccessError, UNKNOWN):
            self.of(self.one, SOURCE, default_section_id=self.sewerage.id).default_get(["section_id"])
        self.assertFalse(self.of(self.one, SOURCE, default_section_id=self.sewerage.id).default_get(["name"]))
        theirs = self.env[SOURCE].with_context(default_section_id=self.sewerage.id)
        self.assertEqual(theirs.default_get(["section_id"]), {"section_id": self.sewerage.id})

    # What is set once, and whom one names

    def test_what_is_set_once(self):
        shipped = self.of(self.one, self.env.ref(f"{MODULE}.ledger_layout_acknowledgement"))
        layouts = shipped.copy() | shipped.copy()
        columns = layouts[0].column_ids[0] | layouts[1].column_ids[0]
        columns[0].write({"layout_id": layouts[0].id, "name": "y"})
        self.assertEqual(columns[0].name, "y")
        for changed in (columns[1], columns):
            with self.assertRaisesRegex(AccessError, "Layout: cannot be changed once set"):
                changed.write({"layout_id": layouts[0].id})
        columns[1]._by_server().write({"layout_id": layouts[0].id})
        self.assertEqual(columns[1].layout_id, layouts[0])

    def test_nobody_signs_for_a_colleague(self):
        mine, values = self.of(self.one, self.source), {"name": "Autre", "section_id": self.water.id}
        other = self.env[SOURCE].create({**values, "user_id": self.both.id})
        theirs = self.of(self.one, other)
        for change in (
            lambda: mine.write({"user_id": self.both.id}),
            lambda: mine.create({**values, "user_id": self.both.id}),
            lambda: mine.create([{**values, "user_id": user.id} for user in (self.one, self.both)]),
            lambda: (mine | theirs).write({"user_id": self.both.id}),
        ):
            with self.assertRaisesRegex(AccessError, "In the Name Of: the server works with this person's rights"):
                change()
        theirs.write({"user_id": self.both.id, "name": "Nouveau"})
        self.assertEqual((other.user_id, other.name), (self.both, "Nouveau"))
        (mine | theirs).write({"user_id": self.one.id})
        self.assertEqual(other.user_id, self.one)
        self.assertEqual(mine.create({**values, "name": "3", "user_id": self.one.id}).user_id, self.one)

    # What one refers to

    def test_what_one_may_not_read(self):
        mine, gone = self.of(self.one, self.source), self.env["utility.section"].search([], order="id desc").ids[0] + 99
        for section in (self.sewerage.id, gone):
            for change in (
                lambda section=section: mine.write({"section_id": section}),
                lambda section=section: mine.create({"name": "x", "section_id": section}),
                lambda section=section: mine.copy({"section_id": section}),
                lambda section=section: mine.onchange({"section_id": section}, ["section_id"], {"section_id": {}}),
            ):
                with self.subTest(section=section), self.assertRaisesRegex(AccessError, UNKNOWN):
                    change()

        dialogs = "utility.reading.import"
        self.env["ir.default"].set(dialogs, "section_id", self.sewerage.id)
        with self.assertRaisesRegex(AccessError, UNKNOWN):
            self.of(self.one, dialogs).create({"file": b"eA=="})

    def test_lines_inside_lines_of_a_form(self):
        """What `create` and `write` of the lines would refuse is not shown before they are saved."""
        values = {"name": "Engrais", "company_id": self.companies[1].id}
        product = self.env["product.product"].create(values)
        line = Command.create({"kind": "fixed", "product_id": product.id})
        version = Command.create({"date_start": "2026-01-01", "line_ids": [line]})
        spec = {"name": {}, "version_ids": {"fields": {"date_start": {}, "line_ids": {"fields": {"product_id": {}}}}}}
        values = {"name": "Arrosage", "version_ids": [version]}
        with self.assertRaisesRegex(AccessError, "Product: the record does not exist"):
            self.of(self.one, "utility.tariff").onchange(values, ["name"], spec)
        self.assertTrue(self.of(self.both, "utility.tariff").onchange(values, ["name"], spec))
        theirs = self.env["utility.tariff"].create({"name": "Eux", "section_id": self.sewerage.id})
        with self.assertRaises(AccessError):
            self.of(self.one, theirs).onchange({"name": "x"}, ["name"], {"name": {}})
        with self.assertRaises(AccessError):
            self.of(self.one, theirs).onchange({}, [], {})

    def test_companies_of_mine_that_are_not_ticked(self):
        """Their names are in the switcher; a record of theirs may be referred to where the field says so."""
        here = {"allowed_company_ids": self.companies[0].ids}
        connectors = self.of(self.both, "ledger.connector", **here)
        for companies in (self.companies, self.companies[1]):
            connectors._check_readable([{"company_ids": [Command.set(companies.ids)]}], ["company_ids"])
        with self.assertRaisesRegex(AccessError, "Companies: the record does not exist"):
            self.of(self.one, connectors)._check_readable([{"company_ids": self.companies.ids}], ["company_ids"])
        person = self.of(self.both, self.both, **here)
        person.write({"utility_section_id": self.sewerage.id})
        self.assertEqual(self.both.utility_section_id, self.sewerage)
        with self.assertRaises(AccessError) as refused:
            self.of(self.both, self.source, **here).write({"section_id": self.sewerage.id})
        self.assertNotIn("does not exist", str(refused.exception), "Odoo says which company to tick")

    def test_another_company_s_records_are_not_mixed_in(self):
        """Also for somebody who may read both; journals are one of their company's."""
        journals = self.env["account.journal"].create(
            [{"name": "Ventes", "code": "VTE", "type": "sale", "company_id": company.id} for company in self.companies]
        )
        connectors = self.of(self.both, "ledger.connector")
        values = {"name": "C", "directory": "guarded", "company_ids": [Command.set(self.companies[0].ids)]}
        message = "Journals: choose a record of the same company"
        with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
            connectors.create({**values, "journal_ids": [Command.set(journals.ids)]})
        connector = connectors.create({**values, "journal_ids": [Command.set(journals[0].ids)]})
        with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
            connector.write({"journal_ids": [Command.set(journals[1].ids)]})
        self.assertEqual(connector.journal_ids, journals[0])
        connector._by_server().write({"journal_ids": [Command.set(journals.ids)]})

    def test_a_record_stays_in_its_company(self):
        theirs = self.of(self.both, self.source)
        with self.assertRaisesRegex(ValidationError, "a record cannot change company"), self.env.cr.savepoint():
            theirs.write({"section_id": self.sewerage.id})
        theirs.write({"section_id": self.water.id, "name": "Même section"})
        # a section without meters is given to another company; a dialog follows the section that is chosen
        self.of(self.both, self.sewerage).write({"company_id": self.companies[0].id})
        self.assertEqual(self.sewerage.company_id, self.companies[0])
        self.sewerage.company_id = self.companies[1]
        dialog = self.of(self.both, "utility.reading.import").create({"section_id": self.water.id, "file": b"eA=="})
        dialog.write({"section_id": self.sewerage.id})
        self.assertEqual(dialog.section_id, self.sewerage)

    def test_a_record_stays_where_its_user_works(self):
        here = {"allowed_company_ids": self.companies[0].ids}
        values = {"name": "C", "directory": "guarded", "company_ids": [Command.set(self.companies[0].ids)]}
        connector = self.of(self.both, "ledger.connector", **here).create(values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            connector.write({"company_ids": [Command.set(self.companies[1].ids)]})
        self.assertEqual(connector.company_ids, self.companies[0])

    def test_records_of_others_are_not_named_in_debug_mode(self):
        """Which any user can switch on; Odoo then names the records that were refused."""
        users = type(self.env["res.users"])
        has_group = users.has_group
        self.patch(users, "has_group", lambda user, group: group == "base.group_no_one" or has_group(user, group))
        theirs = self.env[SOURCE].create({"name": "Télérelève de l'autre", "section_id": self.sewerage.id})
        contact = self.env["res.partner"].create({"name": "Leur contact", "company_id": self.companies[1].id})
        here = {"allowed_company_ids": self.companies[0].ids}
        for user, records, named in (
            (self.one, theirs, False),
            (self.one, theirs | self.source, False),
            (self.both, theirs, True),
            (self.one, contact, True),
        ):
            seen = self.of(user, records, **here)
            with self.subTest(user.login, records=records):
                error = self.env["ir.rule"].with_user(user).with_context(**here)._make_access_error("read", seen)
                self.assertEqual(records[0].name in str(error), named)
                with self.assertRaises(AccessError):
                    self.assertFalse(seen[0].name, "it is not left in memory either")

    def test_kinds_of_fields(self):
        """Of this module's fields only; a user has those of their contact."""
        users, contacts = (self.env[name]._guarded_fields() for name in ("res.users", "res.partner"))
        self.assertEqual(users.kept, contacts.kept | {"utility_digest_sent_on"})
        fields = self.env["res.partner"]._fields
        self.assertEqual({fields[name]._modules[0] for name in contacts.kept}, {MODULE})
        self.assertNotIn("utility_bill_by_email", users.kept)
        self.assertEqual((users.references, set(users.across)), (("utility_section_id",), {"utility_section_id"}))
        source = self.env[SOURCE]._guarded_fields()
        self.assertEqual((set(source.signs), set(source.asked)), ({"user_id"}, {"section_id"}))
        self.assertEqual(set(source.references), {"section_id", "user_id"})
        self.assertEqual(set(source.shown), {"section_id", "company_id", "user_id", "file_ids"})
        self.assertFalse({"id", "create_uid", "write_date"} & (source.kept | source.once))
        word = self.env["ledger.word"]._guarded_fields()
        self.assertEqual((set(word.once), set(word.kept)), ({"layout_id"}, {"known_values"}))

    def test_who_may_not_write_a_record_learns_nothing_of_it(self):
        agent = new_test_user(
            self.env, "guarded_agent", f"{MODULE}.group_utility_user", company_id=self.companies[0].id,
            company_ids=[Command.set(self.companies[0].ids)],
        )  # fmt: skip
        for values in ({"error": "x"}, {"user_id": self.both.id}, {"section_id": self.sewerage.id}):
            with self.subTest(values=values), self.assertRaises(AccessError) as refused:
                self.of(agent, self.source).write(values)
            self.assertNotRegex(str(refused.exception), f"{KEPT}|this person's rights|does not exist")
        with self.assertRaises(AccessError):
            self.of(agent, self.source).action_test_connection()
