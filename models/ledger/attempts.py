"""One row, one file, one document is done in a savepoint of its own: what fails is said, and the others go on."""

import logging
import secrets

from psycopg2 import InterfaceError, OperationalError

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...core.ledger.findings import Finding, LedgerError, not_taken, unforeseen

_logger = logging.getLogger(__name__)


def attempt(env, about, work, *arguments):
    """Do one piece of work in a savepoint.

    What may pass by itself is raised: a connection that is lost, another transaction in the way, a server that is away.

    :param about: what it is about, for the sentence
    :return: (its result, None), or (None, the Finding of why it was not done)
    """
    try:
        with env.cr.savepoint():
            return work(*arguments), None
    except (InterfaceError, OperationalError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
        raise
    except LedgerError as error:
        if getattr(error, "retryable", False):
            raise
        env.invalidate_all(flush=False)
        return None, Finding(error.code, "", error.params)
    except Exception as error:
        env.invalidate_all(flush=False)
        return None, finding_of(about, error)


def attempt_each(env, items, work, about):
    """Do one piece of work for a list of items, all at once; where that fails, by halves, down to those that fail.

    :param work: what is done, given a list of items
    :param about: what an item is about, for the sentence
    :return: {item: the Finding of why it was not done}
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
        # found, and said, where it is alone
        env.invalidate_all(flush=False)
    middle = len(items) // 2
    return attempt_each(env, items[:middle], work, about) | attempt_each(env, items[middle:], work, about)


def finding_of(about, error):
    """Return the Finding of an error: its own words where they are for people, else where the log has its details."""
    if isinstance(error, UserError):
        return not_taken(about, str(error))
    number = secrets.token_hex(4)
    _logger.error("Error %s, about %s", number, about, exc_info=error)
    return unforeseen(about, number)
