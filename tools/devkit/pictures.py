"""`./dev pictures`: every picture of the guide and of README, from a new demo town in the browser."""

import shutil
import socket
import subprocess

from . import database, guide, lint, serve, system
from .odoo_command import prepare
from .output import SetupError, step
from .paths import CHECKOUT

TAKER = CHECKOUT / "tools/guide_pictures.py"
BROWSERS = (*system.HEADLESS.names, *system.CHROMIUM.names)


def run(name: str, names: list[str], *, keep: bool) -> int:
    """Take the pictures, then build the guide and the page of the Apps that show them.

    :param names: pictures to take alone, all if empty
    :param keep: take them of the database as it is
    """
    bench = prepare(system.CHROMIUM, optional=(system.WKHTMLTOPDF,))
    if not keep:
        database.drop(bench, name)
    database.provide(bench, name, demo=True)
    port = _free_port()
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with serve.served(bench, name, port):
        step("Pictures: walking through the demo town")
        command = [guide.python(), TAKER, "--port", str(port), "--browser", browser, *names]
        if subprocess.run(command, check=False).returncode:
            raise SetupError("Some pictures could not be taken: see above.")
    return guide.run() or lint.write_description()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
