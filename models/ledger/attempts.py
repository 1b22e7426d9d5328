"""Runs each item in its own savepoint. A failing item becomes a Finding; the others continue."""

import logging
import secrets

from psycopg2 import InterfaceError, OperationalError

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...core.ledger.findings import Finding, LedgerError, not_taken, unforeseen

_logger = logging.getLogger(__name__)


def attempt(env, about, work, *arguments):
    """Call `work` in a savepoint. Its temporary errors are not caught.

    :param about: name of the item, for the message
    :return: (result, None), or (None, Finding) if it failed
    :raises psycopg2.Error: the connection is lost, or another transaction is in conflict with this one
    :raises LedgerError: it stops the run, as when the server cannot be reached
    """
    try:
        with env.cr.savepoint():
            return work(*arguments), None
    except (InterfaceError, OperationalError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
        raise
    except LedgerError as error:
        if getattr(error, "stops_run", False):
            raise
        return None, Finding(error.code, "", error.params)
    except Exception as error:
        return None, finding_of(about, error)


def attempt_each(env, items, work, about):
    """Call `work` for all items at once; if that fails, for each half of them, down to the failing items.

    :param work: function of a list of items
    :param about: function from an item to its name, for the message
    :return: {failed item: Finding}
    """
    if len(items) < 2:
        failed = [(item, attempt(env, about(item), work, [item])[1]) for item in items]
        return {item: finding for item, finding in failed if finding}
    try:
        with env.cr.savepoint():
            work(items)
        return {}
    except (InterfaceError, OperationalError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
        raise
    except Exception:
        # the failing item is found among the halves
        middle = len(items) // 2
        return attempt_each(env, items[:middle], work, about) | attempt_each(env, items[middle:], work, about)


def finding_of(about, error):
    """Return the Finding of an error: a UserError with its message, any other with a number to find it in the log."""
    if isinstance(error, UserError):
        return not_taken(about, str(error))
    number = secrets.token_hex(4)
    _logger.error("Error %s, about %s", number, about, exc_info=error)
    return unforeseen(about, number)
