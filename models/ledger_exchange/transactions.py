"""Transactions of runs: each piece of work is kept before the next one begins."""

import logging
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import UniqueViolation

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

ATTEMPTS = 5
#: The first half of PostgreSQL's advisory lock of a connector; its id is the other half.
LOCK = 0x5AFE


def in_transaction(env, work, *arguments):
    """Do one piece of a run's work and commit it; begin again when another transaction got in the way.

    :return: what the work returns
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            result = work(*arguments)
            # A step that is done outlives a crash of the next one, of PostgreSQL's too, even where it is set to promise
            # commits before they are on its disk: this is what the protocol is about.
            env.cr.execute("SET LOCAL synchronous_commit TO on")
            env.cr.commit()  # pylint: disable=invalid-commit
        except (UniqueViolation, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            env.cr.rollback()
            if attempt == ATTEMPTS:
                raise
        else:
            return result
    return None


@contextmanager
def connector_lock(connector):
    """Hold the connector, whatever process or server one is: one run at a time. Gives whether it is held.

    The lock is the session's: it outlives the commits of a run and ends with a killed process.
    """
    # pylint: disable=sql-injection
    cr, names = connector.env.cr, SQL("%s, %s", LOCK, connector.id)
    held = connector.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s)", names))[0][0]
    try:
        yield held
    except Exception:
        _without_database_errors(cr.rollback)
        raise
    finally:
        if held:
            _without_database_errors(cr.execute, SQL("SELECT pg_advisory_unlock(%s)", names))


def _without_database_errors(call, *arguments):
    """Let the error that is on its way be told: a connection that is lost has let its locks go."""
    try:
        call(*arguments)
    except (InterfaceError, OperationalError):
        _logger.warning("The connection to the database is lost: its locks went with it")
