"""Words of the other system: read and written by the layout's correspondences, refused if unknown."""

import unittest
from dataclasses import replace

from ..ledger.findings import LayoutError
from ..ledger.layouts import BadRow, Reader, Word, Writer
from ..ledger.presets import PRESETS
from .ledger_samples import LOT, customer_invoice
from .sentences import whole


def read(preset, line, *words):
    layout = PRESETS[preset]
    layout = replace(layout, words=(*layout.words, *words))
    titles = ";".join(column.name for column in layout.columns)
    (row,) = Reader(layout).rows([f"{titles}\r\n{line}\r\n".encode()])
    return row


class TestWordsRead(unittest.TestCase):
    def test_usual_words_of_answers(self):
        for word, expected in {
            "OK": "accepted",
            "ok": "accepted",
            "Intégré": "accepted",
            "INTEGREE": "accepted",
            "accepted": "accepted",
            "KO": "rejected",
            "Rejeté": "rejected",
            "rejete": "rejected",
            "REJECTED": "rejected",
            "Erreur": "rejected",
        }.items():
            self.assertEqual(read("acknowledgement", f"EAU;N1;;{word};;").values["status"], expected, word)

    def test_words_as_people_write_them(self):
        """Blanks of any kind, decomposed accents, wide letters, quotes, points: the word is the same."""
        for word in (
            "  ok ",
            "OK\u00a0",
            "\u202fok",
            "ok.",
            "OK !",
            "« OK »",
            "'OK'",
            "Accepte\u0301",
            "ＯＫ",
            "\ufeffOK\u200b",
        ):
            self.assertEqual(read("acknowledgement", f"EAU;N1;;{word};;").values["status"], "accepted", repr(word))
        for word in ("EN-ÉCHEC", "En_erreur", "erreur :", "Rejet", "non intégrée", "Écritures en échec", "Échoué"):
            self.assertEqual(read("acknowledgement", f"EAU;N1;;{word};;").values["status"], "rejected", repr(word))
        both = [Word("status", "A+", "accepted"), Word("status", "A-", "rejected"), Word("status", "-", "rejected")]
        for word, expected in (("a+", "accepted"), ("A-", "rejected"), ("-", "rejected")):
            self.assertEqual(read("acknowledgement", f"EAU;N1;;{word};;", *both).values["status"], expected)
        for word in ("OK ?", "0", "Accepté avec réserve", "!", "о\u043a"):
            self.assertIsInstance(read("acknowledgement", f"EAU;N1;;{word};;"), BadRow, word)

    def test_words_before_the_answer(self):
        for word in (
            "À importer",
            "en attente",
            "EN COURS",
            "À contrôler",
            "Validation en cours",
            "A traiter",
            "pending",
        ):
            self.assertEqual(read("acknowledgement", f"EAU;N1;;{word};;").values["status"], "pending", word)

    def test_usual_words_of_third_parties_and_journals(self):
        third_party = "EAU;{};F1;Nom;;;;;;;;;;;;;;"
        for word, expected in {
            "F": "supplier",
            "Fournisseur": "supplier",
            "c": "customer",
            "CLIENT": "customer",
        }.items():
            self.assertEqual(read("referential_third_party", third_party.format(word)).values["type"], expected)
        for word, expected in {"ACHAT": "purchase", "V": "sale", "Ventes": "sale", "OD": "general"}.items():
            self.assertEqual(read("referential_journal", f"EAU;J;Nom;{word}").values["type"], expected)

    def test_an_unknown_word_is_a_finding_of_its_row(self):
        row = read("referential_journal", "EAU;J;Nom;ZZZ")
        self.assertIsInstance(row, BadRow)
        self.assertEqual(
            [(f.code, f.field, f.params["value"]) for f in map(whole, row.findings)], [("word_unknown", "type", "ZZZ")]
        )
        self.assertEqual(row.values["code"], "J", "its code is known to be there")

    def test_nothing_said_is_no_unknown_word(self):
        self.assertEqual(read("referential_journal", "EAU;J;Nom;").values["type"], "")

    def test_a_layout_has_words_of_its_own_and_they_come_first(self):
        row = read("referential_journal", "EAU;J;Nom;zzz", Word("type", "ZZZ", "purchase"))
        self.assertEqual(row.values["type"], "purchase")
        row = read("referential_journal", "EAU;J;Nom;V", Word("type", "V", "general"))
        self.assertEqual(row.values["type"], "general")

    def test_open_attributes_may_have_words_too(self):
        self.assertEqual(read("referential_journal", "EAU;J1;Nom;", Word("code", "J1", "VT")).values["code"], "VT")
        self.assertEqual(read("referential_journal", "EAU;J2;Nom;", Word("code", "J1", "VT")).values["code"], "J2")


class TestWordsWritten(unittest.TestCase):
    def test_the_first_word_of_a_value_is_written(self):
        words = (Word("document_type", "FAC", "FC"), Word("document_type", "F", "FC"), Word("direction", "DB", "D"))
        columns = tuple(
            replace(column, width=3) if column.attribute in ("document_type", "direction") else column
            for column in PRESETS["entries_25"].columns
        )
        layout = replace(PRESETS["entries_25"], words=words, columns=columns)
        row = Writer(layout, LOT).render(customer_invoice()).rows[0].split(";")
        self.assertEqual((row[3], row[10]), ("FAC", "DB"))

    def test_blanks_around_a_correspondence_are_none_of_it(self):
        words = (Word("document_type", " FA\u00a0", "FC "), Word("journal", "VENTES", f" {customer_invoice().journal}"))
        row = Writer(replace(PRESETS["entries_25"], words=words), LOT).render(customer_invoice()).rows[0].split(";")
        self.assertEqual((row[2], row[3]), ("VENTES", "FA"))


class TestWordsOfALayout(unittest.TestCase):
    def test_mistakes(self):
        for word in (Word("nothing", "a", "b"), Word("status", "a", "maybe"), Word("status", " ", "accepted")):
            with self.subTest(word), self.assertRaises(LayoutError):
                replace(PRESETS["acknowledgement"], words=(word,))
        for preset, word in (
            ("entries_25", Word("document_type", "FAC", "fc")),
            ("entries_25", Word("direction", "Débit", "debit")),
            ("updates", Word("field", "BAP", "approved")),
        ):
            with self.subTest(word), self.assertRaises(LayoutError):
                replace(PRESETS[preset], words=(word,))
