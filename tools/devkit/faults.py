"""`./dev faults`: crashes real servers at every step of the exchange, then compares both ledgers."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from . import cluster, database, system
from .odoo_command import Workbench, prepare
from .output import step
from .paths import CHECKOUT, lock

SHORT = 20
PURPOSE = "faults"
SOURCE, NAME = "utility_faults", "utility_accidents"
SCRIPT = """
import logging, os, runpy
for name in ("odoo.addons.utility_billing_sync", "paramiko"):
    logging.getLogger(name).setLevel(logging.CRITICAL)
found = runpy.run_path({path!r})["main"](env, {rounds})
print("\\n".join(found) or "Both ledgers are equal; each version arrived exactly once.", flush=True)
os._exit(1 if found else 0)
"""


def run(rounds: int) -> int:
    """Run rounds of accidents on a new database; return the exit code."""
    bench = prepare(system.SSHD)
    database.provide(bench, SOURCE)
    with own_copy(bench, SOURCE) as own:
        return have_accidents(own, rounds)


@contextlib.contextmanager
def own_copy(bench: Workbench, source: str) -> Iterator[Workbench]:
    """Yield a copy of a database on its own server."""
    with _own_server(bench) as own:
        database.transfer(bench, source, own, NAME)
        own.server.sql("CHECKPOINT")
        try:
            yield own
        finally:
            database.drop(own, NAME)


def have_accidents(own: Workbench, rounds: int = SHORT) -> int:
    """Run rounds of accidents on the copy; return the exit code."""
    step(f"Faults: {rounds} rounds of accidents")
    path = str(CHECKOUT / "tests/faults/run.py")
    return own.shell(NAME, SCRIPT.format(path=path, rounds=rounds))


@contextlib.contextmanager
def _own_server(bench: Workbench) -> Iterator[Workbench]:
    """Yield a PostgreSQL server that nothing else uses, since it is crashed during the work."""
    with lock(PURPOSE):
        try:
            server = cluster.start(PURPOSE)
            # A crashed server loses what it did not write; without a crash of the machine, fsync only takes time.
            server.sql("ALTER SYSTEM SET fsync = off")
            server.sql("SELECT pg_reload_conf()")
            yield replace(bench, server=server)
        finally:
            cluster.stop(PURPOSE)
