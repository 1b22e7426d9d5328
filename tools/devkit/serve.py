"""`./dev run`: the demo database, in French, served on this machine only."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from . import counterpart, database, system
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import MODULE, cache_root, lock

#: A login for each role (demo/people_demo.xml, demo/town_demo.xml); the password is the login.
PEOPLE = (
    ("Agent", "agent"),
    ("Responsable", "responsable"),
    ("Comptable", "comptable"),
    ("Paramétrage des connecteurs", "connecteurs"),
    ("Abonné (portail)", "abonne"),
    ("Administrateur", "admin"),
)
PATIENCE = 180  # seconds within which Odoo must answer


def run(name: str, port: int, *, reset: bool) -> int:
    """Serve the demo database until Ctrl-C; return the exit code."""
    _check_port(port)
    bench = prepare(optional=(system.WKHTMLTOPDF,))
    with _only_server(name):
        if reset:
            database.drop(bench, name)
            counterpart.forget(name)
        database.provide(bench, name, demo=True)
        _set_address(bench, name, port)
        return _serve(bench, name, port)


def _set_address(bench: Workbench, name: str, port: int) -> None:
    """Store the address of the server, for the styles of printed pages and the links in e-mails."""
    bench.server.sql(
        f"INSERT INTO ir_config_parameter (key, value) VALUES ('web.base.url', 'http://127.0.0.1:{port}') "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        name,
    )


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise SetupError(f"Port {port} cannot be used ({error}): choose another with --port.") from error


@contextlib.contextmanager
def _only_server(name: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lock(f"serve-{name}", wait=False))
        except BlockingIOError:
            raise SetupError(f"Another ./dev run serves the database {name}: choose another with --db.") from None
        yield


def _serve(bench: Workbench, name: str, port: int) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        with served(bench, name, port) as odoo:
            _welcome(name, port)
            return odoo.wait()
    except KeyboardInterrupt:
        plain()
        step("Odoo: stopping")
        return 0


@contextlib.contextmanager
def started(
    bench: Workbench, name: str, port: int, *, entry: Path | None = None, **options: str
) -> Iterator[subprocess.Popen]:
    """Serve a database until the block ends; parameters as of `served`."""
    options = {"http_port": str(port), "max_cron_threads": "1", **options}
    logs = ["--log-level=warn", f"--log-handler=odoo.addons.{MODULE}:INFO"]
    step(f"Odoo: starting on port {port}")
    with bench.configuration(name, **options) as configuration:
        command = bench.command(configuration, *logs)
        if entry:
            command[1:3] = [str(entry)]
        odoo = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            cwd=cache_root(),
            env=bench.environment(),
        )
        try:
            _wait_until_ready(odoo, port)
            yield odoo
        finally:
            _stop(odoo)


@contextlib.contextmanager
def served(
    bench: Workbench, name: str, port: int, *, entry: Path | None = None, **options: str
) -> Iterator[subprocess.Popen]:
    """Serve a demo database, with its counterpart, until the block ends.

    :param entry: file that starts Odoo, needed with workers
    :param options: more options of Odoo's configuration file
    """
    with started(bench, name, port, entry=entry, **options) as odoo, counterpart.beside(name):
        yield odoo


def _interrupt(*_signal) -> None:
    raise KeyboardInterrupt


def _wait_until_ready(odoo: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if odoo.poll() is not None:
            raise SetupError("Odoo stopped before it answered: the error is above.")
        try:
            # This request makes Odoo load everything and build its assets, so that the first visitor does not wait.
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=PATIENCE):
                return
        except urllib.error.HTTPError as error:
            raise SetupError(f"Odoo answers {error}: the reason is above.") from error
        except OSError:
            time.sleep(0.2)
    raise SetupError(f"Odoo did not answer on port {port} within {PATIENCE} s.")


def _welcome(name: str, port: int) -> None:
    step("Odoo: ready")
    people = "\n".join(f"  {role:<36}login {login:<14}password {login}" for role, login in PEOPLE)
    plain(f"\n  http://127.0.0.1:{port}    database {name}\n\n{people}\n\n  Ctrl-C stops it.\n")


def _stop(odoo: subprocess.Popen) -> None:
    """Stop Odoo cleanly: a terminal's Ctrl-C has already reached it, and a second one would abort the shutdown."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        odoo.wait(timeout=3 if os.isatty(0) else 0.1)
    for ending in (signal.SIGINT, signal.SIGKILL):
        if odoo.poll() is None:
            odoo.send_signal(ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                odoo.wait(timeout=20)
