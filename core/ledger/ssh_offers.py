"""Reads the algorithms that an SSH server offers (RFC 4253), to explain why a negotiation failed."""

import contextlib
import socket

import paramiko

# Names of the lists, in the order of the server's message: key exchange, host key, ciphers both ways, MACs both ways.
_LISTS = ("kex", "key", "cipher", "cipher_back", "mac", "mac_back")
#: Kinds that may lack a common algorithm, as in paramiko's errors: the corresponding list of this side.
WANTED = {"kex": "kex", "cipher": "ciphers", "mac": "digests"}
_MESSAGE, _COOKIE = bytes([20]), 16
_MAX_PACKET, _MAX_BANNER = 35_000, 64


def offers(host: str, port: int, timeout: float) -> dict[str, tuple[str, ...]]:
    """Return {kex, key, cipher, mac…: names} of a server; empty if unknown, since this only helps to explain."""
    with contextlib.suppress(OSError, ValueError), socket.create_connection((host, port), timeout) as connection:
        connection.sendall(b"SSH-2.0-utility\r\n")
        with connection.makefile("rb") as answer:
            # a server may send a banner before its protocol version
            for _line in range(_MAX_BANNER):
                if answer.readline(256).startswith(b"SSH-"):
                    return _lists(answer.read(int.from_bytes(_exactly(answer.read(4)), "big") % _MAX_PACKET))
    return {}


def wanted(kind: str) -> tuple[str, ...]:
    """Return the algorithms of a kind that this side accepts."""
    with socket.socket() as unused:
        options = paramiko.Transport(unused).get_security_options()
    return tuple(getattr(options, WANTED[kind]))


def _exactly(data: bytes) -> bytes:
    if len(data) != 4:
        raise ValueError
    return data


def _lists(packet: bytes) -> dict[str, tuple[str, ...]]:
    if packet[1:2] != _MESSAGE:
        return {}
    found, place = {}, 2 + _COOKIE
    for name in _LISTS:
        size = int.from_bytes(packet[place : place + 4], "big")
        found[name] = tuple(packet[place + 4 : place + 4 + size].decode("latin-1").split(","))
        place += 4 + size
    return found
