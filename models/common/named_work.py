"""Names long transactions, so that a user who is refused a lock learns which work holds it, who started it and when.

The name is the application name of the database session until the end of the transaction: other sessions read it in
`pg_stat_activity` at once, whereas they would see a row only after the work has committed it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odoo import fields
from odoo.tools import SQL

_MARK = "utility_work"

#: Sessions that hold a lock on one of the rows: the transaction that locked a row last is its `xmax`.
_HOLDER = """
    SELECT activity.application_name, activity.xact_start AT TIME ZONE 'UTC'
      FROM %(table)s held
      JOIN pg_locks ON pg_locks.locktype = 'transactionid' AND pg_locks.granted AND pg_locks.transactionid = held.xmax
      JOIN pg_stat_activity activity ON activity.pid = pg_locks.pid
     WHERE held.id = ANY(%(ids)s) AND activity.pid != pg_backend_pid() AND activity.application_name LIKE %(mark)s
     LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class NamedWork:
    """A long transaction of a user.

    :param record: what is being worked on, with the rights of the superuser
    :param user: who launched it
    :param since: when its transaction began (UTC)
    """

    record: Any
    user: Any
    since: datetime

    def described(self, env) -> str:
        """Return a description such as « Import of Readings (releve.csv), Durand, 10:32:05 ».

        Users who may not read the record only get its kind; those who share no company with its user get no name.
        """
        kind = env["ir.model"]._get(self.record._name).name
        record = self.record.with_env(env)
        if record.exists() and record.has_access("read"):
            kind = f"{kind} ({self.record.display_name})"
        names = [self.user.name] if self.user.company_ids & env.user.company_ids else []
        since = fields.Datetime.context_timestamp(env.user, self.since)
        return ", ".join([kind, *names, since.strftime("%H:%M:%S")])


def name_transaction(record, user) -> None:
    """Name the present transaction after the record that it works on.

    :param user: who launched the work
    """
    name = f"{_MARK}:{record._name}:{record.id}:{user.id}"
    record.env.cr.execute(SQL("SELECT set_config('application_name', %s, true)", name))


def find_holder(records) -> NamedWork | None:
    """Return the named work that holds a lock on one of these records, if there is one."""
    records.env.cr.execute(SQL(_HOLDER, table=SQL.identifier(records._table), ids=records.ids, mark=f"{_MARK}:%"))
    row = records.env.cr.fetchone()
    if not row:
        return None
    _mark, model, record_id, user_id = row[0].split(":")
    # sudo: `described` decides what the user may know of the work
    env = records.sudo().env
    return NamedWork(env[model].browse(int(record_id)), env["res.users"].browse(int(user_id)), row[1])
