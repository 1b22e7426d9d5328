"""Server processes as forks of the loaded one, with events at chosen points or times."""

import contextlib
import logging
import os
import random
import signal
import sys
import time

from odoo import sql_db
from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.utility_billing_sync.core.ledger.transports import Transport

#: Points at which an event can happen: before and after a call of each of these.
POINTS = (
    (sql_db.Cursor, "commit"),
    (Transport, "deliver"),
    (Transport, "_send"),
    (Transport, "stat"),
    (Transport, "read"),
    (Transport, "move"),
)
#: Those of the other side only.
REMOTE_POINTS = POINTS[1:]

#: Seconds after which a server that is still working is considered blocked.
LONGEST = 120


def die():
    """Kill this process (-9), without any cleanup."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Counts the points that a process passes and calls an event at one of them (0: never)."""

    def __init__(self, point, event):
        self.passed, self.point, self.event = 0, point, event

    def __call__(self):
        self.passed += 1
        if self.passed == self.point:
            self.event()

    def install(self, points):
        for owner, name in points:
            setattr(owner, name, self._counting(getattr(owner, name)))

    def _counting(self, method):
        def counted(*arguments, **options):
            self()
            result = method(*arguments, **options)
            self()
            return result

        return counted


class Worker:
    """A server process that runs the jobs that are due, then ends.

    After its end, `passed` is the number of points that it passed (0 if it was killed or failed), `killed` whether it
    was killed.

    :param point: number of the point at which `event` is called
    :param before: called first in the process
    :param points: the points that are counted
    """

    def __init__(self, database, point=0, event=die, before=None, points=POINTS):
        # processes cannot share connections
        sql_db.close_all()
        self._reader, writer = os.pipe()
        self.passed, self.killed, self._status = 0, False, None
        self.pid = os.fork()
        if not self.pid:
            self._work(database, Countdown(point, event), points, before, writer)
        os.close(writer)

    @staticmethod
    def _work(database, countdown, points, before, writer):
        """Run in the child process; never return."""
        code = 1
        # errors of a dying server are expected
        logging.disable(logging.CRITICAL)
        try:
            random.seed()
            if before:
                before()
            countdown.install(points)
            IrCron._process_jobs(database)
            os.write(writer, b"%d" % countdown.passed)
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)

    def is_running(self):
        if self._status is None:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if found else None
        return self._status is None

    def kill(self, after=0):
        """Kill the process (-9) after a number of seconds."""
        time.sleep(after)
        if self.is_running():
            os.kill(self.pid, signal.SIGKILL)

    def end(self):
        """Wait for the end of the process. Returns itself."""
        limit = time.monotonic() + LONGEST
        while self.is_running():
            if time.monotonic() > limit:
                self.kill()
                raise RuntimeError(f"a server was at work for more than {LONGEST} s")
            time.sleep(0.005)
        self.passed = int(os.read(self._reader, 20) or 0)
        os.close(self._reader)
        self.killed = os.WIFSIGNALED(self._status)
        return self


def disconnect(database):
    """Terminate every connection to a database. Returns their number."""
    with sql_db.db_connect("postgres").cursor() as cr:
        cr.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
        return cr.rowcount


def copy(database):
    """Copy a database without connections, replacing its earlier copy."""
    _administer('DROP DATABASE IF EXISTS "{0}-copy"', 'CREATE DATABASE "{0}-copy" TEMPLATE "{0}"', database=database)


def restore(database):
    """Replace the database by its copy."""
    disconnect(database)
    _administer('DROP DATABASE "{0}"', 'ALTER DATABASE "{0}-copy" RENAME TO "{0}"', database=database)


def _administer(*statements, database):
    sql_db.close_all()
    with contextlib.closing(sql_db.db_connect("postgres").cursor()) as cr:
        # pylint: disable=invalid-commit
        cr.rollback()
        cr._cnx.autocommit = True
        for statement in statements:
            cr.execute(statement.format(database))


def signal_all(processes, number):
    """Send a signal to those processes that still exist. Returns their number."""
    sent = 0
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
            sent += 1
    return sent
