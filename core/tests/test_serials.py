"""Serial numbers as makers engrave them and people type them: the same, a part, a typing error, or different."""

import unittest

from ..serials import Found, Likeness, SerialIndex, compare_serials, read_serial, weigh_serials
from ..serials.comparing import is_one_slip

SAME, ALIKE, END, CLOSE, UNKNOWN, DIFFERENT = Likeness


class SerialCase(unittest.TestCase):
    def assertLike(self, likeness, *couples):
        for one, other in couples:
            with self.subTest(one=one, other=other):
                self.assertIs(compare_serials(read_serial(one), read_serial(other)), likeness)
                self.assertIs(compare_serials(read_serial(other), read_serial(one)), likeness)


class TestOneNumber(SerialCase):
    def test_case_spaces_and_dashes_change_nothing(self):
        self.assertLike(SAME, ("c07la-058 223", "C07LA058223"), ("17-001", "17 001"), ("17/001", "17.001"))
        self.assertLike(SAME, ("ZZ 1", "zz1"), ("ZZ 1", "ZZ-1"), ("AB 99 ", "AB 99"))

    def test_zeros_and_maker(self):
        self.assertLike(
            ALIKE,
            ("0017001", "17001"),
            ("Itron 17-001", "17001"),
            ("ITRON17001", "17-001"),
            ("Sensus Metering 17-001", "17001"),
            ("N° 17001", "17001"),
            ("CPT D19BA123456", "D19BA123456"),
            ("AB00123456", "AB123456"),
        )

    def test_what_the_card_names_as_brand_may_stand_before_the_number(self):
        found = compare_serials(read_serial("Aquadis 17-001", "Aquadis"), read_serial("17001"))
        self.assertIs(found, ALIKE)

    def test_words_diameters_and_remarks_after_it(self):
        number = "D19BA123456"
        for after in (" cave", " DN15", " DN 15", " (ITRON)", "/2", " - garage", " EF", " ITRON", " 15MM", " [neuf]"):
            self.assertLike(ALIKE, (f"{number}{after}", number))
        self.assertLike(ALIKE, ("123456 cave", "123456"), ("61123456/17", "61123456"))
        self.assertLike(SAME, ("17001 12", "1700112"))

    def test_the_year_in_full_and_zeros_left_out_inside(self):
        self.assertLike(
            ALIKE,
            ("D2019BA123456", "D19BA123456"),
            ("D 2019 BA 123456", "d19ba123456"),
            ("D19BA012345", "D19BA12345"),
            ("D19BA000045", "D19BA45"),
            ("D19BA123456K", "D19BA123456"),
        )

    def test_letters_read_for_digits_where_digits_stand(self):
        self.assertLike(
            ALIKE,
            ("17O01", "17001"),
            ("I7001", "17001"),
            ("H15UL705B63", "H15UL705863"),
            ("HI5UL705863", "H15UL705863"),
            ("A12345678", "A1234567B"),
            ("C19SB053747", "C195B053747"),
        )
        self.assertLike(DIFFERENT, ("C19SB053747", "C1958053747"))

    def test_a_letter_is_never_read_for_another_one(self):
        self.assertLike(CLOSE, ("C07LA058223", "C07IA058223"))
        self.assertLike(DIFFERENT, ("C07LA058223", "C07IB058223"))


class TestEndOfNumber(SerialCase):
    def test_parts_of_a_code_of_the_profession(self):
        code = "D19BA123456"
        for part in ("19BA123456", "BA123456", "D 123456", "D BA 123456", "D19 123456", "19123456", "19-123456"):
            self.assertLike(END, (code, part))
        for part in ("123456", "23456", "3456", "00123456", "2019123456", "A123456"):
            self.assertLike(END, (code, part))
        self.assertLike(END, ("C19SB053747", "053747"), ("C19SB053747", "53747"))
        self.assertLike(END, ("C07S2841895", "07S2841895"), ("C07S2841895", "072841895"))
        self.assertLike(END, ("D09BA123456", "9123456"), ("D09BA123456", "09123456"))

    def test_other_makers(self):
        self.assertLike(END, ("8DME0101575081", "575081"), ("61339599/98", "339599"), ("A1234567", "1234567"))
        self.assertLike(END, ("AB123456", "123456"), ("19123456", "123456"))

    def test_two_parts_that_agree_on_what_both_give(self):
        self.assertLike(END, ("19BA123456", "D123456"), ("BA123456", "19BA123456"))
        self.assertLike(DIFFERENT, ("18BA123456", "D19123456"), ("CD123456", "D19BA123456"))

    def test_what_contradicts_is_another_device(self):
        self.assertLike(DIFFERENT, ("C07LA058223", "D13FA058223"), ("D19BA123456", "71123456"))
        self.assertLike(DIFFERENT, ("AB123", "123"), ("D19BA123456", "456"), ("D19BA123456", "123"))

    def test_how_much_is_in_common(self):
        for one, other, size in (
            ("D19BA123456", "3456", 4),
            ("D19BA123456", "23456", 5),
            ("D19BA123456", "123456", 6),
            ("D19BA123456", "19123456", 8),
            ("D19BA123456", "19BA123456", 8),
            ("D19BA123456", "BA123456", 6),
            ("D19BA123456", "d19 ba 123456", 11),
            ("0017001", "17001", 5),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(weigh_serials(read_serial(one), read_serial(other)).size, size)
                self.assertEqual(weigh_serials(read_serial(other), read_serial(one)).size, size)


class TestSlip(SerialCase):
    def test_one_slip(self):
        self.assertLike(CLOSE, ("17001234", "17001284"), ("17001234", "17001243"))
        self.assertLike(CLOSE, ("17001234", "1700234"), ("17001234", "170012234"), ("17001234", "170012345"))
        self.assertLike(CLOSE, ("D19BA123456", "D19BA123465"), ("D19BA123456", "123465"), ("D19BA123456", "19123465"))
        self.assertLike(CLOSE, ("123456/1", "1234561"))

    def test_two_slips_or_a_short_number(self):
        self.assertLike(DIFFERENT, ("17001234", "17001298"), ("17001234", "71001243"), ("1701", "1702"))
        self.assertLike(DIFFERENT, ("80000075", "200000075"))
        self.assertLike(CLOSE, ("16123456", "123465"), ("D19BA123456", "19BA123465"))
        self.assertLike(DIFFERENT, ("17001", "17002"), ("D19BA123456", "12346"), ("17001234", "1700123456"))

    def test_a_slip_in_the_last_digit_may_be_the_neighbour(self):
        for one, other, neighbours in (
            ("D19BA123456", "D19BA123457", True),
            ("D19BA123456", "D19BA123451", True),
            ("D19BA123456", "123457", True),
            ("17001234", "17001243", False),
            ("17001234", "17001284", False),
            ("17001234", "170012345", False),
            ("D19BA123456", "D19BA123456", False),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(weigh_serials(read_serial(one), read_serial(other)).neighbours, neighbours)


class TestOneSlip(unittest.TestCase):
    def test_texts(self):
        for one, other, slip in (
            ("abc", "abd", True), ("abc", "ab", True), ("abc", "xabc", True), ("abc", "abxc", True),
            ("abcd", "bacd", True),
            ("abcd", "abdc", True), ("abc", "abc", False), ("abc", "abxyc", False), ("abcd", "badc", False),
            ("abcd", "axcy", False), ("abc", "cba", False), ("abc", "bcd", False),
        ):  # fmt: skip
            with self.subTest(one=one, other=other):
                self.assertIs(is_one_slip(one, other), slip)
                self.assertIs(is_one_slip(other, one), slip)


class TestContradiction(SerialCase):
    def test_makers_of_different_groups(self):
        for one, other, differ in (
            ("ITRON 0123456", "SAPPEL 0123456", True),
            ("ITRON 0123456", "Actaris 0123456", False),  # one group
            ("123456 (ZENNER)", "123456 (SAPPEL)", True),
            ("ITRON 0123456", "0123456", False),
        ):
            with self.subTest(one=one, other=other):
                self.assertIs(weigh_serials(read_serial(one), read_serial(other)).other_maker, differ)

    def test_the_brand_of_the_card_names_the_maker(self):
        here, there = read_serial("123456", "Itron"), read_serial("123456", "Zenner")
        self.assertTrue(weigh_serials(here, there).other_maker)
        self.assertFalse(weigh_serials(here, read_serial("123456", "Own brand")).other_maker)

    def test_years(self):
        self.assertTrue(weigh_serials(read_serial("61123456/17"), read_serial("61123456/18")).other_year)
        self.assertFalse(weigh_serials(read_serial("61123456/17"), read_serial("61123456")).other_year)


class TestNoNumber(SerialCase):
    def test_a_box_that_somebody_filled(self):
        for text in ("", None, "inconnu", "0000", "999999", "N/A", "sans n°", "X", "?", "0", "2019", "1.2E+13"):
            with self.subTest(text):
                self.assertIsNone(read_serial(text))
        for text in ("DN15", "DN 20", "FORFAIT 2024", "EAU FROIDE 15", "D15", "ITRON", "15 mm"):
            with self.subTest(text):
                self.assertIsNone(read_serial(text))

    def test_short_numbers_tell_little(self):
        for text, telling in (("Itron 12", False), ("1234", False), ("ZZ 1", False), ("01234", False), ("12345", True)):
            with self.subTest(text):
                self.assertIs(read_serial(text).is_telling, telling)

    def test_a_code_may_end_with_one_digit_over_and_over(self):
        self.assertEqual(read_serial("D19BA111111").sequence, "111111")

    def test_nothing_to_compare_with(self):
        self.assertIs(compare_serials(None, read_serial("17001")), UNKNOWN)
        self.assertIs(compare_serials(read_serial("17001"), None), UNKNOWN)


class TestParts(unittest.TestCase):
    def test_what_is_read(self):
        for text, code, letter, year, kind, sequence in (
            ("D19BA123456", "D19BA123456", "D", "19", "BA", "123456"),
            ("d2019 ba 012345", "D19BA012345", "D", "19", "BA", "012345"),
            ("C07S2841895", "C07S2841895", "C", "07", "S2", "841895"),
            ("BA123456", "BA123456", "", "", "BA", "123456"),
            ("19-012345", "19012345", "", "", "", "19012345"),
            ("09O12345", "9012345", "", "", "", "09012345"),
            ("8DME0101575081", "8DME101575081", "", "", "8DME", "0101575081"),
            ("00AB12", "AB12", "", "", "AB", "12"),
            ("61339599/98", "61339599", "", "98", "", "61339599"),
            ("61 339 599 / 2 cave", "61339599", "", "", "", "61339599"),
            ("1234/17", "123417", "", "", "", "123417"),
            ("(ITRON)", None, "", "", "", ""),
            ("ITRON19012345", "19012345", "", "", "", "19012345"),
            ("N° CPT A 123456", "A123456", "A", "", "", "123456"),
            ("EAU 123456", "123456", "", "", "", "123456"),
            ("jardin AB 123456 DN 15 ITRON", "AB123456", "", "", "AB", "123456"),
            ("12345 AB", "12345", "", "", "", "12345"),
            ("123456 A", "123456A", "", "", "", "123456"),
            ("1234 AB", "1234AB", "", "", "1234AB", ""),
            ("(12) 123457", "123457", "", "", "", "123457"),
            ("(123457)", "123457", "", "", "", "123457"),
            ("jardin 1234", None, "", "", "", ""),
            ("jardin 12345", "12345", "", "", "", "12345"),
            ("A111111", None, "", "", "", ""),
            ("00", None, "", "", "", ""),
            ("11", None, "", "", "", ""),
            ("1", "1", "", "", "", "1"),
            ("20", "20", "", "", "", "20"),
            ("1812", "1812", "", "", "", "1812"),
        ):
            with self.subTest(text):
                found = read_serial(text)
                self.assertEqual(found and (found.code, *found[2:6]), code and (code, letter, year, kind, sequence))

    def test_six_digits_tell_with_their_zeros(self):
        for text, telling in (("000920", True), ("00920", False), ("0000920", False), ("12345", True), ("1234", False)):
            with self.subTest(text):
                self.assertIs(read_serial(text).is_telling, telling)

    def test_the_longest_name_before_it(self):
        self.assertEqual(read_serial("AQUADIS1712345", "AQUA AQUADIS").code, "1712345")
        self.assertEqual(read_serial("Itron 12345").maker, "ITRON")
        self.assertEqual(read_serial("SAPPEL12345", "Itron").maker, "SAPPEL", "what is written counts before the brand")
        self.assertEqual(read_serial("12345 (Actaris)").maker, "ITRON")


class TestIndex(unittest.TestCase):
    def setUp(self):
        self.index = SerialIndex(
            [
                (1, "AB 99 ", ""),
                (2, "00123456", ""),
                (3, "ZZ 1", None),
                (4, "C19SB053747", "Sappel"),
                (5, "D20CA053747", ""),
                (6, "FORFAIT", ""),
                (7, "D19BA777001", ""),
                (8, "d19 ba 777001", ""),
                (9, None, None),
            ]
        )

    def assertFound(self, text, *found):
        with self.subTest(text):
            self.assertEqual(self.index.find(text), [Found(key, likeness) for key, likeness in found])

    def test_the_same_but_for_case_and_signs(self):
        self.assertFound("AB 99", (1, SAME))
        for text in ("ZZ 1", "zz1", "ZZ-1"):
            self.assertFound(text, (3, SAME))
        self.assertFound("forfait", (6, SAME))
        self.assertFound("for-fait", (6, SAME))

    def test_written_in_another_way(self):
        self.assertFound("123456", (2, ALIKE))
        self.assertFound("Itron D2019BA777001", (7, ALIKE), (8, ALIKE))

    def test_several_candidates(self):
        self.assertFound("D19BA777001", (7, SAME), (8, SAME))
        self.assertFound("053747", (4, END), (5, END))
        self.assertFound("3747", (4, END), (5, END))
        self.assertFound("C19 053747", (4, END))

    def test_none(self):
        for text in ("", None, "?", "123457", "ZZ 2", "00123457", "747"):
            self.assertFound(text)
