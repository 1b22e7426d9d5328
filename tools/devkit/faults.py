"""`./dev faults`: real processes are killed at every step of the exchange, then both ledgers are compared."""

from . import database
from .odoo_command import Workbench, prepare
from .output import step
from .paths import CHECKOUT

SHORT = 20
NAME = "utility_faults"
SCRIPT = """
import logging, runpy, sys
for name in ("odoo.addons.utility_billing_sync", "paramiko"):
    logging.getLogger(name).setLevel(logging.CRITICAL)
found = runpy.run_path({path!r})["main"](env, {rounds})
print("\\n".join(found) or "Both ledgers are equal; each version arrived exactly once.", flush=True)
import os
os._exit(1 if found else 0)
"""


def run(rounds: int) -> int:
    """Kill so many processes on a new database; returns the exit code."""
    bench = prepare()
    database.drop(bench, NAME)
    database.provide(bench, NAME)
    try:
        return run_on(bench, NAME, rounds)
    finally:
        database.drop(bench, NAME)


def run_on(bench: Workbench, name: str, rounds: int = SHORT) -> int:
    """Kill so many processes on a database that nobody needs afterwards; returns the exit code."""
    step(f"Faults: {rounds} rounds of kill −9")
    path = str(CHECKOUT / "tests/faults/run.py")
    return bench.shell(name, SCRIPT.format(path=path, rounds=rounds))
