from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.database_copy import confirm_database
from ..common.guarded import Guard


class LedgerConnector(models.Model):
    """Which database a connector exchanges for: a copy of it holds the exchange until somebody confirms."""

    _inherit = "ledger.connector"
    _guard = Guard(kept="database_uuid")

    database_uuid = fields.Char(copy=False, readonly=True, help="The database whose schedule this is.")
    is_held = fields.Boolean(
        string="Exchange Held",
        compute="_compute_is_held",
        help="This database is a copy of the one whose connector this is: nothing is exchanged until confirmed.",
    )

    # === COMPUTE === #

    @api.depends("database_uuid")
    def _compute_is_held(self):
        here, is_neutralised = self._database_uuid(), self._is_copy()
        for connector in self:
            # sudo: compared, not shown
            scheduled_by = connector.sudo().database_uuid
            connector.is_held = bool(scheduled_by) and scheduled_by != here and not is_neutralised

    # === ACTIONS === #

    def action_confirm_database(self):
        """Let the schedules run here: this copy takes the place of the database that it was made from."""
        self.check_access("write")
        self._claim()
        self._set_alarm()
        confirm_database(self.env)

    # === BUSINESS === #

    def _check_not_held(self):
        """Raise an error on a copy of the database that nobody has confirmed.

        :raises UserError: the exchange is still that of the database that the copy was made from
        """
        if self.is_held:
            raise UserError(
                self.env._(
                    "This database is a copy: it exchanges nothing, so that it does not send what the original sends. "
                    "Confirm first, on the connector %s, that this copy takes the original's place.",
                    self.name,
                )
            )

    def _database_uuid(self):
        # sudo: Odoo's own identifier of the database, compared with the connector's
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _claim(self):
        """Note that the schedules are this database's: who saves them here means this one."""
        # sudo: after the right to write the connector was checked; nobody gives the value
        self.sudo().database_uuid = self._database_uuid()

    def _is_copy(self):
        """Tell whether this database is a neutralised copy of production: its jobs stay off."""
        # sudo: a parameter that is compared, not shown
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))
