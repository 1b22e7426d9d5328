"""Locks connection points. If a person holds a point, others get a message; if long work holds it, they wait."""

from psycopg2.errors import LockNotAvailable

from odoo.exceptions import LockError
from odoo.tools import SQL

from ..common.named_work import find_holder

#: How long a save waits for the page of an import or of a synchronisation that holds its meter.
LOCK_WAIT = "2s"

_LOCK = "SELECT id FROM utility_connection_point WHERE id IN %s ORDER BY id FOR NO KEY UPDATE"


class PointLock:
    """Locks points in the present transaction.

    :param points: the points, whose pending changes the caller has flushed
    """

    def __init__(self, points):
        self.points = points
        self.env = points.env

    def take(self) -> None:
        """Lock the points.

        :raises LockError: a person saves readings of one of them, or the work that holds it does not end soon
        """
        rows = self.env.execute_query(SQL(f"{_LOCK} SKIP LOCKED", tuple(self.points.ids)))
        missing = (self.points - self.points.browse(row[0] for row in rows)).exists()
        if not missing:
            return
        work = find_holder(missing)
        if work is None:
            raise self._refusal(missing)
        try:
            self._wait()
        except LockNotAvailable:
            raise self._refusal(missing, work) from None

    def _wait(self):
        """Wait for the end of the work, then lock all points.

        If it changed them meanwhile, PostgreSQL reports a serialisation failure, on which Odoo runs the request again
        on fresh data: the user does not have to repeat it.
        """
        with self.env.cr.savepoint(flush=False):
            self.env.cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", LOCK_WAIT))
            self.env.cr.execute(SQL(_LOCK, tuple(self.points.ids)), log_exceptions=False)
            self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")

    def _refusal(self, missing, work=None):
        # sudo: the reference of a point that the caller is changing through a card of their own
        names = ", ".join(missing[:5].sudo().mapped("display_name"))
        if work is None:
            return LockError(
                self.env._(
                    "Somebody else is saving readings of %(meters)s right now. Your changes were not saved: please "
                    "save again in a few seconds.",
                    meters=names,
                )
            )
        return LockError(
            self.env._(
                "%(meters)s is being written by other work (%(work)s). Your changes were not saved: please save again "
                "in a few seconds.",
                meters=names,
                work=work.described(self.env),
            )
        )
