"""What the shipped layouts of the référentiel accept."""

import unittest
from decimal import Decimal

from ..ledger.layouts import BadRow, Reader, Row, match_name
from ..ledger.records import REFERENTIAL
from .ledger_samples import shipped_layouts


class TestShippedReferential(unittest.TestCase):
    """Files of codes: a column an attribute, of which code and name are required."""

    FILES = {
        "company": "companies.csv",
        "third_party": "third_parties_EAU.csv",
        "account": "accounts.csv",
        "journal": "journals.csv",
        "vat_profile": "vat_profiles.csv",
        "payment_mode": "payment_modes.csv",
        "analytic_axis": "analytic_axes.csv",
        "analytic_section": "analytic_sections.csv",
    }

    def setUp(self):
        self.presets = shipped_layouts()

    def read(self, kind, **cells):
        layout = self.presets[f"referential_{kind}"]
        names = [column.name for column in layout.columns]
        text = ";".join(names) + "\r\n" + ";".join(cells.get(name, "") for name in names) + "\r\n"
        (found,) = Reader(layout).rows([text.encode()])
        return found

    def test_a_row_of_each_kind(self):
        for kind, attributes in REFERENTIAL.items():
            with self.subTest(kind):
                layout = self.presets[f"referential_{kind}"]
                self.assertEqual((layout.flow, [c.name for c in layout.columns]), (kind, list(attributes)))
                good = self.read(kind, code="C" * 64, name='"a;b"')
                self.assertIsInstance(good, Row)
                self.assertEqual((good.values["code"], good.values["name"]), ("C" * 64, "a;b"))
                for missing in ({"code": "C"}, {"name": "N"}, {"code": "C" * 65, "name": "N"}):
                    self.assertIsInstance(self.read(kind, **missing), BadRow)

    def test_what_people_read_of_them(self):
        names = {kind: self.presets[f"referential_{kind}"].name for kind in ("third_party", "vat_profile")}
        expected = {"third_party": "Reference codes: third party", "vat_profile": "Reference codes: VAT profile"}
        self.assertEqual(names, expected)
        widths = {(c.width, c.decimals) for c in self.presets["referential_third_party"].columns if c.name != "code"}
        self.assertEqual(widths, {(0, 4)}, "a rate such as 2.125 is written in full")

    def test_words_of_other_systems_are_known(self):
        """`words` of each kind: a journal of sales is also called VTE."""
        self.assertEqual(self.read("journal", code="V", name="N", type="VTE").values["type"], "sale")
        self.assertEqual(self.read("third_party", code="V", name="N", type="FOUR").values["type"], "supplier")

    def test_a_rate_has_either_decimal_sign(self):
        self.assertEqual(self.read("vat_profile", code="T", name="N", rate="5,5000").values["rate"], Decimal("5.5"))
        self.assertEqual(self.read("vat_profile", code="T", name="N", rate="5.5").values["rate"], Decimal("5.5"))
        self.assertIsInstance(self.read("vat_profile", code="T", name="N", rate="5.5.5"), BadRow)

    def test_their_names(self):
        for kind, name in self.FILES.items():
            fitting = [k for k in self.FILES if match_name(self.presets[f"referential_{k}"], name) is not None]
            self.assertEqual(fitting, [kind])
