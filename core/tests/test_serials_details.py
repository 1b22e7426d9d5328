"""Serial numbers at the edges of the rules: one typing error, neighbours, ends of four digits, an index."""

import unittest

from ..serials import Likeness, SerialIndex, compare_serials, read_serial
from ..serials.comparing import is_one_slip, weigh_serials


def weigh(one, other):
    return weigh_serials(read_serial(one), read_serial(other))


class TestOneSlip(unittest.TestCase):
    def test_one_character(self):
        for one, other, expected in (
            ("ABCDEF", "ABXDEF", True),
            ("ABCDEF", "ABCDEX", True),
            ("ABCDEF", "ABDEF", True),
            ("ABCDEF", "ABCDE", True),
            ("ABCDEF", "XABCDEF", True),
            ("ABCDEF", "ABDCEF", True),
            ("ABCDEF", "ABCDEF", False),
            ("ABCDEF", "ABXDXF", False),
            ("ABCDEF", "ABEDCF", False),
            ("ABCDEF", "ABCD", False),
            ("ABCDEF", "XABCDF", False),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(is_one_slip(one, other), expected)
                self.assertIs(is_one_slip(other, one), expected)

    def test_a_slip_of_six_characters_but_not_of_five(self):
        self.assertIs(weigh("123456", "123457").likeness, Likeness.CLOSE)
        self.assertIs(weigh("12345", "12346").likeness, Likeness.DIFFERENT)


class TestNeighbours(unittest.TestCase):
    def test_only_the_last_digit_differs(self):
        """Whatever the other digits are: the first, the second or the last but one may equal a last one."""
        for one, other, expected in (
            ("C19SB053747", "C19SB053748", True),
            ("13345671", "13345673", True),
            ("13345673", "13345671", True),
            ("13345677", "13345673", True),
            ("C19SB053747", "C19SB054747", False),
            ("13345671", "13345617", False),
        ):
            with self.subTest(one=one, other=other):
                compared = weigh(one, other)
                self.assertEqual((compared.likeness, compared.neighbours), (Likeness.CLOSE, expected))

    def test_the_end_of_a_number_has_neighbours_too(self):
        for one, other in (("345671", "D19BA345673"), ("945671", "D19BA945673"), ("D19BA345673", "345671")):
            self.assertTrue(weigh(one, other).neighbours, one)

    def test_one_number_is_no_neighbour_of_itself(self):
        self.assertFalse(weigh("D19BA345673", "345673").neighbours)


class TestParts(unittest.TestCase):
    def test_parts_that_both_give_must_agree(self):
        for one, other in (("A19053747", "B19053747"), ("A19SB053747", "A19SC053747"), ("A18SB053747", "A19SB053747")):
            self.assertNotIn(compare_serials(read_serial(one), read_serial(other)), (Likeness.SAME, Likeness.END), one)
        self.assertIs(weigh("D BA 123456", "D19 123456").likeness, Likeness.END)


class TestIndex(unittest.TestCase):
    def found(self, numbers, *asked):
        return [(one.key, one.likeness) for one in SerialIndex(numbers).find(*asked)]

    def test_the_same_however_it_is_parted(self):
        self.assertEqual(self.found([(1, "AB 99", ""), (2, "AB 98", "")], "a-b 99"), [(1, Likeness.SAME)])

    def test_the_brand_of_the_card_may_stand_before_the_number(self):
        numbers = [(1, "Aquatop 123456", "Aquatop"), (2, "654321", "")]
        self.assertEqual(self.found(numbers, "123456"), [(1, Likeness.ALIKE)])
        self.assertEqual(self.found([(1, "123456", "")], "Aquatop 123456", "Aquatop"), [(1, Likeness.ALIKE)])

    def test_the_likest_alone_are_found(self):
        numbers = [(1, "D19BA123456", ""), (2, "D2019BA123456", ""), (3, "D18BB123456", "")]
        self.assertEqual(self.found(numbers, "D 19 BA 123456"), [(1, Likeness.SAME)])
        self.assertEqual(self.found(numbers, "D19BA123457"), [])
        self.assertEqual(self.found(numbers[1:], "D19BA123456"), [(2, Likeness.ALIKE)])
        self.assertEqual(self.found(numbers, "3456"), [(1, Likeness.END), (2, Likeness.END), (3, Likeness.END)])

    def test_four_digits_are_an_end_and_three_are_not(self):
        numbers = [(1, "D19BA123456", "")]
        self.assertEqual(self.found(numbers, "3456"), [(1, Likeness.END)])
        self.assertEqual(self.found(numbers, "456"), [])
