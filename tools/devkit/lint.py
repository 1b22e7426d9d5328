"""`./dev lint`: ruff and its format, types of core/, pylint with Odoo's rules, well-formed XML."""

import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import python_env, system
from .commands import environment
from .odoo_command import addons_folder
from .output import plain, step
from .paths import CHECKOUT, MODULE, cache_root, digest, write_whole

_DESCRIPTION = CHECKOUT / "tools/devkit/description.py"


def run() -> list[str]:
    """Check the sources; return the names of the checks that failed."""
    if not system.has_venv():
        system.provide()
    python = python_env.find()
    checks = {
        "ruff": _ruff,
        "ruff format": _format,
        "mypy": _mypy,
        "pylint-odoo": _pylint,
        "page of the Apps": _description,
        "XML": _xml,
    }
    return [name for name, check in checks.items() if not _reported(name, check, python)]


def _reported(name: str, check, python: Path) -> bool:
    step(f"Lint: {name}")
    return check(python)


def _ruff(python: Path) -> bool:
    return _passes(python, "ruff", "check", "--quiet", "--cache-dir", cache_root() / "ruff", CHECKOUT)


def _format(python: Path) -> bool:
    return _passes(python, "ruff", "format", "--check", "--quiet", "--cache-dir", cache_root() / "ruff", CHECKOUT)


def _mypy(python: Path) -> bool:
    return _passes(python, "mypy", "--no-error-summary", "--cache-dir", cache_root() / "mypy")


def _passes(python: Path, module: str, *arguments: str | Path) -> bool:
    return subprocess.run([python, "-m", module, *arguments], cwd=CHECKOUT, check=False).returncode == 0


def _pylint(python: Path) -> bool:
    """Run pylint, which takes half a minute, unless the same files have already passed."""
    note, sources = cache_root() / "pylint/passed", _sources(python)
    if note.exists() and note.read_text() == sources:
        return True
    passed = _run_pylint(python)
    if passed:
        write_whole(note, sources)
    return passed


def _sources(python: Path) -> str:
    """Return a digest of everything that pylint's result depends on: its version, its settings, every source."""
    files = [CHECKOUT / "pyproject.toml", *sorted(CHECKOUT.rglob("*.py"))]
    parts = [(str(path.relative_to(CHECKOUT)), path.read_bytes()) for path in files]
    return digest(str(python), *(part for pair in parts for part in pair))


def _run_pylint(python: Path) -> bool:
    # By its technical name, as Odoo imports it: the folder of the checkout may have any name.
    module = addons_folder() / MODULE
    command = [python, "-m", "pylint", f"--rcfile={CHECKOUT / 'pyproject.toml'}", "--score=n", MODULE]
    variables = environment(PYLINTHOME=str(cache_root() / "pylint"))
    return subprocess.run(command, cwd=module.parent, env=variables, check=False).returncode == 0


def write_description() -> int:
    """Render README as the addon's page in Odoo's Apps."""
    return subprocess.run([python_env.find(), _DESCRIPTION], cwd=CHECKOUT, check=False).returncode


def _description(python: Path) -> bool:
    """Check that the addon's page in Odoo's Apps is up to date."""
    if subprocess.run([python, _DESCRIPTION, "--check"], cwd=CHECKOUT, check=False).returncode == 0:
        return True
    plain("static/description/index.html is not that of README.rst: ./dev page")
    return False


def _xml(_python: Path) -> bool:
    errors = []
    for path in sorted(CHECKOUT.rglob("*.xml")):
        try:
            ElementTree.parse(path)
        except ElementTree.ParseError as error:
            errors.append(f"{path.relative_to(CHECKOUT)}: {error}")
    for line in errors:
        plain(line)
    return not errors
