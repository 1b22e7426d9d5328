"""The virtual environment with the pinned Python packages of Odoo, the addon and the tests."""

import sys
from pathlib import Path

from .commands import environment, run_logged
from .output import step
from .paths import CHECKOUT, build_once, cache_root, digest

ODOO_REQUIREMENTS = CHECKOUT / "requirements-odoo.txt"
REQUIREMENTS = (ODOO_REQUIREMENTS, CHECKOUT / "requirements.txt", CHECKOUT / "requirements-dev.txt")


def requirements_digest() -> str:
    """Return a digest of the pinned packages and the Python that runs them."""
    pins = [file.read_bytes() for file in REQUIREMENTS]
    return digest(sys.version, sys.base_prefix, *pins)


def find() -> Path:
    """Return the Python of the virtual environment, which is created on the first call."""
    folder = cache_root() / f"python-{requirements_digest()}"
    build_once(folder, _build)
    return folder / "bin/python"


def _build(folder: Path) -> str:
    step("Python packages: installing the pinned versions in a virtual environment")
    log = cache_root() / "logs/python-packages.log"
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    python = base if base.exists() else Path(sys.executable)
    run_logged([python, "-m", "venv", folder], "Virtual environment", log, env=_clean())
    files = [word for file in REQUIREMENTS for word in ("-r", file)]
    options = ["--prefer-binary", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    run_logged(
        [folder / "bin/python", "-m", "pip", "install", *options, *files],
        "Python packages",
        log,
        hint="Is there a network? A package without wheel for this Python also needs a C compiler.",
        env=_clean(),
    )
    step("Python packages: ready")
    return sys.version


def _clean() -> dict[str, str]:
    variables = environment()
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
        variables.pop(name, None)
    return variables
