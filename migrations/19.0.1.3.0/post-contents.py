"""Stores the contents of sent documents with Odoo's own ids instead of codes."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, split_every

BATCH = 1000
KEPT = """
    SELECT id, content, content_sent, content_integrated FROM ledger_content
     WHERE id = ANY(%s) AND COALESCE(content, '') != ''
"""
WRITTEN = """
    UPDATE ledger_content content
       SET content = row.content, source = NULL, content_sent = row.sent, content_integrated = row.integrated
      FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS row(id, content, sent, integrated)
     WHERE content.id = row.id
"""
CLOSED = "UPDATE ledger_code SET closed_on = write_date::date WHERE NOT active AND closed_on IS NULL"


def migrate(cr, _version):
    from odoo.addons.utility_billing_sync.core.ledger.fingerprint import followed

    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(CLOSED)
    cr.execute("SELECT id FROM ledger_document ORDER BY id")
    for ids in split_every(BATCH, [row[0] for row in cr.fetchall()], list):
        now = env["ledger.document"].browse(ids)._present_contents()
        rows = [
            (
                document,
                now[document],
                followed(sent, content, now[document]),
                followed(integrated, content, now[document]),
            )
            for document, content, sent, integrated in env.execute_query(SQL(KEPT, ids))
        ]
        if rows:
            cr.execute(SQL(WRITTEN, *map(list, zip(*rows, strict=True))))
        env.invalidate_all()
