"""`./dev load`: a town hall at work over HTTP on a server of this machine, alone, then beside long work.

Bounded: its own database, a server with two workers and one job process, and a given number of minutes and records.
"""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import benchmark, database, load_watch, serve
from .odoo_command import prepare
from .output import plain, step
from .paths import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import load_people as people

NAME = "utility_load"
ACCOUNTANTS, SUBSCRIBERS = 2, 3
#: Seconds in which both workers load what every session needs; not counted.
WARM_UP = 15
#: Days of the imported readings, as many as needed.
DAYS = [f"2025-{month}-{day:02}" for month in (10, 11) for day in range(1, 31)]


@dataclass(frozen=True)
class Size:
    """Size of a load test.

    :param agents: sessions of agents
    :param minutes: of all scenarios together
    :param bills: of the campaign
    :param documents: to export
    :param rows: of the file of readings
    """

    agents: int
    minutes: float
    bills: int
    documents: int
    rows: int


@dataclass(frozen=True)
class Scenario:
    """What goes on beside the sessions.

    :param launch: starts the work; None: nothing does
    :param check: returns {what: number of records that are wrong} after the work
    """

    title: str
    launch: Callable | None = None
    check: Callable = dict


def run(size: Size) -> int:
    """Play every scenario and print its figures; return 1 if something was lost, doubled or failed."""
    bench = prepare()
    database.drop(bench, NAME)
    shutil.rmtree(load_watch.exchange_folder(NAME), ignore_errors=True)
    database.provide(bench, NAME)
    os.environ["LOAD_PEOPLE"] = f"{size.agents} {ACCOUNTANTS} {SUBSCRIBERS}"
    os.environ["LOAD_WORK"] = f"{size.bills} {size.documents}"
    step("Load: preparing the town")
    code = bench.shell(NAME, benchmark.launch(CHECKOUT / "benchmarks/load_town.py", None))
    if code:
        return code
    port, longpolling = _free_ports()
    options = {"workers": "2", "gevent_port": str(longpolling)}
    try:
        with serve.served(bench, NAME, port, entry=CHECKOUT / "benchmarks/load_server.py", **options):
            return _Play(bench, port, size).carry_out()
    finally:
        database.drop(bench, NAME)


class _Play:
    """The scenarios on a running server."""

    def __init__(self, bench, port, size):
        self.bench, self.size = bench, size
        roles = {"agent": size.agents, "accountant": ACCOUNTANTS, "subscriber": SUBSCRIBERS}
        logins = [f"{role}{n}" for role, count in roles.items() for n in range(count)]
        self.sessions = {login: people.Session(port, NAME, login) for login in logins}
        self.chief = people.Session(port, NAME, "agent0")
        self.clerk = people.Session(port, NAME, "accountant0")
        self.section = int(self.sql("SELECT min(id) FROM utility_section"))
        found = self.sql(f"SELECT id FROM utility_meter WHERE section_id = {self.section} ORDER BY id LIMIT 2000")
        self.cards = [int(each) for each in found.split()]

    def sql(self, query):
        return self.bench.server.sql(query, NAME)

    def carry_out(self) -> int:
        scenarios = self._scenarios()
        people.play(self.sessions, self.cards, WARM_UP, len(scenarios) + 1)
        return 1 if sum(self._play(month, each, len(scenarios)) for month, each in enumerate(scenarios, start=1)) else 0

    def _scenarios(self) -> list[Scenario]:
        serials = self.sql("SELECT serial_number FROM utility_connection_point ORDER BY id").split()
        days = DAYS[: -(-self.size.rows // len(serials))]
        rows = [f"{serial};{day};{5_000 + rank}" for serial in serials for rank, day in enumerate(days)]
        launch = partial(people.import_readings, self.chief, self.section, rows[: self.size.rows])
        return [
            Scenario("screens alone"),
            Scenario(
                f"beside a campaign of {self.size.bills:,} bills",
                partial(people.launch_campaign, self.chief, self.section),
                self._check_bills,
            ),
            Scenario(
                f"beside the export of {self.size.documents:,} documents",
                partial(people.export_all, self.clerk),
                self._check_documents,
            ),
            Scenario(f"beside an import of {self.size.rows:,} readings", launch, self._check_import),
            Scenario("beside the synchronisation of all that waits", partial(people.synchronise_all, self.chief)),
        ]

    def _play(self, month, scenario, count) -> int:
        """Play a scenario and print its figures; return the number of what is wrong."""
        with load_watch.watched(self.bench, NAME) as watch:
            seconds = 60 * self.size.minutes / count
            seen = people.play(self.sessions, self.cards, seconds, month, scenario.launch)
            plain(people.table(scenario.title, seen))
            _await_works(self.sql)
        if scenario.launch:
            plain(watch.sentence())
        broken = {what: int(self.sql(query)) for what, query in load_watch.INVARIANTS} | scenario.check()
        broken["saved readings that are lost"] = len(seen.saved) - self._found(seen.saved)
        plain("; ".join(f"{what}: {number}" for what, number in broken.items()))
        return sum(broken.values()) + len(seen.errors)

    def _found(self, ids) -> int:
        return int(self.sql(f"SELECT count(*) FROM utility_reading WHERE id IN ({','.join(map(str, [0, *ids]))})"))

    def _check_bills(self):
        made = self.sql("SELECT count(*) FROM account_move WHERE utility_billing_run_id IS NOT NULL")
        return {"bills that are missing": abs(self.size.bills - int(made))}

    def _check_documents(self):
        """Compare the files of the lots, as delivered, with the documents."""
        sent = self.sql("SELECT count(*) FROM ledger_document WHERE stage IN ('sent', 'integrated')")
        numbers = load_watch.delivered_numbers(self.bench, NAME)
        return {
            "documents that were not sent": abs(self.size.documents - int(sent)),
            "documents missing from the files": abs(self.size.documents - len(set(numbers))),
            "documents in two files": len(numbers) - len(set(numbers)),
        }

    def _check_import(self):
        fates = "SELECT count(*) FROM utility_reading_import_row WHERE fate NOT IN ('new', 'unchanged')"
        last = ",".join(f"'{day}'" for day in DAYS)
        there = self.sql(f"SELECT count(*) FROM utility_reading WHERE section_id = {self.section} AND date IN ({last})")
        return {"rows without a reading": abs(self.size.rows - int(there)), "rows refused": int(self.sql(fates))}


def _await_works(sql, longest=1_200) -> None:
    """Wait for the end of the background work."""
    start = time.monotonic()
    while time.monotonic() - start < longest and int(sql(f"SELECT {load_watch.RUNNING}")):
        time.sleep(1)
    if (waited := time.monotonic() - start) > 1:
        step(f"Load: the background work ended {waited:.0f} s after the sessions")


def _free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return [one.getsockname()[1], other.getsockname()[1]]
