"""What administrators do to a database."""

from ...models.common.database_copy import confirm_database


def become_copy(env):
    """Make the database what Odoo makes of a duplicate: one with an identifier of its own."""
    confirm_database(env)
    env["ir.config_parameter"].set_param("database.uuid", "that of a copy")
    env.invalidate_all()
