"""Accesses Debian's archive with a private apt state, separate from the system's."""

import platform
import re
import shutil
from pathlib import Path

from .commands import environment, run_logged
from .output import SetupError

SOURCES = Path("/etc/apt")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def is_debian() -> bool:
    """Return whether this system is Debian itself; derivatives have their own archives."""
    return _release().get("ID") == "debian" and shutil.which("apt-get") is not None


def _release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def mirror(instead: str) -> str:
    """Return the address of the Debian mirror in the system's apt sources.

    :param instead: what to do without one
    :raises SetupError: there is none
    """
    if not is_debian():
        raise SetupError(f"This system is not Debian, whose archive holds Odoo 19. {instead}")
    codename = _release().get("VERSION_CODENAME", "")
    for address, suites, components in _sources():
        if "main" in components and codename in suites:
            return address
    raise SetupError(f"The apt sources in {SOURCES} name no Debian archive for {codename}. {instead}")


def _sources() -> list[tuple[str, list[str], list[str]]]:
    """Return (address, suites, components) of every enabled binary source of the system."""
    found = []
    for path in [SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*.list"))]:
        if path.exists():
            found += [source for line in path.read_text().splitlines() for source in _one_line(line)]
    for path in sorted((SOURCES / "sources.list.d").glob("*.sources")):
        for paragraph in re.split(r"\n\s*\n", path.read_text()):
            found += _paragraph(paragraph)
    return found


def _one_line(line: str) -> list[tuple[str, list[str], list[str]]]:
    match = re.match(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line)
    return [(match[1], [match[2]], match[3].split())] if match else []


def _paragraph(text: str) -> list[tuple[str, list[str], list[str]]]:
    fields: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and name:
            fields[name] += " " + line.strip()
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    if fields.get("enabled", "yes").lower() == "no" or "deb" not in fields.get("types", "").split():
        return []
    suites, components = fields.get("suites", "").split(), fields.get("components", "").split()
    return [(address, suites, components) for address in fields.get("uris", "").split()]


class PrivateApt:
    """A private apt for some suites, with its lists and archives in `folder`; needs no privileges."""

    def __init__(self, folder: Path, suites: tuple[str, ...], instead: str):
        """Prepare the folder; error messages suggest `instead`."""
        address = mirror(instead)
        if not KEYRING.exists():
            raise SetupError(f"{KEYRING} is missing: install the package debian-archive-keyring. {instead}")
        self.folder, self.instead = folder, instead
        for name in ("lists/partial", "cache/archives/partial", "archives"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        lines = [f"deb [signed-by={KEYRING}] {address} {suite} main\n" for suite in suites]
        (folder / "sources.list").write_text("".join(lines))

    def update(self, log: Path) -> None:
        """Download the package lists of the suites."""
        self._apt(["update"], "Odoo 19: reading Debian's lists", log, "Is there a network?")

    def download(self, packages: list[str], log: Path) -> list[Path]:
        """Download packages, given as name/suite, and return their files."""
        self._apt(["download", *packages], "Odoo 19: downloading", log, "Is there a network?")
        return sorted((self.folder / "archives").glob("*.deb"))

    def remove(self) -> None:
        """Delete the lists and the archives."""
        shutil.rmtree(self.folder)

    def _apt(self, arguments: list[str], label: str, log: Path, question: str) -> None:
        options = {
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State": self.folder,
            "Dir::State::Lists": self.folder / "lists",
            "Dir::State::Status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        flags = [f"-o{name}={value}" for name, value in options.items()]
        run_logged(
            ["apt-get", *flags, *arguments],
            label,
            log,
            hint=f"{question} {self.instead}",
            cwd=self.folder / "archives",
            env=environment(),
        )
