"""Parts of addresses and names, at the limits of the rules."""

import unittest

from ..matching import Likeness
from ..matching.address import Address, compare_addresses, read_address
from ..matching.subscriber import compare_subscribers, read_subscriber


class TestParts(unittest.TestCase):
    def read(self, street, zip_code="", city=""):
        return read_address(street, zip_code, city)

    def test_every_part_of_an_address(self):
        self.assertEqual(
            self.read("Bât A appt 03, 12 bis av. du Gal Leclerc", " 63 000", "Clermont-Ferrand cedex 1"),
            Address("12", "BIS", "AVENUE", "GENERAL LECLERC", "63000", "CLERMONT FERRAND", "3", "A"),
        )

    def test_what_names_a_flat_or_a_building(self):
        for street, flat, building in (
            ("12 rue Haute appt n° 3", "3", ""),
            ("12 rue Haute appt no 3", "3", ""),
            ("12 rue Haute appt 3B", "3B", ""),
            ("12 rue Haute bât AB", "", "AB"),
            ("12 rue Haute bât 2 appt 12", "12", "2"),
            ("12 rue Haute appartement", "", ""),
        ):
            with self.subTest(street):
                found = self.read(street)
                self.assertEqual((found.number, found.flat, found.building), ("12", flat, building))

    def test_three_letters_name_no_building(self):
        self.assertEqual(self.read("12 rue Haute bât ABC").building, "")

    def test_numbers(self):
        for street, number, repeat, named in (
            ("n° 4 rue du Lavoir", "4", "", "LAVOIR"),
            ("rue du Lavoir 4", "4", "", "LAVOIR"),
            ("8 mai 1945", "8", "", "MAI 1945"),
            ("rue du 8mai", "", "", "8MAI"),
            ("12-14 rue Haute", "12", "", "HAUTE"),
            ("12 b rue Haute", "12", "BIS", "HAUTE"),
            ("rue du Stade 123", "123", "", "STADE"),
            ("rue du Stade 1234", "", "", "STADE 1234"),
        ):
            with self.subTest(street):
                found = self.read(street)
                self.assertEqual((found.number, found.repeat, found.street), (number, repeat, named))

    def test_floors_and_what_stands_around_the_house(self):
        """A floor names no flat; what precedes the house, or follows it, is the name of a residence."""
        for street, number, repeat, named, flat in (
            ("2e étage 12 rue Haute", "12", "", "HAUTE", ""),
            ("12 rue Haute 2EME ETG appt 5", "12", "", "HAUTE", "5"),
            ("RDC 12 rue Haute", "12", "", "HAUTE", ""),
            ("rez de chaussée 12 rue Haute", "12", "", "HAUTE", ""),
            ("12 rue Haute appt 0", "12", "", "HAUTE", ""),
            ("rés. Les Lilas 12 rue Haute", "12", "", "HAUTE", ""),
            ("Les Lilas 12 ter rue Haute", "12", "TER", "HAUTE", ""),
            ("12 rue Haute résidence Les Lilas", "12", "", "HAUTE", ""),
            ("12 résidence Les Lilas", "12", "", "LILAS", ""),
            ("0012 A rue Haute", "12", "A", "HAUTE", ""),
            ("12TER rue Haute", "12", "TER", "HAUTE", ""),
            ("12 bis", "12", "", "BIS", ""),
            ("lieu-dit Le Moulin", "", "", "MOULIN", ""),
            ("hameau de la ferme du Bas", "", "", "FERME BAS", ""),
            ("4 le Clos", "4", "", "CLOS", ""),
            ("12", None, "", "", ""),
            ("rue", "", "", "RUE", ""),
        ):
            with self.subTest(street):
                found = self.read(street)
                read = (found.number, found.repeat, found.street, found.flat) if found else (None, "", "", "")
                self.assertEqual(read, (number, repeat, named, flat))


class TestTowns(unittest.TestCase):
    def test_a_town_may_have_several_codes_and_spellings_but_not_both(self):
        for one, other, is_one in (
            (("63200", "Riom"), ("63200", "Riom"), True),
            (("63200", "Riom"), ("63201", "RIOM CEDEX"), True),
            (("63200", "Riom"), ("63200", "Mozac"), True),
            (("63200", "Riom"), ("63201", "Mozac"), False),
            (("63200", ""), ("63201", "Riom"), False),
            (("", "Riom"), ("63200", "Mozac"), False),
            (("", "Clermont-Ferrand"), ("", "Clermont-Ferand"), True),
            (("", "St Martin"), ("", "Saint-Martin-sur-Loire"), True),
            (("", "Martin Loire"), ("", "Saint-Martin-sur-Loire"), False),
            (("", "Lyon 3e"), ("", "Lyon 3ème arrondissement"), True),
            (("63 200", ""), ("63200", ""), True),
        ):
            with self.subTest(one=one, other=other):
                mine, theirs = (read_address("4 rue Haute", *town) for town in (one, other))
                for couple in ((mine, theirs), (theirs, mine)):
                    self.assertIs(compare_addresses(*couple) is not Likeness.DIFFERENT, is_one)


class TestStreets(unittest.TestCase):
    def test_houses(self):
        for one, other, expected in (
            ("4 rue Haute", "4 rue Haute", Likeness.SAME),
            ("4 bis rue Haute", "4B rue Haute", Likeness.SAME),
            ("4 bis rue Haute", "4 rue Haute", Likeness.ALIKE),
            ("4 bis rue Haute", "4 ter rue Haute", Likeness.DIFFERENT),
            ("4 bis rue Haute", "6 rue Haute", Likeness.DIFFERENT),
            ("rue Haute", "4 rue Haute", Likeness.ALIKE),
            ("rue Haute", "rue Haute", Likeness.ALIKE),
            ("4 rue Haute", "4 place Haute", Likeness.ALIKE),
            ("4 rue Haute", "4 Haute", Likeness.SAME),
            ("4 rue Haute appt 1", "4 rue Haute", Likeness.ALIKE),
            ("4 rue Haute appt 1", "4 rue Haute appt 2", Likeness.DIFFERENT),
            ("4 rue Haute bât A appt 1", "4 rue Haute bât B appt 1", Likeness.DIFFERENT),
            ("4 rue Haute", "4 rue Hauze", Likeness.CLOSE),
            ("4 bis rue Haute", "4 rue Hauze", Likeness.DIFFERENT),
            ("rue Haute", "4 rue Hauze", Likeness.DIFFERENT),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(self.likeness(one, other), expected)

    def likeness(self, one, other):
        found = compare_addresses(read_address(one, "", ""), read_address(other, "", ""))
        self.assertIs(compare_addresses(read_address(other, "", ""), read_address(one, "", "")), found)
        return found

    def test_a_slip_in_a_name_of_five_letters_but_not_of_four(self):
        self.assertIs(self.likeness("4 rue Haute", "4 rue Hauze"), Likeness.CLOSE)
        self.assertIs(self.likeness("4 rue Haut", "4 rue Hauz"), Likeness.DIFFERENT)

    def test_initials_stand_for_words_in_their_order(self):
        for one, other, expected in (
            ("4 rue C. Gaulle", "4 rue du Général Charles Gaulle", Likeness.ALIKE),
            ("4 rue G. C. Gaulle", "4 rue du Général Charles Gaulle", Likeness.ALIKE),
            ("4 rue C. G. Gaulle", "4 rue du Général Charles Gaulle", Likeness.DIFFERENT),
            ("4 rue X. Hugo", "4 rue Victor Hugo", Likeness.DIFFERENT),
            ("4 rue Vieux Hugo", "4 rue Victor Hugo", Likeness.DIFFERENT),
            ("4 rue Hugo", "4 rue Victor", Likeness.DIFFERENT),
        ):
            with self.subTest(one):
                self.assertIs(self.likeness(one, other), expected)

    def test_a_town_that_one_card_does_not_give_is_the_same(self):
        for one, other in (
            (("4 rue Haute", "", ""), ("4 rue Haute", "", "Riom")),
            (("4 rue Haute", "", ""), ("4 rue Haute", "63200", "")),
            (("4 rue Haute", "63200", ""), ("4 rue Haute", "", "Riom")),
        ):
            self.assertIs(compare_addresses(read_address(*one), read_address(*other)), Likeness.SAME)


class TestSubscribers(unittest.TestCase):
    def test_likeness_of_names(self):
        for one, other, expected in (
            ("Durand Paul", "PAUL DURAND", Likeness.SAME),
            ("Dupont Paul", "Dupond Paul", Likeness.ALIKE),
            ("Duran Paul", "Duram Paul", Likeness.ALIKE),
            ("Dura Paul", "Duro Paul", Likeness.DIFFERENT),
            ("Dupont Paul", "Zupont Paul", Likeness.DIFFERENT),
            ("Durand P.", "Durand Paul", Likeness.ALIKE),
            ("Durand J.", "Durand Paul", Likeness.CLOSE),
            ("Durand", "Durand Paul", Likeness.ALIKE),
            ("Durand Marie", "Martin Marie", Likeness.DIFFERENT),
            ("", "Durand", Likeness.UNKNOWN),
        ):
            with self.subTest(one=one, other=other):
                mine, theirs = read_subscriber(one), read_subscriber(other)
                self.assertIs(compare_subscribers(mine, theirs), expected)
                self.assertIs(compare_subscribers(theirs, mine), expected)
