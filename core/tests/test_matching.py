"""Cards of one device, written differently in two sections: what is the same, what is not, how sure it is."""

import unittest

from ..matching import Card, Confidence, Likeness, match
from ..matching.address import compare_addresses, read_address
from ..matching.subscriber import compare_subscribers, read_subscriber

SAME, ALIKE, END, CLOSE, UNKNOWN, DIFFERENT = Likeness

HERE = {"serial": "17-001234", "street": "4 rue du Lavoir", "zip": "63000", "subscriber": "Durand Paul"}


class TestAddress(unittest.TestCase):
    def assertLike(self, likeness, *couples):
        for one, other in couples:
            with self.subTest(one=one, other=other):
                found = compare_addresses(read_address(*one), read_address(*other))
                self.assertIs(found, likeness)

    def test_one_house_written_in_two_ways(self):
        self.assertLike(
            SAME,
            (("12 bis, av. du Gal Leclerc", "", ""), ("12B AVENUE DU GÉNÉRAL LECLERC", "63000", "")),
            (("4 r. de l'Église", "63000", "Clermont"), ("n° 4 RUE DE L EGLISE", "63000", "CLERMONT-FD")),
            (("7 ter bd St Jean", "", "St-Étienne"), ("7ter Boulevard Saint-Jean", "", "Saint Etienne")),
            (("rue du Lavoir 4", "", ""), ("0004 rue Lavoir", "", "")),
            (("8 place du 8 mai 1945", "", ""), ("8 PL DU 8 MAI 1945", "", "")),
            (("rue du 19 mars 1962, 5", "", ""), ("5 rue du 19-mars-1962", "", "")),
        )

    def test_part_of_the_address(self):
        self.assertLike(
            ALIKE,
            (("rue du Lavoir", "", ""), ("4 rue du Lavoir", "", "")),
            (("4 rue du Lavoir", "", ""), ("4 bis rue du Lavoir", "", "")),
            (("Le Moulin", "", ""), ("moulin", "", "")),
        )

    def test_another_house(self):
        self.assertLike(
            DIFFERENT,
            (("4 rue du Lavoir", "", ""), ("6 rue du Lavoir", "", "")),
            (("4 bis rue du Lavoir", "", ""), ("4 ter rue du Lavoir", "", "")),
            (("4 rue du Lavoir", "", ""), ("4 avenue du Lavoir", "", "")),
            (("4 rue du Lavoir", "63000", ""), ("4 rue du Lavoir", "63100", "")),
            (("4 rue du Lavoir", "", "Riom"), ("4 rue du Lavoir", "", "Thiers")),
        )

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
            ("Durand", "Durand Paul", ALIKE),
            ("P. Durand", "Durand Paul", ALIKE),
            ("Durand Paul", "Durand Luc", DIFFERENT),
            ("P. Durand", "Durand Luc", DIFFERENT),
            ("Li", "Li Wei", DIFFERENT),
            ("", "Durand", UNKNOWN),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(compare_subscribers(read_subscriber(one), read_subscriber(other)), likeness)


class TestConfidence(unittest.TestCase):
    def pair(self, here=None, **there):
        one, other = Card(1, **(HERE | (here or {}))), Card(2, **(HERE | there))
        pairs = match([one], [other])
        return pairs[0] if pairs else None

    def assertConfidence(self, confidence, **there):
        with self.subTest(**there):
            pair = self.pair(**there)
            self.assertIs(pair and pair.confidence, confidence)

    def test_a_number_confirmed_by_the_address_or_the_subscriber_is_certain(self):
        self.assertConfidence(Confidence.CERTAIN)
        self.assertConfidence(Confidence.CERTAIN, subscriber="Martin")
        self.assertConfidence(Confidence.CERTAIN, street="")
        self.assertConfidence(Confidence.CERTAIN, serial="ITRON 17 OO1234", street="4 R. du lavoir")

    def test_a_number_alone_or_contradicted_is_not(self):
        self.assertConfidence(Confidence.PROBABLE, street="", subscriber="")
        self.assertConfidence(Confidence.PROBABLE, street="9 place Neuve")
        self.assertConfidence(Confidence.PROBABLE, serial="17001235")
        self.assertConfidence(Confidence.POSSIBLE, serial="")
        self.assertConfidence(None, street="9 place Neuve", subscriber="Martin")

    def test_another_number_is_another_device(self):
        self.assertConfidence(None, serial="99-777666")

    def test_another_diameter_gives_pause(self):
        small, large = {"diameter": 15, "subscriber": "Martin"}, {"diameter": 40}
        self.assertIs(self.pair(small, **large).confidence, Confidence.PROBABLE)
        self.assertIs(self.pair(small, diameter=15).confidence, Confidence.CERTAIN)

    def test_a_short_number_is_never_certain(self):
        pair = match([Card(1, **HERE | {"serial": "12"})], [Card(2, **HERE | {"serial": "12"})])[0]
        self.assertIs(pair.confidence, Confidence.PROBABLE)

    def test_two_cards_as_good_as_each_other(self):
        here = [Card(1, **HERE)]
        there = [Card(2, **HERE), Card(3, **HERE | {"street": "4 r Lavoir"})]
        (pair,) = match(here, there)
        self.assertTrue(pair.ambiguous)
        self.assertIs(pair.confidence, Confidence.POSSIBLE)

    def test_a_rival_that_is_far_worse_changes_nothing(self):
        there = [Card(2, **HERE), Card(3, **HERE | {"street": "9 place Neuve"})]
        (pair,) = match([Card(1, **HERE)], there)
        self.assertEqual((pair.right, pair.confidence), (2, Confidence.CERTAIN))

    def test_a_number_that_is_everybodys_does_not_take_hours(self):
        here = [Card(n, serial="1000", street=f"{n} rue Haute", subscriber="Commune") for n in range(3000)]
        there = [Card(10_000 + n, serial="1000", street=f"{n} r. Haute", subscriber="Commune") for n in range(3000)]
        pairs = match(here, there)
        self.assertEqual(len(pairs), 3000)
        self.assertTrue(all(pair.right - pair.left == 10_000 for pair in pairs))
