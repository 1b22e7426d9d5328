"""Creates databases from a template with accounting, installs the addon and keeps it up to date."""

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from . import counterpart
from .commands import run_logged
from .odoo_command import Workbench
from .output import SetupError, step
from .paths import CHECKOUT, MODULE, cache_root, digest, lock, write_whole
from .python_env import ODOO_REQUIREMENTS

TEMPLATE_MODULES = ("account", "l10n_fr_account")
LANGUAGES = ("en_US", "fr_FR")  # the first is the default one
DEMO_LANGUAGE = "fr_FR"
# Files that an installed module does not depend on: changing them needs no update.
NOT_IN_DATABASE = {"benchmarks", "core/tests", "docs", "tests", "tools"}


def check_name(name: str) -> str:
    """Return a database name, if Odoo, PostgreSQL and a file system all accept it.

    :raises SetupError: one of them does not
    """
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,59}", name):
        raise SetupError(f"{name!r} cannot name a database: a letter, then letters, digits, - and _, 60 at most.")
    return name


def exists(bench: Workbench, name: str) -> bool:
    """Return whether the database exists."""
    return bench.server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == "1"


def drop(bench: Workbench, name: str) -> None:
    """Drop a database with its files, if it exists."""
    bench.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(_filestore(name), ignore_errors=True)
    _state_file(name).unlink(missing_ok=True)


def copy_template(bench: Workbench, name: str) -> None:
    """Create a database with accounting, without this addon, from the template."""
    copy(bench, _template(bench), name)


def copy(bench: Workbench, source: str, name: str) -> None:
    """Copy a database without connections; replace a former copy."""
    drop(bench, name)
    shutil.copytree(_filestore(source), _filestore(name), copy_function=os.link)
    with lock("copy"):
        bench.server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def transfer(bench: Workbench, source: str, other: Workbench, name: str) -> None:
    """Copy a database, which may be in use, to another cluster; replace a former copy."""
    drop(other, name)
    shutil.copytree(_filestore(source), _filestore(name), copy_function=os.link)
    other.server.sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    log = cache_root() / f"logs/{name}-transfer.log"
    with tempfile.TemporaryDirectory(dir=cache_root()) as folder:
        dump = [bench.server.programs / "pg_dump", *bench.server.address(), "-Fd", "-j2", "-Z0", "-f", f"{folder}/dump"]
        run_logged([*dump, source], f"Copying {source}", log)
        restore = [other.server.programs / "pg_restore", *other.server.address(), "-j2", "-d", name, f"{folder}/dump"]
        run_logged(restore, f"Copying {source} to {name}", log)


def rename(bench: Workbench, name: str, new: str) -> None:
    """Rename a finished draft, so that only complete databases have the final name."""
    shutil.rmtree(_filestore(new), ignore_errors=True)
    _filestore(name).mkdir(parents=True, exist_ok=True)
    _filestore(name).rename(_filestore(new))
    bench.server.sql(f'ALTER DATABASE "{name}" RENAME TO "{new}"')


def install(bench: Workbench, name: str, *, update: bool = False) -> Path:
    """Install or update the addon in a database and return the log of it."""
    verb = "updating" if update else "installing"
    step(f"Database {name}: {verb} {MODULE}")
    return odoo(bench, name, "-u" if update else "-i", MODULE, label=f"Database {name}: {verb} {MODULE}")


def provide(bench: Workbench, name: str, *, demo: bool = False) -> None:
    """Create or update the database so that it matches the addon's present files."""
    with lock(f"database-{name}"):
        state, wanted = _state(name), {"module": module_digest(), "checkout": str(CHECKOUT)}
        is_there = bool(state) and exists(bench, name)
        if is_there and demo and state.get("demo") != _demo_digest():
            step(f"Database {name} is of an older demo town: --reset creates it again.")
        if is_there and wanted.items() <= state.items():
            return
        if is_there:
            if state["checkout"] != wanted["checkout"]:
                step(f"Database {name} was that of {state['checkout']}; it now follows this one.")
            install(bench, name, update=True)
            wanted = state | wanted
        else:
            copy_template(bench, name)
            install(bench, name)
            if demo:
                load_demo(bench, name)
                counterpart.play_past(bench, name)
                wanted["demo"] = _demo_digest()
        # Written last: a database without this file is incomplete, and is created again.
        write_whole(_state_file(name), json.dumps(wanted))


def _state(name: str) -> dict:
    try:
        return json.loads(_state_file(name).read_text())
    except (FileNotFoundError, ValueError):
        return {}


def _state_file(name: str) -> Path:
    return cache_root() / "databases" / f"{name}.json"


def _filestore(name: str) -> Path:
    return cache_root() / "data/filestore" / name


def module_digest() -> str:
    """Return a name that changes with the files that an installed module depends on."""
    parts = []
    for folder, folders, files in os.walk(CHECKOUT):
        folders[:] = sorted(each for each in folders if _is_in_database(Path(folder, each)))
        for file in sorted(files):
            path = Path(folder, file)
            if path.is_file():
                parts += [str(path.relative_to(CHECKOUT)), path.read_bytes()]
    return digest(*parts)


def _demo_digest() -> str:
    """Return a name that changes with the demo town."""
    files = sorted(path for path in (CHECKOUT / "demo").rglob("*") if path.is_file())
    return digest(*(path.read_bytes() for path in files))


def _is_in_database(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name == "__pycache__"
    return not hidden and str(folder.relative_to(CHECKOUT)) not in NOT_IN_DATABASE


def _template(bench: Workbench) -> str:
    """Return the name of the template, which is built on the first call."""
    name = "template_" + digest(bench.odoo.version, ODOO_REQUIREMENTS.read_bytes(), *TEMPLATE_MODULES, *LANGUAGES)
    if not exists(bench, name):
        with lock(name):
            if not exists(bench, name):
                _build_template(bench, name)
    return name


def _build_template(bench: Workbench, name: str) -> None:
    step(f"Template database: installing {', '.join(TEMPLATE_MODULES)} and French (about a minute)")
    draft = f"{name}_draft"
    drop(bench, draft)
    bench.server.sql(f'CREATE DATABASE "{draft}" TEMPLATE template0')
    modules = ",".join(TEMPLATE_MODULES)
    odoo(bench, draft, "-i", modules, f"--load-language={','.join(LANGUAGES)}", label="Template database")
    rename(bench, draft, name)
    step("Template database: ready")


def odoo(bench: Workbench, name: str, *arguments: str, label: str, **options: str) -> Path:
    """Run Odoo on a database until it is initialised and return its log.

    :param options: more options of Odoo's configuration file
    """
    log = cache_root() / f"logs/{name}.log"
    with bench.configuration(name, **options) as configuration:
        command = bench.command(configuration, *arguments, "--stop-after-init", "--no-http", "--log-level=info")
        run_logged(command, label, log, cwd=cache_root(), env=bench.environment())
    return log


# Odoo's own --with-demo loads the demo data of every dependency; only this addon's is needed here.
# Its files are loaded without a language; the records' history is in the demo's language.
LOAD_DEMO = f"""
from unittest.mock import patch

from odoo.api import Environment
from odoo.modules.loading import load_data
from odoo.modules.module_graph import ModuleGraph

graph = ModuleGraph(env.cr, mode="load")
graph.extend(env["ir.module.module"].search([("state", "=", "installed")]).mapped("name"))
package = next(package for package in graph if package.name == "{MODULE}")
env["ir.default"].set("res.partner", "lang", "{DEMO_LANGUAGE}")
with patch.object(Environment, "lang", "{DEMO_LANGUAGE}"):
    load_data(env(su=True), {{}}, "init", kind="demo", package=package)
# not marked as demo: an update would load a later version's files over what people did since
env["res.users"].with_context(active_test=False).search([("share", "=", False)]).lang = "{DEMO_LANGUAGE}"
env["res.company"].search([]).partner_id.lang = "{DEMO_LANGUAGE}"
env.cr.commit()
"""


def load_demo(bench: Workbench, name: str) -> None:
    """Load the demo data of the addon, as it stands where the workbench has it."""
    step(f"Database {name}: loading the demo data")
    if bench.shell(name, LOAD_DEMO):
        raise SetupError(f"The demo data could not be loaded in {name}: the error is above.")
