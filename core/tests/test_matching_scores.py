"""Scores of each agreement, computed by hand; groups in which cards are compared; rivals of a pair."""

import unittest

from ..matching import Card, Confidence, Likeness, Matching, Reason, match
from ..matching.card import Facts
from ..matching.groups import (
    by_end_of_number,
    by_full_name,
    by_house,
    by_house_number_and_name,
    by_number,
    by_street_and_name,
    couples,
)
from .test_matching import HERE
from .test_matching_doubts import card

CERTAIN, PROBABLE, POSSIBLE, OTHER_DEVICE = Confidence
CODE = {"serial": "D17BA001234"}


class TestScores(unittest.TestCase):
    def assertScore(self, score, here=None, **there):
        with self.subTest(here=here, **there):
            (pair,) = match([card(1, **(here or {}))], [card(2, **there)])
            self.assertEqual(pair.score, score)

    def test_numbers(self):
        both = 30 + 25  # the same house, the same subscriber
        self.assertScore(60 + both)
        self.assertScore(60 + both, {"serial": "1234567"}, serial="1234567")
        self.assertScore(50 + both, {"serial": "123457"}, serial="123457")
        for end, weight in (("17-001234", 44), ("BA001234", 40), ("001234", 40), ("01234", 34), ("1234", 22)):
            self.assertScore(weight + both, CODE, serial=end)
        self.assertScore(20 + both, serial="17008234")
        self.assertScore(8 + both, serial="17001239")
        self.assertScore(0 + both, serial="")

    def test_places(self):
        same = 60 + 25
        self.assertScore(same + 30, street="4 R. LAVOIR")
        self.assertScore(same + 20, street="rue du Lavoir")
        self.assertScore(same + 18, street="4 rue du Lavoirr")
        self.assertScore(same + 0, street="")
        self.assertScore(same - 12, street="9 place Neuve")

    def test_subscribers(self):
        same = 60 + 30
        self.assertScore(same + 25, subscriber="Paul Durand")
        self.assertScore(same + 20, subscriber="Durand")
        self.assertScore(same + 8, subscriber="Durand Luc")
        self.assertScore(same + 0, subscriber="")
        self.assertScore(same - 8, subscriber="Martin")

    def test_each_doubt_costs_the_same(self):
        same = 60 + 30 + 25
        self.assertScore(same - 15, {"diameter": 15}, diameter=20)
        self.assertScore(same - 15, {"year": 2010}, year=2012)
        self.assertScore(same - 30, {"diameter": 15, "year": 2010}, diameter=20, year=2012)


class TestGroups(unittest.TestCase):
    def test_what_each_kind_yields(self):
        facts = Facts.read(card(1, subscriber="Durand Li", former=("Martin Luc",), replaced=("D09BA777001",)))
        for keys, expected in (
            (by_end_of_number, {"01234", "77001"}),
            (by_number, {"17001234"}),
            (by_house, {("4", "LAVOIR")}),
            (by_house_number_and_name, {("4", "DURAND"), ("4", "MARTIN"), ("4", "LUC")}),
            (by_street_and_name, {("LAVOIR", "DURAND"), ("LAVOIR", "MARTIN"), ("LAVOIR", "LUC")}),
            (by_full_name, {frozenset(("DURAND", "LI")), frozenset(("MARTIN", "LUC"))}),
        ):
            with self.subTest(keys.__name__):
                self.assertEqual(set(keys(facts)), expected)

    def test_what_is_missing_yields_nothing(self):
        facts = Facts.read(Card(1, serial="123", street="Le Moulin", subscriber="Durand"))
        for keys in (by_end_of_number, by_house, by_house_number_and_name, by_full_name):
            self.assertEqual(list(keys(facts)), [])
        nothing = Facts.read(Card(1))
        for keys in (by_end_of_number, by_number, by_house, by_house_number_and_name, by_street_and_name, by_full_name):
            self.assertEqual(list(keys(nothing)), [])

    def test_four_digits_have_an_end(self):
        self.assertEqual(list(by_end_of_number(Facts.read(Card(1, serial="1234")))), ["01234"])

    def test_a_slip_is_found_by_what_agrees(self):
        slip = {"serial": "71001234", "subscriber": "Durand Paul"}
        for there in (
            {"subscriber": "Martin"},  # by the house
            {"street": "4 place Neuve", "subscriber": "Durand"},  # by its number and the family
            {"street": "rue du Lavoir", "subscriber": "Durand"},  # by the street and the family
            {"street": ""},  # by the whole name
        ):
            with self.subTest(there):
                self.assertEqual(len(match([card(1)], [card(2, **(slip | there))])), 1)

    def test_fifty_cards_a_side_are_compared_and_no_more(self):
        house = [Facts.read(card(n)) for n in range(51)]
        self.assertEqual(len(couples(house[:50], house[:50], (by_house,))), 2500)
        self.assertEqual(couples(house[:50], house, (by_house,)), set())

    def test_numbers_that_end_alike_meet_by_the_whole_number(self):
        here = [Card(n, serial=f"{n + 10}00012", street=f"{n} rue Haute") for n in range(60)]
        there = [Card(100 + n, serial=f"{n + 10}00012", street=f"{n} rue Haute") for n in range(60)]
        self.assertEqual({(p.left, p.right) for p in match(here, there)}, {(n, 100 + n) for n in range(60)})


class TestRivals(unittest.TestCase):
    def test_fifteen_apart_is_far_enough(self):
        """115 against 100 by another diameter: both of one number, which is repeated; 14 apart would be a rival."""
        there = [card(2, diameter=15), card(3, diameter=20)]
        (pair,) = match([card(1, diameter=15)], there)
        self.assertEqual((pair.right, pair.ambiguous, pair.score), (2, False, 100))
        there = [card(2), card(3, subscriber="Durand")]
        (pair,) = match([card(1)], there)
        self.assertEqual((pair.ambiguous, pair.third), (True, 3))

    def test_a_card_that_is_taken_is_no_rival(self):
        here = [
            card(1, **CODE, subscriber="Durand"),
            card(2, serial="D18BA001234", subscriber="Durand Luc", diameter=15),
        ]
        there = [here[1]._replace(key=3, diameter=20), card(4, serial="001234")]
        found = {(p.left, p.right): (p.score, p.ambiguous, p.confidence) for p in match(here, there)}
        self.assertEqual(found, {(2, 3): (100, False, PROBABLE), (1, 4): (90, False, PROBABLE)})

    def test_the_best_third_card_is_named(self):
        there = [card(2), card(3, subscriber="Durand"), card(4, subscriber="P. Durand", street="rue du Lavoir")]
        (pair,) = [p for p in match([card(1)], [*there[:2], there[2]._replace(serial="001234")]) if p.left == 1]
        self.assertEqual((pair.right, pair.third), (2, 3))

    def test_a_filler_leaves_the_other_numbers_alone(self):
        here = [card(n, serial="123457", street=f"{n} rue Haute", subscriber=f"Abonné{n}") for n in (1, 2, 3)]
        (pair,) = match([*here, card(4)], [card(5)])
        self.assertEqual((pair.left, pair.confidence, pair.serial), (4, CERTAIN, Likeness.SAME))
        (pair,) = match([*here, card(4, serial="")], [card(5, serial="")])
        self.assertEqual((pair.left, pair.confidence), (4, POSSIBLE))

    def test_probable_pairs_are_weighed_with_those_that_the_place_finds(self):
        """A card whose number is another's end goes to the card that agrees most, wherever the number led first."""
        here = [card(1, serial="D17BA001234", street="9 place Neuve", subscriber="Martin")]
        there = [card(2, serial="001234"), card(3, serial="", street="9 place Neuve", subscriber="Martin")]
        (pair,) = match(here, there)
        self.assertEqual((pair.right, pair.confidence), (3, POSSIBLE))


class TestSamePlaceScores(unittest.TestCase):
    def listed(self, here, there):
        return [(p.left, p.right, p.score, p.reasons, p.ambiguous) for p in Matching(here, there).same_place()]

    def test_house_and_subscriber(self):
        other = card(2, serial="25-777666")
        self.assertEqual(self.listed([card(1)], [other]), [(1, 2, 3, frozenset(), False)])
        there = [other._replace(subscriber="Martin")]
        self.assertEqual(self.listed([card(1)], there), [(1, 2, 2, frozenset(), False)])
        there = [other._replace(street="rue du Lavoir")]
        self.assertEqual(self.listed([card(1)], there), [(1, 2, 1, frozenset(), False)])

    def test_a_number_on_both_cards(self):
        self.assertEqual(self.listed([card(1, serial="", subscriber="Martin")], [card(2, serial="25-777666")]), [])
        self.assertEqual(self.listed([card(1)], [card(2, serial="", subscriber="Martin")]), [])

    def test_equal_ones_in_an_order_that_no_side_changes(self):
        here, there = [card(5), card(1, serial="17-005555")], [card(4, serial="25-777666"), card(2, serial="25-888999")]
        found = [(left, right) for left, right, *_ in self.listed(here, there)]
        self.assertEqual(found, [(1, 2), (5, 4)])
        self.assertEqual([(right, left) for left, right, *_ in self.listed(there, here)], found)


class TestPastNames(unittest.TestCase):
    def test_former_on_either_side(self):
        for here, there in (
            ({"subscriber": "Martin", "former": ("Durand Paul",)}, {}),
            ({}, {"subscriber": "Martin", "former": ("Durand Paul",)}),
            ({"subscriber": "Petit", "former": ("Roux",)}, {"subscriber": "Martin", "former": ("Roux",)}),
        ):
            with self.subTest(here=here, there=there):
                (pair,) = match([card(1, **here)], [card(2, **there)])
                self.assertEqual((pair.subscriber, pair.reasons), (Likeness.ALIKE, {Reason.FORMER}))

    def test_former_that_say_nothing(self):
        for here, subscriber in (({"former": ("Petit",)}, Likeness.SAME), ({"former": ("",)}, Likeness.SAME)):
            (pair,) = match([card(1, **here)], [card(2)])
            self.assertEqual((pair.subscriber, pair.reasons), (subscriber, frozenset()))
        (pair,) = match([card(1, subscriber="Martin", former=("Petit",))], [card(2)])
        self.assertEqual((pair.subscriber, pair.reasons), (Likeness.DIFFERENT, frozenset()))

    def test_replaced_that_says_nothing(self):
        (pair,) = match([card(1, replaced=("99-999123", "", "?"))], [card(2)])
        self.assertEqual((pair.serial, pair.reasons, pair.confidence), (Likeness.SAME, frozenset(), CERTAIN))
        (pair,) = match([card(1, serial="", replaced=("99-999123",))], [card(2)])
        self.assertEqual((pair.serial, pair.reasons), (Likeness.UNKNOWN, frozenset()))

    def test_a_short_number_against_a_long_one_is_none(self):
        (pair,) = match([card(1, serial="12")], [card(2)])
        self.assertEqual((pair.serial, pair.reasons, pair.confidence), (Likeness.UNKNOWN, {Reason.SHORT}, POSSIBLE))
        (pair,) = match([card(1)], [card(2, serial="12")])
        self.assertEqual((pair.serial, pair.reasons, pair.confidence), (Likeness.UNKNOWN, {Reason.SHORT}, POSSIBLE))
        (pair,) = match([card(1, serial="AB12")], [card(2, serial="ab-12")])
        self.assertEqual((pair.serial, pair.confidence), (Likeness.SAME, POSSIBLE))


class TestCrowds(unittest.TestCase):
    def test_on_either_side(self):
        twin = {"serial": "17009999", "subscriber": "Petit"}
        for here, there in (([card(1), card(9, **twin)], [card(2, subscriber="Martin")]),
                            ([card(1, subscriber="Martin")], [card(2), card(9, **twin)])):  # fmt: skip
            (pair,) = [p for p in match(here, there) if p.left == 1]
            self.assertEqual((pair.confidence, pair.reasons), (PROBABLE, frozenset()))
        name = {"serial": "17009999", "street": "9 place Neuve"}
        for here, there in (
            ([card(1), card(9, **name)], [card(2, street="")]),
            ([card(1, street="")], [card(2), card(9, **name)]),
        ):
            (pair,) = [p for p in match(here, there) if p.left == 1]
            self.assertEqual((pair.confidence, pair.reasons), (PROBABLE, frozenset()))

    def test_one_flat_on_one_card_is_not_enough(self):
        flat = HERE | {"street": "4 rue du Lavoir appt 1"}
        here = [Card(1, **flat), card(9, serial="17009999", subscriber="Petit")]
        self.assertIs(match(here, [card(2, subscriber="Martin")])[0].confidence, PROBABLE)
