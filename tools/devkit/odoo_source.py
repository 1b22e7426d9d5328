"""Finds Odoo 19 Community: an existing one (ODOO19_PATH), or Debian's package, unpacked in the cache folder."""

import ast
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .commands import environment, run_logged
from .output import SetupError, step
from .paths import build_once, cache_root, digest

VARIABLE = "ODOO19_PATH"
INSTEAD = f"Set {VARIABLE} to an Odoo 19 source checkout (the folder of odoo-bin) and nothing is downloaded."
# The package links to fonts and JavaScript of its siblings; Font Awesome has other file names in unstable.
PACKAGES = {
    "unstable": (
        "odoo-19",
        "fonts-roboto-unhinted",
        "fonts-montserrat",
        "fonts-ocr-b",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
    ),
    "stable": ("fonts-font-awesome", "fonts-inconsolata"),
}
# Part of the backend's bundle, but missing in Debian's package: without it, every page logs an error.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
UNPACKING = "2"  # increment it when the unpacking changes


@dataclass(frozen=True)
class Odoo:
    """An Odoo 19 to run: the folder for PYTHONPATH, its addons folders and its version."""

    python_path: Path
    addons: tuple[Path, ...]
    version: str


def find() -> Odoo:
    """Return the Odoo to use; download it on the first call, unless ODOO19_PATH names one."""
    if chosen := os.environ.get(VARIABLE):
        return _existing(Path(chosen).expanduser().absolute())
    root = cache_root() / f"odoo-{digest(repr(PACKAGES), UNPACKING)}"
    version = build_once(root, _download)
    python_path = root / "usr/lib/python3/dist-packages"
    return Odoo(python_path, (python_path / "odoo/addons",), version)


def _existing(root: Path) -> Odoo:
    release = root / "odoo/release.py"
    if not release.exists():
        raise SetupError(f"{VARIABLE} is {root}, which holds no odoo/release.py: give the folder of odoo-bin.")
    version = _version_info(release)
    if version[:2] != (19, 0):
        found = ".".join(map(str, version[:2]))
        raise SetupError(f"{VARIABLE} is {root}, which is Odoo {found}: this addon needs Odoo 19.0.")
    addons = [root / "odoo/addons"]
    # In a source checkout, business addons are in another folder; Debian's dist-packages/addons lacks views and data.
    if (root / "addons/account/__manifest__.py").exists() and not (root / "odoo/addons/account").exists():
        addons.insert(0, root / "addons")
    return Odoo(root, tuple(addons), digest(str(root), release.read_bytes(), _revision(root)))


def _version_info(release: Path) -> tuple:
    for node in ast.parse(release.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "version_info":
            return tuple(getattr(value, "value", None) for value in node.value.elts)
    return ()


def _revision(root: Path) -> str:
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def _download(root: Path) -> str:
    step("Odoo 19: downloading Debian's package (about 160 MB with the lists)")
    logs = cache_root() / "logs"
    names = [name for suite in PACKAGES for name in PACKAGES[suite]]
    state = debian.PrivateApt(root / ".apt", tuple(PACKAGES), INSTEAD)
    state.update(logs / "odoo-lists.log")
    wanted = [f"{name}/{suite}" for suite in PACKAGES for name in PACKAGES[suite]]
    archives = state.download(wanted, logs / "odoo-download.log")
    step("Odoo 19: unpacking")
    for archive in archives:
        run_logged(
            ["dpkg", "-x", archive, root],
            f"Unpacking {archive.name}",
            logs / "odoo-unpack.log",
            env=environment(),
        )
    missing = [name for name in names if not any(archive.name.startswith(f"{name}_") for archive in archives)]
    if missing:
        raise SetupError(f"Debian's archive did not give {', '.join(missing)}. {INSTEAD}")
    state.remove()
    _complete(root)
    version = next(archive.name.split("_")[1] for archive in archives if archive.name.startswith("odoo-19_"))
    step(f"Odoo 19: ready ({version})")
    return version


def _complete(root: Path) -> None:
    stub = root / "usr/lib/python3/dist-packages/odoo/addons" / LEFT_OUT
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.unlink(missing_ok=True)
        stub.write_text("/* Background blur of video calls: not in Debian's package. */\n")
    for link in _absolute_links(root):
        inside = root / str(link.readlink()).lstrip("/")
        if inside.exists():
            link.unlink()
            link.symlink_to(os.path.relpath(inside, link.parent))
    dangling = [link for link in _links(root) if not link.exists()]
    if dangling:
        shown = "\n".join(str(link.relative_to(root)) for link in dangling[:10])
        raise SetupError(f"Debian's Odoo package links to {len(dangling)} missing files. {INSTEAD}\n{shown}")


def _links(root: Path) -> list[Path]:
    return [
        Path(folder, name)
        for folder, folders, files in os.walk(root)
        for name in folders + files
        if os.path.islink(os.path.join(folder, name))
    ]


def _absolute_links(root: Path) -> list[Path]:
    return [link for link in _links(root) if link.readlink().is_absolute()]
