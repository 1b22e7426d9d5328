"""Processes that die: a child of the loaded server runs the scheduler, and is killed where or when one says."""

import contextlib
import logging
import os
import random
import signal
import sys
import time

import psutil

from odoo import sql_db
from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.utility_billing_sync.core.ledger.transports import Transport

#: Where a process can be killed: before and after each of these.
POINTS = (
    (sql_db.Cursor, "commit"),
    (Transport, "deliver"),
    (Transport, "_send"),
    (Transport, "stat"),
    (Transport, "read"),
    (Transport, "move"),
)


class Countdown:
    """Counts the points that a process passes; kills it at one of them (0: never)."""

    def __init__(self, fatal=0):
        self.passed, self.fatal = 0, fatal

    def __call__(self):
        self.passed += 1
        if self.passed == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self):
        for owner, name in POINTS:
            setattr(owner, name, self._counting(getattr(owner, name)))

    def _counting(self, method):
        def counted(*arguments, **options):
            self()
            result = method(*arguments, **options)
            self()
            return result

        return counted


def spawn(database, fatal=0):
    """Fork a server process that runs the jobs that are ready. Returns its id and where it says how many points it
    passed."""
    # connections are nobody's to share
    sql_db.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    os.close(reader)
    code = 1
    # what a dying server says is no finding
    logging.disable(logging.CRITICAL)
    try:
        countdown = Countdown(fatal)
        countdown.install()
        random.seed()
        IrCron._process_jobs(database)
        os.write(writer, b"%d" % countdown.passed)
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def cut(server, after):
    """Cut every connection of an SFTP server after so many seconds, in the middle of what it does."""
    time.sleep(after)
    for session in psutil.Process(server.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            session.kill()


def disconnect(database, after):
    """Lose every connection to the database after so many seconds, as when PostgreSQL is restarted."""
    time.sleep(after)
    with sql_db.db_connect("postgres").cursor() as cr:
        cr.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def end(child, reader, after=None):
    """Wait for a process, or kill it after so many seconds. Returns (points passed or 0, whether it was killed)."""
    if after is not None:
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    passed = os.read(reader, 20)
    os.close(reader)
    return int(passed or 0), os.WIFSIGNALED(status)
