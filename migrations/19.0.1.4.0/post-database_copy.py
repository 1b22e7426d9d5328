"""Note which database the town works in, so that copies of it hold what they would send by themselves.

A copy may be upgraded before the original: the schedules of the connectors say which database is meant.
"""

from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "ledger_connector", "database_uuid"):
        # databases of early versions never had it, and the models have it no more
        cr.execute("ALTER TABLE ledger_connector ADD COLUMN database_uuid varchar")
    cr.execute(
        """
        INSERT INTO ir_config_parameter (key, value)
        SELECT 'utility_billing_sync.database_uuid',
               COALESCE((SELECT database_uuid
                           FROM ledger_connector
                          WHERE database_uuid IS NOT NULL
                          GROUP BY database_uuid
                          ORDER BY count(*) DESC
                          LIMIT 1),
                        (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'))
            ON CONFLICT (key) DO NOTHING
        """
    )
