"""The database whose copies the tests run on: this checkout's files, installed and updated without a warning.

It is reused by later runs until a file that it depends on changes.
"""

import json
import re
from pathlib import Path

from . import database
from .odoo_command import Workbench
from .output import SetupError, plain, step
from .paths import CHECKOUT, cache_root, digest, lock, write_whole

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) ")
PREFIX = "tested_"
BUNDLES = {
    "css": (
        *("web.assets_web", "web.assets_web_print", "web.assets_backend_lazy"),
        *("web.assets_frontend", "web.report_assets_common", "web.report_assets_pdf"),
    ),
    "js": (
        *("web.assets_web", "web.assets_tests", "web.assets_backend_lazy", "web.assets_emoji", "web.chartjs_lib"),
        *("web.assets_frontend_minimal", "web.assets_frontend_lazy", "bus.websocket_worker_assets"),
    ),
}
BUILD_ASSETS = f"""
for kind, names in {BUNDLES!r}.items():
    for name in names:
        bundle = env["ir.qweb"]._get_asset_bundle(name, css=kind == "css", js=kind == "js")
        getattr(bundle, kind)()
env.cr.commit()
"""


def copy(bench: Workbench, target: str) -> None:
    """Create a database with the module's present files.

    :raises SetupError: they log a warning
    """
    checkout = digest(str(CHECKOUT))
    name = f"{PREFIX}{checkout}_{database.module_digest()}"
    with lock(f"{PREFIX}{checkout}"):
        if not database.exists(bench, name):
            _drop_outdated(bench)
            _build(bench, name)
        database.copy(bench, name, target)


def build_assets(bench: Workbench, name: str) -> None:
    """Build the web client's bundles once; tours roll back what they build, so each would build them again."""
    step("Web client: building the bundles")
    if bench.shell(name, BUILD_ASSETS):
        raise SetupError("The web client's bundles could not be built: the error is above.")


def warnings(log: str) -> list[str]:
    """Return the warnings and errors of an Odoo log, with their continuation lines."""
    found, inside = [], False
    for line in log.splitlines():
        if match := LOG_LINE.match(line):
            inside = match["level"] in ("WARNING", "ERROR", "CRITICAL")
        if inside:
            found.append(line)
    return found


def _build(bench: Workbench, name: str) -> None:
    draft = f"{name}_draft"
    database.copy_template(bench, draft)
    _install(bench, draft, update=False)
    _install(bench, draft, update=True)
    build_assets(bench, draft)
    write_whole(_note(name), json.dumps({"checkout": str(CHECKOUT)}))
    database.rename(bench, draft, name)


def _install(bench: Workbench, name: str, *, update: bool) -> None:
    log = database.install(bench, name, update=update)
    problems = warnings(log.read_text(errors="replace"))
    if problems:
        plain("\n".join(problems))
        verb = "Updating" if update else "Installing"
        raise SetupError(f"{verb} the module logs the warnings above: it must log none.")


def _drop_outdated(bench: Workbench) -> None:
    """Drop the databases of this checkout's former files, and of deleted checkouts."""
    for name in bench.server.sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{PREFIX}'").split():
        note = _note(name.removesuffix("_draft"))
        checkout = Path(json.loads(note.read_text())["checkout"]) if note.exists() else None
        if checkout == CHECKOUT or (checkout and not checkout.exists()):
            database.drop(bench, name)
            note.unlink(missing_ok=True)


def _note(name: str) -> Path:
    return cache_root() / "databases" / f"{name}.json"
