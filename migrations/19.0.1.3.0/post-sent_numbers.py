"""Stores with sent documents the number and company code by which the accounting system knows them."""

SENT = """
    UPDATE ledger_document document
       SET number_sent = document.number, company_sent = company.ledger_code
      FROM res_company company
     WHERE company.id = document.company_id AND document.number_sent IS NULL
       AND (document.operation = 'update' OR document.lot_id IS NOT NULL)
"""


def migrate(cr, _version):
    cr.execute(SENT)
