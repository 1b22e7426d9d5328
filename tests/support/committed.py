"""Tests on committed data, with real cursors and processes; what they create is deleted at the end."""

import contextlib
import logging
import os
import signal
import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.orm.registry import DummyRLock
from odoo.tests import BaseCase, get_db_name

#: Models whose records are deleted, in the order of their references.
MODELS = (
    "utility.reading.answer",
    "utility.reading.synchronize",
    "utility.synchronisation.run",
    "utility.reading.import.run",
    "utility.reading",
    "utility.meter",
    "utility.connection.point",
    "utility.section",
)


def run_together(*targets, seconds=120):
    """Call functions at once, each in a thread of its own.

    Odoo's own runner holds the lock of the registry while tests run, for which the threads would wait.

    :raises AssertionError: one is not over in time
    """
    threads = [threading.Thread(target=target) for target in targets]
    with patch.object(Registry, "_lock", DummyRLock()):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "a thread is not over in time"


class CommittedCase(BaseCase):
    """One company that shares its connection points, so that nothing but the module's own records is committed."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.transaction() as env:
            company = env["res.company"].browse(1)
            self.option = company.share_connection_points
            company.share_connection_points = True
            self.highest = {name: env[name].search([], order="id desc", limit=1).id or 0 for name in MODELS}
            self.addCleanup(self.put_away)

    def put_away(self):
        """Delete what the test committed, billed readings included."""
        with self.transaction() as env:
            for name in MODELS:
                created = env[name].with_context(active_test=False).search([("id", ">", self.highest[name])])
                if "item_ids" in created or "row_ids" in created:
                    created.state = "done"
                created.unlink()
            env["res.company"].browse(1).share_connection_points = self.option

    @contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def killed_at(self, commit, work) -> bool:
        """Do some work in a separate server process, killed (-9) at one of its commits.

        :param commit: 2 × n kills it before its n-th commit, 2 × n + 1 after it
        :param work: called with an environment
        :return: whether it was killed before it ended
        """
        sql_db.close_all()  # connections cannot be shared between processes
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                logging.disable(logging.CRITICAL)
                self._kill_at(commit)
                with self.transaction() as env:
                    work(env)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)

    @staticmethod
    def _kill_at(commit):
        """Let this process kill itself at one of its commits."""
        passed, original = [1], sql_db.Cursor.commit

        def counted(cursor):
            for step in (original, None):
                passed[0] += 1
                if passed[0] == commit:
                    os.kill(os.getpid(), signal.SIGKILL)
                if step:
                    step(cursor)

        sql_db.Cursor.commit = counted
