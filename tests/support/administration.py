"""Actions of administrators on a database."""

from ...models.common.database_copy import confirm_database


def become_copy(env):
    """Give the database another identifier, as Odoo does for a duplicate."""
    confirm_database(env)
    env["ir.config_parameter"].set_param("database.uuid", "that of a copy")
    env.invalidate_all()
