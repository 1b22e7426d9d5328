"""`./dev guide`: the guide of docs/guide/ as the pages that the application's help menu opens."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import system
from .commands import environment, run_logged
from .output import SetupError, step
from .paths import CHECKOUT, build_once, cache_root, digest

SOURCES = CHECKOUT / "docs/guide"
PAGES = CHECKOUT / "static/guide"
REQUIREMENTS = CHECKOUT / "requirements-guide.txt"
#: The pages are built once and kept in the repository, with a digest of their sources in this file.
NOTE = PAGES / "sources.txt"
#: Files that Sphinx adds for its search and its own use.
NOT_SERVED = (
    *("*.js", "*.inv", "search.html", "genindex.html", ".buildinfo", ".doctrees", "*.doctree", "_sources"),
    *("file.png", "minus.png", "plus.png"),
)


def run() -> int:
    """Build the pages."""
    step("Guide: building the pages")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "guide")
        command = [python(), "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-E", SOURCES, target]
        if subprocess.run(command, cwd=CHECKOUT, env=environment(), check=False).returncode:
            raise SetupError("The guide could not be built: see above.")
        shutil.rmtree(PAGES, ignore_errors=True)
        shutil.copytree(target, PAGES, ignore=shutil.ignore_patterns(*NOT_SERVED))
    NOTE.write_text(sources_digest() + "\n")
    return 0


def sources_digest() -> str:
    """Return a name that changes with the sources of the pages."""
    files = sorted(path for path in SOURCES.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return digest(*(part for path in files for part in (str(path.relative_to(SOURCES)), path.read_bytes())))


def python() -> Path:
    """Return the Python of an environment with Sphinx and Playwright, which is created on the first call."""
    if not system.has_venv():
        system.provide()
    folder = cache_root() / f"guide-{digest(sys.version, REQUIREMENTS.read_bytes())}"
    build_once(folder, _install)
    return folder / "bin/python"


def _install(folder: Path) -> None:
    step("Guide: installing Sphinx and Playwright in a virtual environment")
    log = cache_root() / "logs/guide.log"
    run_logged([sys.executable, "-m", "venv", folder], "Virtual environment", log, env=environment())
    options = ["--quiet", "--no-input", "--disable-pip-version-check"]
    command = [folder / "bin/python", "-m", "pip", "install", *options, "-r", REQUIREMENTS]
    run_logged(command, "Sphinx and Playwright", log, env=environment())
