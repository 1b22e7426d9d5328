"""What holds of every matching: symmetric, in no order, a card in one pair at most. Cases by hypothesis."""

import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from ..matching import Card, Confidence, match
from ..serials import compare_serials, read_serial

# few values, so that cards meet
SERIALS = ("", "17-001234", "17001234", "ITRON 17 OO1234", "AB17001234", "17001235", "0000", "12", "170012341")
STREETS = ("", "4 rue du Lavoir", "4 R LAVOIR", "4 bis rue du Lavoir", "rue du Lavoir", "9 place Neuve")
NAMES = ("", "Durand Paul", "M. Paul DURAND", "Durand", "Martin")

cards = st.builds(
    Card,
    key=st.just(0),
    serial=st.sampled_from(SERIALS),
    street=st.sampled_from(STREETS),
    zip=st.sampled_from(("", "63000", "63100")),
    city=st.sampled_from(("", "Clermont-Ferrand", "Riom")),
    subscriber=st.sampled_from(NAMES),
    diameter=st.sampled_from((0, 15, 40)),
)
seeded = settings(derandomize=True, deadline=None, max_examples=80, database=None)


def keyed(drawn, start):
    return [card._replace(key=start + rank) for rank, card in enumerate(drawn)]


sides = st.tuples(st.lists(cards, max_size=8), st.lists(cards, max_size=8)).map(
    lambda both: (keyed(both[0], 0), keyed(both[1], 100))
)


def mirrored(pair):
    return pair._replace(left=pair.right, right=pair.left)


class TestProperties(unittest.TestCase):
    @seeded
    @given(sides)
    def test_exchanging_the_sides_exchanges_the_pairs(self, both):
        here, there = both
        self.assertEqual([mirrored(pair) for pair in match(there, here)], match(here, there))

    @seeded
    @given(sides, st.randoms(use_true_random=False))
    def test_the_order_of_the_cards_does_not_count(self, both, chance):
        here, there = both
        shuffled = [chance.sample(side, len(side)) for side in both]
        self.assertEqual(match(*shuffled), match(here, there))

    @seeded
    @given(sides)
    def test_a_card_is_in_one_pair_at_most(self, both):
        pairs = match(*both)
        keys = [pair.left for pair in pairs] + [pair.right for pair in pairs]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertLessEqual({p.left for p in pairs}, {c.key for c in both[0]})
        self.assertLessEqual({p.right for p in pairs}, {c.key for c in both[1]})

    @seeded
    @given(sides)
    def test_what_is_ambiguous_is_never_certain(self, both):
        self.assertFalse([p for p in match(*both) if p.ambiguous and p.confidence is not Confidence.POSSIBLE])

    @seeded
    @given(cards)
    def test_a_twin_makes_every_pair_of_a_card_ambiguous(self, card):
        here = [card._replace(key=1)]
        pairs = match(here, [card._replace(key=2), card._replace(key=3)])
        self.assertTrue(all(pair.ambiguous for pair in pairs))

    @seeded
    @given(st.text(max_size=20), st.text(max_size=20))
    def test_any_text_is_read_and_compared_alike_from_both_sides(self, one, other):
        here, there = read_serial(one), read_serial(other)
        self.assertEqual(compare_serials(here, there), compare_serials(there, here))
        card, twin = Card(1, one, street=one, city=other, subscriber=other), Card(2, one, subscriber=other)
        self.assertLessEqual(len(match([card], [twin])), 1)
