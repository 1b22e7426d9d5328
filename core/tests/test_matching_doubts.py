"""Reasons against a certain pair: contradictions, numbers of several devices, neighbours, third cards, refusals."""

import unittest

from ..matching import Card, Confidence, Likeness, Matching, Reason, match
from .test_matching import HERE, ConfidenceCase

CERTAIN, PROBABLE, POSSIBLE, OTHER_DEVICE = Confidence


def card(key, **values):
    return Card(key, **(HERE | values))


class TestFalseSure(ConfidenceCase):
    """Each of these made, or would make, a false pair that is called sure (cases of matching)."""

    def assertNotSure(self, here, there, reason=None):
        pair = self.pair(here, **there)
        with self.subTest(here=here, there=there):
            self.assertIsNot(pair and pair.confidence, CERTAIN)
            if reason:
                self.assertIn(reason, pair.reasons)
                self.assertIs(pair.confidence, PROBABLE)

    def test_what_fills_the_box_on_both_sides(self):
        for filler in ("DN15", "1234", "FORFAIT 2024", "EAU FROIDE 15", "2019", "DN 20", "0000000", "1.2E+13"):
            self.assertNotSure({"serial": filler}, {"serial": filler})

    def test_makers(self):
        self.assertNotSure({"serial": "ITRON 01234567"}, {"serial": "SAPPEL 01234567"}, Reason.OTHER_MAKER)
        self.assertNotSure({"brand": "Itron"}, {"brand": "Zenner"}, Reason.OTHER_MAKER)
        self.assertConfidence(CERTAIN, {"brand": "Itron"}, brand="Actaris")

    def test_diameters(self):
        self.assertNotSure({"diameter": 15}, {"diameter": 40}, Reason.OTHER_DIAMETER)
        self.assertConfidence(CERTAIN, {"diameter": 15}, diameter=15)
        for here, there in ((15, 0), (0, 15)):  # not known: no contradiction
            pair = self.assertConfidence(CERTAIN, {"diameter": here}, diameter=there)
            self.assertFalse(pair.reasons)

    def test_years(self):
        self.assertNotSure({"year": 2009}, {"year": 2017}, Reason.OTHER_YEAR)
        self.assertNotSure({"serial": "61123456/17"}, {"serial": "61123456/18"}, Reason.OTHER_YEAR)
        for here, there in ((2017, 2017), (2017, 2018), (2018, 2017), (0, 2017), (2017, 0)):
            self.assertConfidence(CERTAIN, {"year": here}, year=there)

    def test_letters_and_signs(self):
        self.assertNotSure({"serial": "C07LA058223"}, {"serial": "C07IA058223"})
        self.assertNotSure({"serial": "123456/1"}, {"serial": "1234561"})

    def test_a_number_that_two_cards_of_a_section_bear(self):
        here = [card(1), card(2, street="9 place Neuve", subscriber="Martin")]
        (pair,) = match(here, [card(3)])
        self.assertEqual((pair.left, pair.confidence, pair.reasons), (1, PROBABLE, {Reason.REPEATED}))
        self.assertIs(match(here[:1], [card(3)])[0].confidence, CERTAIN)

    def test_a_number_that_three_cards_bear_is_none(self):
        here = [card(n, street=f"{n} rue Haute", subscriber=f"Abonné{n}") for n in (1, 2, 3)]
        there = [
            card(4, street="9 place Neuve", subscriber="Martin"),
            card(5, street="2 rue Haute", subscriber="Abonné2"),
        ]
        (pair,) = match(here, there)
        self.assertEqual((pair.left, pair.right, pair.confidence, pair.serial), (2, 5, POSSIBLE, Likeness.UNKNOWN))

    def test_a_house_of_several_cards_confirms_nothing_by_itself(self):
        """In a block of flats, a slip leads to the number of the neighbour's meter."""
        here = [card(1), card(2, serial="17001299", subscriber="Petit")]
        self.assertIs(match(here, [card(3, subscriber="Martin")])[0].confidence, PROBABLE)
        self.assertIs(match(here, [card(3)])[0].confidence, CERTAIN, "the subscriber confirms it")
        flats = [c._replace(street=f"4 rue du Lavoir appt {c.key}") for c in here]
        there = [card(3, subscriber="Martin", street="4 r. du Lavoir APT 1")]
        self.assertIs(match(flats, there)[0].confidence, CERTAIN, "so does the flat")

    def test_a_name_of_several_cards_confirms_nothing_by_itself(self):
        here = [card(1), card(2, serial="17001299", street="9 place Neuve")]
        self.assertIs(match(here, [card(3, street="")])[0].confidence, PROBABLE)
        self.assertIs(match(here[:1], [card(3, street="")])[0].confidence, CERTAIN)


class TestNeighbours(ConfidenceCase):
    def test_last_digits_that_differ_are_possible_with_a_warning(self):
        for other in ("17001235", "17001233", "17-001238"):
            pair = self.assertConfidence(POSSIBLE, serial=other)
            self.assertEqual(pair.reasons, {Reason.NEIGHBOURS})
        self.assertConfidence(None, serial="17001235", subscriber="Martin")
        self.assertConfidence(None, serial="17001235", street="9 place Neuve")

    def test_two_devices_of_one_place_go_each_to_its_own(self):
        here = [card(1), card(2, serial="17001235")]
        there = [card(3, serial="17 001235"), card(4, serial="17 001234")]
        found = {(pair.left, pair.right, pair.confidence) for pair in match(here, there)}
        self.assertEqual(found, {(1, 4, CERTAIN), (2, 3, CERTAIN)})


class TestThirdCard(unittest.TestCase):
    def test_two_cards_as_good_as_each_other(self):
        there = [card(2), card(3, street="4 r Lavoir")]
        (pair,) = match([card(1)], there)
        self.assertEqual((pair.ambiguous, pair.confidence, pair.third), (True, POSSIBLE, 3))
        self.assertIn(Reason.RIVAL, pair.reasons)

    def test_the_third_card_may_be_on_either_side(self):
        (pair,) = match([card(1), card(2)], [card(3)])
        self.assertEqual((pair.left, pair.right, pair.third), (1, 3, 2))

    def test_a_rival_that_is_far_worse_changes_nothing(self):
        there = [card(2), card(3, serial="001234", street="9 place Neuve", subscriber="Martin")]
        (pair,) = match([card(1)], there)
        self.assertEqual((pair.right, pair.confidence, pair.third), (2, CERTAIN, None))

    def test_a_rival_that_goes_with_another_card_only_keeps_it_from_being_certain(self):
        """The ends of two numbers are alike; one of them is the whole of a third card's."""
        here = [card(1, serial="D17BA001234"), card(2, serial="D18BA001234", diameter=20)]
        there = [card(3, serial="001234", diameter=15), card(4, serial="D18BA001234", diameter=20)]
        found = {(pair.left, pair.right): (pair.confidence, pair.ambiguous) for pair in match(here, there)}
        self.assertEqual(found[2, 4], (CERTAIN, False))
        self.assertEqual(found[1, 3][1], False)

    def test_without_number_two_candidates_are_none(self):
        self.assertEqual(match([card(1, serial="")], [card(2), card(3, serial="17-009999")]), [])
        self.assertEqual(len(match([card(1, serial="")], [card(2)])), 1)

    def test_a_number_that_is_everybodys_does_not_take_hours(self):
        here = [card(n, serial="1000", street=f"{n} rue Haute", subscriber="Commune") for n in range(3000)]
        there = [card(10_000 + n, serial="1000", street=f"{n} r. Haute", subscriber="Commune") for n in range(3000)]
        pairs = match(here, there)
        self.assertEqual(len(pairs), 3000)
        self.assertTrue(all(pair.right - pair.left == 10_000 for pair in pairs))


class TestPast(ConfidenceCase):
    def test_a_former_subscriber_is_the_present_one_there(self):
        pair = self.assertConfidence(
            CERTAIN, {"subscriber": "Martin", "former": ("Petit", "Durand Paul")}, serial="001234"
        )
        self.assertEqual((pair.subscriber, pair.reasons), (Likeness.ALIKE, {Reason.FORMER}))
        self.assertConfidence(PROBABLE, {"subscriber": "Martin"}, serial="001234")

    def test_a_device_replaced_in_one_section_only(self):
        pair = self.assertConfidence(
            PROBABLE, {"serial": "25-777666", "replaced": ("D17BA001234",)}, serial="17-001234"
        )
        self.assertEqual((pair.serial, pair.reasons), (Likeness.END, {Reason.REPLACED}))
        pair = self.assertConfidence(PROBABLE, serial="25-777666", replaced=("17001234",))
        self.assertEqual(pair.serial, Likeness.SAME)
        self.assertConfidence(None, {"serial": "25-777666"}, serial="17-001234")


class TestRefused(unittest.TestCase):
    def test_what_a_person_refused_is_not_proposed_again(self):
        here, there = [card(1)], [card(2), card(3, serial="001234")]
        self.assertEqual(match(here, there)[0].right, 2)
        for refused in ([(1, 2)], [(2, 1)]):
            (pair,) = match(here, there, refused)
            self.assertEqual((pair.right, pair.confidence), (3, CERTAIN))
        self.assertEqual(match(here, there, [(1, 2), (1, 3)]), [])


class TestSamePlace(unittest.TestCase):
    def place(self, here, there, refused=()):
        return Matching(here, there, refused).same_place()

    def test_one_place_two_devices(self):
        (pair,) = self.place([card(1)], [card(2, serial="25-777666")])
        self.assertEqual((pair.left, pair.right, pair.confidence), (1, 2, OTHER_DEVICE))
        self.assertEqual(
            (pair.serial, pair.address, pair.subscriber), (Likeness.DIFFERENT, Likeness.SAME, Likeness.SAME)
        )

    def test_the_subscriber_chooses_between_several(self):
        there = [card(2, serial="25-777666", subscriber="Martin"), card(3, serial="25-888999")]
        (pair,) = self.place([card(1)], there)
        self.assertEqual(pair.right, 3)

    def test_a_hamlet_with_the_same_subscriber(self):
        here, there = [card(1, street="LD Le Moulin")], [card(2, serial="25-777666", street="hameau du Moulin")]
        self.assertEqual(len(self.place(here, there)), 1)
        self.assertEqual(self.place(here, [there[0]._replace(subscriber="Martin")]), [])

    def test_not_elsewhere_nor_paired_nor_refused_nor_without_number(self):
        other = card(2, serial="25-777666")
        self.assertEqual(self.place([card(1)], [other._replace(street="6 rue du Lavoir")]), [])
        self.assertEqual(self.place([card(1)], [card(3), other]), [])
        self.assertEqual(self.place([card(1)], [other], [(1, 2)]), [])
        self.assertEqual(self.place([card(1)], [other._replace(serial="")]), [])
