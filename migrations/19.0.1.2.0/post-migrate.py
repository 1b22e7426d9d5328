"""Stores the documents that a run has still to send as one value, instead of a row per document.

The run of a document is that of its lot.
"""

from odoo.tools import SQL

KEPT = """
    UPDATE ledger_run run
       SET todo = (
               SELECT jsonb_agg(ids ORDER BY batch)
                 FROM (SELECT batch, jsonb_agg(document_id ORDER BY place) AS ids
                         FROM (SELECT document_id, place, place / connector.lot_size AS batch
                                 FROM (SELECT todo.document_id, row_number() OVER (
                                                  ORDER BY document.operation, document.date, document.id) - 1 AS place
                                         FROM ledger_run_todo_rel todo
                                         JOIN ledger_document document ON document.id = todo.document_id
                                        WHERE todo.run_id = run.id) numbered) batched
                     GROUP BY batch) batches)
      FROM ledger_connector connector
     WHERE connector.id = run.connector_id
       AND EXISTS (SELECT FROM ledger_run_todo_rel todo WHERE todo.run_id = run.id)
"""


def migrate(cr, _version):
    cr.execute("ALTER TABLE ledger_document DROP COLUMN IF EXISTS run_id")
    cr.execute("SELECT to_regclass('ledger_run_todo_rel')")
    if not cr.fetchone()[0]:
        return
    cr.execute(SQL(KEPT))
    cr.execute("DROP TABLE ledger_run_todo_rel")
    cr.execute("DELETE FROM ir_model_relation WHERE name = 'ledger_run_todo_rel'")
