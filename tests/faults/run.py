"""Kill −9 at every step of the delivery and at random moments, on one and on two servers; then both ledgers are equal.

The first half of the rounds exchanges through a directory, where the database goes away too; the second half over SFTP,
whose connections are cut too.
Run by `./dev faults --rounds N`, and in its short form by `./dev test`.
"""

import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from crash import cut, disconnect, end, spawn  # noqa: E402
from sshd import Sshd  # noqa: E402
from world import World  # noqa: E402

SEED = 19
CALLS = 40
#: Rounds between two comparisons of the ledgers.
CHECKED = 5


def main(env, rounds):
    """Do that many rounds; returns the problems found, none where every version arrived exactly once."""
    registry = env.registry
    env.cr.close()
    with contextlib.ExitStack() as stack:
        folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _place in range(2)]
        trial = Trial(World(registry, folders[0]))
        found = trial.do(rounds - rounds // 2)
        if not found and rounds > 1:
            server = Sshd(folders[1])
            server.start()
            stack.callback(server.stop)
            trial.world.go_over_sftp(server)
            trial.server = server
            found = trial.do(rounds // 2)
    print(f"{trial.killed} processes killed, {trial.cuts} connections cut, {len(trial.world.expected)} versions")
    return found


class Trial:
    """Rounds of accidents on one world."""

    def __init__(self, world):
        self.world, self.database, self.server = world, world.registry.db_name, None
        self.chance = random.Random(SEED)
        self.killed = self.cuts = 0

    def do(self, rounds):
        """Make accidents happen; compare both sides every few rounds. Returns the problems found."""
        self.settle()
        if not self.world.expected:
            self.world.bills(4)
        self.points, self.seconds = self.settle()
        where = "over SFTP" if self.server else "through a directory"
        print(f"{where}: a run passes {self.points} points in {self.seconds:.1f} s", flush=True)
        for number in range(rounds):
            self.feed()
            self.accident(number)
            if self.chance.random() < 0.5:
                self.world.simulate("serve", "--once")
            if number % CHECKED == CHECKED - 1 or number == rounds - 1:
                self.settle()
                found = self.world.problems()
                print(f"{number + 1} rounds, {self.killed} processes killed", flush=True)
                if found:
                    return [f"round {number + 1} {where}: {sentence}" for sentence in found]
        return []

    def feed(self):
        """Something to send: new bills, approvals of those that were integrated."""
        self.world.bills(self.chance.randrange(1, 4))
        self.world.approve(self.chance.randrange(0, 3))

    def accident(self, number):
        """The schedule's hour has come: let one server or two run it, and die of it."""
        self.world.make_due()
        kind = number % 4
        moment, point = self.chance.uniform(0, self.seconds), self.chance.randrange(1, self.points + 1)
        if kind in (0, 1):
            servers = [(*spawn(self.database, fatal=point), None)]
        elif kind == 2 and self.server:
            servers = [(*spawn(self.database), None)]
            cut(self.server, moment)
            self.cuts += 1
        elif kind == 2:
            servers = [(*spawn(self.database), None)]
            disconnect(self.database, moment)
            self.cuts += 1
        else:
            second = spawn(self.database, fatal=point)
            servers = [(*spawn(self.database), moment), (*second, None)]
        self.killed += sum(end(*server)[1] for server in servers)

    def settle(self):
        """Run until nothing is left on either side. Returns (points passed, seconds) of the first run."""
        first = None
        for _call in range(CALLS):
            self.world.make_due()
            started = time.monotonic()
            passed, _killed = end(*spawn(self.database))
            first = first or (passed, time.monotonic() - started)
            took = self.world.simulate("serve", "--once")
            if not took and self.world.is_quiet():
                return first
        raise RuntimeError(f"after {CALLS} runs there is still something to do")
