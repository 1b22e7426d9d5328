"""Codes that are missing from the files: deactivated, or only marked where the files may be incomplete."""

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

    def update(self, text, name="journals.csv"):
        (self.directory / "referential" / name).write_text(text.replace("\n", "\r\n"), "utf-8", newline="")
        run = self.do(self.water, "action_update_companies")
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
        self.assertFalse(run.anomaly_ids.blocking)
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

    def test_an_unreadable_row_may_be_any_code(self):
        run = self.update(self.without(9) + "EAU;;Sans code;G\n")
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"value_missing", "deactivation_held"})
        self.assertEqual((run.deactivated, run.refused), (0, 1))
        self.assertEqual(self.states(), (self.every(), ["J9"]))

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
