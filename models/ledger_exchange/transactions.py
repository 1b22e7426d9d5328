"""Transactions of runs: each piece of work is committed before the next one."""

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
    """Call `work` and commit. On a conflict with another transaction, roll back and try again.

    :return: the result of `work`
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            result = work(*arguments)
            # The protocol relies on commits that survive a crash of PostgreSQL, even on a server configured with
            # synchronous_commit off.
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
    """Lock the connector across processes and servers: one run is executed at a time. Yields whether it is held.

    The lock belongs to the database session: it survives the commits of a run and ends with a killed process.
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
    """Call, but log a lost connection, whose locks are released, so that the original error is raised."""
    try:
        call(*arguments)
    except (InterfaceError, OperationalError):
        _logger.warning("The connection to the database is lost: its locks went with it")
