"""A copy of the database sends and fetches nothing automatically: e-mails to subscribers, files of other servers.

Odoo gives a copy another `database.uuid`. That of the production database is stored in a system parameter when the
addon is installed, and again when a user confirms that a copy replaces it. Neutralised copies are not held: Odoo has
already switched off their mail servers and scheduled jobs, and `data/neutralize.sql` their addresses.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .jobs import wake

#: System parameter with the `database.uuid` of the production database.
PARAMETER = "utility_billing_sync.database_uuid"


def is_unconfirmed_copy(env) -> bool:
    """Return whether the database is a copy that no user has confirmed as the production database."""
    # sudo: parameters that are compared, not shown
    parameters = env["ir.config_parameter"].sudo()
    production = parameters.get_param(PARAMETER)
    if not production or is_neutralised(env):
        return False
    return production != parameters.get_param("database.uuid")


def is_neutralised(env) -> bool:
    """Return whether this is a neutralised copy of production, whose jobs stay off."""
    # sudo: a parameter that is compared, not shown
    return bool(env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))


def confirm_database(env) -> None:
    """Store that this is the production database. The caller has checked the user's rights."""
    # sudo: Odoo's identifier of the database
    parameters = env["ir.config_parameter"].sudo()
    parameters.set_param(PARAMETER, parameters.get_param("database.uuid"))


class UtilityHeldOnCopy(models.AbstractModel):
    """Mixin of models whose background work sends or fetches: it is held in a copy of the database until confirmed."""

    _name = "utility.held.on.copy"
    _description = "Held on a Copy of the Database"
    #: XML id of the scheduled job that is held.
    _job = ""

    is_held = fields.Boolean(
        string="Held on This Copy",
        compute="_compute_is_held",
        help="This database is a copy: it sends nothing automatically until a user confirms that it replaces the "
        "original.",
    )

    @api.depends_context("uid")
    def _compute_is_held(self):
        self.is_held = is_unconfirmed_copy(self.env)

    def action_confirm_database(self):
        """Let this database send and fetch automatically, as it replaces the one of which it is a copy."""
        self.check_access("write")
        confirm_database(self.env)
        self._after_confirmation()

    def _after_confirmation(self):
        """Hook: go on with what was held."""
        wake(self.env, self._job)

    def _is_on_hold(self):
        return is_unconfirmed_copy(self.env)

    @api.model
    def _check_not_held(self):
        """Refuse work in an unconfirmed copy of the database.

        :raises UserError: no user has confirmed that it replaces the original
        """
        if is_unconfirmed_copy(self.env):
            raise UserError(
                self.env._(
                    "This database is a copy: it sends nothing, so that nobody gets it twice. Confirm first that it "
                    "replaces the original."
                )
            )
