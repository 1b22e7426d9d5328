"""Parses private keys as people paste them: any usual format and indentation."""

import io
import re

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .findings import TransportError
from .text import without_invisible

_OPENSSH = "BEGIN OPENSSH PRIVATE KEY"
_CLASSES = (
    (ed25519.Ed25519PrivateKey, paramiko.Ed25519Key),
    (ec.EllipticCurvePrivateKey, paramiko.ECDSAKey),
    (rsa.RSAPrivateKey, paramiko.RSAKey),
)
_ONE_LINE = re.compile(r"(-----BEGIN ([A-Z ]+)-----)(.*?)(-----END \2-----)", re.DOTALL)
_PUBLIC = ("ssh-", "ecdsa-", "-----BEGIN PUBLIC KEY", "-----BEGIN RSA PUBLIC KEY", "---- BEGIN SSH2 PUBLIC KEY")


def read_private_key(text: str, passphrase: str = "") -> paramiko.PKey:
    """Return the key of a PEM text (OpenSSH, `openssl genrsa`, `genpkey`, `ecparam`), encrypted or not.

    :raises TransportError: secret_public, secret_putty, secret_passphrase_missing, secret_passphrase_wrong,
        secret_wrong: what the text is instead
    """
    lines = [line.strip() for line in _in_lines(without_invisible(text)[0]).splitlines()]
    # a blank line ends the headers of an encrypted key in the traditional format (RFC 1421, 4.4)
    text = "\n".join(f"{line}\n" if line.startswith("DEK-Info:") else line for line in lines if line)
    if text.startswith(_PUBLIC):
        raise TransportError("secret_public")
    if text.startswith("PuTTY-User-Key-File"):
        raise TransportError("secret_putty")
    key = _loaded(f"{text}\n".encode(), _OPENSSH in text, passphrase.encode() or None)
    for kind, key_class in _CLASSES:
        if isinstance(key, kind):
            plain = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
            )
            return key_class.from_private_key(io.StringIO(plain.decode()))
    raise TransportError("secret_wrong")


def _in_lines(text: str) -> str:
    """Return a key in lines, where a field of one line or a configuration file joined them by blanks or \\n."""
    found = _ONE_LINE.fullmatch(text.replace("\\n", "\n").strip().strip("\"'").strip())
    if not found or ":" in found[3]:
        return text
    return "\n".join((found[1], *found[3].split(), found[4]))


def _loaded(data: bytes, is_openssh: bool, passphrase: bytes | None) -> object:
    load = serialization.load_ssh_private_key if is_openssh else serialization.load_pem_private_key
    is_encrypted = b"ENCRYPTED" in data
    try:
        return load(data, passphrase if is_openssh or is_encrypted else None)
    except TypeError as error:
        raise TransportError("secret_passphrase_missing") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if "encrypted" in str(error).lower() and not passphrase:
            raise TransportError("secret_passphrase_missing") from error
        if passphrase and (is_encrypted or is_openssh):
            raise TransportError("secret_passphrase_wrong") from error
        raise TransportError("secret_wrong") from error
