"""What Odoo does not remove with the module's own records."""

from .controllers.monitoring import KEY


def uninstall_hook(env):
    """Remove what the exchange kept in other models: contents of lots, keys, jobs of connectors.

    The files in the exchange directory stay: they are the accounting system's as much as ours.
    """
    # sudo: Odoo calls this for who uninstalls the module; records of every company go, which their rules would hide
    # a lot keeps its content for as long as it stands; now both go
    env["ledger.lot"].sudo().search([]).attachment_id = False
    env["ir.attachment"].sudo().search([("res_model", "in", ("ledger.lot", "ledger.connector"))]).unlink()
    jobs = env["ledger.connector"].sudo().with_context(active_test=False).search([("cron_id", "!=", False)]).cron_id
    actions = jobs.ir_actions_server_id
    jobs.unlink()
    actions.unlink()
    env["ir.config_parameter"].sudo().search([("key", "=", KEY)]).unlink()
    # a table beside the model's own
    env.cr.execute("DROP TABLE ledger_content")
