"""Users of the tests, whatever logins the database already has."""

from odoo.tests import new_test_user as odoo_new_test_user


def free_logins(env, *logins):
    """Rename who has these logins in the database, for this transaction."""
    users = env["res.users"].with_context(active_test=False)
    for user in users.search([("login", "in", logins)]):
        user.login = f"{user.login}_of_this_database"


def new_test_user(env, login, *arguments, **values):
    """Create a user as Odoo's own helper does; the login may be somebody's in the database."""
    free_logins(env, login)
    return odoo_new_test_user(env, login, *arguments, **values)
