"""What an SSH server offers is read from its first message; a server that says something else offers nothing."""

import base64
import contextlib
import re
import socket
import threading
import unittest

from ..ledger.findings import TransportError
from ..ledger.sftp import fetch_host_key, key_fingerprint
from ..ledger.ssh_offers import offers, wanted
from .hostile_sftp import HOST, HostileServer
from .sentences import whole

LISTS = {
    "kex": ("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"),
    "key": ("ssh-dss",),
    "cipher": ("3des-cbc", "aes128-cbc"),
    "cipher_back": ("3des-cbc",),
    "mac": ("hmac-md5",),
    "mac_back": ("hmac-md5", "none"),
}


def packet(number=20, lists=LISTS):
    """The first message of a server (RFC 4253, 6 and 7.1): number, cookie, lists each with its length, padding."""
    texts = [",".join(names).encode() for names in (*lists.values(), ("none",), ("none",), (), ())]
    payload = bytes([number]) + b"c" * 16 + b"".join(len(text).to_bytes(4, "big") + text for text in texts) + b"\0" * 5
    padding = 4 + -(9 + len(payload)) % 8
    return (1 + len(payload) + padding).to_bytes(4, "big") + bytes([padding]) + payload + b"p" * padding


@contextlib.contextmanager
def server(answer):
    """Answer each connection with these bytes; yield the port."""
    with socket.create_server((HOST, 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _address = listening.accept()
                    with connection:
                        # RFC 4253, 4.2: both sides send their version first
                        if re.fullmatch(rb"SSH-2\.0-[!-,.-~]+\r\n", connection.recv(64)):
                            connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


class TestOffers(unittest.TestCase):
    def offered(self, answer):
        with server(answer) as port:
            return offers(HOST, port, 5)

    def test_each_list_under_its_name(self):
        self.assertEqual(self.offered(b"SSH-2.0-old\r\n" + packet()), LISTS)

    def test_a_server_may_greet_first(self):
        self.assertEqual(self.offered(b"Welcome\r\nBe good\r\nSSH-2.0-old\r\n" + packet())["key"], ("ssh-dss",))
        self.assertEqual(self.offered(b"Hello\r\n" * 63 + b"SSH-2.0-old\r\n" + packet()), LISTS)

    def test_what_is_no_ssh_offers_nothing(self):
        for answer in (
            b"",
            b"220 mail ready\r\n",
            b"Hello\r\n" * 64 + b"SSH-2.0-old\r\n" + packet(),
            b"SSH-2.0-old\r\n",
            b"SSH-2.0-old\r\n\0\0\0",
            b"SSH-2.0-old\r\n" + packet(number=21),
            b"SSH-2.0-old\r\n\0\0\0\1\4",
        ):
            with self.subTest(answer[:40]):
                self.assertEqual(self.offered(answer), {})

    def test_nobody_there_offers_nothing(self):
        with socket.create_server((HOST, 0)) as listening:
            port = listening.getsockname()[1]
        self.assertEqual(offers(HOST, port, 1), {})

    def test_a_server_that_says_nothing_offers_nothing(self):
        with socket.create_server((HOST, 0)) as mute:
            self.assertEqual(offers(HOST, mute.getsockname()[1], 0.3), {})

    def test_a_name_of_any_bytes_is_a_name(self):
        answer = b"SSH-2.0-old\r\n" + packet().replace(b"ssh-dss", b"ssh-d\xe9s")
        self.assertEqual(self.offered(answer), {**LISTS, "key": ("ssh-dés",)})

    def test_what_this_side_accepts(self):
        self.assertIn("curve25519-sha256@libssh.org", wanted("kex"))
        self.assertIn("aes256-ctr", wanted("cipher"))
        self.assertIn("hmac-sha2-256", wanted("mac"))


class TestNothingInCommon(unittest.TestCase):
    def refused(self, **lists):
        usual = {name: wanted(name.partition("_")[0]) for name in LISTS if name != "key"} | {"key": ("ssh-ed25519",)}
        answer = b"SSH-2.0-old\r\n" + packet(lists={name: (usual | lists)[name] for name in LISTS})
        with server(answer) as port, self.assertRaises(TransportError) as caught:
            fetch_host_key(HOST, port, 5)
        return whole(caught.exception)

    def test_both_sides_are_named(self):
        for code, kind, lists in (
            ("no_common_exchange", "kex", {"kex": ("kex-of-old", "kex-none")}),
            ("no_common_cipher", "cipher", {"cipher": ("cipher-of-old", "rc4"), "cipher_back": ("rc4",)}),
            ("no_common_mac", "mac", {"mac": ("hmac-none",), "mac_back": ("hmac-none",)}),
        ):
            with self.subTest(code):
                error = self.refused(**lists)
                self.assertEqual((error.code, error.params["host"]), (code, HOST))
                self.assertEqual(error.params["offered"], ", ".join(lists[kind]))
                self.assertEqual(error.params["wanted"], ", ".join(wanted(kind)))


class TestHostKey(unittest.TestCase):
    def test_the_key_that_the_server_shows(self):
        with HostileServer() as shown:
            self.assertEqual(fetch_host_key(HOST, shown.port, 10), shown.key)

    def test_its_fingerprint_as_openssh_shows_it(self):
        """As `ssh-keygen -lf` prints it for this line: 32 bytes in base 64 without padding."""
        line = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + b"k" * 32).decode()
        self.assertEqual(key_fingerprint(line), "SHA256:sArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ")
