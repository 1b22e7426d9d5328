"""Users of the tests, whatever logins the database already has."""

from odoo.tests import new_test_user as odoo_new_test_user


def free_logins(env, *logins):
    """Rename existing users with these logins, for this transaction."""
    users = env["res.users"].with_context(active_test=False)
    for user in users.search([("login", "in", logins)]):
        user.login = f"{user.login}_of_this_database"


def new_test_user(env, login, *arguments, **values):
    """Create a user as Odoo's helper does, even if the login exists in the database."""
    free_logins(env, login)
    return odoo_new_test_user(env, login, *arguments, **values)
