"""Records that break a rule which is kept today: each kind is listed, for its company, and nothing is changed."""

from pathlib import Path

from odoo.modules.migration import load_script

from ..models.dashboard.utility_irregularity import KINDS
from .support.sharing import DECEMBER, JUNE, MANAGER, SharingCase

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


class TestIrregularities(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card, cls.foreign = cls.meter(), cls.meter(cls.sewerage, "AS-1")
        cls.reading = cls.read_index(cls.card, JUNE, 100)
        cls.subscription = cls.subscribe(cls.card)
        cls.manager_water = cls.user("manager_water", MANAGER, cls.budget_water)

    def listed(self, user=None):
        self.env.invalidate_all()
        found = self.env["utility.irregularity"].with_user(user or self.manager_water)
        return {(row.kind, row.res_model, row.res_id) for row in found.search([])}

    def spoil(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def test_nothing_where_nothing_is_wrong(self):
        self.assertFalse(self.listed())

    def test_each_kind(self):
        tariff = self.env["utility.tariff"].create({"name": "T", "section_id": self.sewerage.id})
        partner = self.env["res.partner"].create({"name": "P", "company_id": self.budget_sewerage.id})
        here, other = self.subscription.id, self.budget_sewerage.id
        self.spoil("UPDATE utility_subscription SET meter_id = %s WHERE id = %s", self.foreign.id, here)
        self.assertIn(("foreign_meter", "utility.subscription", here), self.listed())
        self.spoil("UPDATE utility_subscription SET tariff_id = %s WHERE id = %s", tariff.id, here)
        self.assertIn(("foreign_tariff", "utility.subscription", here), self.listed())
        self.spoil("UPDATE utility_subscription SET partner_id = %s WHERE id = %s", partner.id, here)
        self.assertIn(("foreign_partner", "utility.subscription", here), self.listed())
        self.spoil("UPDATE utility_reading SET state = 'billed' WHERE id = %s", self.reading.id)
        self.assertIn(("billed_without_bill", "utility.reading", self.reading.id), self.listed())
        self.spoil("UPDATE utility_meter SET company_id = %s WHERE id = %s", other, self.card.id)
        self.assertIn(("foreign_reading", "utility.reading", self.reading.id), self.listed())
        self.assertIn(("foreign_section", "utility.meter", self.card.id), self.listed(self.manager))

    def test_bills_leaks_and_directories(self):
        """What is wrong is put right again, and no longer listed."""
        journal = self.env["account.journal"].create(
            {"name": "Ventes", "code": "VTE", "type": "sale", "company_id": self.budget_water.id}
        )
        bill = self.env["account.move"].create({"move_type": "out_invoice", "journal_id": journal.id})
        there = self.subscribe(self.foreign)
        link = "UPDATE account_move SET utility_subscription_id = %s WHERE id = %s"
        self.spoil(link, there.id, bill.id)
        self.assertEqual(self.listed(), {("foreign_bill", "account.move", bill.id)})
        self.spoil(link, self.subscription.id, bill.id)
        self.assertFalse(self.listed())

        alert = self.env["utility.leak.alert"].create(
            {"subscription_id": self.subscription.id, "reading_id": self.reading.id}
        )
        theirs = self.read_index(self.foreign, JUNE, 5)
        self.assertFalse(self.listed())
        self.spoil("UPDATE utility_leak_alert SET reading_id = %s WHERE id = %s", theirs.id, alert.id)
        self.assertEqual(self.listed(), {("foreign_leak", "utility.leak.alert", alert.id)})
        self.spoil("UPDATE utility_leak_alert SET reading_id = %s WHERE id = %s", self.reading.id, alert.id)

        one, other = self.env["ledger.connector"].create(
            [
                {"name": name, "company_ids": [(6, 0, company.ids)], "directory": name}
                for name, company in zip(("eau", "asst"), self.budgets, strict=True)
            ]
        )
        shared = {("shared_directory", "ledger.connector", one.id)}
        for directory, listed in (("EAU", shared), ("eau/dedans", shared), ("eau2", set()), ("asst", set())):
            self.spoil("UPDATE ledger_connector SET directory = %s WHERE id = %s", directory, other.id)
            with self.subTest(directory):
                self.assertEqual(self.listed(), listed)
        self.spoil("UPDATE ledger_connector SET directory = 'eau', protocol = 'sftp' WHERE id = %s", other.id)
        self.assertFalse(self.listed(), "one on this server, the other one by SFTP")

    def test_an_upgrade_counts_them(self):
        self.assertEqual(self.env["utility.irregularity"]._count_kinds(), {})
        other = self.read_index(self.card, DECEMBER, 120)
        self.spoil("UPDATE utility_reading SET state = 'billed' WHERE id = ANY(%s)", (self.reading | other).ids)
        self.assertEqual(self.env["utility.irregularity"]._count_kinds(), {"billed_without_bill": 2})
        load_script(str(MIGRATIONS / "19.0.1.3.0/end-access.py"), "end_access").migrate(self.env.cr, "19.0.1.2.0")

    def test_a_name_is_searched_in_each_kind_rather_than_in_all_records(self):
        """PostgreSQL applies a condition to the parts of a union only where a column has one type in all of them."""
        types = set()
        for kind, _model, query in KINDS.values():
            self.env.cr.execute(f"SELECT * FROM ({query}) AS found LIMIT 0".replace("%%", "%"))
            types.add((kind, self.env.cr.description[2].type_code))
        self.assertEqual({found for _kind, found in types}, {1043}, "character varying")
        self.spoil("UPDATE utility_meter SET company_id = %s WHERE id = %s", self.budget_sewerage.id, self.card.id)
        rows = self.env["utility.irregularity"].with_user(self.manager_water)
        found = rows.search([("name", "ilike", self.card.connection_point_id.name), ("kind", "=", "foreign_reading")])
        self.assertEqual((found.res_id, found.date), (self.reading.id, self.reading.date))
        self.assertFalse(rows.search([("name", "ilike", "elsewhere")]))

    def test_an_approval_without_an_approver(self):
        journal = self.env["account.journal"].create(
            {"name": "Achats", "code": "ACH", "type": "purchase", "company_id": self.budget_water.id}
        )
        bill = self.env["account.move"].create({"move_type": "in_invoice", "journal_id": journal.id})
        self.spoil("UPDATE account_move SET payment_approval = 'approved' WHERE id = %s", bill.id)
        self.assertEqual(self.listed(), {("unsigned_approval", "account.move", bill.id)})
        row = self.env["utility.irregularity"].with_user(self.manager_water).search([])
        self.assertEqual(
            (row.action_open_record()["res_model"], row.action_open_record()["res_id"]), ("account.move", bill.id)
        )

    def test_each_company_sees_its_own(self):
        self.spoil("UPDATE utility_reading SET state = 'billed' WHERE id = %s", self.reading.id)
        self.assertTrue(self.listed())
        self.assertFalse(self.listed(self.user("manager_sewerage", MANAGER, self.budget_sewerage)))
