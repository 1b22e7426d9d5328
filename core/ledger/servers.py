"""Opens servers of files; their libraries are loaded when one is used, so that without them everything else works."""

from types import ModuleType
from typing import Any

from .findings import TransportError
from .transports import Transport


def open_server(*place: str, **options: Any) -> Transport:
    """Return the transport of an SFTP server; parameters as of `SftpTransport`.

    :raises TransportError: it cannot be reached or refuses; a library is missing
    """
    transport: Transport = _sftp().SftpTransport(*place, **options)
    return transport


def fetch_host_key(host: str, port: int = 22) -> str:
    """Fetch the key of a server ("ssh-ed25519 AAAA…"), for approval by a user, without authenticating.

    :raises TransportError: it cannot be reached; a library is missing
    """
    key: str = _sftp().fetch_host_key(host, port)
    return key


def _sftp() -> ModuleType:
    try:
        from . import sftp
    except ImportError as error:
        raise TransportError("library_missing", library=error.name or str(error)) from error
    return sftp
