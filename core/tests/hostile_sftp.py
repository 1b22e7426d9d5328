"""A hostile SFTP server on the loopback: endless listings and files, bytes that trickle."""

import logging
import socket
import threading
import time

import paramiko

HOST = "127.0.0.1"
# a refusal is what is tested: it need not be printed as well
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Endless(list):
    """An endless list of names."""

    def __getitem__(self, place):
        if isinstance(place, slice) and place.stop is None:
            return self
        return list(self) * 16


class EndlessFile(paramiko.SFTPHandle):
    def stat(self):
        return _attributes("big.txt", 1)

    def read(self, offset, length):
        return b"x" * length


class Files(paramiko.SFTPServerInterface):
    """`names`: what the server says that its folder holds; `pause`: seconds before each answer; `missing`: the folder
    that it does not have."""

    names, pause, missing = [], 0.0, "none"

    def list_folder(self, path):
        time.sleep(self.pause)
        return self.names

    def lstat(self, path):
        time.sleep(self.pause)
        if self.missing in path.split("/") or path.endswith("absent.txt"):
            return paramiko.SFTP_NO_SUCH_FILE
        return _attributes(path, 1) if path.endswith(".txt") else _attributes(path, 0, folder=True)

    stat = lstat

    def open(self, path, flags, attr):
        return EndlessFile(flags)


def _attributes(name, size, folder=False):
    attributes = paramiko.SFTPAttributes()
    attributes.filename, attributes.longname = name, ""
    attributes.st_size, attributes.st_mode = size, 0o40755 if folder else 0o100644
    attributes.st_atime = attributes.st_mtime = 0
    return attributes


class Session(paramiko.ServerInterface):
    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_auth_password(self, username, password):
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, username):
        return "password"


class HostileServer:
    """Use it in a `with`; it serves connections until then. `key`: the line to pin; `files`: instead of those above."""

    def __init__(self, names=(), pause=0.0, session=Session, files=None):
        self._session = session
        self._files = files or type("Some", (Files,), {"names": names, "pause": pause})
        self._key = paramiko.ECDSAKey.generate()
        self.key = f"{self._key.get_name()} {self._key.get_base64()}"
        self._sessions = []

    def __enter__(self):
        self._socket = socket.create_server((HOST, 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._socket.close()
        for session in self._sessions:
            session.close()

    def _serve(self):
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            session = paramiko.Transport(connection)
            self._sessions.append(session)
            session.add_server_key(self._key)
            session.set_subsystem_handler("sftp", paramiko.SFTPServer, self._files)
            # with an event it does not wait for the handshake: one that fails slowly keeps no other client waiting
            session.start_server(event=threading.Event(), server=self._session())


def named(name, size=1):
    return _attributes(name, size)
