"""Build backend of `pip install .`: whool, from a folder of any name, without developers' files.

whool names an addon after its folder. The installed files are therefore copied to a folder with the addon's technical
name, which whool then builds.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whool import buildapi

ADDON = "utility_billing_sync"
#: Folders that Odoo needs to serve the addon.
INSTALLED_FOLDERS = (
    *("controllers", "core", "data", "demo", "i18n", "migrations", "models", "report", "security", "static", "views"),
    "wizards",
)
INSTALLED_FILES = ("__init__.py", "__manifest__.py", "hooks.py", "LICENSE", "README.rst", "PKG-INFO", "pyproject.toml")
#: A source distribution also contains this backend, with which it is built in turn.
SOURCE_FOLDERS = (*INSTALLED_FOLDERS, "docs", "tools/packaging")
SOURCE_FILES = (*INSTALLED_FILES, "CHANGELOG.rst", "CONTRIBUTING.rst", "SECURITY.md", "requirements.txt")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "tests")


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build the wheel and return its name."""
    target = os.path.abspath(wheel_directory)
    with _addon(INSTALLED_FOLDERS, INSTALLED_FILES):
        return buildapi.build_wheel(target, config_settings)


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """Build the source distribution and return its name."""
    target = os.path.abspath(sdist_directory)
    with _addon(SOURCE_FOLDERS, SOURCE_FILES):
        return buildapi.build_sdist(target, config_settings)


@contextlib.contextmanager
def _addon(folders: tuple[str, ...], files: tuple[str, ...]) -> Iterator[None]:
    """Change to a copy of the addon under its technical name, for the duration of the block."""
    checkout = Path.cwd()
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, ADDON)
        copy.mkdir()
        for folder in folders:
            if (checkout / folder).exists():
                shutil.copytree(checkout / folder, copy / folder, ignore=LEFT_OUT)
        for file in files:
            if (checkout / file).exists():
                shutil.copy(checkout / file, copy / file)
        os.chdir(copy)
        try:
            yield
        finally:
            os.chdir(checkout)
