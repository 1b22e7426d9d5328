"""System programs that are needed, and their installation if possible."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .commands import environment, run_logged
from .output import SetupError, step
from .paths import cache_root, lock

OLDEST_POSTGRESQL = 13


@dataclass(frozen=True)
class Program:
    """A system program: its purpose, Debian's package, how to find it, and what also serves the purpose."""

    purpose: str
    package: str
    names: tuple[str, ...]
    instead: "Program | None" = None

    def path(self) -> str | None:
        """Return the path of the program, if it is installed."""
        places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
        return next(filter(None, (shutil.which(name, path=places) for name in self.names)), None)

    def is_served(self) -> bool:
        """Return whether the program or its substitute is installed."""
        return bool(self.path() or (self.instead and self.instead.path()))


HEADLESS = Program("quicker browser tests", "chromium-headless-shell", ("chromium-headless-shell",))
CHROMIUM = Program(
    "browser tests",
    HEADLESS.package,
    (*HEADLESS.names, "google-chrome", "chromium", "chromium-browser", "google-chrome-stable"),
)
SSHD = Program("SFTP tests", "openssh-server", ("sshd",))
PROFTPD = Program("SFTP tests", "proftpd-mod-crypto", ("proftpd",))
# Debian 13 no longer has it; the addon then prints by Chromium.
WKHTMLTOPDF = Program("PDF documents", "wkhtmltopdf", ("wkhtmltopdf",), instead=CHROMIUM)


def postgresql() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs: $PG_BIN, Debian's places, the PATH."""
    if chosen := os.environ.get("PG_BIN"):
        candidates = [Path(chosen)]
    else:
        candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
        candidates += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    complete = (
        folder for folder in candidates if all((folder / name).exists() for name in ("initdb", "pg_ctl", "psql"))
    )
    return next((folder for folder in complete if _major(folder) >= OLDEST_POSTGRESQL), None)


def postgresql_major(folder: Path) -> int:
    """Return the major version of the PostgreSQL server in a folder of programs."""
    return _major(folder)


def _major(folder: Path) -> int:
    try:
        shown = subprocess.run([folder / "pg_ctl", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.search(r"\d+", shown)
    return int(match[0]) if match else 0


def has_venv() -> bool:
    """Return whether this Python can create virtual environments (a separate package in Debian)."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def provide(*programs: Program, optional: tuple[Program, ...] = ()) -> None:
    """Check that PostgreSQL, venv and the programs are installed; as root on Debian, install what is missing.

    :param optional: installed with the rest if possible, only mentioned otherwise
    :raises SetupError: programs are missing; with their list and the command to type
    """
    missing = _missing(programs)
    wanted = [program for program in optional if not program.is_served()]
    if not missing and not (wanted and _may_install()):
        for program in wanted:
            step(f"{program.package} is missing: no {program.purpose}.")
        return
    if not _may_install():
        raise SetupError(_sentence(missing))
    with lock("apt"):
        try:
            _install(_missing(programs), wanted)
        except SetupError as error:
            if missing:
                raise
            names = ", ".join(program.package for program in wanted)
            step(f"{names}: not installed, it goes without. {str(error).splitlines()[0]}")
    if still := _missing(programs):
        raise SetupError(_sentence(still))


def _missing(programs: tuple[Program, ...]) -> dict[str, str]:
    missing = {} if postgresql() else {"postgresql": f"the database, {OLDEST_POSTGRESQL} or later"}
    if not has_venv():
        missing["python3-venv"] = "virtual environments"
    return missing | {program.package: program.purpose for program in programs if not program.path()}


def _may_install() -> bool:
    return os.getuid() == 0 and debian.is_debian()


def _sentence(missing: dict[str, str]) -> str:
    listed = ", ".join(f"{package} ({purpose})" for package, purpose in missing.items())
    advice = f"Type: sudo apt-get install -y {' '.join(missing)}" if shutil.which("apt-get") else "Install them first."
    if "postgresql" in missing:
        advice += "\nA PostgreSQL server kept elsewhere: set PG_BIN to the folder of its initdb."
    return f"Missing on this system: {listed}.\n{advice}"


def _install(missing: dict[str, str], wanted: list[Program]) -> None:
    log = cache_root() / "logs/system-packages.log"
    quiet = environment(DEBIAN_FRONTEND="noninteractive")
    step(f"System packages: installing {', '.join([*missing, *(program.package for program in wanted)])}")
    run_logged(["apt-get", "update"], "System packages: lists", log, hint="Is there a network?", env=quiet)
    packages = dict.fromkeys([*missing, *filter(None, map(_package, wanted))])
    if packages:
        command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
        run_logged(command, "System packages", log, hint=f"Try by hand: {' '.join(command)}", env=quiet)
    step("System packages: ready")


def _package(program: Program) -> str | None:
    """Return the package of an optional program in this Debian's archive, or that of its substitute."""
    if _has_candidate(program.package):
        return program.package
    if program.instead and _has_candidate(program.instead.package):
        step(f"{program.package} is not in this Debian's archive: {program.instead.package} instead.")
        return program.instead.package
    step(f"{program.package} is not in this Debian's archive: no {program.purpose}.")
    return None


def _has_candidate(package: str) -> bool:
    command = ["apt-cache", "policy", package]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False).stdout
    return "Candidate:" in shown and "Candidate: (none)" not in shown
