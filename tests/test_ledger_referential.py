from odoo.exceptions import AccessError, UserError

from ..models.ledger_codes.binding import Binder
from .support.ledger import ACCOUNTANT, CONNECTOR_MANAGER, MONITOR, LedgerCase


class TestLedgerReferential(LedgerCase):
    """Administration, Société: tick, *Mettre à jour les sociétés*."""

    def put(self, name, text, encoding="utf-8"):
        (self.directory / "referential" / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))

    def update(self, companies=None, **options):
        return self.do(companies or self.companies, "action_update_companies", **options)

    def test_the_mirror_of_a_whole_referential(self):
        kinds = dict(
            self.env["ledger.code"]._read_group([("connector_id", "=", self.connector.id)], ["kind"], ["__count"])
        )
        self.assertEqual(kinds["account"], 16)
        self.assertEqual(set(kinds), set(self.env["ledger.code"]._models_of_kinds()))
        account = self.record("account", "401000")
        self.assertEqual((account.account_type, account.reconcile), ("liability_payable", True))
        self.assertEqual(self.record("journal", "ACH").type, "purchase")
        self.assertEqual((self.supplier[0].name, self.supplier[0].ref), ("Pompes et réseaux", "F0009"))
        self.assertEqual(self.water.scan_directory, "C0071000325_data_1")
        self.assertTrue(self.water.ledger_updated)

    def test_a_third_party_takes_the_account_that_its_row_names(self):
        """Without it Odoo finds no chart of accounts when a bill is entered."""
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "kind": "third_party"}
        rows = (("F7", "supplier", "401000"), ("C7", "customer", "411000"), ("F8", "supplier", "401999"))
        self.env["ledger.code"].create(
            [
                {**values, "code": code, "name": code, "details": {"type": kind, "account": account}}
                for code, kind, account in rows
            ]
        )
        Binder(self.connector).bind("third_party", self.water)
        supplier, customer, strange = (self.record("third_party", code).with_company(self.water) for code, *_ in rows)
        self.assertEqual(supplier.property_account_payable_id, self.record("account", "401000", self.water))
        self.assertEqual(customer.property_account_receivable_id, self.record("account", "411000", self.water))
        self.assertNotEqual(strange.property_account_payable_id.code, "401999")
        self.assertFalse(supplier.with_company(self.companies - self.water).property_account_payable_id)

    def test_rows_of_accounts_may_come_after_those_of_third_parties(self):
        values = {"connector_id": self.connector.id, "company_id": self.water.id}
        details = {"type": "supplier", "account": "401777"}
        self.env["ledger.code"].create(
            {**values, "kind": "third_party", "code": "F7", "name": "F7", "details": details}
        )
        Binder(self.connector).bind("third_party", self.water)
        supplier = self.record("third_party", "F7").with_company(self.water)
        self.assertFalse(supplier.property_account_payable_id)
        self.env["ledger.code"].create({**values, "kind": "account", "code": "401777", "name": "Fournisseurs"})
        Binder(self.connector).bind("account", self.water)
        self.assertEqual(supplier.property_account_payable_id, self.record("account", "401777", self.water))
        chosen = self.record("account", "401000", self.water)
        supplier.property_account_payable_id = chosen
        Binder(self.connector).bind("account", self.water)
        self.assertEqual(supplier.property_account_payable_id, chosen)

    def test_what_is_made_holds_what_odoo_works_out(self):
        partner = self.supplier[0]
        self.assertEqual((partner.commercial_partner_id, partner.complete_name), (partner, "Pompes et réseaux"))
        self.assertFalse(partner.user_id or partner.image_128)
        pixel = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        partner.image_1920 = pixel
        self.assertTrue(partner.image_128, "a picture given later has no smaller ones")
        for company in self.companies:
            accounts = self.env["account.account"].with_company(company)
            found = accounts.search([("code", "=", "401000"), ("company_ids", "in", company.ids)])
            self.assertEqual((found, found.code), (self.record("account", "401000", company), "401000"))
            self.assertEqual(self.code("account", "401000", company).res_id, found.id)

    def test_what_is_made_takes_the_defaults_that_an_administrator_chose(self):
        tag = self.env["res.partner.category"].create({"name": "Comptabilité"})
        self.env["ir.default"].set("res.partner", "category_id", tag.ids)
        self.env["ir.default"].set("res.partner", "comment", "<p>Par défaut</p>")
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "kind": "third_party"}
        codes = self.env["ledger.code"].create(
            [values | {"code": code, "name": code, "company_code": "EAU"} for code in ("F0101", "F0102")]
        )
        Binder(self.connector).bind("third_party", self.water)
        made = self.env["res.partner"].browse(codes.mapped("res_id"))
        self.assertEqual(made.mapped("ref"), ["F0101", "F0102"])
        self.assertEqual([partner.category_id for partner in made], [tag, tag])
        self.assertEqual(made.mapped("comment"), ["<p>Par défaut</p>"] * 2)
        self.assertFalse(self.supplier[0].category_id)

    def test_a_code_that_two_records_have_in_one_company_is_created_in_the_other(self):
        partners = self.env["res.partner"]
        partners.create([{"name": name, "ref": "F0200", "company_id": self.water.id} for name in ("One", "Two")])
        codes = self.env["ledger.code"].create(
            [
                {
                    "connector_id": self.connector.id,
                    "company_id": company.id,
                    "kind": "third_party",
                    "code": "F0200",
                    "name": "Three",
                }
                for company in (self.water, self.sewerage)
            ]
        )
        (finding,) = Binder(self.connector).bind("third_party", self.water | self.sewerage)
        self.assertEqual(finding.code, "binding_ambiguous")
        self.assertFalse(codes[0].res_id, "a person chooses")
        self.assertEqual(partners.browse(codes[1].res_id).mapped("company_id"), self.sewerage)

    def test_the_same_referential_twice_writes_nothing(self):
        codes = self.env["ledger.code"].search([])
        self.env.cr.execute("UPDATE ledger_code SET write_date = '2020-01-01'")
        run = self.update()
        self.assertEqual((run.made, run.updated, run.deactivated, run.refused), (0, 0, 0, 0))
        self.assertEqual(run.unchanged, len(codes))
        self.env.cr.execute("SELECT count(*) FROM ledger_code WHERE write_date != '2020-01-01'")
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.assertEqual(len(self.env["res.partner"].search([("ref", "=", "F0009")])), 2)

    def test_what_was_written_into_a_code_is_compared_again(self):
        self.code("account", "401000").sudo().name = "Autre"
        run = self.update()
        self.assertEqual((run.updated, self.code("account", "401000").name), (1, "Fournisseurs"))

    def test_made_updated_deactivated_refused(self):
        self.put(
            "accounts.csv",
            "company;code;name;type\nEAU;401000;Fournisseurs d'exploitation;G\nEAU;411000;Clients;G\n"
            "EAU;471000;Attente;G\nEAU;;Sans code;G\nEAU;706100;Coupée\n",
        )
        run = self.update(self.water)
        self.assertEqual((run.made, run.updated, run.refused), (1, 1, 2))
        self.assertEqual(set(run.anomaly_ids.filtered("blocking").mapped("code")), {"value_missing", "row_short"})
        self.assertEqual(set(run.anomaly_ids.filtered("blocking").mapped("line")), {5, 6})
        self.assertEqual(set(run.anomaly_ids.filtered("blocking").mapped("file_name")), {"accounts.csv"})
        # an unreadable line may contain any code: missing codes stay active
        self.assertTrue(self.code("account", "445710").active)
        self.put("accounts.csv", "company;code;name;type\nEAU;401000;Fournisseurs;G\nEAU;471000;Attente;G\n")
        run = self.update(self.water)
        self.assertEqual((run.deactivated, run.anomaly_ids.code), (0, "deactivation_share"), "7 of 9 are missing")
        self.connector.deactivation_share = 80
        run = self.update(self.water)
        self.assertEqual(run.deactivated, 7)
        self.assertFalse(self.code("account", "445710").active)
        self.assertTrue(self.code("account", "445710", self.sewerage).active, "a company that was not ticked changed")
        self.put(
            "accounts.csv",
            "company;code;name;type\nEAU;401000;Fournisseurs;G\nEAU;471000;Attente;G\nEAU;445710;TVA;G\n",
        )
        self.update(self.water)
        self.assertTrue(self.code("account", "445710").active)

    def test_a_binding_by_hand_is_kept(self):
        manager = self.user("manager", f"{CONNECTOR_MANAGER},{ACCOUNTANT}")
        code, other = self.code("account", "615500"), self.record("account", "706300")
        code.with_user(manager).record_ref = other
        self.assertTrue(code.bound_by_hand)
        self.update()
        self.assertEqual(code.res_id, other.id)
        with self.assertRaises(UserError):
            code.with_user(manager).record_ref = self.supplier[0]
        with self.assertRaises(AccessError):
            code.with_user(manager).name = "other"

    def test_bad_files_are_said_and_the_good_ones_pass(self):
        good = "company;code;name;type\nEAU;BQ;Banque;bank\n"
        bad = {
            "accounts.csv": ("company;name;type\nEAU;x;G\n", "utf-8", "column_missing"),
            "payment_modes.csv": ("company;code;name\nEAU;é;Chèque\n", "utf-16", "encoding_wrong"),
            "vat_profiles.csv": ("", "utf-8", "file_empty"),
            "third_parties.csv": (
                "company;code;name\nEAU;F1;" + "x" * (2 << 20) + "\nEAU;F2;Deux\n",
                "utf-8",
                "line_too_long",
            ),
            "analytic_axes.csv": ("company;code;name\nEAU;A;Axe\nEAU;B;Coup", "utf-8", "line_truncated"),
        }
        for name, (text, encoding, _code) in bad.items():
            self.put(name, text, encoding)
        self.put("journals.csv", good)
        run = self.update(self.water)
        self.assertEqual(run.state, "done")
        found = {anomaly.file_name: anomaly.code for anomaly in run.anomaly_ids if anomaly.blocking}
        self.assertEqual(found, {name: code for name, (_text, _encoding, code) in bad.items()})
        self.assertTrue(self.code("journal", "BQ").active)
        self.assertTrue(self.code("third_party", "F2").active)
        account = self.code("account", "401000")
        self.assertEqual((account.active, account.is_missing), (True, False), "a file that can't be read says nothing")

    def test_companies_known_there_and_not_here_are_made_in_one_click(self):
        self.put(
            "companies.csv", "code;name;scan_directory\nEAU;Eau;D1\nASST;Asst;D3\nJNO;Société JNO;C0071000325_data_6\n"
        )
        self.update()
        unknown = self.env["ledger.code"].search([("kind", "=", "company"), ("is_bound", "=", False)])
        self.assertEqual(unknown.code, "JNO")
        with self.assertRaises(AccessError):
            unknown.with_user(self.user("manager", CONNECTOR_MANAGER)).action_create_companies()
        with self.assertRaises(AccessError):
            unknown.with_user(self.user("monitor", f"{MONITOR},base.group_erp_manager")).action_create_companies()
        self.assertFalse(self.env["res.company"].search([("ledger_code", "=", "JNO")]))
        unknown.action_create_companies()
        made = self.env["res.company"].search([("ledger_code", "=", "JNO")])
        self.assertEqual((made.name, made.scan_directory), ("Société JNO", "C0071000325_data_6"))
        self.assertIn(made, self.connector.company_ids)
        self.assertEqual((unknown.res_id, unknown.company_id, unknown.is_bound), (made.id, made, True))

    def test_files_without_a_company_are_refused_for_several(self):
        self.put("journals.csv", "code;name\nBQ;Banque\n")
        self.assertEqual(self.update().anomaly_ids.filtered("blocking").code, "value_missing")
        self.assertEqual(self.update(self.water).made, 1)

    def test_who_may_update(self):
        for groups in (MONITOR, "base.group_user"):
            with self.assertRaises(AccessError):
                self.companies.with_user(self.user(groups[-9:], groups)).action_update_companies()
        manager = self.user("manager_water", CONNECTOR_MANAGER, self.water)
        with self.assertRaises(AccessError):
            self.companies.with_user(manager).with_context(allowed_company_ids=self.water.ids).action_update_companies()
        run = self.update(self.water, user=manager)
        self.assertEqual((run.state, run.company_ids, run.create_uid), ("done", self.water, manager))

    def test_rows_of_a_company_whose_code_is_not_bound_yet_are_told(self):
        """A référentiel that arrives before the companies have codes: its rows belong to no company."""
        code = self.water.ledger_code
        self.env["ledger.code"].search([("kind", "=", "company"), ("code", "=", code)]).unlink()
        self.water.ledger_code = False
        paths = sorted((self.directory / "referential").glob("*"))
        journals = next(path for path in paths if "journal" in path.name.lower())
        count = sum(row.startswith(code) or f";{code};" in row for row in journals.read_text("cp1252").splitlines())
        self.assertTrue(count)
        self.update(self.water)
        told = self.env["ledger.anomaly"].search([("code", "=", "company_not_known")])
        journal = told.filtered(lambda a: a.params["kind"] == "journal" and a.params["company"] == code)
        self.assertEqual((journal.params["count"], journal.blocking), (count, False))
        self.assertIn(self.water.name, journal.message)

    def test_rows_that_are_ignored_because_a_code_was_mistyped_are_told(self):
        self.env["ledger.code"].search([("company_id", "=", self.sewerage.id)]).unlink()
        self.sewerage.ledger_code = "asst"
        run = self.update()
        told = run.anomaly_ids.filtered(lambda anomaly: anomaly.code == "company_not_known")
        self.assertEqual(set(told.mapped(lambda anomaly: anomaly.params["company"])), {"ASST"})
        self.assertIn("journal", told.mapped(lambda anomaly: anomaly.params["kind"]))
        self.assertEqual({anomaly.params["names"] for anomaly in told}, {f"{self.sewerage.name} (asst)"})

    def test_rows_of_a_budget_managed_elsewhere_need_no_remark(self):
        path = self.directory / "referential/journals.csv"
        text = path.read_bytes().decode("utf-8-sig")
        self.assertIn("EAU;", text)
        rows = text.partition("\n")[2].replace("EAU;", "AUTRE;").replace("ASST;", "AUTRE2;")
        path.write_text(text + rows, newline="")
        self.assertFalse(self.update().anomaly_ids)

    def test_records_whose_code_was_entered_with_blanks_or_decomposed_accents(self):
        entered = {"F0991": " F0991", "F0992": "F0992\u00a0", "Fé994": "Fe\u0301994", "F0995": "\tF0995 \u202f"}
        partners = self.env["res.partner"].create(
            [{"name": ref, "ref": ref, "company_id": self.water.id} for ref in entered.values()]
        )
        rows = "".join(f"EAU;F;{code};Tiers\n" for code in entered)
        self.put("third_parties_2.csv", f"company;type;code;name\n{rows}")
        self.update(self.water)
        self.assertEqual([self.record("third_party", code) for code in entered], list(partners))

    def test_runs_and_codes_are_found_by_the_name_that_is_shown(self):
        runs = self.update() | self.do(self.connector, "action_synchronize")
        runs[0].date_start = "2026-03-01 08:15:00"
        code = self.code("third_party", "F0009")
        for record in (*runs, code):
            for operator in ("ilike", "="):
                found = record.search([("display_name", operator, record.display_name)])
                self.assertIn(record, found, (record.display_name, operator))
        self.assertEqual(runs.search([("display_name", "ilike", runs[0].display_name)]), runs[0])
        self.assertNotIn(runs[0], runs.search([("display_name", "not ilike", runs[0].display_name)]))
        self.assertIn(runs[1], runs.search([("display_name", "ilike", self.connector.name)]))
        self.assertFalse(runs.search([("display_name", "ilike", "no such run")]))
        self.assertEqual(code.search([("display_name", "=", code.display_name)]).mapped("code"), ["F0009"] * 2)
        self.assertFalse(code.search([("display_name", "=", "F0009 Autre nom")]))
        self.assertIn(code, code.search([("display_name", "ilike", "F0009")]))
