"""Transactions of the trial itself, beside those of its servers."""

import contextlib
import time

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import LockError

#: Tries to write what a server is writing, too, and the seconds between two of them.
ATTEMPTS, PAUSE = 40, 0.25


class Transaction:
    """An environment of its own, committed at the end."""

    def __init__(self, registry):
        self._registry = registry

    def __enter__(self):
        self._cr = self._registry.cursor()
        return api.Environment(self._cr, SUPERUSER_ID, {})

    def __exit__(self, kind, *_error):
        try:
            if not kind:
                # PostgreSQL is crashed here: what the trial counts on must be on its disk
                self._cr.execute("SET LOCAL synchronous_commit TO on")
                self._cr.commit()
        finally:
            self._cr.close()


def insist(registry, change):
    """Commit a change, trying again while a server, or the connection that a killed one has left, holds the rows.

    :param change: called with an environment
    :raises RuntimeError: if they are held for ten seconds
    """
    for _attempt in range(ATTEMPTS):
        with contextlib.suppress(SerializationFailure, LockError), Transaction(registry) as env:
            change(env)
            env.flush_all()
            return
        time.sleep(PAUSE)
    raise RuntimeError("A server holds these records all the time")
