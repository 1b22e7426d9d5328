"""Stores fingerprints without the names of their fields; drops indexes that no query uses."""

from odoo.addons.utility_billing_sync.core.ledger.fingerprint import NAMES
from odoo.tools import SQL

INDEXES = {
    "ledger_document": ("company_id", "connector_id", "has_anomaly", "move_id", "state"),
    "utility_reading": ("meter_id", "section_id", "state"),
    "utility_reading_answer": ("company_id", "target_company_id"),
}


def migrate(cr, _version):
    for column in ("content", "content_sent", "content_integrated"):
        cr.execute(
            SQL(
                """
                UPDATE ledger_content
                   SET %(column)s = (SELECT string_agg(%(column)s::jsonb ->> name, '' ORDER BY place)
                                       FROM unnest(%(names)s) WITH ORDINALITY AS part(name, place))
                 WHERE %(column)s LIKE '{%%'
                """,
                column=SQL.identifier(column),
                names=list(NAMES),
            )
        )
    for table, columns in INDEXES.items():
        for column in columns:
            cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(f"{table}__{column}_index")))
