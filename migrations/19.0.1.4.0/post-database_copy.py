"""Note which database the town works in, so that copies of it hold what they would send by themselves.

A copy may be upgraded before the original: the schedules of the connectors say which database is meant.
"""


def migrate(cr, version):
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
