import logging

from odoo import api, fields, models

from ..common.batches import commit_batch, gave_way
from ..common.database_copy import is_unconfirmed_copy
from ..common.guarded import Guard
from .digest import Digest

_logger = logging.getLogger(__name__)

DAYS = {"daily": 1, "weekly": 7}


class ResUsers(models.Model):
    _inherit = "res.users"
    _guard = Guard(kept="utility_digest_sent_on", given="utility_digest")

    utility_digest = fields.Selection(
        [("daily", "Every day"), ("weekly", "Every week")],
        string="Digest by E-mail",
        help="Pending work of your sections and connectors, and bills that you may approve. Empty: no digest.",
    )
    utility_digest_sent_on = fields.Date(readonly=True, copy=False)

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "utility_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "utility_digest"]

    @api.model
    def _cron_utility_digest(self):
        """Send the digests that users asked for, at most one a day each; a failure does not stop the others.

        A copy of the database sends none.
        """
        today, job = fields.Date.context_today(self), self.env.ref("utility_billing_sync.ir_cron_digest")
        if is_unconfirmed_copy(self.env) or gave_way(job):
            return
        due = self.search([("utility_digest", "!=", False), ("share", "=", False)]).filtered(
            lambda user: user._is_digest_due(today)
        )
        for rank, user in enumerate(due, start=1):
            try:
                with self.env.cr.savepoint():
                    Digest(user).send()
            except Exception:
                # an error in one user's rights or records must not stop the others' digests
                _logger.exception("Digest of user %s", user.id)
            user._by_server().utility_digest_sent_on = today
            if not commit_batch(job, 1, len(due) - rank):
                return

    def _is_digest_due(self, today):
        sent = self.utility_digest_sent_on
        return not sent or (today - sent).days >= DAYS[self.utility_digest]
