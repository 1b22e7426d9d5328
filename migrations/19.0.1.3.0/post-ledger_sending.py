"""Lots keep their bytes, the ids of their documents and what these were known by, where an attachment kept the bytes.

Of documents that still wait for their answer, the numbers are read from the file, where its layout has them: one that
was numbered anew since is found again.
"""

import zlib

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

DOCUMENTS = """
    UPDATE ledger_lot lot SET documents = found.ids
      FROM (SELECT lot_id, array_agg(id ORDER BY company_id, date, id) AS ids FROM ledger_document
             WHERE lot_id IS NOT NULL GROUP BY lot_id) found
     WHERE lot.id = found.lot_id
"""
WAITING = """
    SELECT lot.id, array_agg(document.id ORDER BY document.company_id, document.date, document.id),
           array_agg(COALESCE(document.number_sent, document.number)
                     ORDER BY document.company_id, document.date, document.id)
      FROM ledger_lot lot JOIN ledger_document document ON document.lot_id = lot.id
     WHERE document.stage = 'sent'
  GROUP BY lot.id
"""
NUMBERS = """
    UPDATE ledger_document document
       SET number_sent = row.number, company_sent = COALESCE(document.company_sent, company.ledger_code)
      FROM unnest(%s::int[], %s::varchar[]) AS row(id, number), res_company company
     WHERE document.id = row.id AND company.id = document.company_id
"""
MANIFEST = """
    SELECT string_agg(
               concat_ws(E'\\t', translate(COALESCE(document.company_sent, company.ledger_code, ''), E'\\t\\n', '  '),
                         translate(COALESCE(document.number_sent, document.number, ''), E'\\t\\n', '  '),
                         document.operation, document.move_id, %s), E'\\n' ORDER BY wanted.place)
      FROM ledger_lot lot
CROSS JOIN unnest(lot.documents) WITH ORDINALITY AS wanted(id, place)
      JOIN ledger_document document ON document.id = wanted.id
      JOIN res_company company ON company.id = document.company_id
      JOIN ledger_content content ON content.id = document.id
     WHERE lot.id = %s
"""


def migrate(cr, _version):
    if not sql.column_exists(cr, "ledger_lot", "attachment_id"):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    _pack(env)
    cr.execute(DOCUMENTS)
    cr.execute(WAITING)
    for lot, documents, numbers in cr.fetchall():
        lot = env["ledger.lot"].browse(lot)
        cr.execute(SQL(NUMBERS, documents, _numbers_sent(lot, numbers)))
        _keep_manifest(lot)
    cr.execute("ALTER TABLE ledger_lot DROP COLUMN attachment_id")
    env["ir.attachment"].search([("res_model", "=", "ledger.lot")]).unlink()


def _pack(env):
    env.cr.execute("SELECT id, attachment_id FROM ledger_lot WHERE attachment_id IS NOT NULL ORDER BY id")
    for lot, attachment in env.cr.fetchall():
        content = env["ir.attachment"].browse(attachment).raw or b""
        env["ledger.lot"].browse(lot)._keep(packed=zlib.compress(content, 1))
        env.invalidate_all()


def _numbers_sent(lot, numbers):
    """Return the numbers of documents as the lot's file has them: those that it does not have, in its order."""
    from odoo.addons.utility_billing_sync.core.ledger.findings import LedgerError

    try:
        found = _numbers_in(lot)
    except (LedgerError, UnicodeDecodeError):
        return numbers
    known = set(numbers)
    others = [number for number in found if number not in known]
    missing = [number for number in numbers if number not in found]
    if len(others) != len(missing):
        return numbers
    left = dict(zip(missing, others, strict=True))
    return [left.get(number, number) for number in numbers]


def _numbers_in(lot):
    """Return {number: None} of a file, in its order; nothing where its layout has no such column."""
    layout = lot.layout_id._to_core()
    place = next((n for n, column in enumerate(layout.columns) if column.attribute == "number"), None)
    if place is None or layout.quoting == "all":
        return {}
    text = lot._content().decode(layout.encoding)
    rows = [row.split(layout.delimiter) for row in text.split(layout.line_end)[int(layout.header) :]]
    return dict.fromkeys(row[place] for row in rows if len(row) == len(layout.columns))


def _keep_manifest(lot):
    from odoo.addons.utility_billing_sync.models.ledger.ledger_content import brief_content

    manifest = lot.env.execute_query(SQL(MANIFEST, brief_content(), lot.id))[0][0] or ""
    lot._keep(manifest=zlib.compress(f"{manifest}\n".encode(), 1))
