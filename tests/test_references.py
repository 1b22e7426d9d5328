"""Values of relational fields refer to records in every format that Odoo accepts: the guard finds each of them."""

from odoo import Command
from odoo.tests import tagged

from ..models.common.references import led_to, may_read, of_company, records_in, values_of_lines
from .support.sharing import SharingCase


@tagged("post_install", "-at_install")
class TestReferences(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.env["res.partner"].create([{"name": "Un"}, {"name": "Deux"}])

    def found(self, model, name, value, **vals):
        records = self.env[model]
        return sorted(records_in(records._fields[name], value, {name: value, **vals}, records))

    def test_one_record(self):
        one = ("res.partner", self.one.id)
        for value, expected in (
            (self.one.id, [one]),
            (self.one, [one]),
            (self.one | self.two, [one, ("res.partner", self.two.id)]),
            ((self.one.id, "Un"), [one]),
            ([self.one.id, "Un"], [one]),
            (self.env["res.partner"].new(origin=self.one).id, [one]),
            ((self.env["res.partner"].new(origin=self.one).id, "Un"), [one]),
            (self.env["res.partner"].new().id, []),
            (self.env["res.partner"], []),
            ([], []),
            ((), []),
            (False, []),
            (None, []),
            (0, []),
            (True, []),
        ):
            with self.subTest(value=value):
                self.assertEqual(self.found("res.partner", "parent_id", value), expected)

    def test_several_records(self):
        one, two = (("res.partner", partner.id) for partner in (self.one, self.two))
        for commands, expected in (
            ([Command.link(self.one.id)], [one]),
            ([Command.update(self.one.id, {"name": "x"})], [one]),
            ([Command.set([self.one.id, self.two.id])], [one, two]),
            ([[6, False, [self.two.id]]], [two]),
            ([Command.set([])], []),
            ([(6, 0, False)], []),
            ([self.one, self.two], [one, two]),
            ([self.one | self.two], [one, two]),
            ([self.one.id, self.two.id], [one, two]),
            ([Command.link(self.env["res.partner"].new(origin=self.two).id)], [two]),
            ([Command.create({"name": "x"}), Command.clear()], []),
            ([Command.unlink(self.one.id), Command.delete(self.two.id)], []),
            (self.one | self.two, [one, two]),
        ):
            with self.subTest(commands=commands):
                self.assertEqual(self.found("res.partner", "child_ids", commands), expected)

    def test_a_record_of_a_model_that_is_given_with_it(self):
        self.assertEqual(
            self.found("ir.attachment", "res_id", self.one.id, res_model="res.partner"), [("res.partner", self.one.id)]
        )
        attachment = self.env["ir.attachment"].create({"name": "x", "raw": b"x", "res_model": "res.partner"})
        field = attachment._fields["res_id"]
        self.assertEqual(list(records_in(field, 7, {"res_id": 7}, attachment)), [("res.partner", 7)])
        both = sorted(records_in(field, 7, {"res_id": 7, "res_model": "res.users"}, attachment))
        self.assertEqual(
            both, [("res.partner", 7), ("res.users", 7)], "its own model until the write, the new one after"
        )

    def test_a_model_and_an_id(self):
        for value, expected in (
            (f"res.partner,{self.one.id}", [("res.partner", self.one.id)]),
            (self.one, [("res.partner", self.one.id)]),
            ("no.such.model,1", []),
            ("res.partner,x", []),
            ("res.partner", []),
            (False, []),
        ):
            with self.subTest(value=value):
                self.assertEqual(self.found("ledger.code", "record_ref", value), expected)

    def test_what_records_lead_to(self):
        """One recordset, or one for each record if its model is a value of the record."""
        files = self.env["ir.attachment"].create(
            [
                {"name": "x", "raw": b"x", "res_model": "res.partner", "res_id": self.one.id},
                {"name": "y", "raw": b"y", "res_model": "res.company", "res_id": self.budget_water.id},
                {"name": "z", "raw": b"z"},
            ]
        )
        self.assertEqual(list(led_to(files, "res_id")), [self.one, self.budget_water])
        self.two.parent_id = self.one
        self.assertEqual(list(led_to(self.one | self.two, "parent_id")), [self.one])
        connector = self.env["ledger.connector"].create({"company_ids": [(6, 0, self.budgets.ids)], "directory": "ref"})
        values = {"connector_id": connector.id, "company_id": self.budget_water.id, "kind": "third_party"}
        codes = self.env["ledger.code"].create(
            [{**values, "code": "1", "res_id": self.one.id}, {**values, "code": "2", "res_id": False}]
        )
        self.assertEqual(list(led_to(codes, "record_ref")), [self.one])

    def test_who_may_read_all_of_them(self):
        agent, partners = self.agent_water, self.env["res.partner"]
        gone = partners.create({"name": "Trois"})
        gone.unlink()
        theirs = self.env["utility.meter"].search([("section_id", "=", self.sewerage.id)], limit=1) or self.meter(
            self.sewerage, "AS-9"
        )
        mine = self.meter(number="EA-9")
        for records, expected in (
            (self.one | self.two, True),
            (partners, True),
            (gone, False),
            (self.one | gone, False),
            (mine, True),
            (mine | theirs, False),
            (self.env["ledger.connector"], True),
            (self.env["ledger.connector"].browse(1), False),
        ):
            with self.subTest(records=records):
                seen = records.with_user(agent).with_context(allowed_company_ids=self.budget_water.ids)
                self.assertIs(may_read(seen), expected)

    def test_records_of_a_company(self):
        """Of none, or of it; a model without companies has none; an archived record keeps its own."""
        self.one.company_id = self.budget_water
        accounts = self.env["account.account"].with_company(self.budget_water)
        account = accounts.create({"code": "701999", "name": "Eau", "account_type": "income"})
        for active in (True, False):
            self.one.active = active
            for records, here, there in (
                (self.one, True, False),
                (self.two, True, True),
                (self.one | self.two, True, False),
                (self.env["res.lang"].search([], limit=1), True, True),
                (account, True, False),
            ):
                with self.subTest(records=records, active=active):
                    found = [of_company(records, company) for company in (self.budget_water, self.budget_sewerage)]
                    self.assertEqual(found, [here, there])

    def test_values_of_lines(self):
        lines = [Command.create({"a": 1}), [1, 5, {"b": 2}], Command.link(3), 4, self.one]
        self.assertEqual(values_of_lines(lines), [{"a": 1}, {"b": 2}])


@tagged("post_install", "-at_install")
class TestComputedNames(SharingCase):
    def test_a_part_of_a_name_that_is_empty_is_every_name(self):
        """As Odoo's own searches do; a whole name that is empty is nobody's."""
        runs = next(
            self.env[name]
            for name in self.env.registry.descendants(["utility.computed.name"], "_inherit")
            if not self.env[name]._abstract and self.env[name]._auto
        )
        for operator, value, expected in (
            ("ilike", "", [(1, "=", 1)]),
            ("like", False, [(1, "=", 1)]),
            ("not ilike", "", [(0, "=", 1)]),
        ):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(list(runs._search_display_name(operator, value)), expected)
