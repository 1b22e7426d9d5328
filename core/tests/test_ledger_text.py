"""Text is normalised, whatever program wrote it."""

import unittest
from dataclasses import replace

from ..ledger.layouts import Reader, Writer
from ..ledger.presets import PRESETS
from ..ledger.records import Update
from ..ledger.text import equivalent, is_blank, named
from .ledger_samples import LOT, customer_invoice
from .sentences import whole

UPDATES = PRESETS["updates"]


def written(text, layout=UPDATES):
    """Return (what a file says of a text, {code of a remark: the characters it names})."""
    rendered = Writer(layout, LOT).render(Update("EAU", "N1", "", "label", text))
    cell = rendered.rows[0].split(";")[-1]
    return cell, {finding.code: finding.params.get("characters") for finding in map(whole, rendered.findings)}


class TestWrittenText(unittest.TestCase):
    def test_decomposed_accents_are_composed_without_a_remark(self):
        """macOS and PDF files write “e” and U+0301 for “é”."""
        for text, expected in (
            ("e\u0301lectricite\u0301", "électricité"),
            ("A\u030a", "Å"),
            ("c\u0327a", "ça"),
            ("n\u0303", "ñ"),
        ):
            self.assertEqual(written(text), (expected, {}))

    def test_invisible_characters_are_left_out_and_named(self):
        for char, name in (
            ("\u200e", "(U+200E LEFT-TO-RIGHT MARK)"),
            ("\u00ad", "(U+00AD SOFT HYPHEN)"),
            ("\u200b", "(U+200B ZERO WIDTH SPACE)"),
            ("\ufeff", "(U+FEFF ZERO WIDTH NO-BREAK SPACE)"),
            ("\u2060", "(U+2060 WORD JOINER)"),
            ("\ufe0f", "(U+FE0F VARIATION SELECTOR-16)"),
        ):
            for encoding in ("cp1252", "utf-8", "ascii"):
                layout = replace(UPDATES, encoding=encoding)
                self.assertEqual(written(f"eau{char}x", layout), ("eaux", {"text_invisible": name}), encoding)

    def test_windows_characters_taken_for_latin_1_are_themselves(self):
        """Quotes, dashes and the euro sign are control characters there; nobody typed those."""
        for encoding, expected in (
            ("cp1252", "l’eau – 5 €…"),
            ("utf-8", "l’eau – 5 €…"),
            ("iso8859-15", "l'eau - 5 €..."),
            ("ascii", "l'eau - 5 EUR..."),
        ):
            layout = replace(UPDATES, encoding=encoding)
            self.assertEqual(written("l\x92eau \x96 5 \x80…", layout)[0], expected, encoding)
        self.assertEqual(written("a\x81b"), ("ab", {}), "Windows has no such character")
        layout = replace(PRESETS["acknowledgement"], encoding="iso8859-1")
        titles = ";".join(column.name for column in layout.columns).encode()
        (row,) = Reader(layout).rows([titles + b"\r\nEAU;N1;;OK;;l\x92eau\r\n"])
        self.assertEqual(row.values["message"], "l’eau")

    def test_bullets_of_word_processors(self):
        self.assertEqual(written("\uf0b7 eau \uf0e0 mer")[0], "- eau -> mer")

    def test_signs_have_a_plain_equivalent(self):
        for text, expected in (
            ("\u22125", "-5"),
            ("Ni\u0111o", "Nido"),
            ("Kraków Łódź", "Kraków Lódz"),
            ("½ m\u2011cube", "½ m-cube"),
            ("2 ≤ 3", "2 <= 3"),
            ("\u2033", "'"),
        ):
            cell, remarks = written(text)
            self.assertEqual((cell, list(remarks)), (expected, ["text_replaced"]))
        self.assertEqual(written("½", replace(UPDATES, encoding="ascii"))[0], "1/2")
        self.assertEqual(written("Æ°²µ", replace(UPDATES, encoding="ascii"))[0], "AEo2u")

    def test_an_accent_that_no_letter_takes_is_left_out(self):
        self.assertEqual(written("x\u0301"), ("x", {"text_replaced": "(U+0301 COMBINING ACUTE ACCENT)"}))

    def test_what_has_none_is_named(self):
        self.assertEqual(written("ok \U0001f600")[1], {"text_unwritable": "\U0001f600 (U+1F600 GRINNING FACE)"})
        self.assertEqual(written("水")[1], {"text_unwritable": "水 (U+6C34 CJK UNIFIED IDEOGRAPH-6C34)"})

    def test_several_characters_are_named_each_once(self):
        quote, delimiter = '" (U+0022 QUOTATION MARK)', "; (U+003B SEMICOLON)"
        self.assertEqual(written('a";b"')[1], {"text_replaced": f"{quote}, {delimiter}"})
        water, fire = "水 (U+6C34 CJK UNIFIED IDEOGRAPH-6C34)", "火 (U+706B CJK UNIFIED IDEOGRAPH-706B)"
        self.assertEqual(written("水火水")[1], {"text_unwritable": f"{water}, {fire}"})

    def test_what_the_encoding_has_is_kept(self):
        self.assertEqual(written("Bœuf’s – “€”"), ("Bœuf’s – “€”", {}))

    def test_blank_is_empty(self):
        for blank in (" ", "\u00a0 ", "\t", "\u200b", "\u00ad \u3000"):
            self.assertTrue(is_blank(blank), repr(blank))
            self.assertEqual(written(blank), ("", {}))
            rendered = Writer(PRESETS["fec"], LOT).render(customer_invoice(journal_name=blank))
            self.assertEqual({finding.code for finding in map(whole, rendered.findings)}, {"required_missing"})

    def test_the_supporting_document_is_the_number_where_the_reference_is_blank(self):
        self.assertEqual(customer_invoice(external_reference=" ").piece_reference, "VEAU/2026/0001")

    def test_equivalents(self):
        self.assertEqual([equivalent(char, "ascii") for char in "é–ßＡ"], ["e", "-", "ss", "A"])
        self.assertEqual(named("b\x00"), "(U+0000), b (U+0062 LATIN SMALL LETTER B)")


class TestReadText(unittest.TestCase):
    def test_a_code_is_the_same_however_its_accents_are_written(self):
        layout = PRESETS["referential_account"]
        data = "company;code;name;type\r\nEAU;Cle\u0301;Comple\u0301ment;\r\n".encode()
        (row,) = Reader(layout).rows([data])
        self.assertEqual((row.values["code"], row.values["name"]), ("Clé", "Complément"))
