"""The exchange directory on an SFTP server; only the server key that was approved is accepted."""

import contextlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from stat import S_IFMT, S_ISDIR, S_ISREG
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem
from paramiko.sftp import CMD_CLOSE, CMD_HANDLE, CMD_NAME, CMD_OPENDIR, CMD_READDIR
from paramiko.ssh_exception import IncompatiblePeer

from .failures import typed_failures
from .findings import HostKeyRefused, TransportError
from .host_keys import key_fingerprint
from .private_keys import read_private_key
from .remote_files import LIMITS, Limits, RemoteFile, escaped
from .ssh_offers import WANTED, offers, wanted
from .transports import Transport

TIMEOUT = 30.0
_ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
}
#: Errors of paramiko's that say why nobody is let in, and their code.
REFUSALS = {
    "No authentication methods": "secret_missing",
    # the request to change a password has the number of a question
    "Illegal info request": "password_expired",
}
#: Characters shown of what a server says to people.
WORDS = 200
#: First character of a line of `ls -l`.
_KINDS = {"d": "directory", "l": "other", "p": "other", "s": "other", "b": "other", "c": "other"}


def fetch_host_key(host: str, port: int = 22, timeout: float = TIMEOUT) -> str:
    """Fetch the key of a server ("ssh-ed25519 AAAA…"), for approval by a user, without authenticating."""
    name = f"{host}:{port}"
    with typed_failures(name), socket.create_connection((host, port), timeout) as connection:
        session = paramiko.Transport(connection)
        try:
            session.start_client(timeout=timeout)
            key = session.get_remote_server_key()
        except IncompatiblePeer as error:
            raise _nothing_in_common(host, port, timeout, error) from error
        finally:
            session.close()
    return f"{key.get_name()} {key.get_base64()}"


class PinnedHostKey(paramiko.MissingHostKeyPolicy):
    """Accepts a single key; ignores known_hosts files."""

    def __init__(self, key: str) -> None:
        self.fingerprint = key_fingerprint(key)

    def missing_host_key(self, client: Any, hostname: str, key: paramiko.PKey) -> None:
        found = key_fingerprint(f"{key.get_name()} {key.get_base64()}")
        if not hmac.compare_digest(found, self.fingerprint):
            raise HostKeyRefused("host_key_refused", host=hostname, found=found, expected=self.fingerprint)


class SftpTransport(Transport):
    """A directory of an SFTP server, connected at once. `password` or `private_key` authenticates.

    :param host_key: the approved public key line
    :param private_key: PEM or OpenSSH text, with its `passphrase`
    :raises TransportError: it cannot be reached or refuses
    :raises HostKeyRefused: it has another key
    """

    def __init__(
        self,
        host: str,
        user: str,
        host_key: str,
        directory: str = "",
        port: int = 22,
        password: str = "",
        private_key: str = "",
        passphrase: str = "",
        timeout: float = TIMEOUT,
        limits: Limits = LIMITS,
    ) -> None:
        options: dict[str, Any] = {
            "port": port,
            "username": user,
            "host_key_policy": PinnedHostKey(host_key),
            "timeout": timeout,
            "banner_timeout": timeout,
            "auth_timeout": timeout,
            "channel_timeout": timeout,
            # Only the connector's own credentials, not the keys of the account that runs the server.
            "look_for_keys": False,
            "allow_agent": False,
            "disabled_algorithms": {"keys": _other_algorithms(host_key)},
        }
        if private_key:
            options["pkey"] = read_private_key(private_key, passphrase)
        if password:
            options["password"] = password
        super().__init__(directory or ".", limits)
        self._fs = _connect(host, options)
        self._fs.ftp.get_channel().settimeout(timeout)
        # Each block waits for its answer, so that no loss goes unnoticed; without TCP_NODELAY, each would also wait
        # 40 ms for nothing.
        self._fs.client.get_transport().sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._fs.ftp.close()
        self._fs.client.close()

    def _kind(self, path: str) -> str:
        # lstat: the server's symbolic links are not followed to where the account should not read.
        return _kind_of(self._fs.ftp.lstat(path).st_mode)

    def _scan(self, path: str) -> Iterator[tuple[RemoteFile, str]]:
        """List names block by block, so that an endless listing stops at the limit instead of filling the memory.

        A name that is not UTF-8 is returned with its bytes escaped; paramiko's own listing would fail.
        """
        ftp = self._fs.ftp
        kind, answer = ftp._request(CMD_OPENDIR, path.encode())
        if kind != CMD_HANDLE:
            raise paramiko.SFTPError("a handle was expected")
        handle = answer.get_binary()
        with contextlib.suppress(EOFError):
            while True:
                kind, answer = ftp._request(CMD_READDIR, handle)
                if kind != CMD_NAME:
                    raise paramiko.SFTPError("names were expected")
                self._check_time(path)
                yield from _names(answer)
        ftp._request(CMD_CLOSE, handle)

    @contextlib.contextmanager
    def _watched(self, name: str) -> Iterator[None]:
        """Cut the connection when the time is over: a server may answer byte by byte for ever."""
        alarm = threading.Timer(max(self._end - time.monotonic(), 0), self._fs.client.close)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        except Exception:
            # the error of a cut connection does not give the reason
            self._check_time(name)
            raise
        finally:
            alarm.cancel()

    def _open(self, path: str, mode: str) -> Any:
        return self._fs.open(path, mode)

    def _make_folder(self, path: str) -> None:
        self._fs.makedirs(path, exist_ok=True)

    def _remove_file(self, path: str) -> None:
        self._fs.rm_file(path)

    def _rename(self, source: str, target: str) -> None:
        # Not posix_rename: every server supports this one, and it refuses an existing name.
        self._fs.ftp.rename(source, target)


def _names(answer: Any) -> Iterator[tuple[RemoteFile, str]]:
    """Yield (RemoteFile, kind) of a block of names."""
    for _rank in range(answer.get_int()):
        name, long_name = (answer.get_binary().decode(errors="surrogateescape") for _part in range(2))
        found = paramiko.SFTPAttributes._from_msg(answer)
        if name not in (".", ".."):
            yield RemoteFile(name, found.st_size, found.st_mtime), _kind_of(found.st_mode, long_name)


def _kind_of(mode: int | None, long_name: str = "") -> str:
    """Return the kind from the permissions, or else from the `ls` line; "file" if unknown."""
    if mode is not None and S_IFMT(mode):
        return "file" if S_ISREG(mode) else "directory" if S_ISDIR(mode) else "other"
    return _KINDS.get(long_name[:1], "file")


class Session(SFTPFileSystem):
    """A connection that says why a login failed: with the server's own words, if it gives any."""

    def _connect(self) -> None:
        try:
            super()._connect()
        except paramiko.AuthenticationException as error:
            raise _login_refused(self.host, self._words(), error) from error
        except (EOFError, paramiko.SSHException) as error:
            if self._is_let_in():
                raise TransportError("sftp_missing", host=self.host, reason=self._words() or _said(error)) from error
            for words, code in REFUSALS.items():
                if words in str(error):
                    raise TransportError(code, host=self.host) from error
            raise
        finally:
            if not hasattr(self, "ftp"):
                self.client.close()

    def _words(self) -> str:
        """Return what the server says to people before they log in, on one line."""
        session = self.client.get_transport()
        banner = session.get_banner() if session else None
        text = escaped(" ".join((banner or b"").decode("utf-8", "replace").split()))
        return f"{text[:WORDS]}…" if len(text) > WORDS else text

    def _is_let_in(self) -> bool:
        session = self.client.get_transport()
        return bool(session and session.auth_handler and session.auth_handler.is_authenticated())


def _login_refused(host: str, words: str, error: paramiko.AuthenticationException) -> TransportError:
    """Return why a server does not let a user in: it wants another kind of secret, or refuses this one."""
    allowed = getattr(error, "allowed_types", ())
    if allowed:
        wants_key = "publickey" in allowed and "password" not in allowed
        code = "login_wants_key" if wants_key else "login_wants_other"
        return TransportError(code, host=host, allowed=", ".join(allowed))
    if words:
        return TransportError("authentication_refused_because", host=host, words=words)
    return TransportError("authentication_refused", host=host)


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _connect(host: str, options: dict[str, Any]) -> Session:
    try:
        with typed_failures(host):
            # A cached instance would return a dead connection, and keep secrets in memory.
            return Session(host, skip_instance_cache=True, **options)
    except TransportError as error:
        if isinstance(error.__cause__, IncompatiblePeer):
            if "host key" in str(error.__cause__):
                expected = options["host_key_policy"].fingerprint
                raise HostKeyRefused("host_key_kind", host=host, expected=expected) from error
            raise _nothing_in_common(host, options["port"], options["timeout"], error.__cause__) from error
        raise


def _nothing_in_common(host: str, port: int, timeout: float, error: Exception) -> TransportError:
    """Describe what both sides support if they have nothing in common, so that an administrator can allow more."""
    kind = next((kind for kind in WANTED if kind in str(error)), "kex")
    offered = offers(host, port, timeout).get(kind, ())
    code = {"kex": "no_common_exchange", "cipher": "no_common_cipher", "mac": "no_common_mac"}[kind]
    return TransportError(code, host=host, offered=", ".join(offered) or "?", wanted=", ".join(wanted(kind)))


def _other_algorithms(host_key: str) -> list[str]:
    """Return all host key algorithms but the approved key's: a server with several keys then presents that one."""
    approved = (host_key.split() or [""])[0]
    return [name for kind, names in _ALGORITHMS.items() if kind != approved for name in names]
