"""A code that was given to another third party, and one whose third party merely changed."""

import unittest

from ..ledger.parties import Party, is_another


class TestParties(unittest.TestCase):
    def test_the_siren_decides(self):
        known = Party("Pompes du Nord", "732 829 320 00074", "FR44732829320")
        for now, expected in (
            (Party("Pompes du Nord", "73282932000082"), False),  # it moved
            (Party("Hydro Flandres SAS", "732829320"), False),  # it has another name
            (Party("Pompes du Nord", "552100554"), True),  # another company took over its name
            (Party("Pompes du Nord", "55210055400013", "FR44732829320"), True),
        ):
            self.assertIs(is_another(known, now), expected, now)

    def test_without_a_siren_the_vat_number(self):
        known = Party("Pompen NV", "", "BE 0477.472.701")
        self.assertFalse(is_another(known, Party("Water Group", "", "be0477472701")))
        self.assertTrue(is_another(known, Party("Pompen NV", "", "BE0202239951")))
        self.assertFalse(is_another(Party("Pompen NV", "12", "BE1"), Party("Water Group", "99", "BE1")), "no SIREN")

    def test_without_numbers_a_name_without_any_word_in_common(self):
        for known, now, expected in (
            ("Mme DURAND Marie", "Mme MARTIN Marie", True),  # a first name alone is no evidence
            ("Mme DURAND Marie", "Mme DURAND-MARTIN Marie", False),
            ("Pompes du Nord", "POMPES DU NORD SARL", False),
            ("Pompes du Nord", "Pompe du Nord", False),
            ("Société Générale", "Generale (Sté)", False),
            ("SARL Pompes", "SARL Espaces verts", True),
            ("Pompes", "", False),
            ("", "Pompes", False),
        ):
            self.assertIs(is_another(Party(known), Party(now)), expected, (known, now))
            self.assertIs(is_another(Party(known, "732829320"), Party(now)), expected, "a number on one side only")
