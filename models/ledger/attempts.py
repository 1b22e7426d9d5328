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


def finding_of(about, error):
    """Return the Finding of an error: its own words where they are for people, else where the log has its details."""
    if isinstance(error, UserError):
        return not_taken(about, str(error))
    number = secrets.token_hex(4)
    _logger.error("Error %s, about %s", number, about, exc_info=error)
    return unforeseen(about, number)
