"""Values of relational fields refer to records in every format that Odoo accepts: the guard finds each of them."""

from odoo import Command
from odoo.tests import tagged

from ..models.common.references import records_in, values_of_lines
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
