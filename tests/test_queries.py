"""Opening, saving and synchronising take as many queries for sixty meters as for two."""

from odoo.tests import Form

from .support.sharing import JUNE, MARCH, SharingCase

FEW, MANY = 2, 60


class TestQueries(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env["utility.meter"]
        cls.here = model.create(
            [{"section_id": cls.water.id, "serial_number": f"Q-{n}", "brand": "Itron"} for n in range(FEW + MANY)]
        )
        cls.there = model.create(
            [{"section_id": cls.sewerage.id, "connection_point_id": m.connection_point_id.id} for m in cls.here]
        )
        cls.env["utility.subscription"].create(
            [{"partner_id": cls.durand.id, "meter_id": m.id, "date_start": "2024-01-01"} for m in cls.here + cls.there]
        )
        cls.readings = cls.env["utility.reading"].create(
            [{"meter_id": m.id, "date": MARCH, "index": 100} for m in cls.here]
        )
        cls.few, cls.many = cls.here[:FEW], cls.here[FEW:]

    def count(self, function, records):
        """Return the number of queries of a function, with empty caches except Odoo's own."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function(records.with_user(self.agent_both))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def assertConstant(self, function, few, many):
        """The first call fills Odoo's caches; what is done is undone, so that both start alike."""
        counts = []
        for records in (few, few, many):
            with self.env.cr.savepoint() as savepoint:
                counts.append(self.count(function, records))
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertGreater(counts[1], 0)
        self.assertEqual(counts[1], counts[2], f"{len(few)} records, then {len(many)}")

    def specification(self, model, view_type):
        arch = self.env[model].get_view(view_type=view_type)["models"]
        fields = self.env[model].fields_get(arch[model], ["type"])
        return {
            name: {"fields": {"display_name": {}}} if field["type"] in ("many2one", "many2many", "one2many") else {}
            for name, field in fields.items()
        }

    def assertListConstant(self, model, view_type, few, many):
        specification = self.specification(model, view_type)
        self.assertConstant(
            lambda records: records.web_search_read([("id", "in", records.ids)], specification, limit=80),
            few,
            many,
        )

    def test_list_of_meters(self):
        self.assertListConstant("utility.meter", "list", self.few, self.many)

    def test_cards_of_meters(self):
        self.assertListConstant("utility.meter", "kanban", self.few, self.many)

    def test_list_of_readings(self):
        self.assertListConstant("utility.reading", "list", self.readings[:FEW], self.readings[FEW:])

    def test_list_of_connection_points(self):
        self.assertListConstant(
            "utility.connection.point", "list", self.few.connection_point_id, self.many.connection_point_id
        )

    def test_form_of_a_meter_with_many_readings(self):
        quiet, busy = self.here[0], self.here[1]
        for meter, number in ((quiet, FEW), (busy, MANY)):
            self.env["utility.reading"].create(
                [{"meter_id": meter.id, "date": f"201{n // 12}-{n % 12 + 1:02}-15", "index": n} for n in range(number)]
            )
        self.assertConstant(Form, quiet, busy)

    def test_form_of_a_meter_saved(self):
        def save(meters):
            for meter in meters:
                with Form(meter) as form:
                    form.diameter = 40

        self.assertConstant(save, self.few[0], self.many[0])
        specification = self.specification("utility.meter", "form")
        self.assertConstant(lambda meters: meters.web_read(specification), self.few, self.many)

    def test_readings_created(self):
        def create(meters):
            values = [{"meter_id": meter_id, "date": JUNE, "index": 150} for meter_id in meters.ids]
            meters.env["utility.reading"].create(values)

        self.assertConstant(create, self.few, self.many)

    def test_readings_corrected(self):
        few, many = self.readings[:FEW], self.readings[FEW:]
        self.assertConstant(lambda readings: readings.write({"index": 101}), few, many)

    def test_readings_deleted(self):
        self.assertConstant(lambda readings: readings.unlink(), self.readings[:FEW], self.readings[FEW:])

    def test_synchronisation(self):
        def synchronise(readings):
            action = readings.action_synchronize()
            readings.env[action["res_model"]].browse(action["res_id"]).action_confirm()

        few, many = self.readings[:FEW], self.readings[FEW:]
        self.assertConstant(synchronise, few, many)
        synchronise(many)
        self.assertEqual(set(many.mapped("sync_state")), {"synced"})

    def test_forced_synchronisation(self):
        def force(meters):
            action = meters.with_user(self.manager).action_force_synchronization()
            meters.with_user(self.manager).env[action["res_model"]].browse(action["res_id"]).action_confirm()

        # each card gets a line of history, two a meter; the ORM writes a hundred with one statement
        self.assertConstant(force, self.few, self.many[:50])

    def test_the_list_of_meters_asks_nothing_of_each_point(self):
        model = self.env["utility.meter"].with_user(self.agent_water)
        self.assertNotIn("company_rel", model._search([]).select().code)
        seen = model.search([("id", "in", (self.here + self.there).ids)])
        self.assertEqual(seen.ids, self.here.ids)

    def limits(self):
        """Return {what: number of queries} of what clerks do all day, on one shared meter."""
        cards, readings = self.here[:1], self.readings[:1]
        reading = self.specification_of("utility.reading")
        meter = self.specification_of("utility.meter")

        def enter(meters):
            meters.env["utility.reading"].create({"meter_id": meters.id, "date": JUNE, "index": 150})

        actions = {
            "save": (enter, cards),
            "correct": (lambda r: r.write({"index": 101}), readings),
            "list of readings": (lambda r: r.web_search_read([("id", "in", r.ids)], reading, limit=80), readings),
            "list of meters": (lambda m: m.web_search_read([("id", "in", m.ids)], meter, limit=80), cards),
            "open a reading": (lambda r: r.web_read(reading), readings),
            "open a meter": (lambda m: m.web_read(meter), cards),
        }
        counts = {}
        for name, (function, records) in actions.items():
            for _warm in range(2):
                with self.env.cr.savepoint() as savepoint:
                    counts[name] = self.count(function, records)
                    savepoint.rollback()
                self.env.invalidate_all()
        return counts

    def specification_of(self, model):
        """The fields that versions have had for long: what is asked of them is compared with what it was."""
        names = {
            "utility.reading": [
                "meter_id",
                "date",
                "index",
                "kind",
                "consumption",
                "state",
                "sync_state",
                "partner_id",
            ],
            "utility.meter": ["serial_number", "section_id", "route", "partner_id", "last_index", "is_shared"],
        }[model]
        fields = self.env[model]._fields
        return {n: {"fields": {"display_name": {}}} if fields[n].relational else {} for n in names}

    def test_the_guard_asks_nothing_more(self):
        """As many queries as before each model said who gives its fields; two more where a reading is entered."""
        most = {
            "save": 15,
            "correct": 12,
            "list of readings": 8,
            "list of meters": 8,
            "open a reading": 7,
            "open a meter": 8,
        }
        over = {name: count for name, count in self.limits().items() if count > most[name]}
        self.assertFalse(over, most)
