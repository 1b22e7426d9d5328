"""Marks the production database once, in place of a mark on each connector.

Before, saving a schedule in a copy let its connector exchange from there, and a copy could send e-mails while its
connectors were still held.
"""

import logging

from odoo.tools.sql import column_exists

_logger = logging.getLogger(__name__)

#: Connectors that exchanged from this database make it the production database.
CONFIRM = """
    UPDATE ir_config_parameter mark SET value = here.value
      FROM ir_config_parameter here
     WHERE mark.key = 'utility_billing_sync.database_uuid' AND here.key = 'database.uuid' AND mark.value != here.value
       AND EXISTS (SELECT FROM ledger_connector WHERE active AND auto_sync AND database_uuid = here.value)
       AND NOT EXISTS (SELECT FROM ledger_connector WHERE active AND auto_sync AND database_uuid != here.value)
"""
#: Connectors that are still held here do not begin to exchange by themselves.
SWITCH_OFF = """
    UPDATE ledger_connector connector SET auto_sync = FALSE, next_run = NULL
      FROM ir_config_parameter mark JOIN ir_config_parameter here ON here.key = 'database.uuid'
     WHERE mark.key = 'utility_billing_sync.database_uuid' AND mark.value = here.value
       AND connector.auto_sync AND connector.database_uuid != here.value
 RETURNING connector.id
"""


def migrate(cr, version):
    if not column_exists(cr, "ledger_connector", "database_uuid"):
        return
    cr.execute(CONFIRM)
    cr.execute(SWITCH_OFF)
    held = [row[0] for row in cr.fetchall()]
    cr.execute("ALTER TABLE ledger_connector DROP COLUMN database_uuid")
    if held:
        _logger.warning("Schedules of connectors %s, held in this copy, were switched off: switch them on again", held)
