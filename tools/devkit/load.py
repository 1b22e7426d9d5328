"""`./dev load`: a town hall at work over HTTP on a server of this machine, alone, then during long work.

It is limited to its own database, a server with two workers and one job process, and the given number of minutes.
"""

import os
import socket
import sys
import time

from . import benchmark, database, serve
from .odoo_command import prepare
from .output import plain, step
from .paths import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import load_people as people

NAME = "utility_load"
ACCOUNTANTS, SUBSCRIBERS = 2, 3
#: Seconds of warm-up, not counted, in which both workers load common data.
WARM_UP = 15
#: Conditions after each scenario: (name, query of the number of violations).
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
        "works that stopped",
        "SELECT (SELECT count(*) FROM utility_reading_import_run WHERE state = 'stopped')"
        " + (SELECT count(*) FROM utility_synchronisation_run WHERE state = 'stopped')",
    ),
)


def run(agents: int, minutes: float) -> int:
    """Run every scenario and print its figures; return 1 if something was lost, duplicated or failed."""
    bench = prepare()
    database.drop(bench, NAME)
    database.provide(bench, NAME)
    os.environ["LOAD_PEOPLE"] = f"{agents} {ACCOUNTANTS} {SUBSCRIBERS}"
    step("Load: preparing the town")
    code = bench.shell(NAME, benchmark.launch(CHECKOUT / "benchmarks/load_town.py", None))
    if code:
        return code
    port, longpolling = _free_ports()
    options = {"workers": "2", "gevent_port": str(longpolling)}
    try:
        with serve.served(bench, NAME, port, entry=CHECKOUT / "benchmarks/load_server.py", **options):
            return _play(bench, port, agents, 60 * minutes)
    finally:
        database.drop(bench, NAME)


def _play(bench, port, agents, seconds) -> int:
    logins = [f"{role}{n}" for role, count in _roles(agents).items() for n in range(count)]
    sessions = {login: people.Session(port, NAME, login) for login in logins}
    sql = lambda query: bench.server.sql(query, NAME)  # noqa: E731
    section = int(sql("SELECT min(id) FROM utility_section"))
    cards = [int(each) for each in sql(f"SELECT id FROM utility_meter WHERE section_id = {section} LIMIT 2000").split()]
    serials = sql("SELECT serial_number FROM utility_connection_point ORDER BY id").split()
    chief = people.Session(port, NAME, "agent0")
    rows = [f"{serial};2025-10-{day};{5_000 + int(day)}" for serial in serials[2_000:] for day in ("05", "15")]
    scenarios = {
        "screens alone": None,
        f"beside an import of {len(rows):,} readings": lambda: people.import_readings(chief, section, rows),
        "beside the synchronisation of all that waits": lambda: people.synchronise_all(chief),
    }
    people.play(sessions, cards, WARM_UP, 4)
    wrong = 0
    for month, (title, beside) in zip((1, 2, 3), scenarios.items(), strict=True):
        seen = people.play(sessions, cards, seconds / len(scenarios), month, beside)
        plain(people.table(title, seen))
        _await_works(sql)
        broken = {what: int(sql(query)) for what, query in INVARIANTS}
        broken["saved readings that are lost"] = len(seen.saved) - _found(sql, seen.saved)
        plain("; ".join(f"{what}: {number}" for what, number in broken.items()))
        wrong += sum(broken.values()) + len(seen.errors)
    return 1 if wrong else 0


def _roles(agents):
    return {"agent": agents, "accountant": ACCOUNTANTS, "subscriber": SUBSCRIBERS}


def _found(sql, ids) -> int:
    return int(sql(f"SELECT count(*) FROM utility_reading WHERE id IN ({','.join(map(str, [0, *ids]))})"))


def _await_works(sql, longest=300) -> None:
    """Wait for the end of the background work."""
    running = "SELECT count(*) FROM utility_reading_import_run WHERE state = 'running'"
    synchronising = "SELECT count(*) FROM utility_synchronisation_run WHERE state = 'running'"
    start = time.monotonic()
    while time.monotonic() - start < longest and int(sql(running)) + int(sql(synchronising)):
        time.sleep(1)
    if (waited := time.monotonic() - start) > 1:
        step(f"Load: the work in the background ended {waited:.0f} s after the sessions")


def _free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return [one.getsockname()[1], other.getsockname()[1]]
