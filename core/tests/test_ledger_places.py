"""One directory, one connector: equal, nested and differently written places are the same."""

import unittest

from ..ledger.findings import NameRefused
from ..ledger.places import Place, local_place, overlap, reserved_for, sftp_place


def sftp(directory, host="sftp.example.org", port=22, key="", user="eau"):
    return sftp_place(host, port, key, user, directory)


class TestPlaces(unittest.TestCase):
    def assertOverlap(self, one, other, expected=True):
        self.assertEqual((overlap(one, other), overlap(other, one)), (expected, expected), (one, other))

    def test_of_this_server(self):
        for one, other, expected in (
            ("frp1000", "frp1000", True),
            ("frp1000", "frp1000/archive", True),
            ("frp1000/eau", "frp1000", True),
            ("frp1000", "FRP1000", True),
            ("e\u0301tat", "\u00e9tat", True),
            ("frp1000", "frp10000", False),
            ("frp1000/eau", "frp1000/assainissement", False),
        ):
            with self.subTest(one=one, other=other):
                self.assertOverlap(local_place(one), local_place(other), expected)

    def test_names_that_the_server_gives(self):
        for name, expected in (
            ("connector_7", ("connector", 7)),
            ("Telemetry_12/in", ("telemetry", 12)),
            ("telemetry_12b", None),
            ("eau/telemetry_12", None),
            ("", None),
        ):
            with self.subTest(name):
                self.assertEqual(reserved_for(name), expected)

    def test_of_an_sftp_server(self):
        for one, other, expected in (
            (sftp("/data/frp"), sftp("/data/frp/"), True),
            (sftp("/data/frp"), sftp("/data//./frp/in"), True),
            (sftp("/data/frp"), sftp("/data/frp", user="voirie"), True),
            (sftp("/data/frp"), sftp("/data/frp", host="SFTP.example.org."), True),
            (
                sftp("/data/frp", key="ssh-ed25519 AAAA"),
                sftp("/data/frp", host="10.0.0.1", key="ssh-ed25519 AAAA x"),
                True,
            ),
            (sftp(""), sftp("frp"), True),
            (sftp("frp"), sftp("frp", user="voirie"), False),
            (sftp("/data/frp"), sftp("/data/frp", port=2222), False),
            (sftp("/data/frp"), sftp("/data/voirie"), False),
            (sftp("/frp"), sftp("frp"), False),
        ):
            with self.subTest(one=one, other=other):
                self.assertOverlap(one, other, expected)

    def test_a_path_that_cannot_be_compared_is_refused(self):
        for directory in ("../eau", "a/../../b", ".."):
            with self.subTest(directory), self.assertRaises(NameRefused):
                sftp(directory)

    def test_the_form_of_a_place(self):
        """It is compared with places kept before: "/" or the user's home, then the parts."""
        self.assertEqual(
            sftp("/Data//frp/", key="ssh-rsa AAAA me"),
            Place("sftp.example.org:22", "ssh-rsa AAAA", ("/", "data", "frp")),
        )
        self.assertEqual(sftp("", port=2222), Place("sftp.example.org:2222", "", ("~eau",)))
        self.assertEqual(local_place("A/b"), Place("", "", ("", "a", "b")))

    def test_another_server(self):
        self.assertOverlap(local_place("frp"), sftp("frp"), False)
