"""Differences between the mirror of the référentiel and what came in."""

import unittest
from dataclasses import replace

from ..ledger.layouts import KnownRow, Reader, Row
from ..ledger.presets import PRESETS
from ..ledger.referential import CodeRow, difference

HEADER = "company;code;name;type\r\n"
MIRROR = (
    CodeRow("EAU", "account", "401", "Fournisseurs", (("type", "G"),), record=1),
    CodeRow("EAU", "account", "411", "Clients", (("type", "G"),), record=2),
    CodeRow("EAU", "account", "500", "Old", (("type", "G"),), active=False, record=3),
    CodeRow("ASST", "account", "411", "Clients", (("type", "G"),), record=4),
)


def compare(text, mirror=MIRROR, companies=("EAU",), company=""):
    rows = Reader(PRESETS["referential_account"]).rows([(HEADER + text).encode()])
    return difference("account", mirror, rows, frozenset(companies), company)


class TestDifference(unittest.TestCase):
    def test_made_updated_deactivated_unchanged(self):
        found = compare("EAU;401;Fournisseurs;G\r\nEAU;411;Usagers;G\r\nEAU;706;Ventes;G\r\n")
        self.assertEqual([row.code for row in found.made], ["706"])
        self.assertEqual([(old.record, new.name) for old, new in found.updated], [(2, "Usagers")])
        self.assertEqual((found.deactivated, found.unchanged, found.refused), ((), 1, ()))
        gone = compare("EAU;401;Fournisseurs;G\r\n")
        self.assertEqual([row.record for row in gone.deactivated], [2])

    def test_twice_the_same_changes_nothing(self):
        found = compare("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\nEAU;411;Clients;G\r\n")
        self.assertEqual((found.made, found.updated, found.deactivated, found.refused), ((), (), (), ()))
        self.assertEqual(found.unchanged, 2)

    def test_a_code_that_comes_back_is_active_again(self):
        found = compare("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\nEAU;500;Old;G\r\n")
        self.assertEqual([old.record for old, _new in found.updated], [3])

    def test_other_companies_are_left_alone(self):
        found = compare("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\n", companies=("EAU",))
        self.assertEqual(found.deactivated, ())
        both = compare("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\n", companies=("EAU", "ASST"))
        self.assertEqual([row.record for row in both.deactivated], [4])

    def test_a_code_twice_with_other_values_is_refused(self):
        found = compare("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\nEAU;401;Autre;G\r\n")
        self.assertEqual([(f.code, f.line) for f in found.refused], [("code_duplicate", 4)])
        self.assertEqual((found.updated, found.unchanged), ((), 2))

    def test_a_refused_row_does_not_lose_its_code(self):
        found = compare("EAU;401;;G\r\nEAU;706;Ventes;G\r\n")
        self.assertEqual([(f.code, f.line, f.column) for f in found.refused], [("value_missing", 2, 3)])
        self.assertEqual([row.code for row in found.deactivated], ["411"])

    def test_an_unreadable_row_holds_deactivations_back(self):
        found = compare("EAU;706;Ventes;G\r\nEAU;41")
        self.assertEqual(([row.code for row in found.made], found.deactivated), (["706"], ()))
        self.assertEqual([(f.code, f.blocking) for f in found.held], [("deactivation_held", False)])

    def test_the_file_of_one_company_need_not_repeat_it(self):
        found = compare(";401;Fournisseurs;G\r\n;411;Clients;G\r\n", company="EAU")
        self.assertEqual((found.unchanged, found.made), (2, ()))

    def test_many_codes_are_one_pass(self):
        mirror = [CodeRow("EAU", "account", str(number), "x", record=number) for number in range(20_000)]
        text = "".join(f"EAU;{number};x;\r\n" for number in range(10_000, 30_000))
        found = compare(text, mirror)
        self.assertEqual((len(found.made), len(found.deactivated), found.unchanged), (10_000, 10_000, 10_000))


class TestKnownRows(unittest.TestCase):
    """Rows whose mark is known are passed on unread."""

    def read(self, text, known=frozenset(), owner="", kind="account"):
        return list(Reader(PRESETS[f"referential_{kind}"], known=known, owner=owner).rows([(HEADER + text).encode()]))

    def setUp(self):
        self.rows = self.read("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\n")
        self.marks = frozenset(row.mark for row in self.rows)

    def test_only_what_changed_is_read_again(self):
        rows = self.read("EAU;411;Usagers;G\r\nEAU;401;Fournisseurs;G\r\n", self.marks)
        self.assertEqual([type(row) for row in rows], [Row, KnownRow])
        found = difference("account", [replace(MIRROR[1], mark=self.rows[1].mark)], rows, frozenset({"EAU"}))
        self.assertEqual([(old.record, new.name) for old, new in found.updated], [(2, "Usagers")])
        self.assertEqual((found.made, found.deactivated, found.unchanged, found.refused), ((), (), 1, ()))

    def test_the_same_text_in_another_file_is_another_row(self):
        ours, theirs = (self.read(";401;Fournisseurs;G\r\n", owner=owner)[0] for owner in ("EAU", "ASST"))
        journal = self.read("EAU;401;Fournisseurs;G\r\n", kind="journal")[0]
        self.assertEqual(len({ours.mark, theirs.mark, journal.mark, *self.marks}), 5)

    def test_a_known_row_and_another_of_the_same_code(self):
        known = [replace(old, mark=row.mark) for old, row in zip(MIRROR, self.rows, strict=False)]
        for text, updated, line in (
            ("EAU;401;Fournisseurs;G\r\nEAU;401;Autre;G\r\n", [], 3),
            ("EAU;401;Autre;G\r\nEAU;401;Fournisseurs;G\r\n", ["Autre"], 3),
        ):
            found = difference("account", known[:1], self.read(text, self.marks), frozenset())
            self.assertEqual([new.name for _old, new in found.updated], updated)
            self.assertEqual([(f.code, f.line) for f in found.refused], [("code_duplicate", line)])
