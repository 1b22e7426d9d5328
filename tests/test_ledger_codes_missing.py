"""Codes that are missing from the files: deactivated, or only marked where the files may be incomplete."""

from unittest.mock import patch

from ..core.ledger.layouts import Row
from ..models.ledger_codes import codes_in
from ..models.ledger_codes.codes_in import Source
from .support.ledger import LedgerCase

ROWS = "".join(f"EAU;J{number};Journal {number};G\n" for number in range(10))
HEADER = "company;code;name;type\n"


class TestCodesMissing(LedgerCase):
    def setUp(self):
        super().setUp()
        for path in (self.directory / "referential").iterdir():
            path.unlink()
        self.connector.deactivation_share = 100
        self.update(HEADER + ROWS)
        self.connector.deactivation_share = 20

    def update(self, text, name="journals.csv", companies=None):
        (self.directory / "referential" / name).write_text(text.replace("\n", "\r\n"), "utf-8", newline="")
        run = self.do(companies or self.water, "action_update_companies")
        self.assertEqual(run.state, "done")
        return run

    def states(self):
        """Return the codes of journals of EAU: (those that are active, those that are marked as missing)."""
        self.env.invalidate_all()
        codes = self.env["ledger.code"].with_context(active_test=False)
        codes = codes.search([("kind", "=", "journal"), ("company_id", "=", self.water.id), ("code", "like", "J_")])
        return codes.filtered("active").mapped("code"), codes.filtered("is_missing").mapped("code")

    def without(self, *numbers):
        return HEADER + "".join(row for row in ROWS.splitlines(True) if int(row[5]) not in numbers)

    def every(self):
        return [f"J{number}" for number in range(10)]

    def test_a_fifth_may_be_missing(self):
        """Two of ten are deactivated, three are not: they are marked, until they are back or few are missing."""
        run = self.update(self.without(7, 8, 9))
        self.assertEqual((run.deactivated, run.anomaly_ids.code), (0, "deactivation_share"))
        self.assertEqual(run.anomaly_ids.params["count"], 3)
        self.assertEqual((run.anomaly_ids.blocking, run.anomaly_ids.company_id), (False, self.water))
        self.assertEqual(self.states(), (self.every(), ["J7", "J8", "J9"]))
        run = self.update(self.without(8, 9))
        self.assertEqual((run.deactivated, len(run.anomaly_ids)), (2, 0))
        self.assertEqual(self.states(), (self.every()[:8], []))
        self.assertEqual(self.code("journal", "J9").closed_on, self.env.cr.now().date())
        self.update(HEADER + ROWS)
        self.assertEqual(self.states(), (self.every(), []))
        self.assertFalse(self.code("journal", "J9").closed_on)

    def test_files_without_rows_deactivate_nothing(self):
        self.connector.deactivation_share = 100
        run = self.update(HEADER)
        self.assertEqual((run.deactivated, run.anomaly_ids.code), (0, "deactivation_no_rows"))
        self.assertEqual(self.states(), (self.every(), self.every()))

    def test_a_finding_of_several_companies_is_nobody_s_in_particular(self):
        both = ROWS + ROWS.replace("EAU;", "ASST;")
        self.update(HEADER + both, companies=self.companies)
        rows = [row for row in both.splitlines(True) if ";J9;" not in row]
        run = self.update(HEADER + "".join(rows) + "EAU;;Sans code;G\n", companies=self.companies)
        held = run.anomaly_ids.filtered(lambda anomaly: anomaly.code == "deactivation_held")
        self.assertEqual((len(held), held.company_id.ids, run.deactivated), (1, [], 0))

    def test_a_company_that_is_no_longer_there(self):
        """Rows of companies have no company: those that are missing are deactivated as others are."""
        head = "code;name;scan_directory\n"
        self.connector.deactivation_share = 100
        self.update(head + "EAU;Eau;\nASST;Asst;\nJNO;Jno;\n", name="companies.csv")
        self.update(head + "EAU;Eau;\nASST;Asst;\n", name="companies.csv")
        codes = self.env["ledger.code"].with_context(active_test=False)
        gone = codes.search([("kind", "=", "company"), ("code", "=", "JNO")])
        self.assertEqual(gone.mapped("active"), [False])

    def test_an_unreadable_row_may_be_any_code(self):
        run = self.update(self.without(9) + "EAU;;Sans code;G\n")
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"value_missing", "deactivation_held"})
        self.assertEqual((run.deactivated, run.refused), (0, 1))
        self.assertEqual(self.states(), (self.every(), ["J9"]))

    def test_what_is_said_of_one_company_and_of_several(self):
        """An unreadable row may be any company's code; what is missing is told of its company."""
        text = self.without(7, 8, 9) + "ASST;J0;Journal 0;G\n"
        for more, found in (
            ("", [("deactivation_share", self.water), ("deactivation_share", self.sewerage)]),
            ("EAU;;Sans code;G\n", [("deactivation_held", self.env["res.company"])]),
        ):
            (self.directory / "referential/journals.csv").write_text(text + more, "utf-8")
            run = self.do(self.companies, "action_update_companies")
            told = run.anomaly_ids.filtered(lambda anomaly: anomaly.code.startswith("deactivation"))
            with self.subTest(more):
                self.assertCountEqual([(anomaly.code, anomaly.company_id) for anomaly in told], found)

    def test_the_only_code_of_a_company_that_got_another_code(self):
        """All of its codes are missing, and rows of an unknown company came: nothing is deactivated."""
        self.connector.deactivation_share = 100
        self.update(self.without(*range(1, 10)))
        self.connector.deactivation_share = 20
        run = self.update(HEADER + "EAUX;J0;Journal 0;G\n")
        self.assertEqual((run.deactivated, self.states()[1]), (0, ["J0"]))
        self.update(self.without(*range(2, 10)))
        run = self.update(self.without(*range(1, 10)) + "EAUX;J1;Journal 1;G\n")
        self.assertEqual((run.deactivated, self.states()), (1, (["J0"], [])), "one of two may be missing")
        self.assertEqual(self.update(HEADER + "EAU;J1;Journal 1;G\n").deactivated, 1, "the only one, but no other rows")

    def test_all_refused_rows_are_counted_and_some_are_told(self):
        with patch.object(codes_in, "MAX_ANOMALIES", 2):
            run = self.update(HEADER + ROWS + "EAU;A;;G\nEAU;B;;G\nEAU;C;;G\nEAU;D;;G\n")
        self.assertEqual((run.refused, run.anomaly_ids.mapped("line")), (4, [12, 13]))

    def test_some_of_many_unknown_companies_are_told(self):
        source = Source("journal", self.water)
        for number in [*range(25), 0, 24]:
            row = Row(2, {"company": f"X{number}", "code": "J0", "name": "Journal 0"}, "mark")
            self.assertIsNone(source.owned(row, "journals.csv", ""))
        self.assertEqual((len(source.unknown), source.unknown["X0"], source.unknown["X24"]), (20, 2, 0))

    def test_a_file_that_may_still_grow_is_read_later(self):
        self.connector.file_age = 3600
        run = self.update(self.without(9))
        self.assertEqual((run.deactivated, run.unchanged, len(run.file_ids)), (0, 0, 0))
        self.assertEqual(self.states(), (self.every(), []))
        self.connector.file_age = 0
        self.assertEqual(self.update(self.without(9)).deactivated, 1)

    def test_what_a_run_counts(self):
        text = self.without(9).replace("Journal 3", "Autre nom") + "EAU;NEUF;Neuf;G\n"
        run = self.update(text)
        self.assertEqual((run.made, run.updated, run.unchanged, run.deactivated, run.refused), (1, 1, 8, 1, 0))
        self.assertEqual(
            (run.file_ids.name, run.file_ids.flow, run.file_ids.state), ("journals.csv", "journal", "done")
        )
        self.assertTrue(run.file_ids.size and run.file_ids.sha256)
        self.assertEqual(self.code("journal", "J3").name, "Autre nom")
        self.assertTrue(self.water.ledger_updated)
