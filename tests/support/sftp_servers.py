"""Real SFTP servers on the loopback, in usual configurations: OpenSSH in a chroot, ProFTPD, asyncssh.

Each is started by a test, in its own folder, and stopped by its process or thread.
"""

import asyncio
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import asyncssh

USER, PASSWORD = "exchange", "sesame"
HOST = "127.0.0.1"
#: Seconds within which a server must start or stop.
PATIENCE = 20


def free_port():
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]


def wait_for(port, log):
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(Path(log).read_text() if Path(log).exists() else "the server does not answer")


def make_key(path, kind="ed25519"):
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-m", "PEM", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


class Server:
    """A server of the folder `root`; use it in a `with`. `secrets`: credentials as arguments of SftpTransport."""

    def __init__(self, folder):
        self.folder, self.port = Path(folder), free_port()
        self.root = self.folder / "root"
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()

    def make_folders(self, owner=None, *names):
        for name in names or ("entries", "acknowledgements", "referential"):
            (self.root / name).mkdir(parents=True)
            if owner and os.getuid() == 0:
                shutil.chown(self.root / name, owner)

    def _run(self, command):
        with open(self.folder / "server.log", "w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        wait_for(self.port, self.folder / "server.log")

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None


class ChrootedSshd(Server):
    """OpenSSH as hosting providers configure it: the account cannot write to its root, only to folders in it."""

    CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/user_key.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
{chroot}
{more}
"""

    def __init__(self, folder, more=""):
        super().__init__(folder)
        self._more = more
        self.user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        for name in ("host_key", "user_key"):
            make_key(self.folder / name)
        # the account must be able to read its key
        os.chmod(self.folder, 0o755)
        if os.getuid() == 0:
            # OpenSSH requires every folder above a chroot to be writable by root only, unlike those of /tmp
            self.root = Path(tempfile.mkdtemp(prefix="exchange-", dir="/run"))
        self.make_folders(self.user)
        os.chmod(self.root, 0o755 if os.getuid() == 0 else 0o555)

    @property
    def secrets(self):
        return {"user": self.user, "private_key": (self.folder / "user_key").read_text()}

    def start(self):
        is_root = os.getuid() == 0
        if is_root:
            Path("/run/sshd").mkdir(exist_ok=True)
        chroot = f"ChrootDirectory {self.root}" if is_root else ""
        config = self.folder / "sshd_config"
        config.write_text(self.CONFIG.format(port=self.port, folder=self.folder, chroot=chroot, more=self._more))
        self._run(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)])

    @property
    def directory(self):
        return "" if os.getuid() == 0 else str(self.root)

    def stop(self):
        """Stop the server and remove its folder."""
        ended = super().stop()
        os.chmod(self.root, 0o755)
        if os.getuid() == 0:
            shutil.rmtree(self.root)
        return ended


class Proftpd(Server):
    """ProFTPD with mod_sftp, which refuses names that begin with a dot."""

    CONFIG = """
ServerType standalone
ServerName exchange
DefaultServer on
DefaultAddress 127.0.0.1
Port {port}
UseIPv6 off
UseReverseDNS off
ModulePath /usr/lib/proftpd
LoadModule mod_sftp.c
User {user}
Group {group}
MaxInstances 10
PidFile {folder}/proftpd.pid
ScoreboardFile {folder}/scoreboard
DelayEngine off
SystemLog {folder}/system.log
WtmpLog off
AuthOrder mod_auth_file.c
AuthUserFile {folder}/passwd
RequireValidShell off
RootLogin on
PathDenyFilter "(^|/)[.][^.]"
AllowOverwrite on
SFTPEngine on
SFTPLog {folder}/sftp.log
SFTPHostKey {folder}/host_key
SFTPAuthMethods password
"""
    secrets = {"user": USER, "password": PASSWORD}

    def __init__(self, folder):
        super().__init__(folder)
        make_key(self.folder / "host_key", "rsa")
        self.make_folders()
        self.directory = str(self.root)

    def start(self):
        owner = pwd.getpwuid(os.getuid())
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", PASSWORD], capture_output=True, text=True, check=True
        ).stdout.strip()
        users = self.folder / "passwd"
        users.write_text(f"{USER}:{hashed}:{owner.pw_uid}:{owner.pw_gid}::{self.root}:/bin/false\n")
        os.chmod(users, 0o600)
        config = self.folder / "proftpd.conf"
        group = "root" if owner.pw_uid == 0 else owner.pw_name
        config.write_text(self.CONFIG.format(port=self.port, folder=self.folder, user=owner.pw_name, group=group))
        self._run(["/usr/sbin/proftpd", "-n", "-q", "-c", str(config)])


class Asyncssh(Server):
    """A server in Python that sends neither times nor permissions, nor `ls -l` lines."""

    secrets = {"user": USER, "password": PASSWORD}

    def __init__(self, folder, **options):
        super().__init__(folder)
        self._options = options
        self.make_folders()
        self.directory = ""
        self._key = asyncssh.generate_private_key("ssh-ed25519")

    def start(self):
        self._loop, ready = asyncio.new_event_loop(), threading.Event()

        async def serve():
            self._listener = await asyncssh.create_server(
                lambda: _Login(),
                HOST,
                self.port,
                server_host_keys=[self._key],
                sftp_factory=lambda channel: _BareFiles(channel, chroot=str(self.root)),
                **self._options,
            )
            ready.set()

        def work():
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(serve())
            self._loop.run_forever()

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        if not ready.wait(PATIENCE):
            raise RuntimeError("the server does not start")

    def stop(self):
        def end():
            self._listener.close()
            self._loop.stop()

        self._loop.call_soon_threadsafe(end)
        self._thread.join(PATIENCE)
        with contextlib.suppress(RuntimeError):
            self._loop.close()


class _Login(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == (USER, PASSWORD)


class _BareFiles(asyncssh.SFTPServer):
    async def scandir(self, path):
        async for name in super().scandir(path):
            name.longname = name.filename
            name.attrs = asyncssh.SFTPAttrs(size=name.attrs.size)
            yield name
