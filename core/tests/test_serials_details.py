"""Serial numbers at the edges of the rules: one typing error, neighbours, ends of four digits, an index."""

import unittest

from ..serials import Likeness, SerialIndex, compare_serials, read_serial
from ..serials.comparing import is_one_slip, weigh_serials
from ..serials.words import _Plain, words


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

    def test_a_slip_beside_zeros_or_in_a_number_without_its_first_part(self):
        for one, other in (("00123456", "123457"), ("SB053748", "C19SB053747"), ("945673", "61945671")):
            self.assertIs(weigh(one, other).likeness, Likeness.CLOSE, one)
            self.assertIs(weigh(other, one).likeness, Likeness.CLOSE, one)

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
            ("C19SB053747", "C19SC053747", False),
            ("945673", "61945671", True),
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

    def test_digits_around_letters_are_a_number_from_four_final_ones_on(self):
        """A clerk who types the digits of 8DME0101575081 alone means it; those of 8AB123 may be any number."""
        self.assertIs(weigh("80101575081", "8DME0101575081").likeness, Likeness.END)
        self.assertEqual(weigh("81234", "8AB1234"), (Likeness.END, 5, False, False, False))
        self.assertIs(weigh("8123", "8AB123").likeness, Likeness.DIFFERENT)
        self.assertIs(weigh("2019123456", "D19BA123456").likeness, Likeness.END)
        self.assertIs(weigh("2018123456", "D19BA123456").likeness, Likeness.DIFFERENT)


class TestIndex(unittest.TestCase):
    def found(self, numbers, *asked):
        return [(one.key, one.likeness) for one in SerialIndex(numbers).find(*asked)]

    def test_the_same_however_it_is_parted(self):
        self.assertEqual(self.found([(1, "AB 99", ""), (2, "AB 98", "")], "a-b 99"), [(1, Likeness.SAME)])

    def test_the_brand_of_the_card_may_stand_before_the_number(self):
        numbers = [(1, "Aquatop 123456", "Aquatop"), (2, "654321", "")]
        self.assertEqual(self.found(numbers, "123456"), [(1, Likeness.ALIKE)])
        self.assertEqual(self.found([(1, "123456", "")], "Aquatop 123456", "Aquatop"), [(1, Likeness.ALIKE)])
        self.assertEqual(self.found([(1, "Aquatop123456", "Aquatop")], "123456"), [(1, Likeness.ALIKE)])
        self.assertEqual(self.found([(1, "123456", "")], "Aquatop123456", "Aquatop"), [(1, Likeness.ALIKE)])

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
        self.assertEqual(self.found([(1, "AB 3456", "")], "3456"), [(1, Likeness.END)])

    def test_another_number_with_the_same_end_is_not_found(self):
        """Its maker, year or type contradicts; what is found must be the number, however it is written."""
        numbers = [(1, "D19BA123456", ""), (2, "C07LA123456", "")]
        self.assertEqual(self.found(numbers, "D18BB123456"), [])
        self.assertEqual(self.found(numbers, "C07123456"), [(2, Likeness.END)])


class TestReading(unittest.TestCase):
    def test_each_form_keeps_what_was_written_and_its_maker(self):
        """A complete code of the profession identifies a device, as do five digits; four or none do not."""
        for text, written, is_telling in (
            ("d19 ba-123456", "D19BA123456", True),
            ("D19BA45", "D19BA45", True),
            ("19-012345", "19012345", True),
            ("A 123456", "A123456", True),
            ("8DME 0101575081", "8DME0101575081", True),
            ("8DME 1234", "8DME1234", False),
            ("1234 AB", "1234AB", False),
            ("0012345", "0012345", True),
        ):
            with self.subTest(text):
                found = read_serial(text, "Sappel")
                self.assertEqual((found.written, found.maker, found.is_telling), (written, "SAPPEL", is_telling))

    def test_what_precedes_a_number(self):
        """Three letters are those of a code, four are a word; a maker's name may touch the first digit."""
        for text, code in (
            ("ABC 123456", "ABC123456"),
            ("ABCD 123456", "123456"),
            ("ITRON1A23456", "1A23456"),
        ):
            self.assertEqual(read_serial(text).code, code)
        for year in ("1912", "2031"):
            self.assertIsNone(read_serial(year))


class TestWords(unittest.TestCase):
    def test_each_character_has_a_plain_form(self):
        """Capitals without accents, ligatures in two letters; what is neither letter nor digit parts words."""
        plain = {
            "é": "E", "Ç": "C", "ñ": "N", "œ": "OE", "Œ": "OE", "æ": "AE", "ø": "O", "ß": "SS", "ﬁ": "FI", "²": "2",
            "７": "7", "a": "A", "5": "5", "-": " ", "'": " ", "’": " ", "½": " ", "°": " ", "\u0301": " ", "\t": " ",
        }  # fmt: skip
        fresh = _Plain()
        self.assertEqual({char: fresh[ord(char)] for char in plain}, plain)
        self.assertEqual({char: char.translate(fresh) for char in plain}, plain, "the same from its cache")
        self.assertEqual(words("L’Œuvre d'Élise, n° 7"), ["L", "OEUVRE", "D", "ELISE", "N", "7"])
        self.assertEqual(words("a_b-c.1"), ["A", "B", "C", "1"])
