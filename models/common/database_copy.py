"""A copy of the database holds what would leave it by itself: e-mails to subscribers, files fetched elsewhere.

Odoo gives a copy another `database.uuid`. The one that the town works in is noted in a system parameter, when the addon
is installed, and again when somebody confirms that a copy takes its place. Neutralised copies are not held: Odoo has
already switched off their mail servers and scheduled jobs, and `data/neutralize.sql` their addresses.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: System parameter: the `database.uuid` of the database that the town works in.
PARAMETER = "utility_billing_sync.database_uuid"


def is_unconfirmed_copy(env) -> bool:
    """Return whether the database is a copy that nobody has confirmed to be the one that the town works in."""
    # sudo: parameters that are compared, not shown
    parameters = env["ir.config_parameter"].sudo()
    worked_in = parameters.get_param(PARAMETER)
    if not worked_in or parameters.get_param("database.is_neutralized"):
        return False
    return worked_in != parameters.get_param("database.uuid")


def confirm_database(env) -> None:
    """Note that this database is the one that the town works in; the caller has checked who says so."""
    # sudo: Odoo's own identifier of the database, kept by the server
    parameters = env["ir.config_parameter"].sudo()
    parameters.set_param(PARAMETER, parameters.get_param("database.uuid"))


class UtilityHeldOnCopy(models.AbstractModel):
    """Mixin of models whose work reaches others by itself: it is held in a copy of the database until confirmed."""

    _name = "utility.held.on.copy"
    _description = "Held on a Copy of the Database"
    #: XML id of the scheduled job that is held.
    _job = ""

    is_held = fields.Boolean(
        string="Held on This Copy",
        compute="_compute_is_held",
        help="This database is a copy: nothing leaves it by itself until somebody confirms that it takes the "
        "original's place.",
    )

    @api.depends_context("uid")
    def _compute_is_held(self):
        self.is_held = is_unconfirmed_copy(self.env)

    def action_confirm_database(self):
        """Let this database send and fetch by itself: it takes the place of the one that it was copied from."""
        self.check_access("write")
        confirm_database(self.env)
        # sudo: a trigger only makes the job run earlier
        self.env.ref(self._job).sudo()._trigger()

    def _is_on_hold(self):
        return is_unconfirmed_copy(self.env)

    @api.model
    def _check_not_held(self):
        """Raise an error on an unconfirmed copy.

        :raises UserError: nobody has confirmed that this copy takes the original's place
        """
        if is_unconfirmed_copy(self.env):
            raise UserError(
                self.env._(
                    "This database is a copy: nothing leaves it, so that nobody gets twice what the original sends. "
                    "Confirm first that it takes the original's place."
                )
            )
