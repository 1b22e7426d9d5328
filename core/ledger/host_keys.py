"""Public keys of servers, as people compare them."""

import base64
import hashlib

from .findings import TransportError


def key_fingerprint(key: str) -> str:
    """Return the fingerprint of a public key line, as OpenSSH shows it (SHA256:…)."""
    try:
        data = base64.b64decode(key.split()[1], validate=True)
    except (IndexError, ValueError):
        raise TransportError("host_key_wrong") from None
    return "SHA256:" + base64.b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
