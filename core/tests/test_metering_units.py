"""Units in headings and cells: which part of a text is a unit, and which one is not."""

import unittest

from ..metering.units import ColumnHeading, Unit, read_heading, split_unit, unit_named


class TestHeadings(unittest.TestCase):
    def test_the_unit_is_taken_off_the_name(self):
        for heading, name, unit in (
            ("Index mètres cubes", "index", Unit.M3),
            ("Nouvel index relevé en L", "nouvel index releve en", Unit.LITRE),
            ("Volume (décimètres cubes)", "Volume  ", Unit.LITRE),
        ):
            with self.subTest(heading):
                self.assertEqual(read_heading(heading), ColumnHeading(name, unit))

    def test_a_heading_that_is_only_a_unit_is_a_name(self):
        for heading in ("Litres", "kWh"):
            self.assertEqual(read_heading(heading), ColumnHeading(heading))

    def test_a_foreign_unit_is_named(self):
        self.assertEqual(
            read_heading("Nouveau relevé compteur kWh"), ColumnHeading("nouveau releve compteur", None, "kwh")
        )

    def test_what_stands_in_brackets_is_a_unit_only_if_it_looks_like_one(self):
        for heading, unknown in (
            ("Index (m3/j)", "m3/j"),
            ("Index (x 0,1 m3)", "x 0,1 m3"),
            ("Index (10 premiers)", ""),
            ("Index (litres ou m3)", ""),
        ):
            with self.subTest(heading):
                self.assertEqual(read_heading(heading).unknown, unknown)


class TestCells(unittest.TestCase):
    def test_a_unit_of_two_words(self):
        self.assertEqual(unit_named("mètres cubes"), Unit.M3)
        self.assertEqual(split_unit("12 mètres cubes"), ("12", Unit.M3))

    def test_a_word_that_is_no_unit_is_not_taken_off(self):
        for text in ("12 seaux", "douze", "12"):
            self.assertIsNone(split_unit(text))
