"""To which record a code is bound, what is created again, and what the form of a code shows."""

from odoo import Command
from odoo.exceptions import AccessError

from ..models.ledger_codes.binding import Binder
from ..models.ledger_codes.codes_in import CodesIn
from .support.exchange import make_run
from .support.ledger import MONITOR, LedgerCase


class TestCodesBound(LedgerCase):
    def make_code(self, kind, code, **values):
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "company_code": "EAU", **values}
        return self.env["ledger.code"].create({"kind": kind, "code": code, "name": f"Nom {code}", **values})

    def bind(self, code):
        """Bind the codes of a kind; return (the record of this code, codes of the findings)."""
        findings = Binder(self.connector).bind(code.kind, self.water)
        return self.env[code.res_model].browse(code.res_id or ()), [finding.code for finding in findings]

    def here(self, ref, **values):
        return self.env["res.partner"].create({"name": f"Ici {ref}", "ref": ref, **values})

    def test_a_contact_a_shared_and_an_archived_partner(self):
        """A contact stands for its company; an archived partner counts if no other has the reference."""
        firm = self.here(False, is_company=True, company_id=self.water.id)
        self.here("P1", parent_id=firm.id, company_id=self.water.id)
        shared, archived = self.here("P2", company_id=False), self.here("P3", company_id=self.water.id)
        archived.active = False
        self.here("P4", company_id=self.water.id).active = False
        open_one = self.here("P4", company_id=self.water.id)
        self.here("P5", company_id=self.sewerage.id)
        codes = [self.make_code("third_party", f"P{number}") for number in range(1, 6)]
        before = self.env["res.partner"].with_context(active_test=False).search_count([])
        found = [self.bind(code)[0] for code in codes]
        self.assertEqual(found[:4], [firm, shared, archived, open_one])
        self.assertEqual((found[4].name, found[4].company_id), ("Nom P5", self.water), "a partner of another company")
        self.assertEqual(self.env["res.partner"].with_context(active_test=False).search_count([]), before + 1)

    def test_a_code_of_a_record_that_was_deleted_is_bound_again(self):
        code = self.make_code("third_party", "P1")
        first, _codes = self.bind(code)
        first.unlink()
        second, _codes = self.bind(code)
        self.assertTrue(second.exists())
        self.assertEqual(second.ref, "P1")

    def test_a_binding_that_was_taken_away(self):
        """By the server or by a user, who leaves 0; what is in memory follows."""
        code, other = self.make_code("journal", "J1"), self.make_code("journal", "J2")
        first, second = self.bind(code)[0], self.bind(other)[0]
        self.connector.create_journals = False
        (first | second).with_context(active_test=False).code = False
        first.code, second.code = "J1", "J2"
        code.res_id, other.res_id = False, 0
        self.assertFalse(code.res_id or other.res_id)
        Binder(self.connector).bind("journal", self.water)
        self.assertEqual((code.res_id, other.res_id), (first.id, second.id))

    def test_codes_without_a_record_whether_empty_or_0(self):
        empty, zero = self.make_code("account", "606901"), self.make_code("account", "606902", res_id=0)
        self.env.flush_all()
        self.env.cr.execute("UPDATE ledger_code SET res_id = 0 WHERE id = %s", [zero.id])
        self.env.invalidate_all()
        Binder(self.connector).bind("account", self.water)
        accounts = self.env["account.account"].with_company(self.water).browse([empty.res_id, zero.res_id])
        self.assertEqual(accounts.mapped("code"), ["606901", "606902"])

    def test_many_records_of_one_code_are_named_up_to_five(self):
        for number in range(7):
            self.here("P1", name=f"Tiers {number}", company_id=self.water.id)
        code = self.make_code("third_party", "P1")
        (finding,) = Binder(self.connector).bind("third_party", self.water)
        self.assertEqual(
            (finding.code, finding.params["names"].count("Tiers"), code.res_id), ("binding_ambiguous", 5, 0)
        )

    def test_the_account_of_a_partner_that_is_in_memory(self):
        partner = self.here("P1", company_id=self.water.id).with_company(self.water)
        self.make_code("third_party", "P1", details={"type": "supplier", "account": "401000"})
        self.assertFalse(partner.property_account_payable_id)
        Binder(self.connector).bind("third_party", self.water)
        self.assertEqual(partner.property_account_payable_id, self.record("account", "401000"))

    def test_a_record_that_odoo_refuses_leaves_the_others(self):
        self.env["ir.default"].set("res.partner", "email", "a@b.fr")
        self.env.cr.execute("ALTER TABLE res_partner ADD CHECK (ref != 'P2')")
        codes = [self.make_code("third_party", f"P{number}") for number in (1, 2, 3)]
        with self.assertLogs("odoo.addons.utility_billing_sync.models.ledger.attempts", "ERROR"):
            (finding,) = Binder(self.connector).bind("third_party", self.water)
        self.assertEqual((finding.code, finding.params["name"]), ("unforeseen", "P2"))
        self.env.invalidate_all()
        refs = [self.env["res.partner"].browse(code.res_id or ()).ref for code in codes]
        self.assertEqual(refs, ["P1", False, "P3"])

    def test_accounts_of_a_branch_are_its_root_company_s(self):
        branch = self.env["res.company"].create({"name": "Antenne", "ledger_code": "ANT", "parent_id": self.water.id})
        self.connector.company_ids = [Command.link(branch.id)]
        self.env.user.company_ids |= branch
        account = self.make_code("account", "606901", company_id=branch.id, company_code="ANT")
        journal = self.make_code("journal", "J9", company_id=branch.id, company_code="ANT")
        for code in (account, journal):
            self.assertEqual(Binder(self.connector).bind(code.kind, branch), [])
        made = self.env["account.account"].with_company(self.water).browse(account.res_id)
        self.assertEqual((made.code, made.company_ids), ("606901", self.water))
        self.assertEqual(self.env["account.journal"].browse(journal.res_id).company_id, branch)

    def test_only_the_first_of_two_codes_of_a_company(self):
        codes = self.env["ledger.code"].search([("kind", "=", "company"), ("connector_id", "=", self.connector.id)])
        codes.unlink()
        first, second = (self.make_code("company", code, company_id=False, company_code="") for code in ("EAu", "Eau"))
        Binder(self.connector).bind("company", self.companies)
        self.assertEqual((first.res_id, second.res_id), (self.water.id, 0))

    def test_a_known_code_in_memory_follows_its_file(self):
        code = self.code("account", "401000")
        self.assertEqual(code.name, "Fournisseurs")
        run = make_run(self.connector, "referential", "manual", self.water).sudo()
        text = "company;code;name;type\r\nEAU;401000;Autre nom;G\r\n"
        (self.directory / "referential/accounts.csv").write_text(text, newline="")
        layout = self.connector.referential_layout_ids.filtered(lambda one: one.flow == "account")
        with self.connector._open_transport() as transport:
            CodesIn(run, transport).read_kind(layout)
        self.assertEqual((code.name, run.updated), ("Autre nom", 1))

    def test_a_layout_that_no_longer_works_leaves_the_other_kinds(self):
        layout = self.connector.referential_layout_ids.filtered(lambda one: one.flow == "account")
        self.env.cr.execute("UPDATE ledger_column SET attribute = 'unknown' WHERE layout_id = %s", [layout.id])
        journals = "company;code;name;type\r\nEAU;NEUF;Neuf;G\r\n"
        (self.directory / "referential/journals.csv").write_text(journals, newline="")
        run = self.do(self.companies, "action_update_companies")
        self.assertEqual((run.refused, run.anomaly_ids.filtered("blocking").mapped("code")), (1, ["layout_wrong"]))
        self.assertTrue(self.code("journal", "NEUF").res_id)

    def test_companies_that_nobody_knows_are_counted_up_to_a_limit(self):
        """Those that are said go on being counted."""
        self.env["ledger.code"].search([("company_id", "=", self.sewerage.id)]).unlink()
        self.sewerage.ledger_code = "asst"
        rows = [f"X{number:02};J;Nom;G" for number in range(21)]
        text = "\r\n".join(["company;code;name;type", *rows, rows[0], rows[20], ""])
        for path in (self.directory / "referential").iterdir():
            path.unlink()
        (self.directory / "referential/journals.csv").write_text(text, newline="")
        run = self.do(self.companies, "action_update_companies")
        told = run.anomaly_ids.filtered(lambda anomaly: anomaly.code == "company_not_known")
        counts = {anomaly.params["company"]: anomaly.params["count"] for anomaly in told}
        self.assertEqual(counts, {f"X{number:02}": 1 + (number == 0) for number in range(20)})

    def test_a_company_with_closed_codes_alone_has_had_its_files(self):
        """Rows of unknown companies then are those of budgets managed elsewhere."""
        self.env["ledger.code"].search([("company_id", "=", self.sewerage.id)]).unlink()
        self.sewerage.ledger_code = "AUTRE"
        self.make_code("journal", "J1", company_id=self.sewerage.id, company_code="AUTRE", active=False)
        run = self.do(self.companies, "action_update_companies")
        self.assertFalse(run.anomaly_ids)

    # === FORM === #

    def test_what_the_form_of_a_code_shows(self):
        code, plain = self.make_code("third_party", "P1", details={"type": "supplier", "zip": "63000"}), False
        plain = self.make_code("third_party", "P2", details=False)
        self.assertEqual((code.details_text, plain.details_text), ("type: supplier, zip: 63000", ""))
        code.sudo().proposed = {"name": "Autre"}
        self.assertEqual((code.proposed_name, plain.proposed_name), ("Autre", False))
        self.assertEqual((code.record_ref, code.is_bound), (None, False))
        partner, _codes = self.bind(code)
        self.assertEqual((code.record_ref, code.is_bound), (partner, True))
        partner.unlink()
        self.env.invalidate_all()
        self.assertFalse(code.record_ref, "the record is gone")

    def test_who_only_reads_codes_decides_nothing(self):
        """Even if their values are in memory."""
        code = self.code("third_party", "F0009")
        code.sudo().write({"is_doubtful": True, "proposed": {"name": "Autre"}})
        monitor = self.user("monitor", MONITOR)
        for action in ("action_same_party", "action_other_party"):
            self.assertTrue(code.is_doubtful)
            with self.assertRaises(AccessError):
                getattr(code.with_user(monitor), action)()
        self.assertEqual((code.is_doubtful, code.res_id), (True, self.supplier[0].id))

    def test_a_code_given_to_another_third_party_forgets_that_it_was_bound_by_hand(self):
        code = self.code("third_party", "F0009")
        before = code.res_id
        code.sudo().write({"is_doubtful": True, "bound_by_hand": True, "proposed": {"name": "Autre", "details": {}}})
        code.action_other_party()
        self.assertEqual((code.former_id, code.bound_by_hand, code.name), (before, False, "Autre"))
        self.assertEqual((code.is_doubtful, code.proposed), (False, False))
        self.assertNotIn(code.res_id, (before, 0))

    def test_a_code_whose_row_says_nothing(self):
        code = self.code("third_party", "F0009")
        code.sudo().write({"is_doubtful": True, "proposed": False})
        code.action_same_party()
        self.assertEqual((code.name, code.details, code.is_doubtful), (False, False, False))
