"""The other side of the demo's accounting exchange: tools/frp1000_simulator.py beside Odoo."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .output import step
from .paths import CHECKOUT, cache_root

SIMULATOR = CHECKOUT / "tools/frp1000_simulator.py"
#: The demo town's codes; its last subscriber is missing, so that an anomaly can be seen and corrected.
REFERENTIAL = SIMULATOR.with_name("frp1000_demo.json")


def directory(database: str) -> Path:
    """Return the directory of the demo's connector (demo/ledger_demo.xml), where Odoo looks for it by default."""
    return cache_root() / "data/ledger_exchange" / database / "frp1000"


def forget(database: str) -> None:
    """A new database begins with a counterpart that has no entries yet."""
    shutil.rmtree(directory(database), ignore_errors=True)


@contextlib.contextmanager
def beside(database: str) -> Iterator[None]:
    """Put the référentiel down, then take lots and answer them, until the block ends."""
    place = str(directory(database))
    publish = [sys.executable, str(SIMULATOR), "publish", "--root", place, "--data", str(REFERENTIAL)]
    subprocess.run(publish, check=True)
    command = [sys.executable, str(SIMULATOR), "serve", "--root", place]
    counterpart = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    step("Sage FRP 1000: its counterpart answers on the demo's connector")
    try:
        yield
    finally:
        counterpart.terminate()
        counterpart.wait(timeout=10)
