"""Observations of `./dev load`: how long background work runs and idles, and what must hold after each scenario."""

import contextlib
import subprocess
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .commands import environment
from .paths import cache_root

#: What must hold after each scenario: (what, query of the number of records that break it).
INVARIANTS = (
    (
        "readings twice",
        "SELECT count(*) FROM ("
        "SELECT 1 FROM utility_reading GROUP BY meter_id, date, kind HAVING count(*) > 1) AS twice",
    ),
    (
        "indexes that do not follow the one before",
        "SELECT count(*) FROM ("
        "SELECT previous_index, lag(index) OVER (PARTITION BY meter_id ORDER BY date, id) AS before "
        "FROM utility_reading) AS chained WHERE before IS NOT NULL AND previous_index != before",
    ),
    (
        "synchronised readings that differ",
        "SELECT count(*) FROM utility_reading r JOIN utility_reading o ON o.id = r.origin_reading_id "
        "WHERE r.sync_state = 'synced' AND o.sync_state = 'synced' AND r.index != o.index",
    ),
    (
        "subscriptions billed twice",
        "SELECT count(*) FROM (SELECT 1 FROM account_move WHERE utility_billing_run_id IS NOT NULL "
        "GROUP BY utility_subscription_id, utility_billing_run_id HAVING count(*) > 1) AS twice",
    ),
    (
        "readings billed twice",
        "SELECT count(*) FROM (SELECT 1 FROM utility_billed_reading WHERE released IS NOT TRUE "
        "GROUP BY reading_id HAVING count(*) > 1) AS twice",
    ),
    (
        "works that stopped",
        "SELECT (SELECT count(*) FROM utility_reading_import_run WHERE state = 'stopped')"
        " + (SELECT count(*) FROM utility_synchronisation_run WHERE state = 'stopped')"
        " + (SELECT count(*) FROM utility_billing_run WHERE state = 'stopped')"
        " + (SELECT count(*) FROM ledger_run WHERE state = 'failed')",
    ),
)
#: Number of works that are not over.
RUNNING = (
    "(SELECT count(*) FROM utility_reading_import_run WHERE state = 'running')"
    " + (SELECT count(*) FROM utility_synchronisation_run WHERE state = 'running')"
    " + (SELECT count(*) FROM utility_billing_run WHERE state = 'running')"
    " + (SELECT count(*) FROM ledger_run WHERE date_end IS NULL)"
)
#: Sessions in a transaction of such a work, which bears its name.
AT_WORK = "(SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'utility_work:%')"
#: Seconds between two looks.
INTERVAL = 0.1


@dataclass
class Watch:
    """Looks at the database while something runs: {(is running, is at work): number of looks}."""

    looks: Counter = field(default_factory=Counter)

    def read(self, lines):
        for line in lines:
            running, bar, working = line.strip().partition("|")
            if bar and running.isdigit():
                self.looks[int(running) > 0, int(working) > 0] += 1

    def sentence(self) -> str:
        """Return how long the work took, of which at work."""
        working, idle = self.looks[True, True], self.looks[True, False]
        ratio = (working + idle) / working if working else 0
        return f"the work took {INTERVAL * (working + idle):.0f} s, {ratio:.2f} times its time at work"


@contextlib.contextmanager
def watched(bench, name):
    """Look at a database until the block ends; yields the watch."""
    command = [bench.server.programs / "psql", *bench.server.address(), "-d", name, "-XAtq"]
    query = f"SELECT {RUNNING}, {AT_WORK} \\watch {INTERVAL}\n"
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment()
    )
    process.stdin.write(query)
    process.stdin.flush()
    watch = Watch()
    reader = threading.Thread(target=watch.read, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        yield watch
    finally:
        process.terminate()
        process.wait()
        reader.join(timeout=5)


def exchange_folder(name) -> Path:
    """Return the folder of a database's files for the accounting system."""
    return cache_root() / "data/ledger_exchange" / name


def delivered_numbers(bench, name) -> list[str]:
    """Return the number of each document, once for each file that contains it (25 columns: the sixth is the number)."""
    root, numbers = exchange_folder(name), []
    for file in bench.server.sql("SELECT name FROM ledger_lot WHERE state = 'delivered'", name).split():
        for path in root.rglob(file):
            lines = path.read_text("latin-1").splitlines()
            numbers += {line.split(";")[5] for line in lines if line.count(";") > 5}
    return numbers
