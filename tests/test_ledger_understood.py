"""Files that were not understood are read again; half a file is not taken for a complete one."""

from odoo.exceptions import AccessError

from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerCase

HEADER = "company;number;external_reference;status;code;message\r\n"


class TestAnswersUnderstood(LedgerCase):
    def setUp(self):
        super().setUp()
        self.bills = self.entry() | self.entry() | self.entry() | self.entry()
        self.lot = self.export(self.bills).lot_ids
        self.name = f"AR_{self.lot.number}.txt"
        self.folder = self.directory / "acknowledgements"

    def answer(self, *rows, name=None, encoding="utf-8", header=HEADER):
        (self.folder / (name or self.name)).write_bytes((header + "".join(rows)).encode(encoding))

    def row(self, bill, status="accepted", message=""):
        return f"EAU;{bill.name};;{status};;{message}\r\n"

    def bring_in(self):
        return self.do(self.connector, "action_synchronize")

    def states(self):
        return self.document(self.bills).sorted("number").mapped("state")

    def placed(self, folder):
        return sorted(path.name for path in (self.folder / folder).glob("*")) if (self.folder / folder).exists() else []

    def test_headings_that_the_layout_lacks_are_read_after_its_correction(self):
        rows = [self.row(bill) for bill in self.bills]
        self.answer(*rows, header="societe;piece;ref;status;code;message\r\n")
        self.assertEqual(self.bring_in().anomaly_ids.code, "column_missing")
        self.assertEqual((self.placed("error"), self.states()), ([self.name], ["exported"] * 4))
        layout = self.connector.acknowledgement_layout_id
        for attribute, title in (("company", "societe"), ("number", "piece"), ("external_reference", "ref")):
            layout.column_ids.filtered(lambda column, a=attribute: column.attribute == a).name = title
        run = self.bring_in()
        self.assertEqual((run.accepted, self.states()), (4, ["integrated"] * 4), "read again by itself")
        self.assertIn(self.name, self.placed("done"))

    def test_the_same_file_put_back_is_read_again(self):
        self.answer(*[self.row(bill) for bill in self.bills], header="a;b\r\n")
        self.bring_in()
        layout = self.connector.acknowledgement_layout_id
        layout.header = False
        (self.folder / "error" / self.name).rename(self.folder / self.name)
        self.assertEqual(self.bring_in().accepted, 4)

    def test_a_row_in_another_encoding_is_taken_after_its_correction(self):
        good = [self.row(bill, message="Écriture passée") for bill in self.bills]
        data = HEADER.encode() + b"".join(
            row.encode("cp1252" if place == 1 else "utf-8") for place, row in enumerate(good)
        )
        (self.folder / self.name).write_bytes(data)
        run = self.bring_in()
        self.assertEqual((run.accepted, self.states().count("integrated")), (3, 3))
        self.assertEqual((run.anomaly_ids.code, self.placed("error")), ("line_undecodable", [self.name]))
        self.answer(*good)
        run = self.bring_in()
        self.assertEqual((run.accepted, self.states()), (1, ["integrated"] * 4))
        self.assertFalse(run.anomaly_ids, "what was taken is not said again")

    def test_an_answer_that_is_still_written_waits_for_its_rows(self):
        first, second, third, fourth = (self.row(bill) for bill in self.bills)
        self.answer(first, second)
        self.assertEqual((self.bring_in().accepted, self.placed("done")), (2, []))
        self.answer(first, second, third, fourth[:20])
        run = self.bring_in()
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("code")), (1, []))
        self.answer(first, second, third, fourth)
        self.assertEqual((self.bring_in().accepted, self.states()), (1, ["integrated"] * 4))
        self.assertEqual((self.placed("done"), self.placed("")), ([self.name], ["done"]))
        self.assertEqual(self.env["ledger.file"].search([("name", "=", self.name)]).mapped("state"), ["done"])

    def test_rows_that_come_in_another_file_of_the_same_name(self):
        first, second, third, fourth = (self.row(bill) for bill in self.bills)
        self.answer(first, second)
        self.bring_in()
        (self.folder / self.name).unlink()
        self.answer(third, fourth)
        self.assertEqual((self.bring_in().accepted, self.states()), (2, ["integrated"] * 4))

    def test_a_young_file_waits_where_an_age_is_set(self):
        self.connector.file_age = 3600
        self.answer(*[self.row(bill) for bill in self.bills])
        self.assertEqual((self.bring_in().accepted, self.placed("")), (0, [self.name]))
        self.connector.file_age = 0
        self.assertEqual(self.bring_in().accepted, 4)

    def test_a_whole_file_refused(self):
        self.answer(f"?;{self.lot.name};;KO;TRUNCATED;last line\r\n", name="AR_other.txt")
        run = self.bring_in()
        self.assertEqual((run.rejected, self.states(), self.lot.state), (4, ["rejected"] * 4, "refused"))
        self.assertIn("TRUNCATED last line", self.document(self.bills).anomaly_ids[0].message)
        self.assertEqual(self.export(self.bills).exported, 4)
        self.answer(f"?;{self.lot.name};;OK;;\r\n", name="AR_late.txt")
        run = self.bring_in()
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("code")), (0, ["acknowledgement_contradicts"]))
        self.assertEqual(self.lot.state, "refused", "its documents are in another lot now")

    def test_a_whole_file_refused_twice_then_accepted(self):
        """The refusal comes again after the correction of some; then the system takes the file after all."""
        refusal = f"?;{self.lot.name};;KO;TRUNCATED;last line\r\n"
        self.answer(refusal, name="AR_other.txt")
        self.bring_in()
        self.export(self.bills[0])
        self.answer(refusal, name="AR_again.txt")
        run = self.bring_in()
        self.assertEqual((run.rejected, run.anomaly_ids.mapped("code")), (0, ["acknowledgement_duplicate"]))
        self.answer(f"?;{self.lot.name};;OK;;\r\n", name="AR_after.txt")
        self.assertEqual(self.bring_in().accepted, 3)
        self.assertEqual((self.states().count("integrated"), self.lot.state), (3, "delivered"))

    def test_a_refusal_of_a_file_whose_documents_have_their_answers(self):
        self.answer(*[self.row(bill) for bill in self.bills])
        self.bring_in()
        self.answer(f"?;{self.lot.name};;KO;LATE;\r\n", name="AR_other.txt")
        run = self.bring_in()
        self.assertEqual((run.rejected, run.anomaly_ids.mapped("code")), (0, ["acknowledgement_contradicts"]))
        self.assertEqual((self.states(), self.lot.state), (["integrated"] * 4, "delivered"))

    def test_each_company_of_a_file(self):
        """The part of one company is refused; the report, which waits for the other's, is read several times."""
        other, more = self.entry(company=self.sewerage), self.entry()
        lot = self.export(other | more).lot_ids
        name, refusal = f"AR_{lot.number}.txt", "asst;?;;KO;C1;Société fermée\r\n"
        for refused in (1, 0):
            self.answer(refusal, name=name)
            run = self.bring_in()
            self.assertEqual(
                (run.rejected, run.anomaly_ids.mapped("code")), (refused, ["lot_refused_because"] * refused)
            )
            self.assertEqual((self.document(more).state, self.document(other).state), ("exported", "rejected"))
            self.assertEqual(lot.state, "delivered", "the other part may be accepted")
        self.answer("EAU;?;;OK;;\r\n", refusal, name=name)
        self.assertEqual(self.bring_in().anomaly_ids.mapped("code"), [])
        self.assertEqual((self.document(more).state, self.document(other).state), ("integrated", "rejected"))

    def test_a_company_that_a_file_does_not_contain(self):
        """The system's own name of the town: the answer is about the whole file."""
        self.answer("TOWN;?;;KO;C1;Fermé\r\n")
        self.assertEqual((self.bring_in().rejected, self.lot.state), (4, "refused"))

    def test_usual_words(self):
        one, two, three, four = self.bills
        words = ((one, "OK"), (two, "Intégré"), (three, "KO"), (four, "Rejeté"))
        self.answer(*[self.row(bill, word) for bill, word in words])
        run = self.bring_in()
        self.assertEqual((run.accepted, run.rejected, run.anomaly_ids), (2, 2, run.anomaly_ids.browse()))

    def test_the_lot_in_capitals(self):
        self.answer(*[self.row(bill) for bill in self.bills], name=f"AR_{self.lot.number.upper()}.txt")
        self.assertEqual(self.bring_in().accepted, 4)

    def test_read_again_by_a_button(self):
        self.answer(self.row(self.bills[0], "peut-être"))
        self.bring_in()
        file = self.env["ledger.file"].search([("name", "=", self.name)])
        self.assertEqual(file.state, "error")
        layout = self.connector.acknowledgement_layout_id
        layout.word_ids = [(0, 0, {"attribute": "status", "there": "peut-être", "here": "accepted"})]
        self.assertEqual(layout.word_ids[-1:].known_values, "accepted, rejected, pending")
        with self.assertRaises(AccessError):
            file.with_user(self.user("monitor", MONITOR)).action_read_again()
        run = self.do(file, "action_read_again", user=self.user("manager", CONNECTOR_MANAGER))
        self.assertEqual((run.kind, run.accepted), ("answers", 1))
        self.assertIn("integrated", self.states())


class TestCodesUnderstood(LedgerCase):
    """A référentiel that lost many of its rows is probably incomplete."""

    PARTIES = [f"EAU;F;F{number:04};Tiers {number}\r\n" for number in range(100)]

    def put(self, rows):
        text = "company;type;code;name\r\n" + "".join(rows)
        (self.directory / "referential/third_parties.csv").write_text(text, newline="")
        return self.do(self.companies, "action_update_companies")

    def active(self):
        domain = [("kind", "=", "third_party"), ("company_id", "=", self.water.id)]
        return self.env["ledger.code"].search_count(domain)

    def setUp(self):
        super().setUp()
        self.connector.deactivation_share = 100
        self.put(self.PARTIES)
        self.connector.deactivation_share = 20
        self.assertEqual(self.active(), 100)

    def test_few_missing_codes_are_deactivated(self):
        run = self.put(self.PARTIES[:85])
        self.assertEqual((run.deactivated, self.active()), (15, 85))
        self.assertTrue(self.code("third_party", "F0099").closed_on)

    def test_half_a_file_deactivates_nothing_until_it_is_accepted(self):
        run = self.put(self.PARTIES[:50])
        self.assertEqual((run.deactivated, self.active(), run.anomaly_ids.code), (0, 100, "deactivation_share"))
        self.assertEqual(self.connector.missing_count, 50)
        self.put(self.PARTIES[:90])
        self.assertEqual((self.connector.missing_count, self.active()), (0, 90))
        self.put(self.PARTIES[:40])
        self.do(self.connector, "action_deactivate_missing", user=self.user("manager", CONNECTOR_MANAGER))
        self.assertEqual((self.connector.missing_count, self.active()), (0, 40))

    def test_a_heading_alone_deactivates_nothing_whatever_the_share(self):
        self.connector.deactivation_share = 100
        run = self.put([])
        self.assertEqual((run.deactivated, self.active(), run.anomaly_ids.code), (0, 100, "deactivation_no_rows"))

    def test_a_young_file_waits_where_an_age_is_set(self):
        self.connector.file_age = 3600
        self.assertEqual((self.put(self.PARTIES[:95]).deactivated, self.active()), (0, 100))
        self.connector.file_age = 0
        self.assertEqual(self.put(self.PARTIES[:95]).deactivated, 5)


class TestShownByRuns(LedgerCase):
    """What forms of runs and layouts work out by themselves."""

    def test_progress_and_duration(self):
        begun = {"date_start": "2026-11-30 08:00:00"}
        runs = self.env["ledger.run"]
        self.assertEqual([runs.new({"progress": done, "total": 3}).percent for done in (0, 1, 3)], [0, 33, 100])
        self.assertEqual((runs.new({}).percent, runs.new(begun).duration), (0, 0))
        self.assertEqual(runs.new({**begun, "date_end": "2026-11-30 08:01:30"}).duration, 90)

    def test_a_rate_has_six_decimals_an_amount_two(self):
        columns = [self.env["ledger.column"].new({"attribute": name}) for name in ("rate", "amount")]
        self.assertEqual([column.decimals for column in columns], [6, 2])
