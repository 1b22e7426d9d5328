"""Blank cells and missing columns of an imported file become neither 0, nor today, nor one of several sections."""

from odoo.exceptions import ValidationError

from ..models.common.imported import _is_own_number
from .access_town import AccessCase
from .support.sharing import MODULE

NUMBERS = ("integer", "float", "monetary")


class TestImported(AccessCase):
    def load(self, model, columns, *rows, user=None):
        """Import rows as Odoo's screen does; returns (records, messages)."""
        content = "\n".join(";".join(row) for row in (columns, *rows))
        env = self.env(user=user, context={}) if user else self.env
        wizard = env["base_import.import"].create(
            {"res_model": model, "file": content.encode(), "file_type": "text/csv", "file_name": "lignes.csv"}
        )
        options = {"quoting": '"', "separator": ";", "has_headers": True, "date_format": "%Y-%m-%d"}
        result = wizard.execute_import(list(columns), list(columns), options)
        said = " / ".join(message["message"] for message in result["messages"])
        return self.env[model].browse(result["ids"] or ()), said

    def numbers(self):
        """Yield (model, field) of every number that a person may enter."""
        for name, record in self.records.items():
            model = self.env[name]
            if model._transient or not isinstance(model, self.env.registry["utility.imported"]):
                continue
            kept = model._guarded_fields().kept
            for field in model._fields.values():
                is_own = (field.related_field if field.inherited else field)._modules[:1] == (MODULE,)
                if field.type in NUMBERS and is_own and field.store and field.name not in kept and not field.inherited:
                    yield record, field

    def test_every_number(self):
        """A required one is asked; another one keeps what it has, and takes its default on a new record."""
        found = list(self.numbers())
        self.assertIn("price", {field.name for _record, field in found})
        for record, field in found:
            with self.subTest(record._name, field=field.name):
                if field.required:
                    with self.assertRaises(ValidationError) as refused:
                        record._load_records_write({field.name: False})
                    self.assertIn(field._description_string(self.env), str(refused.exception))
                else:
                    self.assertEqual(record._without_blank_numbers({field.name: False}), {})
                self.assertEqual(record._without_blank_numbers({field.name: 0}), {field.name: 0})

    def test_a_price(self):
        version, product = self.tariff.version_ids, self.tariff.version_ids.line_ids.product_id[0]
        columns = ("version_id/.id", "product_id/.id", "kind", "price")
        row = (str(version.id), str(product.id), "fixed")
        for columns_, rows in ((columns, [(*row, "")]), (columns[:3], [row]), (columns, [(*row, "0"), (*row, " ")])):
            made, said = self.load("utility.tariff.line", columns_, *rows)
            self.assertFalse(made)
            self.assertIn("Price", said)
        made, said = self.load("utility.tariff.line", columns, (*row, "0"), (*row, "1.5"))
        self.assertEqual((made.mapped("price"), said), ([0, 1.5], ""))
        unchanged, said = self.load("utility.tariff.line", (".id", "price"), (str(made[1].id), ""))
        self.assertFalse(unchanged)
        self.assertEqual(made[1].price, 1.5)

    def test_a_default_that_is_the_only_choice(self):
        """The one company of a user, or the one record in their companies: a file need not name it."""
        one, both = self.strangers["person in charge"], self.users["person in charge"]
        choices = (
            ("utility.section", "company_id", True, False),
            ("utility.meter", "section_id", False, False),
            ("utility.reading", "date", False, False),
        )
        for model, name, *expected in choices:
            with self.subTest(model, field=name):
                found = [self.env[model].with_user(user)._has_one_choice(name) for user in (one, both)]
                self.assertEqual(found, expected)
        self.env["utility.section"].create(
            {"name": "V", "code": "V", "service": "other", "company_id": one.company_id.id}
        )
        meters = self.env["utility.meter"].with_user(one)
        self.assertTrue(meters.with_context(allowed_company_ids=[])._has_one_choice("section_id"))
        meters = self.env["utility.meter"].with_user(both).with_context(allowed_company_ids=self.section.company_id.ids)
        self.assertFalse(meters._has_one_choice("section_id"), "the other company need not be ticked")

    def test_numbers_that_somebody_may_enter(self):
        """Of this module; a computed one if it is stored."""
        for model, name, expected in (
            ("ledger.run", "progress", True),
            ("ledger.run", "percent", False),
            ("ledger.column", "decimals", True),
            ("ledger.column", "name", False),
            ("res.partner", "color", False),
            ("res.partner", "no_such_field", False),
        ):
            with self.subTest(model, field=name):
                self.assertIs(_is_own_number(self.env[model]._fields.get(name)), expected)

    def test_a_line_that_comes_with_its_record(self):
        """A new one states its price; a changed one leaves out what is blank; other commands stay as they are."""
        lines = self.env["utility.tariff.line"]
        for command in ((4, 7, 0), [6, 0, [1]], (2, 7, 0), 7, self.tariff):
            self.assertIs(lines._imported_line(command), command)
        product = self.tariff.version_ids.line_ids.product_id[0].id
        values = {"product_id": product, "kind": "block", "price": 0, "upper": False}
        kept = {"product_id": product, "kind": "block", "price": 0}
        self.assertEqual(lines._imported_line((0, "virtual", values)), (0, "virtual", kept))
        self.assertEqual(lines._imported_line([1, 7, {"upper": False}]), (1, 7, {}))
        for command in ((0, 0, {"kind": "fixed"}), (0, 0, {**kept, "price": False}), (1, 7, {"price": False})):
            with self.subTest(command), self.assertRaisesRegex(ValidationError, "Price"):
                lines._imported_line(command)

    def test_a_price_within_the_rows_of_its_tariff(self):
        columns = ("name", "section_id/.id", "version_ids/date_start", "version_ids/line_ids/product_id/.id")
        columns += ("version_ids/line_ids/kind", "version_ids/line_ids/price")
        product = str(self.tariff.version_ids.line_ids.product_id[0].id)
        row = ("Arrosage", str(self.section.id), "2025-01-01", product, "fixed")
        made, said = self.load("utility.tariff", columns, (*row, ""))
        self.assertFalse(made)
        self.assertIn("Price", said)
        made, said = self.load("utility.tariff", columns, (*row, "12"))
        self.assertEqual((made.version_ids.line_ids.price, said), (12, ""))

    def test_a_consumption_is_computed(self):
        """A blank cell is no consumption of 0 that somebody entered."""
        columns = ("meter_id/.id", "date", "index", "consumption")
        made, said = self.load("utility.reading", columns, (str(self.card.id), "2025-09-30", "55", ""))
        self.assertEqual((made.consumption, made.is_modified, said), (35, False, ""))
        made, said = self.load("utility.reading", (".id", "consumption"), (str(made.id), ""))
        self.assertEqual((made.consumption, made.is_modified), (35, False))
        made, said = self.load("utility.reading", (".id", "consumption"), (str(made.id), "0"))
        self.assertEqual((made.consumption, made.is_modified), (0, True))

    def test_dwellings_and_flat_volumes_of_subscriptions(self):
        card = self.env["utility.meter"].create({"section_id": self.section.id, "serial_number": "NEUF-1"})
        columns = ("meter_id/.id", "partner_id/.id", "date_start", "dwellings", "billing_type", "flat_volume")
        row = (str(card.id), str(self.subscription.partner_id.id), "2025-01-01")
        made, said = self.load("utility.subscription", columns, (*row, "", "measured", ""))
        self.assertFalse(made)
        self.assertIn("Dwellings", said)
        made, said = self.load("utility.subscription", columns, (*row, "1", "flat", ""))
        self.assertFalse(made)
        self.assertIn("Flat Volume", said)
        made, said = self.load("utility.subscription", columns, (*row, "1", "measured", ""))
        self.assertEqual((len(made), said), (1, ""))

    def test_an_option_that_is_on_by_default_stays_on(self):
        """A blank cell is no “no”: a dwelling would lose the relief of leaks, a meter would be archived."""
        columns = ("serial_number", "section_id/.id", "active", "subscription_ids/partner_id/.id")
        columns += ("subscription_ids/date_start", "subscription_ids/is_dwelling")
        person, section = str(self.subscription.partner_id.id), str(self.section.id)
        first = (person, "2024-01-01", "no")
        made, said = self.load("utility.meter", columns, ("NEUF-5", section, "", person, "2025-01-01", ""))
        self.assertEqual((made.active, made.subscription_ids.is_dwelling, said), (True, True, ""))
        made, said = self.load("utility.meter", columns, ("NEUF-6", section, "no", *first), ("", "", "", "", "", ""))
        self.assertEqual((made.active, made.subscription_ids.is_dwelling, said), (False, False, ""))
        contract = (".id", "is_dwelling"), (str(made.subscription_ids.id), "")
        made, said = self.load("utility.subscription", *contract)
        self.assertFalse(made.is_dwelling, "an existing one keeps what it has")

    def test_days_and_sections_are_not_guessed(self):
        card, person = str(self.card.id), str(self.subscription.partner_id.id)
        free = str(self.env["utility.meter"].create({"section_id": self.section.id, "serial_number": "NEUF-2"}).id)
        company, approver = str(self.section.company_id.id), str(self.env.ref("base.user_admin").id)
        for model, columns, row, label in (
            ("utility.reading", ("meter_id/.id", "index"), (card, "55"), "Date"),
            ("utility.reading", ("date", "index"), ("2025-09-30", "55"), "Meter"),
            ("utility.subscription", ("meter_id/.id", "partner_id/.id"), (free, person), "Start"),
            ("utility.tariff.version", ("tariff_id/.id",), (str(self.tariff.id),), "Start"),
            ("utility.meter", ("serial_number",), ("NEUF-3",), "Section"),
            ("utility.tariff", ("name",), ("Arrosage",), "Section"),
            ("utility.section", ("name", "code"), ("Pluvial", "PLU"), "Company"),
            ("ledger.approval.level", ("company_id/.id", "user_ids/.id"), (company, approver), "Up To"),
        ):
            with self.subTest(model, columns=columns):
                made, said = self.load(model, columns, row)
                self.assertFalse(made)
                self.assertIn(label, said)

    def test_the_only_section_of_a_person_need_not_be_stated(self):
        alone = self.users["person in charge"]
        alone.company_ids = alone.company_id = self.section.company_id
        made, said = self.load("utility.meter", ("serial_number",), ("NEUF-4",), user=alone)
        self.assertEqual((made.section_id, said), (self.section, ""))
