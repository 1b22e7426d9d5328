"""Moves the contents of documents, as digests, to a table of their own, and the state of delivery to their lots.

`content_sent` and `content_integrated` are kept only where they differ from `content`.
"""

from odoo.addons.utility_billing_sync.models.ledger.ledger_content import TABLE
from odoo.tools import sql

MOVED = """
    INSERT INTO ledger_content (id, signature, content, content_sent, content_integrated)
    SELECT id, signature, content, NULLIF(content_sent, content), NULLIF(content_integrated, content)
      FROM ledger_document
        ON CONFLICT (id) DO NOTHING
"""
STAGES = """
    UPDATE ledger_document
       SET stage = CASE WHEN state IN ('exporting', 'exported') THEN 'sent' ELSE state END
"""
GONE = (
    "date_exported",
    "signature",
    "content",
    "content_source",
    "content_sent",
    "content_integrated",
    "codes_refused",
)


def migrate(cr, _version):
    if not sql.column_exists(cr, "ledger_document", "content"):
        return
    cr.execute(TABLE)
    cr.execute(MOVED)
    cr.execute("ALTER TABLE ledger_document ADD COLUMN stage varchar")
    cr.execute(STAGES)
    cr.execute("ALTER TABLE ledger_document DROP CONSTRAINT IF EXISTS ledger_document_lot_id_fkey")
    for column in GONE:
        cr.execute(f"ALTER TABLE ledger_document DROP COLUMN IF EXISTS {column}")
