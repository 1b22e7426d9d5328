"""The exchange directory on an SFTP server whose key was approved once and is the only one accepted."""

import base64
import hashlib
import hmac
import io
import socket
from stat import S_ISDIR, S_ISREG

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from .failures import typed_failures
from .findings import HostKeyRefused, TransportError
from .transports import Transport

TIMEOUT = 30.0
_ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
}
_KEY_CLASSES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


def fetch_host_key(host, port=22, timeout=TIMEOUT):
    """The key that a server shows ("ssh-ed25519 AAAA…"), for somebody to approve. Nothing is authenticated or
    sent."""
    name = f"{host}:{port}"
    with typed_failures(name), socket.create_connection((host, port), timeout) as connection:
        session = paramiko.Transport(connection)
        try:
            session.start_client(timeout=timeout)
            key = session.get_remote_server_key()
        finally:
            session.close()
    return f"{key.get_name()} {key.get_base64()}"


def key_fingerprint(key):
    """The fingerprint of a public key line, as OpenSSH shows it (SHA256:…)."""
    try:
        data = base64.b64decode(key.split()[1], validate=True)
    except (IndexError, ValueError):
        raise TransportError("host_key_wrong") from None
    return "SHA256:" + base64.b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


class PinnedHostKey(paramiko.MissingHostKeyPolicy):
    """Accepts one key and no other; no known_hosts file is looked at."""

    def __init__(self, key):
        self.fingerprint = key_fingerprint(key)

    def missing_host_key(self, client, hostname, key):
        found = key_fingerprint(f"{key.get_name()} {key.get_base64()}")
        if not hmac.compare_digest(found, self.fingerprint):
            raise HostKeyRefused("host_key_refused", host=hostname, found=found, expected=self.fingerprint)


class SftpTransport(Transport):
    """A directory of an SFTP server. `host_key` is the approved public key line; `password` or `private_key`
    (PEM or OpenSSH text, with its `passphrase`) authenticates. Connects at once; raises TransportError,
    HostKeyRefused."""

    def __init__(
        self,
        host,
        user,
        host_key,
        directory="",
        port=22,
        password="",
        private_key="",
        passphrase="",
        timeout=TIMEOUT,
    ):
        options = {
            "port": port,
            "username": user,
            "host_key_policy": PinnedHostKey(host_key),
            "timeout": timeout,
            "banner_timeout": timeout,
            "auth_timeout": timeout,
            "channel_timeout": timeout,
            # Only what the connector was given: the server's own keys are nobody's business here.
            "look_for_keys": False,
            "allow_agent": False,
            "disabled_algorithms": {"keys": _other_algorithms(host_key)},
        }
        if private_key:
            options["pkey"] = _private_key(private_key, passphrase)
        if password:
            options["password"] = password
        super().__init__(_connect(host, options), directory or ".")
        self._fs.ftp.get_channel().settimeout(timeout)
        # Each block waits for its answer, so that none is lost unseen: without this, also for 40 ms of
        # nothing.
        self._fs.client.get_transport().sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self._fs.ftp.close()
        self._fs.client.close()

    def _kind(self, path):
        # lstat: the server's symbolic links are not followed to where the account should not read.
        mode = self._fs.ftp.lstat(path).st_mode
        return "file" if S_ISREG(mode) else "directory" if S_ISDIR(mode) else "other"

    def _rename(self, source, target):
        # Not posix_rename: every server knows this one, and it refuses a name that is taken.
        self._fs.ftp.rename(source, target)


def _connect(host, options):
    try:
        with typed_failures(host):
            # A cached instance would bring a dead connection back, and keep secrets in memory.
            return SFTPFileSystem(host, skip_instance_cache=True, **options)
    except TransportError as error:
        if isinstance(error.__cause__, paramiko.AuthenticationException):
            raise TransportError("authentication_refused", host=host) from error.__cause__
        if isinstance(error.__cause__, paramiko.ssh_exception.IncompatiblePeer):
            expected = options["host_key_policy"].fingerprint
            raise HostKeyRefused("host_key_refused", host=host, found="of another kind", expected=expected) from error
        raise


def _other_algorithms(host_key):
    """All host key algorithms but the approved key's: a server with several keys then shows that one."""
    approved = (host_key.split() or [""])[0]
    return [name for kind, names in _ALGORITHMS.items() if kind != approved for name in names]


def _private_key(text, passphrase):
    for key_class in _KEY_CLASSES:
        try:
            return key_class.from_private_key(io.StringIO(text), passphrase or None)
        except (paramiko.SSHException, ValueError, TypeError, IndexError):
            continue
    raise TransportError("secret_wrong", reason="unknown form or wrong passphrase")
