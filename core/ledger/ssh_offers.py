"""What an SSH server offers before anything is agreed on (RFC 4253): for the sentence that says why nothing is."""

import contextlib
import socket

import paramiko

# Names of lists in the order of the server's message: key exchange, host key, ciphers both ways, MACs both ways.
_LISTS = ("kex", "key", "cipher", "cipher_back", "mac", "mac_back")
#: What may be without a common algorithm, as paramiko's errors name it: the list of ours.
WANTED = {"kex": "kex", "cipher": "ciphers", "mac": "digests"}
_MESSAGE, _COOKIE = 20, 16
_MAX_PACKET, _MAX_BANNER = 35_000, 64


def offers(host: str, port: int, timeout: float) -> dict[str, tuple[str, ...]]:
    """Return {kex, key, cipher, mac…: names} of a server, empty where it does not say: a hint, not an answer."""
    with contextlib.suppress(OSError, ValueError), socket.create_connection((host, port), timeout) as connection:
        connection.settimeout(timeout)
        connection.sendall(b"SSH-2.0-utility\r\n")
        with connection.makefile("rb") as answer:
            # a server may say something before it says which protocol it speaks
            for _line in range(_MAX_BANNER):
                if answer.readline(256).startswith(b"SSH-"):
                    return _lists(answer.read(int.from_bytes(_exactly(answer.read(4)), "big") % _MAX_PACKET))
    return {}


def wanted(kind: str) -> tuple[str, ...]:
    """Return what this side accepts of a kind."""
    with socket.socket() as unused:
        options = paramiko.Transport(unused).get_security_options()
    return tuple(getattr(options, WANTED[kind]))


def _exactly(data: bytes) -> bytes:
    if len(data) != 4:
        raise ValueError("no packet")
    return data


def _lists(packet: bytes) -> dict[str, tuple[str, ...]]:
    if len(packet) < 2 or packet[1] != _MESSAGE:
        return {}
    found, place = {}, 2 + _COOKIE
    for name in _LISTS:
        size = int.from_bytes(packet[place : place + 4], "big")
        found[name] = tuple(packet[place + 4 : place + 4 + size].decode("ascii", "replace").split(","))
        place += 4 + size
    return found
