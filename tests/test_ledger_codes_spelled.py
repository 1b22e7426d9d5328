"""Codes that the accounting system, a spreadsheet or a clerk spells otherwise: they stay the same codes."""

from .support.ledger import LedgerCase

HEAD = "company;type;code;name\r\n"


class TestCodesSpelled(LedgerCase):
    def setUp(self):
        super().setUp()
        self.folder = self.directory / "referential"
        self.connector.deactivation_share = 100
        self.rows = [f"EAU;F;{code};Tiers {code}\r\n" for code in ("F0001", "F0002", "00401", "00402", "100")]
        self.put(*self.rows)
        self.connector.deactivation_share = 20
        self.partners = {code: self.record("third_party", code) for code in ("F0001", "00401")}

    def put(self, *rows):
        (self.folder / "third_parties.csv").write_text(HEAD + "".join(rows), newline="")
        return self.do(self.companies, "action_update_companies")

    def codes(self):
        """Return {code: whether it is open} of the company's third parties that this test knows."""
        codes = self.env["ledger.code"].with_context(active_test=False)
        found = codes.search([("kind", "=", "third_party"), ("company_id", "=", self.water.id)])
        return {code.code: code.active for code in found if code.name.startswith("Tiers")}

    # Capitals

    def test_other_capitals_are_the_same_code(self):
        before = self.env["res.partner"].search_count([])
        run = self.put("EAU;F;f0001;Tiers F0001\r\n", *self.rows[1:])
        self.assertEqual((run.made, run.deactivated, run.anomaly_ids.mapped("code")), (0, 0, []))
        self.assertEqual(self.record("third_party", "f0001"), self.partners["F0001"])
        self.assertFalse(self.code("third_party", "F0001"))
        self.assertEqual(self.env["res.partner"].search_count([]), before, "no second third party is made")
        self.assertEqual(self.put("EAU;F;f0001;Tiers F0001\r\n", *self.rows[1:]).unchanged, run.unchanged)

    def test_two_codes_that_differ_by_their_capitals_are_two(self):
        run = self.put(*self.rows, "EAU;F;f0001;Tiers petit\r\n")
        self.assertEqual((run.made, run.deactivated), (1, 0))
        self.assertNotEqual(self.record("third_party", "f0001"), self.partners["F0001"])
        run = self.put("EAU;F;f0001;Tiers petit\r\n", *self.rows[1:])
        self.assertEqual((run.made, run.deactivated, self.codes()["F0001"]), (0, 1, False))

    def test_a_record_entered_in_other_capitals_is_found(self):
        mine = self.env["res.partner"].create({"name": "Tiers saisi", "ref": "fab-12", "company_id": self.water.id})
        exact = self.env["res.partner"].create({"name": "Tiers exact", "ref": "Fab-13", "company_id": self.water.id})
        other = exact.copy({"ref": "FAB-13"})
        run = self.put(*self.rows, "EAU;F;FAB-12;Tiers 12\r\n", "EAU;F;FAB-13;Tiers 13\r\n")
        self.assertEqual(self.record("third_party", "FAB-12"), mine)
        self.assertEqual(self.record("third_party", "FAB-13"), other, "the one with the very code comes first")
        self.assertFalse(run.anomaly_ids)
        for ref in ("fAB-14", "FaB-14"):
            exact.copy({"ref": ref})
        rows = ("EAU;F;FAB-12;Tiers 12\r\n", "EAU;F;FAB-13;Tiers 13\r\n", "EAU;F;FAB-14;Tiers 14\r\n")
        run = self.put(*self.rows, *rows)
        self.assertEqual(run.anomaly_ids.mapped("code"), ["binding_ambiguous"])
        self.assertFalse(self.code("third_party", "FAB-14").res_id)

    # Zeros

    def test_zeros_that_a_spreadsheet_took_away(self):
        run = self.put(*self.rows[:2], "EAU;F;401;Tiers 00401\r\n", "EAU;F;402;Tiers 00402\r\n", self.rows[4])
        found = run.anomaly_ids
        self.assertEqual(found.mapped("code"), ["code_zeros"] * 2)
        self.assertEqual(
            [(a.line, a.params["code"], a.params["known"]) for a in found], [(4, "401", "00401"), (5, "402", "00402")]
        )
        self.assertEqual((run.made, run.deactivated, run.refused), (0, 0, 2))
        self.assertEqual(self.codes(), dict.fromkeys(("F0001", "F0002", "00401", "00402", "100"), True))
        self.assertEqual(self.record("third_party", "00401"), self.partners["00401"])

    def test_a_number_that_is_another_code(self):
        """100 and 0100 may both exist; a code that was archived here may have got another number."""
        run = self.put(*self.rows, "EAU;F;0100;Tiers cent\r\n", "EAU;F;401;Tiers 401\r\n")
        self.assertEqual((run.made, run.anomaly_ids.mapped("code")), (2, []))
        self.code("third_party", "00402").active = False
        run = self.put(
            *self.rows[:3],
            self.rows[4],
            "EAU;F;0100;Tiers cent\r\n",
            "EAU;F;401;Tiers 401\r\n",
            "EAU;F;402;Tiers 402\r\n",
        )
        self.assertEqual((run.made, run.anomaly_ids.mapped("code")), (1, []))

    # Companies

    def other_company(self, text):
        for path in set(self.folder.glob("*.csv")) - {self.folder / "companies.csv"}:
            path.write_bytes(path.read_bytes().replace(b"\nEAU;", f"\n{text};".encode()))

    def test_the_codes_of_a_company_follow_its_code(self):
        self.other_company("EAU2")
        run = self.do(self.companies, "action_update_companies")
        told = run.anomaly_ids.filtered(lambda anomaly: anomaly.code == "company_not_known")
        self.assertEqual({anomaly.params["names"] for anomaly in told}, {f"{self.water.name} (EAU)"})
        self.assertEqual(run.deactivated, 0)
        self.water.ledger_code = "EAU2"
        run = self.do(self.companies, "action_update_companies")
        self.assertEqual((run.made, run.deactivated, run.updated), (0, 0, 0))
        self.assertEqual(self.record("third_party", "00401"), self.partners["00401"])
        run = self.put(*(row.replace("EAU;", "EAU2;") for row in self.rows[1:]))
        self.assertEqual(
            (run.deactivated, self.codes()["F0001"]), (1, False), "nothing stays open under the former code"
        )

    def test_the_code_of_a_company_in_other_capitals(self):
        path = self.folder / "companies.csv"
        path.write_bytes(path.read_bytes().replace(b"EAU;", b"Eau;").replace(b"data_1", b"data_99"))
        run = self.do(self.companies, "action_update_companies")
        self.assertEqual((run.made, run.deactivated, run.anomaly_ids.mapped("code")), (0, 0, []))
        self.assertEqual((self.water.ledger_code, self.water.scan_directory), ("EAU", "C0071000325_data_99"))

    def test_codes_known_under_both(self):
        twin = self.code("account", "401000").sudo().copy({"company_code": "EAU2"})
        self.water.ledger_code = "EAU2"
        self.env.invalidate_all()
        found = self.code("account", "401000")
        self.assertEqual(
            {(code, code.company_code, code.active) for code in found},
            {(twin, "EAU2", True), (found - twin, "EAU", False)},
        )

    def test_rows_of_a_company_in_other_capitals_are_said(self):
        run = self.put(*self.rows, "eau;F;F0099;Tiers 99\r\n")
        self.assertEqual(
            [(a.code, a.params["company"], a.blocking) for a in run.anomaly_ids], [("company_not_known", "eau", False)]
        )
