"""Crash test of the exchange: accidents at every step, on one and two servers; finally, both ledgers must be equal.

The first half of the rounds exchanges through a directory, the second half over SFTP. A round kills a server (-9) at a
point of the protocol or at a random time, then causes the next accident of the table in accidents.py. Called by
`./dev faults --rounds N`, and in a short form by `./dev test`.
"""

import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parents[1] / "tools")]

import reschedule  # noqa: E402
from accidents import ACCIDENTS, DIRECTORY, SFTP  # noqa: E402
from agents import Crowd  # noqa: E402
from crash import Worker  # noqa: E402
from devkit import cluster  # noqa: E402
from sshd import Sshd  # noqa: E402
from world import World  # noqa: E402

from odoo.addons.utility_billing_sync.core.ledger import sftp  # noqa: E402

SEED = 19
CALLS = 40
#: Tries to have an accident happen.
TRIES = 10
#: Rounds that may remain without an accident.
MISSED = 3
#: Rounds between two comparisons of the ledgers.
CHECKED = 5
#: Seconds that servers wait for SFTP here, instead of thirty.
PATIENCE = 2.0


def main(env, rounds):
    """Execute a number of rounds. Returns the problems found; none if every version arrived exactly once."""
    registry = env.registry
    env.cr.close()
    with contextlib.ExitStack() as stack:
        folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _place in range(2)]
        impatient = partial(sftp.SftpTransport, timeout=PATIENCE)
        stack.enter_context(mock.patch.object(sftp, "SftpTransport", impatient))
        trial = Trial(World(registry, folders[0]))
        found = trial.do(DIRECTORY, rounds - rounds // 2)
        if not found and rounds > 1:
            server = Sshd(folders[1])
            server.start()
            stack.callback(server.stop)
            trial.world.go_over_sftp(server)
            trial.server = server
            found = trial.do(SFTP, rounds // 2)
        found = found or reschedule.problems(trial) or Crowd(trial.world).work()
    for name, times in trial.happened.items():
        print(f"{times:4} × {name}")
    kinds = Counter(operation for _company, _number, operation in trial.world.expected)
    print(f"{trial.killed} processes killed, {dict(kinds)} versions, {trial.movements} payments")
    return found


class Trial:
    """Rounds of accidents in one world."""

    def __init__(self, world):
        self.world, self.database, self.server = world, world.registry.db_name, None
        self.postgresql = cluster.start("faults")
        self.chance = random.Random(SEED)
        self.missed = 0
        self.killed, self.movements, self.happened, self.found = 0, 0, Counter(), []

    def do(self, where, rounds):
        """Cause accidents and compare both sides every few rounds. Returns the problems found."""
        self.settle()
        if not self.world.paying:
            self.world.receive_payments()
        if not self.world.expected:
            self.world.bills(4)
        self.points, self.seconds = self.settle()
        print(f"{where}: a run passes {self.points} points in {self.seconds:.1f} s", flush=True)
        accidents = [accident for accident in ACCIDENTS if where in accident.where]
        for number in range(rounds):
            accident = accidents[number % len(accidents)]
            self.kill(number)
            self.have(accident)
            if self.chance.random() < 0.5:
                self.world.simulate("serve", "--once")
            if number % CHECKED == CHECKED - 1 or number == rounds - 1:
                self.settle()
                found = self.found + self.world.problems()
                self.movements = self.world.movements()
                print(f"{number + 1} rounds, {self.killed} processes killed, {self.movements} payments", flush=True)
                if found:
                    return [f"round {number + 1} {where} ({accident.name}): {sentence}" for sentence in found]
        return []

    def feed(self):
        """Create work: new bills and invoices, approvals of bills that were sent, payments of invoices."""
        self.world.bills(self.chance.randrange(1, 4))
        self.world.invoices(self.chance.randrange(0, 3))
        self.world.approve(self.chance.randrange(0, 3))
        if self.chance.random() < 0.4:
            self.world.pay()

    def kill(self, number):
        """Kill a server, at a point of the protocol or at a random time."""
        self.feed()
        if number % 2:
            worker = self.begin()
            worker.kill(after=self.moment())
        else:
            worker = self.begin(point=self.point())
        self.end(worker)

    def have(self, accident):
        """Cause an accident, and repeat it until it has an effect; a few rounds may remain without one."""
        for _try in range(TRIES):
            self.feed()
            if accident.happen(self):
                self.happened[accident.name] += 1
                return
        self.missed += 1
        print(f"without an accident: {accident.name}", flush=True)
        if self.missed > MISSED:
            raise RuntimeError(f"This accident did not happen: {accident.name}; {self.world.last_runs()}")

    def point(self):
        """Return a random point of the protocol."""
        return self.chance.randrange(1, self.points + 1)

    def moment(self):
        """Return a random number of seconds within the duration of a run."""
        return self.chance.uniform(0, self.seconds)

    def begin(self, **options):
        """Make the scheduled run due and start a server (with options of Worker)."""
        self.world.make_due()
        return self.join(**options)

    def join(self, **options):
        """Start a server that looks for due jobs."""
        return Worker(self.database, **options)

    def end(self, worker):
        """Wait for the end of a server. Returns it."""
        self.killed += worker.end().killed
        return worker

    def settle(self):
        """Run until neither side has work left. Returns (points passed, seconds) of the first run."""
        first = None
        self.world.ask_again()
        for _call in range(CALLS):
            started = time.monotonic()
            worker = self.end(self.begin())
            first = first or (worker.passed, time.monotonic() - started)
            took = self.world.simulate("serve", "--once")
            if not took and self.world.is_quiet():
                return first
        raise RuntimeError(
            f"after {CALLS} runs there is still something to do: {self.world.unfinished()}, {self.world.last_runs()}"
        )
