"""Accidents of servers, clocks and the database, and the table of all accidents.

An accident is a function that gets the trial and executes one or more runs. It returns whether it had an effect; one
that came too late is repeated.
"""

import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import answers
import changes
import payments
import remote
from clock import DAY, HOUR, Clock
from crash import copy, disconnect, restore
from devkit import cluster

DIRECTORY, SFTP = "through a directory", "over SFTP"


@dataclass(frozen=True)
class Accident:
    """An accident and the transports with which it is tried."""

    name: str
    happen: Callable
    where: tuple[str, ...] = (DIRECTORY, SFTP)


def two_servers(trial):
    """Two servers find the same job due; one is killed at a random point, the other at a random time."""
    first, second = trial.begin(), trial.join(point=trial.point())
    first.kill(after=trial.moment())
    return trial.end(first).killed | trial.end(second).killed


def connections_cut(trial):
    """The database cuts all connections; another server takes over while the first has not noticed."""
    first = trial.begin()
    time.sleep(trial.moment())
    cut = first.is_running() and disconnect(trial.database)
    trial.end(trial.join())
    trial.end(first)
    return bool(cut)


def database_crash(trial):
    """PostgreSQL stops at a random point of a run, as after a power failure, and recovers."""
    point = trial.point()
    worker = trial.end(trial.begin(point=point, event=partial(cluster.crash, trial.postgresql)))
    return not 0 < worker.passed < point


def clocks_disagree(trial):
    """One server is a day ahead of the database, the next one an hour behind."""
    for shift in (DAY, -HOUR):
        trial.end(trial.begin(before=Clock(shift).start))
        trial.found += trial.world.schedule_problems()
        trial.feed()
    return True


def clock_moved(trial):
    """The clock of a server moves forward by a day, or back by an hour, during its run."""
    clock, point = Clock(jump=trial.chance.choice((DAY, -HOUR))), trial.point()
    worker = trial.end(trial.begin(point=point, event=clock.jump, before=clock.start))
    return worker.passed >= point


def no_space_here(trial):
    """The server's own disk is full: neither the exchange directory nor the file store takes a byte."""

    def fill():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    failures = trial.world.failures("disk_full")
    trial.end(trial.begin(before=fill))
    return trial.world.failures("disk_full") > failures


def older_backup_restored(trial):
    """Lots are sent and answered; then the database is restored from an earlier backup."""
    world = trial.world
    world.make_due()
    copy(trial.database)
    sent = world.deliveries()
    for _run in range(2):
        trial.end(trial.join())
        world.simulate("serve", "--once")
        world.make_due()
    restore(trial.database)
    return world.deliveries() > sent


ACCIDENTS = (
    Accident("two servers at once, killed", two_servers),
    Accident("database connections cut, another server takes over", connections_cut),
    Accident("PostgreSQL crashed and recovered", database_crash),
    Accident("older backup of the database restored", older_backup_restored),
    Accident("answer lost", answers.lost, (DIRECTORY,)),
    Accident("answer duplicated", answers.duplicated, (DIRECTORY,)),
    Accident("answer late", answers.late, (DIRECTORY,)),
    Accident("answers out of order", answers.out_of_order, (DIRECTORY,)),
    Accident("answer half written", changes.answer_half_written, (DIRECTORY,)),
    Accident("answer refused, then read", changes.answer_refused_then_read, (DIRECTORY,)),
    Accident("payments doubled", payments.doubled, (DIRECTORY,)),
    Accident("payments half written", payments.half_written, (DIRECTORY,)),
    Accident("payments out of order", payments.out_of_order, (DIRECTORY,)),
    Accident("documents renumbered", changes.renumbered),
    Accident("référentiel incomplete", changes.referential_incomplete, (DIRECTORY,)),
    Accident("partners merged", changes.partners_merged),
    Accident("code given to another third party", changes.code_given_to_another, (DIRECTORY,)),
    Accident("connector archived during a run", changes.connector_archived),
    Accident("clocks that disagree", clocks_disagree, (DIRECTORY,)),
    Accident("clock moved during a run", clock_moved, (DIRECTORY,)),
    Accident("no space on this server", no_space_here, (DIRECTORY,)),
    Accident("SFTP cut", remote.cut, (SFTP,)),
    Accident("SFTP slow", remote.slow, (SFTP,)),
    Accident("SFTP connection refused", remote.connection_refused, (SFTP,)),
    Accident("SFTP login refused", remote.login_refused, (SFTP,)),
    Accident("SFTP without space", remote.no_space, (SFTP,)),
    Accident("SFTP answers after the time-out", remote.late, (SFTP,)),
)
