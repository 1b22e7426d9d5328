"""A private PostgreSQL server: on a unix socket in a private folder, started on demand, left running."""

import os
import pwd
import re
import secrets
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import system
from .commands import environment, run_logged, tail
from .output import SetupError, step
from .paths import build_once, cache_root, digest, lock, write_whole

ROLE = "odoo"  # Odoo refuses to connect as postgres
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 512MB
synchronous_commit = off
max_wal_size = 2GB
random_page_cost = 1.1
log_min_messages = error
"""


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster: its programs, its folder, the folder of its socket, the user that runs it."""

    programs: Path
    folder: Path
    sockets: Path
    user: str | None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def sql(self, query: str, database: str = "postgres") -> str:
        """Run one query with psql and return its rows as text.

        :raises SetupError: PostgreSQL refuses it
        """
        command = [
            self.programs / "psql",
            *self.address(),
            "-d",
            database,
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            query,
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
        if done.returncode:
            raise SetupError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def address(self) -> list[str]:
        """Return the options by which PostgreSQL's programs reach this cluster."""
        return ["-h", str(self.sockets), "-p", "5432", "-U", ROLE]

    def is_ready(self) -> bool:
        """Return whether the server answers."""
        command = [self.programs / "pg_isready", "-q", *self.address(), "-d", "postgres"]
        return subprocess.run(command, env=environment(), check=False).returncode == 0

    def account(self) -> dict:
        """Return the options of subprocess that run a program as the cluster's user."""
        if not self.user:
            return {"cwd": "/"}
        entry = pwd.getpwnam(self.user)
        return {"cwd": "/", "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def start(purpose: str = "") -> Cluster:
    """Return the cluster of this cache folder, or a separate one for a purpose, created and started if needed."""
    cluster = _describe(purpose)
    if not cluster.is_ready():
        build_once(cluster.folder, lambda folder: _initialise(cluster))
        with lock("cluster-start"):
            if not cluster.is_ready():
                _start(cluster)
                step("PostgreSQL: started")
    return cluster


def stop(purpose: str = "") -> bool:
    """Stop the cluster of this cache folder, or that of a purpose; return whether it was running."""
    if not system.postgresql():
        return False
    cluster = _describe(purpose)
    if not cluster.is_ready():
        return False
    _end(cluster, "fast")
    return True


def crash(cluster: Cluster) -> None:
    """Stop a cluster as in a power failure, and start it again, which recovers what was committed."""
    _end(cluster, "immediate")
    _start(cluster)


def _end(cluster: Cluster, mode: str) -> None:
    log = cache_root() / "logs/postgresql-stop.log"
    command = [cluster.programs / "pg_ctl", "-D", cluster.data, "-m", mode, "-w", "stop"]
    run_logged(command, "Stopping PostgreSQL", log, env=environment(), **cluster.account())


def _describe(purpose: str = "") -> Cluster:
    programs = system.postgresql()
    if not programs:
        raise SetupError("PostgreSQL is missing.")
    user = _unprivileged() if os.getuid() == 0 else None
    name = "-".join(filter(None, [_name(), str(system.postgresql_major(programs)), purpose]))
    folder = cache_root() / name
    if user and not _can_enter(cache_root(), user):
        folder = Path("/var/tmp") / f"utility-{name}"
    return Cluster(programs, folder, _sockets(folder), user)


def _name() -> str:
    """Return the name of this cache folder's cluster.

    It changes if the cache folder is deleted and created again: the former server may still be running, and
    databases stored elsewhere would have lost their files.
    """
    note = cache_root() / "cluster-name"
    with lock("cluster-name"):
        if not note.exists():
            write_whole(note, f"postgresql-{secrets.token_hex(4)}")
    return note.read_text()


def _unprivileged() -> str:
    """Return a user that may run PostgreSQL, which refuses root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise SetupError("PostgreSQL refuses to run as root and there is no user postgres: use an ordinary user.")


def _can_enter(folder: Path, user: str) -> bool:
    account = Cluster(Path(), Path(), Path(), user).account()
    return subprocess.run(["test", "-x", folder], check=False, **account).returncode == 0


def _sockets(folder: Path) -> Path:
    """Return the folder of the socket: inside the cluster's, unless its path is too long or has odd characters."""
    inside = folder / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./+-]+", str(inside)):
        return inside
    return Path("/var/tmp") / f"utility-{digest(str(folder))}-socket"


def _initialise(cluster: Cluster) -> str:
    step("PostgreSQL: making a cluster")
    log = cache_root() / "logs/postgresql-init.log"
    cluster.folder.chmod(0o755)
    _own_folder(cluster.data, cluster)
    run_logged(
        [
            cluster.programs / "initdb",
            *("-D", cluster.data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"),
        ],
        "Making the PostgreSQL cluster",
        log,
        env=environment(),
        **cluster.account(),
    )
    with (cluster.data / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    return cluster.user or ""


def _own_folder(folder: Path, cluster: Cluster) -> None:
    """Create a folder with access for the cluster's user only; refuse one of another user."""
    owner = pwd.getpwnam(cluster.user).pw_uid if cluster.user else os.getuid()
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise SetupError(f"{folder} belongs to another user: remove it, or set UTILITY_CACHE.") from None
    else:
        os.chown(folder, owner, -1)
    folder.chmod(0o700)


def _start(cluster: Cluster) -> None:
    log = cache_root() / "logs/postgresql-start.log"
    _own_folder(cluster.sockets, cluster)
    _forget_dead_server(cluster)
    command = [
        *(
            cluster.programs / "pg_ctl",
            "-D",
            cluster.data,
            "-l",
            cluster.data / "server.log",
            "-w",
            "-t",
            "60",
        ),
        *("-o", f"-k '{cluster.sockets}'", "start"),
    ]
    for attempt in range(3):
        try:
            run_logged(command, "Starting PostgreSQL", log, env=environment(), **cluster.account())
            break
        except SetupError as error:
            if attempt == 2:
                raise SetupError(f"{error}\n{tail(cluster.data / 'server.log')}") from error
            time.sleep(2)  # the children of a killed server keep its memory for a moment


def _forget_dead_server(cluster: Cluster) -> None:
    """Remove the pid file of a server that was killed and whose pid now belongs to another program."""
    pid_file = cluster.data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split("\n", 1)[0].strip()
    try:
        words = Path("/proc", pid, "cmdline").read_bytes()
    except OSError:
        words = b""
    if os.fsencode(cluster.data) not in words:
        pid_file.unlink()
