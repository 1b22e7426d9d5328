"""A real OpenSSH server on the loopback, with its own configuration and host key, stopped by its process id."""

import getpass
import socket
import subprocess
import time
from pathlib import Path

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
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
ForceCommand {command}
"""
FULL_DISK = "trap '' XFSZ; ulimit -f 0; exec /usr/lib/openssh/sftp-server"


class Sshd:
    """An OpenSSH server: `start` it, `stop` it; `private_key` authenticates `user`."""

    user = getpass.getuser()

    def __init__(self, folder):
        self.folder, self._process = Path(folder), None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._make_key("user_key")
        self.new_host_key()

    @property
    def private_key(self):
        return (self.folder / "user_key").read_text()

    @property
    def pid(self):
        return self._process.pid

    def new_host_key(self):
        self._make_key("host_key")

    def _make_key(self, name):
        for path in self.folder.glob(f"{name}*"):
            path.unlink()
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)]
        subprocess.run(command, check=True)

    def start(self, read_only=False, full=False):
        """Start the server.

        :param read_only: refuse all writing
        :param full: simulate a full disk
        """
        path = self.folder / "sshd_config"
        command = FULL_DISK if full else "internal-sftp -R" if read_only else "internal-sftp"
        path.write_text(CONFIG.format(port=self.port, folder=self.folder, command=command))
        if self.user == "root":
            # required by OpenSSH's privilege separation
            Path("/run/sshd").mkdir(exist_ok=True)
        with open(self.folder / "sshd.log", "w") as log:
            self._process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(path)], stderr=log)
        limit = time.monotonic() + 10
        while time.monotonic() < limit:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "sshd.log").read_text())

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
