"""Accounts of the people in whose name the server works."""

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError


def check_account(env, user) -> None:
    """Refuse to work with the rights of somebody whose account is archived or deleted.

    Odoo would continue with the rights of an archived user, and as the superuser for one who was deleted.

    :raises UserError: naming the person, and what to do
    """
    if not user.active and user.id != SUPERUSER_ID:
        raise UserError(
            env._(
                "%s no longer has an active account: somebody else must resume this, or put themselves in that place.",
                user.name or env._("Who launched this"),
            )
        )
