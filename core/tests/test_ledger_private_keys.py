"""Keys as administrators paste them: `ssh-keygen`, `openssl genrsa`, `genpkey`, indented, encrypted."""

import textwrap
import unittest

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from ..ledger.findings import TransportError
from ..ledger.private_keys import read_private_key
from .sentences import whole

RSA = rsa.generate_private_key(65537, 2048)
KEYS = {
    "ssh-rsa": RSA,
    "ecdsa-sha2-nistp256": ec.generate_private_key(ec.SECP256R1()),
    "ssh-ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMS = (PrivateFormat.OpenSSH, PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)


def pem(key, form=PrivateFormat.OpenSSH, passphrase=b""):
    lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, lock).decode()


class TestPrivateKeys(unittest.TestCase):
    def assertCode(self, code, text, passphrase=""):
        with self.assertRaises(TransportError) as caught:
            read_private_key(text, passphrase)
        self.assertEqual(whole(caught.exception).code, code)

    def test_each_kind_in_each_form(self):
        for name, key in KEYS.items():
            public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
            for form in FORMS:
                if name == "ssh-ed25519" and form is PrivateFormat.TraditionalOpenSSL:
                    continue
                for text in (pem(key, form), textwrap.indent(pem(key, form), "    "), f"\ufeff{pem(key, form)}"[1:]):
                    found = read_private_key(text)
                    self.assertEqual(f"{found.get_name()} {found.get_base64()}", public, (name, form))

    def test_lines_that_a_program_joined(self):
        """A field of one line, a configuration file, a text file of Windows with its mark."""
        for form in FORMS:
            text = pem(RSA, form)
            for joined in (
                text.replace("\n", " "),
                text.replace("\n", "\\n"),
                f'"{text.strip()}"'.replace("\n", "\\n"),
                f"\ufeff{text}".replace("\n", "\r\n"),
                text.replace("\n", "\u200b\n"),
            ):
                with self.subTest(form, joined=joined[:60]):
                    self.assertEqual(read_private_key(joined).get_bits(), 2048)

    def test_encrypted_keys(self):
        for form in FORMS:
            text = textwrap.indent(pem(RSA, form, b"sesame"), "  ")
            self.assertEqual(read_private_key(text, "sesame").get_bits(), 2048)
            self.assertCode("secret_passphrase_missing", text)
            self.assertCode("secret_passphrase_wrong", text, "other")

    def test_a_passphrase_that_nothing_needs_is_no_mistake(self):
        self.assertEqual(read_private_key(pem(RSA, PrivateFormat.PKCS8), "sesame").get_bits(), 2048)

    def test_what_is_no_private_key_is_said(self):
        self.assertCode(
            "secret_public",
            KEYS["ssh-ed25519"].public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
        )
        self.assertCode("secret_putty", "PuTTY-User-Key-File-3: ssh-ed25519\n")
        for text in ("hello", pem(RSA)[:200], "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"):
            self.assertCode("secret_wrong", text)
        self.assertCode("secret_wrong", pem(dsa.generate_private_key(1024), PrivateFormat.PKCS8))
