"""`./dev test --from-nothing`: *Mise en route* in a database with nothing but the addon, through screens only.

The database belongs to a role without privileges; the country and the language are those that Odoo asks for when a
database is created.
"""

import secrets
import shutil
import socket
import subprocess

from . import database, guide, serve, system, tested
from .odoo_command import Workbench, prepare
from .output import SetupError, step
from .paths import CHECKOUT, MODULE, cache_root, lock
from .pictures import BROWSERS

#: What Odoo asks for when a database is created; and no look-up of companies' names outside this machine.
ASKED = """
env.company.country_id = env.ref("base.fr")
env.company.partner_id.lang = env["res.users"].browse(2).lang = "fr_FR"
env["ir.config_parameter"].set_param("iap.partner_autocomplete.endpoint", "http://127.0.0.1:9")
env.cr.commit()
"""
WALK = CHECKOUT / "tools/setup_walk.py"


def run() -> int:
    """Create the database, serve it, walk through the tour; return the exit code."""
    bench = prepare(system.CHROMIUM)
    name = f"utility_test_{secrets.token_hex(4)}"
    role = f"{name}_role"
    with lock(name):
        try:
            bench.server.sql(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOCREATEROLE CREATEDB')
            _create(bench, name, role)
            return _walk(bench, name, role)
        finally:
            database.drop(bench, name)
            bench.server.sql(f'DROP ROLE IF EXISTS "{role}"')
            (cache_root() / "locks" / name).unlink(missing_ok=True)


def _create(bench: Workbench, name: str, role: str) -> None:
    step(f"Database {name}: {MODULE} alone, of a role without privileges")
    bench.server.sql(f'CREATE DATABASE "{name}" TEMPLATE template0 OWNER "{role}"')
    database.odoo(bench, name, "-i", "base", "--load-language=fr_FR", label="Base", db_user=role)
    if bench.shell(name, ASKED, db_user=role):
        raise SetupError("Country and language could not be set: the error is above.")
    log = database.odoo(bench, name, "-i", MODULE, label=f"Installing {MODULE}", db_user=role)
    if problems := tested.warnings(log.read_text(errors="replace")):
        raise SetupError("\n".join(problems))


def _walk(bench: Workbench, name: str, role: str) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with serve.started(bench, name, port, db_user=role):
        step("Walking through the setup, until the first bill")
        picture = cache_root() / "screenshots" / f"{name}.png"
        command = [guide.python(), WALK, "--port", str(port), "--browser", browser, "--picture", picture]
        code = subprocess.run(command, check=False).returncode
    step(f"The tour failed: see {picture}" if code else "The town is set up: the first bills are there")
    return code
