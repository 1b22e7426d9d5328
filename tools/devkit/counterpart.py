"""The accounting system of the demo's exchange: runs tools/frp1000_simulator.py beside Odoo."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .odoo_command import Workbench
from .output import SetupError, step
from .paths import CHECKOUT, cache_root

SIMULATOR = CHECKOUT / "tools/frp1000_simulator.py"
#: The demo town's codes, without its last subscriber, so that there is an anomaly to correct.
REFERENTIAL = SIMULATOR.with_name("frp1000_demo.json")
PAST = SIMULATOR.with_name("demo_exchange.py")


def directory(database: str) -> Path:
    """Return the directory of the demo's connector (demo/ledger_demo.xml), where Odoo looks for it by default."""
    return cache_root() / "data/ledger_exchange" / database / "frp1000"


def forget(database: str) -> None:
    """Reset the counterpart of a new database."""
    shutil.rmtree(directory(database), ignore_errors=True)


def play_past(bench: Workbench, database: str) -> None:
    """Create the history of the exchange in a new demo database."""
    step(f"Database {database}: playing the exchange with Sage FRP 1000")
    forget(database)
    places = ", ".join(repr(str(each)) for each in (SIMULATOR, directory(database), REFERENTIAL))
    if bench.shell(database, f"{PAST.read_text('utf-8')}\n\nplay(env, {places})\n"):
        raise SetupError(f"The exchange of the demo could not be played in {database}: the error is above.")


@contextlib.contextmanager
def beside(database: str) -> Iterator[None]:
    """Publish the référentiel, then collect and answer lots, until the block ends."""
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
