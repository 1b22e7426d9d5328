"""Removes what Odoo does not remove with the module's own records."""

from .controllers.monitoring import KEY


def uninstall_hook(env):
    """Remove what the exchange stored in other models: contents of lots, keys, jobs of connectors.

    The files in the exchange directory stay: they also belong to the accounting system.
    """
    # sudo: Odoo calls this when the module is uninstalled; records of every company go, which record rules would hide
    env["ir.attachment"].sudo().search([("res_model", "=", "ledger.connector")]).unlink()
    jobs = env["ledger.connector"].sudo().with_context(active_test=False).search([("cron_id", "!=", False)]).cron_id
    actions = jobs.ir_actions_server_id
    jobs.unlink()
    actions.unlink()
    env["ir.config_parameter"].sudo().search([("key", "=", KEY)]).unlink()
    # a table without a model
    env.cr.execute("DROP TABLE ledger_content")
