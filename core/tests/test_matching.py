"""Addresses and names as two sections write them, and how sure a pair of cards is."""

import unittest

from ..matching import Card, Confidence, Likeness, Reason, match
from ..matching.address import compare_addresses, read_address
from ..matching.subscriber import compare_subscribers, read_subscriber

SAME, ALIKE, END, CLOSE, UNKNOWN, DIFFERENT = Likeness

CERTAIN, PROBABLE, POSSIBLE, OTHER_DEVICE = Confidence

HERE = {"serial": "17-001234", "street": "4 rue du Lavoir", "zip": "63000", "subscriber": "Durand Paul"}


class TestAddress(unittest.TestCase):
    def assertLike(self, likeness, *couples):
        for one, other in couples:
            one, other = (
                (*address, "", "")[:3] if isinstance(address, tuple) else (address, "", "") for address in (one, other)
            )
            with self.subTest(one=one, other=other):
                self.assertIs(compare_addresses(read_address(*one), read_address(*other)), likeness)
                self.assertIs(compare_addresses(read_address(*other), read_address(*one)), likeness)

    def test_one_house_written_in_two_ways(self):
        self.assertLike(
            SAME,
            ("12 bis, av. du Gal Leclerc", ("12B AVENUE DU GÉNÉRAL LECLERC", "63000")),
            (("4 r. de l'Église", "63000", "Clermont"), ("n° 4 RUE DE L EGLISE", "63000", "CLERMONT-FD")),
            (("7 ter bd St Jean", "", "St-Étienne"), ("7ter Boulevard Saint-Jean", "", "Saint Etienne")),
            ("rue du Lavoir 4", "0004 rue Lavoir"),
            ("8 place du 8 mai 1945", "8 PL DU 8 MAI 1945"),
            ("rue du 19 mars 1962, 5", "5 rue du 19-mars-1962"),
            ("3 A rue Haute", "3a rue Haute"),
            ("12-14 rue Haute", "12 rue Haute"),
        )

    def test_abbreviations(self):
        self.assertLike(
            SAME,
            ("5 CHM du Bois", "5 chemin du Bois"),
            ("5 MTE Haute", "5 montée Haute"),
            ("5 SENT des Prés", "5 sentier des Prés"),
            ("5 Gde Rue", "5 Grande Rue"),
            ("5 bd du Cne Guynemer", "5 boulevard du Capitaine Guynemer"),
            ("5 Lotist. Les Pins", "5 lotissement Les Pins"),
            ("5 rue N.-D. des Champs", "5 rue N D des Champs"),
        )

    def test_flats(self):
        self.assertLike(
            SAME,
            ("Bât A appt 3, 12 rue Haute", "12 r. Haute BAT A APT 03"),
            ("12 rue Haute logt n°3", "12 rue Haute, LOGEMENT 3"),
            ("12 rue Haute 2e étage", "12 rue Haute"),
            ("Résidence Les Lilas 12 rue Haute", "12 rue Haute rés. Les Lilas"),
        )
        self.assertLike(ALIKE, ("12 rue Haute appt 3", "12 rue Haute"), ("12 rue Haute bât A", "12 rue Haute"))
        self.assertLike(
            DIFFERENT,
            ("12 rue Haute appt 3", "12 rue Haute appt 4"),
            ("12 rue Haute bât A appt 3", "12 rue Haute bât B appt 3"),
        )

    def test_part_of_the_address(self):
        self.assertLike(
            ALIKE,
            ("rue du Lavoir", "4 rue du Lavoir"),
            ("4 rue du Lavoir", "4 bis rue du Lavoir"),
            ("Le Moulin", "moulin"),
            ("lieu-dit Le Moulin", "LD Moulin"),
            ("Hameau du Moulin", "ham. du Moulin"),
            ("4 rue du Lavoir", "4 avenue du Lavoir"),
            ("4 rue V. Hugo", "4 rue Victor Hugo"),
            ("4 rue Jaurès", "4 rue Jean Jaurès"),
        )

    def test_one_slip_in_the_street(self):
        self.assertLike(CLOSE, ("4 rue du Lavoir", "4 rue du Lavior"), ("4 rue des Prés Hauts", "4 rue des Prs Hauts"))
        self.assertLike(DIFFERENT, ("rue du Lavoir", "rue du Lavior"), ("4 rue Bol", "4 rue Bal"))

    def test_another_house(self):
        self.assertLike(
            DIFFERENT,
            ("4 rue du Lavoir", "6 rue du Lavoir"),
            ("4 bis rue du Lavoir", "4 ter rue du Lavoir"),
            ("4 rue du Lavoir", "4 rue du Moulin"),
            ("4 rue du Vieux Moulin", "4 rue du Vieux"),
            (("4 rue du Lavoir", "63000"), ("4 rue du Lavoir", "63100")),
            (("4 rue du Lavoir", "", "Riom"), ("4 rue du Lavoir", "", "Thiers")),
        )

    def test_towns_written_in_several_ways(self):
        for one, other in (
            (("63000", "Clermont"), ("63000", "Beaumont")),  # the former commune's name
            (("63000", "Clermont-Ferrand"), ("63013", "CLERMONT FERRAND CEDEX 1")),
            (("69003", "Lyon 3e"), ("69000", "LYON 3EME ARRONDISSEMENT")),
            (("", "St-Martin s/ Loire"), ("", "SAINT MARTIN SUR LOIRE")),
            (("", "Saint-Martin"), ("42160", "Saint-Martin-sur-Loire")),
            (("", "Vileneuve"), ("", "Villeneuve")),
        ):
            self.assertLike(SAME, (("4 rue du Lavoir", *one), ("4 rue du Lavoir", *other)))

    def test_not_said(self):
        self.assertLike(UNKNOWN, (("", "63000", "Riom"), ("4 rue du Lavoir", "63000", "Riom")))
        self.assertIsNone(read_address(None, None, None))
        self.assertIsNone(read_address("12", "", ""))


class TestSubscriber(unittest.TestCase):
    def test_names(self):
        for one, other, likeness in (
            ("Durand Paul", "M. Paul DURAND", SAME),
            ("M. et Mme Durand", "DURAND", SAME),
            ("Élise Lefèvre", "LEFEVRE Elise", SAME),
            ("Le Roux Anne", "LEROUX Anne", SAME),
            ("Durand", "Durand Paul", ALIKE),
            ("P. Durand", "Durand Paul", ALIKE),
            ("Durant Paul", "Durand Paul", ALIKE),
            ("SDC LES LILAS C/O FONCIA", "FONCIA", ALIKE),
            ("Durand Paul", "Durand Luc", CLOSE),
            ("P. Durand", "Durand Luc", CLOSE),
            ("Durand Paul", "Martin Paul", DIFFERENT),
            ("SDC Les Lilas", "SDC Les Pins", DIFFERENT),
            ("Li", "Li Wei", DIFFERENT),
            ("", "Durand", UNKNOWN),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(compare_subscribers(read_subscriber(one), read_subscriber(other)), likeness)
                self.assertIs(compare_subscribers(read_subscriber(other), read_subscriber(one)), likeness)


class ConfidenceCase(unittest.TestCase):
    def pair(self, here=None, **there):
        one, other = Card(1, **(HERE | (here or {}))), Card(2, **(HERE | there))
        pairs = match([one], [other])
        return pairs[0] if pairs else None

    def assertConfidence(self, confidence, here=None, **there):
        with self.subTest(here=here, **there):
            pair = self.pair(here, **there)
            self.assertIs(pair and pair.confidence, confidence)
            return pair


class TestConfidence(ConfidenceCase):
    def test_a_number_confirmed_by_the_address_or_the_subscriber_is_certain(self):
        self.assertConfidence(CERTAIN)
        self.assertConfidence(CERTAIN, subscriber="Martin")
        self.assertConfidence(CERTAIN, street="")
        self.assertConfidence(CERTAIN, serial="ITRON 17 OO1234", street="4 R. du lavoir")

    def test_a_number_of_seven_characters_is_probable_whatever_else_differs(self):
        self.assertConfidence(PROBABLE, street="", subscriber="")
        self.assertConfidence(PROBABLE, street="9 place Neuve", subscriber="Martin")

    def test_a_shorter_number_wants_more(self):
        five = {"serial": "17-012"}
        self.assertConfidence(CERTAIN, five, **five)
        self.assertConfidence(PROBABLE, five, **five, subscriber="Martin")
        self.assertConfidence(PROBABLE, five, **five, street="9 place Neuve")
        self.assertConfidence(POSSIBLE, five, **five, street="9 place Neuve", subscriber="Martin")

    def test_the_end_of_a_number(self):
        code = {"serial": "D17BA001234"}
        for end, both, one_of_them, none in (
            ("17-001234", CERTAIN, PROBABLE, PROBABLE),
            ("001234", CERTAIN, PROBABLE, POSSIBLE),
            ("01234", CERTAIN, PROBABLE, None),
            ("1234", PROBABLE, POSSIBLE, None),
            ("234", POSSIBLE, None, None),  # as where there is no number
        ):
            self.assertConfidence(both, code, serial=end)
            self.assertConfidence(one_of_them, code, serial=end, subscriber="Martin")
            self.assertConfidence(one_of_them, code, serial=end, street="9 place Neuve")
            self.assertConfidence(none, code, serial=end, street="9 place Neuve", subscriber="Martin")

    def test_a_slip_is_never_certain(self):
        self.assertConfidence(PROBABLE, serial="17008234")
        self.assertConfidence(PROBABLE, serial="1701234")
        self.assertConfidence(POSSIBLE, serial="17008234", subscriber="Martin")
        self.assertConfidence(POSSIBLE, serial="17008234", street="")
        self.assertConfidence(None, serial="17008234", street="", subscriber="")

    def test_without_a_number_place_and_subscriber_make_it_possible(self):
        self.assertConfidence(POSSIBLE, serial="")
        self.assertConfidence(POSSIBLE, serial="FORFAIT 2024")
        self.assertConfidence(None, serial="", subscriber="Martin")
        self.assertConfidence(None, serial="", street="9 place Neuve")

    def test_another_number_is_another_device(self):
        self.assertConfidence(None, serial="99-777666")

    def test_a_short_number_tells_nothing(self):
        pair = self.assertConfidence(POSSIBLE, {"serial": "12"}, serial="12")
        self.assertEqual(pair.reasons, {Reason.SHORT})
        self.assertConfidence(None, {"serial": "12"}, serial="13")
        self.assertConfidence(None, {"serial": "12"}, serial="12", subscriber="Martin")
