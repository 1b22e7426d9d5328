"""Codes that a user binds: to a record of their kind and company; a company's code also updates the company."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..models.ledger_codes.binding import Binder
from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerCase


class TestCodesByHand(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user(
            "manager", f"{CONNECTOR_MANAGER},base.group_partner_manager,account.group_account_manager"
        )

    def mine(self, record):
        return record.with_user(self.manager).with_context(allowed_company_ids=self.companies.ids)

    def bind(self, code, record):
        self.mine(code).record_ref = record and f"{record._name},{record.id}"
        self.env.flush_all()
        self.env.invalidate_all()
        return code.res_id, code.bound_by_hand

    def company_code(self, code, **values):
        values = {"connector_id": self.connector.id, "kind": "company", "code": code, "name": code, **values}
        return self.env["ledger.code"].create(values)

    def test_a_record_of_the_kind_and_of_the_company(self):
        partners = self.env["res.partner"].create(
            [{"name": name, "company_id": company.id} for name, company in zip("ab", self.companies, strict=True)]
            + [{"name": "c", "company_id": False}]
        )
        here, there, shared = partners
        code = self.code("third_party", "F0009")
        for record, refusal in (
            (self.record("account", "401000"), "is not bound to a record of this kind"),
            (there, "belongs to another company"),
        ):
            with self.subTest(record._name), self.assertRaisesRegex(ValidationError, refusal):
                self.bind(code, record)
        journal = self.code("journal", "ACH")
        with self.assertRaisesRegex(ValidationError, "belongs to another company"):
            self.bind(journal, self.record("journal", "ACH", self.sewerage))
        self.assertEqual(code.res_id, self.supplier[0].id)
        self.assertEqual(self.bind(code, here), (here.id, True))
        self.assertEqual(self.bind(code, shared), (shared.id, True))
        self.assertEqual(self.bind(code, None), (0, False), "the next import may bind it again")

    def test_an_account_of_another_company(self):
        account = self.record("account", "401000", self.sewerage)
        with self.assertRaises(ValidationError):
            self.bind(self.code("account", "401000"), account)

    def test_a_code_of_a_company_updates_the_company(self):
        code = self.company_code("NEUF", details={"scan_directory": "D9"})
        self.assertEqual(self.bind(code, self.water), (self.water.id, True))
        self.assertEqual((self.water.ledger_code, self.water.scan_directory), ("NEUF", "D9"))
        self.assertEqual(code.company_id, self.water)

    def test_a_code_is_bound_to_a_company_of_the_connector_alone(self):
        other = self.env["res.company"].create({"name": "Voirie"})
        self.env.user.company_ids |= other
        self.manager.company_ids |= other
        code = self.company_code("VOI")
        mine = code.with_user(self.manager).with_context(allowed_company_ids=(self.companies | other).ids)
        with self.assertRaisesRegex(ValidationError, "Voirie is not a company of this connector"):
            mine.record_ref = f"res.company,{other.id}"
        self.assertFalse(other.ledger_code)

    def test_bound_and_unbound_codes_are_searched(self):
        """0 is written by the web client for an empty reference."""
        codes = self.env["ledger.code"].search([("kind", "=", "journal"), ("company_id", "=", self.water.id)])
        self.assertGreater(len(codes), 2)
        empty, zero, *others = codes
        empty.res_id, zero.res_id = False, 0
        unbound, bound = empty | zero, codes.browse([code.id for code in others])
        for operator, value, found in (
            ("=", True, bound),
            ("!=", False, bound),
            ("=", False, unbound),
            ("!=", True, unbound),
        ):
            with self.subTest(operator=operator, value=value):
                domain = [("id", "in", codes.ids), ("is_bound", operator, value)]
                self.assertEqual(codes.search(domain), codes.search([("id", "in", found.ids)]))

    def test_companies_that_are_known_already_are_not_created(self):
        codes = self.env["ledger.code"].search([("kind", "=", "company"), ("connector_id", "=", self.connector.id)])
        self.assertEqual(codes.mapped("is_bound"), [True] * len(codes))
        before = self.env["res.company"].search_count([])
        with self.assertRaisesRegex(UserError, "already known here"):
            (codes | self.code("journal", "ACH")).action_create_companies()
        code = self.company_code("NEUF", company_id=self.water.id)
        with self.assertRaisesRegex(AccessError, "Only users who may create companies"):
            self.mine(code).action_create_companies()
        administrator = self.user("administrator", f"{MONITOR},base.group_erp_manager")
        self.assertTrue(self.env["res.company"].with_user(administrator).has_access("create"))
        with self.assertRaises(AccessError):
            code.with_user(administrator).action_create_companies()
        self.assertEqual(self.env["res.company"].search_count([]), before)

    def test_a_code_of_many_records_names_some(self):
        self.env["res.partner"].create(
            [{"name": f"Tiers {number}", "ref": "F7", "company_id": self.water.id} for number in range(6)]
        )
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "kind": "third_party", "code": "F7"}
        code = self.env["ledger.code"].create({**values, "res_id": 0, "details": {"type": "both", "city": "Thiers"}})
        (finding,) = Binder(self.connector).bind("third_party", self.water)
        self.assertEqual((finding.code, finding.params["names"].count("Tiers")), ("binding_ambiguous", 5))
        self.assertEqual((code.details_text, code.display_name), ("type: both, city: Thiers", "F7"))
        code.details = False
        self.assertEqual(code.details_text, "")
        other = self.env["ledger.code"].create({**values, "code": "F8", "res_id": 0})
        Binder(self.connector).bind("third_party", self.water)
        self.env.invalidate_all()
        self.assertEqual(self.env["res.partner"].browse(other.res_id).ref, "F8", "0 is no record")

    def test_codes_follow_a_merge_into_one_record(self):
        kept, gone, other = self.env["res.partner"].create([{"name": name} for name in ("a", "b", "c")])
        code = self.code("third_party", "F0009")
        code.res_id = gone.id
        code.active = False
        ids = (gone | kept).ids
        code._follow_merge("res.partner", [*ids, other.id])
        self.assertEqual(code.res_id, gone.id, "no merge has happened")
        gone.unlink()
        code._follow_merge("res.partner", ids)
        self.assertEqual(code.res_id, kept.id, "an archived code, too")

    def test_company_codes_are_bound_in_any_capitals(self):
        """The code of the same spelling comes first; a binding by hand stays; the scan directory follows."""
        codes = self.env["ledger.code"].search([("kind", "=", "company"), ("connector_id", "=", self.connector.id)])
        codes.unlink()
        small, exact = self.company_code("eau", details={"scan_directory": "D1"}), None
        Binder(self.connector).bind("company", self.companies)
        self.assertEqual((small.res_id, small.company_id), (self.water.id, self.water))
        self.assertEqual(self.water.scan_directory, "D1")
        small.res_id = False
        exact = self.company_code("EAU", details={})
        Binder(self.connector).bind("company", self.companies)
        self.assertEqual((small.res_id, exact.res_id), (0, self.water.id))
        self.assertEqual(self.water.scan_directory, "D1", "a row without a directory leaves the company's")
        exact._by_server().write({"res_id": self.sewerage.id, "bound_by_hand": True})
        Binder(self.connector).bind("company", self.companies)
        self.assertEqual(exact.res_id, self.sewerage.id)

    def test_codes_follow_the_code_of_their_company(self):
        """Those that exist under the new code already are closed; those just changed in memory follow, too."""
        journal, sales = self.code("journal", "ACH"), self.code("journal", "VT")
        company = self.company_code("EAU2", company_code="EAU")
        present = sales.copy({"company_code": "NEUF"})
        other = self.code("journal", "ACH", self.sewerage)
        journal.company_code = "AVANT"
        self.env.flush_all()
        journal.company_code = "EAU"
        self.water.ledger_code = "NEUF"
        self.assertEqual((journal.company_code, journal.active), ("NEUF", True))
        self.assertEqual((sales.company_code, sales.active), ("EAU", False))
        self.assertEqual(sales.closed_on, self.env.cr.now().date())
        self.assertEqual((present.company_code, present.active), ("NEUF", True))
        self.assertEqual((company.company_code, other.company_code), ("EAU", "ASST"))
        self.water.ledger_code = False
        self.assertEqual(journal.company_code, "NEUF", "without a code, they stay")
        self.water.ledger_code = "ENCORE"
        self.assertEqual(journal.company_code, "NEUF")

    def test_a_binding_that_fails_is_a_finding_of_its_company(self):
        """A constraint of another addon refuses a record that the whole company's binding needs."""
        self.env["ledger.code"].create(
            {
                "connector_id": self.connector.id,
                "company_id": self.water.id,
                "kind": "third_party",
                "code": "F7",
                "name": "F7",
                "details": {"type": "supplier", "account": "401000"},
            }
        )
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE res_partner ADD CHECK (ref != 'F7' OR property_account_payable_id IS NULL)")
        with mute_logger("odoo.sql_db", "odoo.addons.utility_billing_sync.models.ledger.attempts"):
            (finding,) = Binder(self.connector).bind("third_party", self.companies)
        self.assertEqual((finding.code, finding.params["name"]), ("unforeseen", self.water.name))

    def test_the_account_of_an_existing_default_is_left(self):
        """A company with a chart of accounts has default accounts, which third parties use."""
        partner = self.env["res.partner"].create({"name": "F8", "ref": "F8", "company_id": self.water.id})
        default = self.record("account", "401000")
        self.env["ir.default"].set("res.partner", "property_account_payable_id", default.id, company_id=self.water.id)
        other = default.copy({"code": "401900"})
        self.env["ledger.code"].create(
            [
                {
                    "connector_id": self.connector.id,
                    "company_id": self.water.id,
                    "kind": kind,
                    "code": code,
                    "name": code,
                    "details": details,
                }
                for kind, code, details in (
                    ("account", "401900", {}),
                    ("third_party", "F8", {"type": "supplier", "account": "401900"}),
                )
            ]
        )
        Binder(self.connector).bind("account", self.water)
        Binder(self.connector).bind("third_party", self.water)
        self.assertEqual(self.code("account", "401900").res_id, other.id)
        self.assertEqual(partner.with_company(self.water).property_account_payable_id, default)

    def test_an_image_by_default_gets_its_sizes(self):
        """Partners without an image skip the computation of its sizes; one that a default gives an image does not."""
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        connector = self.connector.with_context(default_image_1920=pixel)
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "kind": "third_party"}
        code = self.env["ledger.code"].create({**values, "code": "F7", "name": "F7"})
        Binder(connector).bind("third_party", self.water)
        self.env.invalidate_all()
        partner = self.env["res.partner"].browse(code.res_id)
        self.assertTrue(partner.image_1920)
        self.assertTrue(partner.image_128)
