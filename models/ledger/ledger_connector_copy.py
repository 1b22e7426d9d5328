from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.database_copy import confirm_database
from ..common.guarded import Guard


class LedgerConnector(models.Model):
    """Database of a connector: in a copy of it, the exchange is held until a user confirms it."""

    _inherit = "ledger.connector"
    _guard = Guard(kept="database_uuid")

    database_uuid = fields.Char(copy=False, readonly=True, help="Database in which the schedule runs.")
    is_held = fields.Boolean(
        string="Exchange Held",
        compute="_compute_is_held",
        help="This database is a copy of the connector's database: nothing is exchanged until confirmed.",
    )

    # === COMPUTE === #

    @api.depends("database_uuid")
    def _compute_is_held(self):
        here, is_neutralised = self._database_uuid(), self._is_copy()
        for connector in self:
            # sudo: an identifier that is compared, not shown
            scheduled_by = connector.sudo().database_uuid
            connector.is_held = bool(scheduled_by) and scheduled_by != here and not is_neutralised

    # === ACTIONS === #

    def action_confirm_database(self):
        """Run the schedules in this database, which replaces the one of which it is a copy."""
        self.check_access("write")
        self._claim()
        self._set_alarm()
        confirm_database(self.env)

    # === BUSINESS === #

    def _check_not_held(self):
        """Refuse the exchange in an unconfirmed copy of the database.

        :raises UserError: the exchange still belongs to the original database
        """
        if self.is_held:
            raise UserError(
                self.env._(
                    "This database is a copy: it exchanges nothing, so that it does not send the same documents as the "
                    "original. Confirm first, on the connector %s, that it replaces the original.",
                    self.name,
                )
            )

    def _database_uuid(self):
        # sudo: Odoo's identifier of the database, compared with the connector's
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _claim(self):
        """Assign the schedules to this database, in which a user has saved them."""
        # sudo: after the write access to the connector was checked; the value does not come from the caller
        self.sudo().database_uuid = self._database_uuid()

    def _is_copy(self):
        """Return whether this database is a neutralised copy of production, whose jobs stay off."""
        # sudo: a parameter that is compared, not shown
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))
