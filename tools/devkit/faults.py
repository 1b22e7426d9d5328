"""`./dev faults`: real servers have accidents at every step of the exchange, then both ledgers are compared."""

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
    """Have so many rounds of accidents on a new database; returns the exit code."""
    bench = prepare(system.SSHD)
    database.provide(bench, SOURCE)
    with own_copy(bench, SOURCE) as own:
        return have_accidents(own, rounds)


@contextlib.contextmanager
def own_copy(bench: Workbench, source: str) -> Iterator[Workbench]:
    """Give a copy of a database on a server of its own."""
    with _own_server(bench) as own:
        database.transfer(bench, source, own, NAME)
        own.server.sql("CHECKPOINT")
        try:
            yield own
        finally:
            database.drop(own, NAME)


def have_accidents(own: Workbench, rounds: int = SHORT) -> int:
    """Have so many rounds of accidents on the copy; returns the exit code."""
    step(f"Faults: {rounds} rounds of accidents")
    path = str(CHECKOUT / "tests/faults/run.py")
    return own.shell(NAME, SCRIPT.format(path=path, rounds=rounds))


@contextlib.contextmanager
def _own_server(bench: Workbench) -> Iterator[Workbench]:
    """Give a PostgreSQL server that nobody else uses: it is crashed in the middle of the work."""
    with lock(PURPOSE):
        try:
            server = cluster.start(PURPOSE)
            # A server that crashes loses what it did not write, not what the machine did not: syncing only takes time.
            server.sql("ALTER SYSTEM SET fsync = off")
            server.sql("SELECT pg_reload_conf()")
            yield replace(bench, server=server)
        finally:
            cluster.stop(PURPOSE)
