"""Prepares a database for the module, and removes what Odoo does not remove with its records."""

import logging

import psycopg2

from .models.common.database_copy import confirm_database

_logger = logging.getLogger(__name__)

MODULE = "utility_billing_sync"
#: Names of records that Odoo would delete one by one, in vain as long as others refer to them: records of the addon,
#: whose tables are dropped as a whole, and those of the demo town that its bills refer to, which stay as bills do.
FORGOTTEN = """
    DELETE FROM ir_model_data
     WHERE module = %s AND (model ~ '^(utility|ledger)[.]' OR model ~ '^(account|product|uom)[.]'
                            OR model IN ('res.company', 'res.partner', 'res.partner.bank', 'res.users'))
"""
#: Names that other modules gave to what they add to the addon's models, which Odoo forgets to remove.
OTHERS = """
    DELETE FROM ir_model_data
     WHERE module != %s AND model ~ '^ir[.]model' AND name ~ '__(utility|ledger)_'
"""
#: Odoo's notes of foreign keys, which are gone with their columns.
FOREIGN_KEYS = """
    DELETE FROM ir_model_constraint noted
     USING ir_module_module module
     WHERE module.id = noted.module AND module.name = %s AND noted.type = 'f'
"""


def pre_init_hook(env):
    """Let searches within texts use an index, as far as the database allows."""
    enable_text_indexes(env)


def enable_text_indexes(env):
    """Create PostgreSQL's extension `pg_trgm`, as Odoo does in the databases that it creates, if that is allowed."""
    if env.registry.has_trigram:
        return
    try:
        with env.cr.savepoint():
            env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", log_exceptions=False)
    except psycopg2.Error as error:
        _logger.info("Searches within texts use no index, the extension pg_trgm cannot be created: %s", error)
    else:
        env.registry.has_trigram = True


def post_init_hook(env):
    """Note the database that the town works in, which its copies are told from, and offer its unit."""
    confirm_database(env)
    offer_cubic_metres(env)


def offer_cubic_metres(env):
    """Activate the unit of water, which Odoo archives: nobody could choose it again, nor name it in a file."""
    env.ref("uom.product_uom_cubic_meter").active = True


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
    # sudo: as above
    env["ir.config_parameter"].sudo().search([("key", "=like", f"{MODULE}.%")]).unlink()
    env.cr.execute(FORGOTTEN, [MODULE])
    env.cr.execute(OTHERS, [MODULE])
    env.cr.execute(FOREIGN_KEYS, [MODULE])
    # a table without a model
    env.cr.execute("DROP TABLE ledger_content")
