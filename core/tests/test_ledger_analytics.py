"""Distributions are split by section, rounding goes to the last one, and what cannot be sent is reported."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ..ledger.analytics import split_document
from ..ledger.findings import Finding
from ..ledger.layouts import Column, Layout, Writer
from ..ledger.presets import PRESETS
from ..ledger.records import Share
from .ledger_samples import LOT, check_document, customer_invoice
from .sentences import codes, whole
from .test_ledger_checks import CONTEXT

EAU = Share(1, Decimal(60), "SERVICE", "EAU", "Eau")
ASST = Share(1, Decimal(40), "SERVICE", "ASST", "Assainissement")
LAYOUT = PRESETS["entries_25"]


def invoice(*shares, amount="100.01"):
    document = customer_invoice()
    sale = replace(
        document.lines[1], credit=Decimal(amount), currency_balance=-Decimal(amount), analytic_section="", shares=shares
    )
    client = replace(document.lines[0], debit=Decimal(amount), currency_balance=Decimal(amount))
    return replace(document, lines=(client, sale))


def split(*shares, carries=True, amount="100.01"):
    document, findings = split_document(invoice(*shares, amount=amount), carries)
    parts = [(line.analytic_section, line.credit, line.currency_balance) for line in document.lines[1:]]
    return parts, [(finding.code, finding.blocking) for finding in map(whole, findings)]


class TestSplit(unittest.TestCase):
    def test_in_proportion_with_the_cents_to_the_last(self):
        parts, findings = split(EAU, ASST)
        self.assertEqual(
            parts,
            [
                ("EAU", Decimal("60.01"), Decimal("-60.01")),
                ("ASST", Decimal("40.00"), Decimal("-40.00")),
            ],
        )
        self.assertEqual(findings, [])

    def test_a_share_of_nothing_has_no_row(self):
        """A section with 0 % instead of none; its missing code does not matter."""
        nothing = Share(1, Decimal(0), "", "", "Ancienne")
        whole_of_it = replace(ASST, percent=Decimal(100))
        self.assertEqual(split(nothing, whole_of_it), ([("ASST", Decimal("100.01"), Decimal("-100.01"))], []))
        self.assertEqual(split(replace(EAU, percent=Decimal(0))), ([("", Decimal("100.01"), Decimal("-100.01"))], []))
        self.assertEqual(split(replace(nothing, plan=2), whole_of_it)[1], [])

    def test_thirds_lose_no_cent(self):
        third = Decimal("33.33")
        parts, _findings = split(
            *(Share(1, third, "A", str(number), "") for number in range(2)),
            Share(1, Decimal("33.34"), "A", "2", ""),
            amount="100.00",
        )
        self.assertEqual([credit for _section, credit, _currency in parts], [third, third, Decimal("33.34")])
        self.assertEqual(sum(credit for _section, credit, _currency in parts), Decimal("100.00"))

    def test_shares_that_were_rounded_are_the_whole(self):
        """What is left of three shares of 33.33 % is the last one's: a row without a section would be refused there."""
        for number, percent, amount, last in (
            (3, "33.33", "100.00", "33.34"),
            (3, "33.33", "10000.00", "3334.00"),
            (6, "16.67", "100.00", "16.65"),
            (7, "14.29", "-70.00", "-10.00"),
            (3, "33.33", "0.01", "0.01"),
        ):
            shares = [Share(1, Decimal(percent), "A", str(place), "") for place in range(number)]
            parts, findings = split(*shares, amount=amount)
            self.assertEqual(
                [section for section, _credit, _currency in parts], [str(place) for place in range(number)]
            )
            self.assertEqual(sum(credit for _section, credit, _currency in parts), Decimal(amount))
            self.assertEqual((parts[-1][1], findings), (Decimal(last), []))
        parts, _findings = split(
            *(Share(1, Decimal("33.32"), "A", str(place), "") for place in range(3)), amount="100.00"
        )
        self.assertEqual(parts[-1][:2], ("", Decimal("0.04")), "more than rounding takes is nobody's")

    def test_no_share_of_a_few_cents_changes_sides(self):
        """Rounded up, three quarters of two cents are three: the last one would be a debit."""
        quarters = [Share(1, Decimal(25), "A", str(number), "") for number in range(4)]
        for amount, expected in (("0.02", "0.01 0.01 0.00 0.00"), ("0.01", "0.00 0.00 0.00 0.01")):
            parts, _findings = split(*quarters, amount=amount)
            self.assertEqual([str(credit) for _section, credit, _currency in parts], expected.split())
            self.assertEqual([str(-currency) for _section, _credit, currency in parts], expected.split())

    def test_what_no_section_has_is_a_line_without_one(self):
        parts, findings = split(ASST, amount="100.00")
        self.assertEqual([part[:2] for part in parts], [("ASST", Decimal("40.00")), ("", Decimal("60.00"))])
        self.assertEqual(findings, [])

    def test_a_single_section_is_the_line_itself(self):
        parts, findings = split(replace(EAU, percent=Decimal(100)))
        self.assertEqual((parts, findings), ([("EAU", Decimal("100.01"), Decimal("-100.01"))], []))

    def test_another_plan_is_said(self):
        project = Share(2, Decimal(100), "PROJET", "P1", "Projet 1")
        parts, findings = split(EAU, ASST, project)
        self.assertEqual([part[0] for part in parts], ["EAU", "ASST"])
        self.assertEqual(findings, [("analytic_axis_left_out", False)])
        parts, findings = split(replace(EAU, section=""), project)
        self.assertEqual([part[0] for part in parts], ["P1"], "the plan that is known over there")

    def test_what_is_not_bound_or_closed_is_an_anomaly(self):
        self.assertEqual(split(EAU, replace(ASST, section=""))[1], [("analytic_unbound", True)])
        closed = replace(ASST, section="", closed="ASST|2026-11-30")
        self.assertEqual(split(EAU, closed)[1], [("analytic_closed", True)])

    def test_a_layout_without_the_column_says_so(self):
        parts, findings = split(EAU, ASST, carries=False)
        self.assertEqual((len(parts), findings), (1, [("analytic_left_out", False)]))
        self.assertEqual(split(carries=False)[1], [])

    def test_the_file_has_a_row_for_each_section(self):
        document = invoice(EAU, ASST)
        self.assertEqual(check_document(document, CONTEXT, Writer(LAYOUT, LOT)), ())
        rendered = Writer(LAYOUT, LOT).render(split_document(document, True)[0])
        self.assertEqual([row.split(";")[20] for row in rendered.rows], ["", "EAU", "ASST"])


class TestWhatIsSaid(unittest.TestCase):
    def found(self, *shares, carries=True):
        return split_document(invoice(*shares), carries)[1]

    def test_an_unbound_section(self):
        (finding,) = self.found(EAU, replace(ASST, section=""))
        expected = Finding("analytic_unbound", "analytic_section", {"name": "Assainissement"}, line=2)
        self.assertEqual(finding, expected)

    def test_a_closed_section(self):
        for closed, day in (("ASST|2026-11-30", "2026-11-30"), ("ASST|", "?")):
            (finding,) = self.found(EAU, replace(ASST, section="", closed=closed))
            params = {"code": "ASST", "name": "Assainissement", "date": day}
            self.assertEqual(finding, Finding("analytic_closed", "analytic_section", params, line=2))

    def test_each_line_is_named_by_its_place(self):
        first, second = replace(ASST, section=""), replace(EAU, section="", closed="EAU|2026-01-01")
        document = invoice(EAU, first)
        document = replace(document, lines=(*document.lines, replace(document.lines[1], shares=(second, ASST))))
        findings = split_document(document, True)[1]
        self.assertEqual([(f.code, f.line) for f in findings], [("analytic_unbound", 2), ("analytic_closed", 3)])

    def test_another_plan(self):
        others = Share(2, Decimal(50), "PROJET", "P1", "Projet 1"), Share(3, Decimal(50), "", "P2", "Projet 2")
        (finding,) = self.found(EAU, ASST, *others)
        params = {"names": "Projet 1, Projet 2"}
        self.assertEqual(finding, Finding("analytic_axis_left_out", "analytic_axis", params, line=2, blocking=False))

    def test_no_column(self):
        (finding,) = self.found(EAU, carries=False)
        self.assertEqual(finding, Finding("analytic_left_out", "analytic_section", blocking=False))

    def test_each_part_has_its_axis_and_no_share_left(self):
        document, _findings = split_document(invoice(EAU, replace(ASST, axis="AUTRE", percent=Decimal(30))), True)
        parts = [(line.analytic_axis, line.analytic_section, line.shares) for line in document.lines]
        self.assertEqual(parts, [("", "", ()), ("SERVICE", "EAU", ()), ("AUTRE", "ASST", ()), ("", "", ())])
        self.assertEqual(document.lines[0], invoice(EAU).lines[0], "the client's line is what it was")
        self.assertEqual(document.number, "VEAU/2026/0001")

    def test_cents_go_half_up_and_finer_amounts_stay_fine(self):
        half = replace(EAU, percent=Decimal(50)), replace(ASST, percent=Decimal(50))
        self.assertEqual(
            [credit for _s, credit, _c in split(*half, amount="0.01")[0]], [Decimal("0.01"), Decimal("0.00")]
        )
        self.assertEqual(
            [credit for _s, credit, _c in split(*half, amount="0.03")[0]], [Decimal("0.02"), Decimal("0.01")]
        )
        parts = [credit for _s, credit, _c in split(*half, amount="1.001")[0]]
        self.assertEqual(parts, [Decimal("0.501"), Decimal("0.500")])
        parts = [credit for _s, credit, _c in split(*half, amount="1E+2")[0]]
        self.assertEqual(parts, [Decimal("50.00"), Decimal("50.00")])

    def test_shares_that_are_no_parts_of_a_whole(self):
        """60 and 60 % of a line: one of the sections would get less than its share."""
        for shares, shown in (
            ((EAU, replace(ASST, percent=Decimal(60))), "Eau 60 %, Assainissement 60 %"),
            ((replace(EAU, percent=Decimal("100.5")),), "Eau 100.5 %"),
            (
                (replace(EAU, percent=Decimal(150)), replace(ASST, percent=Decimal(-50))),
                "Eau 150 %, Assainissement -50 %",
            ),
            ((replace(EAU, percent=Decimal(-40)),), "Eau -40 %"),
        ):
            (finding,) = map(whole, self.found(*shares))
            params = {"position": 2, "shares": shown}
            self.assertEqual(finding, Finding("analytic_shares_wrong", "analytic_section", params, line=2))
            self.assertTrue(finding.blocking)
            parts, _findings = split(*shares, amount="100.00")
            self.assertEqual(sum(credit for _section, credit, _currency in parts), Decimal("100.00"))

    def test_rounding_does_not_exceed_the_whole(self):
        """Six times 16.67 % are 100.02 %: the last section takes what is left."""
        sixth = [Share(1, Decimal("16.67"), "A", str(place), str(place)) for place in range(6)]
        self.assertEqual(self.found(*sixth), ())
        self.assertEqual(
            codes(self.found(*sixth[:5], replace(EAU, percent=Decimal("16.70")))), ["analytic_shares_wrong"]
        )

    def test_each_plan_is_a_whole(self):
        """100 % of one plan and 100 % of another: the second one is left out, as a row has one axis."""
        first, second = (replace(EAU, percent=Decimal(100), plan=plan) for plan in (1, 2))
        self.assertEqual(codes(self.found(first, second)), ["analytic_axis_left_out"])

    def test_a_section_whose_account_was_deleted(self):
        """Odoo keeps the number of a deleted analytic account in the distribution: what it had is nobody's."""
        deleted = Share(0, Decimal(40), name="42")
        (finding,) = map(whole, self.found(EAU, deleted))
        self.assertEqual(finding, Finding("analytic_deleted", "analytic_section", {"position": 2, "id": "42"}, line=2))
        self.assertTrue(finding.blocking)
        self.assertEqual(codes(self.found(replace(deleted, percent=Decimal(100)))), ["analytic_deleted"])

    def test_parts_have_the_decimals_of_their_currency(self):
        """A Pacific franc has no cents, a Tunisian dinar has thousandths: 1,000 by three in each."""
        thirds = [Share(1, Decimal(percent), "A", percent, "") for percent in ("33.33", "33.34")]
        thirds.insert(1, replace(thirds[0], section="33.33 bis"))
        document = replace(invoice(*thirds, amount="1000.00"), currency="XPF", currency_decimals=0, ledger_decimals=2)
        sale = replace(document.lines[1], currency_balance=Decimal("-1000"))
        for decimals, expected in (
            (0, "-333 -333 -334"),
            (2, "-333.30 -333.30 -333.40"),
            (3, "-333.300 -333.300 -333.400"),
        ):
            found, _findings = split_document(replace(document, lines=(sale,), currency_decimals=decimals), True)
            self.assertEqual([str(line.currency_balance) for line in found.lines], expected.split(), decimals)
            self.assertEqual([str(line.credit) for line in found.lines], ["333.30", "333.30", "333.40"])

    def test_lines_without_a_distribution_stay(self):
        document = customer_invoice()
        self.assertIs(split_document(document, True)[0], document)


class TestDueDates(unittest.TestCase):
    def found(self, layout, *days):
        document = customer_invoice()
        client = document.lines[0]
        part = client.debit / len(days)
        lines = tuple(replace(client, debit=part, currency_balance=part, due_date=day) for day in days)
        document = replace(document, lines=(*lines, *document.lines[1:]))
        return [(f.code, f.blocking) for f in map(whole, check_document(document, CONTEXT, Writer(layout, LOT)))]

    def test_several_due_dates_where_the_file_has_one(self):
        columns = tuple(Column(name, name) for name in ("number", "balance", "document_due_date"))
        layout = Layout("one a document", "entries", columns, "F_{lot}.txt")
        days = date(2026, 12, 21), date(2027, 1, 21)
        self.assertEqual(self.found(layout, *days), [("due_dates_several", False)])
        self.assertEqual(self.found(layout, days[0], days[0]), [])
        self.assertEqual(self.found(LAYOUT, *days), [], "one a line says them all")
        both = replace(layout, columns=(*columns, Column("due_date", "due_date")))
        self.assertEqual(self.found(both, *days), [], "one a line says them all")
