"""A record of any model is found by its display name, and not by another name."""

from .access_town import AccessCase
from .support.language import add_french
from .support.sharing import MODULE

NOWHERE = "zqx nulle part 77"
NOT = {"ilike": "not ilike", "=": "!=", "in": "not in"}


class TestEveryShownName(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_french(cls.env)
        cls.env = cls.env(context={**cls.env.context, "lang": "fr_FR", "tz": "Europe/Paris"})

    def shown(self):
        """Return {model: a record of it} of the module's models that keep records."""
        models = self.env.registry.items()
        own = {name for name, model in models if model._original_module == MODULE}
        kept = {name for name in own if not (self.env[name]._abstract or self.env[name]._transient)}
        self.assertFalse(kept - self.records.keys())
        return {name: self.records[name].with_env(self.env) for name in sorted(kept)}

    def test_it_has_a_name(self):
        """Odoo shows a record without a name as its model and number."""
        nameless = [
            name
            for name, record in self.shown().items()
            if record.display_name in (False, "", "/", f"{name},{record.id}")
        ]
        self.assertFalse(nameless)

    def test_it_is_found_by_its_name(self):
        for name, record in self.shown().items():
            for operator in ("ilike", "=", "in"):
                value = [record.display_name] if operator == "in" else record.display_name
                with self.subTest(name, shown=record.display_name, operator=operator):
                    found = self.env[name].search([("display_name", operator, value)])
                    self.assertIn(record, found)
                    others = self.env[name].search([("display_name", NOT[operator], value)])
                    self.assertFalse(others & found)

    def test_the_name_is_in_the_language_of_who_reads_it(self):
        """A name with a date is in its reader's language, even after another reader in the same transaction."""
        for name, record in self.shown().items():
            self.env.invalidate_all()
            expected = record.display_name
            self.env.invalidate_all()
            self.assertTrue(record.with_context(lang="en_US").display_name)
            with self.subTest(name):
                self.assertEqual(record.display_name, expected)

    def test_a_moment_is_of_the_reader_s_day(self):
        """Before midnight in Paris is the next day on Réunion, and the day before on Martinique."""
        report = self.records["utility.self.report"]
        report.reported_on = "2025-06-30 21:50:00"
        for zone, day in (
            ("Europe/Paris", "30/06/2025"),
            ("Indian/Reunion", "01/07/2025"),
            ("America/Martinique", "30/06/2025"),
            ("Pacific/Noumea", "01/07/2025"),
        ):
            mine = report.with_env(self.env(context={**self.env.context, "tz": zone}))
            self.assertTrue(mine.display_name.endswith(day), (zone, mine.display_name))
            for other in ("29/06/2025", "30/06/2025", "01/07/2025"):
                self.assertEqual(mine.search([("display_name", "ilike", other)]) == mine, other == day, (zone, other))

    def test_it_is_not_found_by_another_name(self):
        for name, record in self.shown().items():
            for operator in ("ilike", "=", "in"):
                value = [NOWHERE] if operator == "in" else NOWHERE
                with self.subTest(name, shown=record.display_name, operator=operator):
                    self.assertFalse(self.env[name].search([("display_name", operator, value)]))
            with self.subTest(name, operator="name_search"):
                self.assertFalse(self.env[name].name_search(NOWHERE))
                self.assertIn(record.id, [id_ for id_, _shown in self.env[name].name_search(record.display_name)])
