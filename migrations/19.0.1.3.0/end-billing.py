"""Stores with each posted bill of earlier versions what it prints today."""

from odoo import SUPERUSER_ID, api
from odoo.addons.utility_billing_sync.models.billing.bill_document import BillDocuments
from odoo.tools import split_every

PAGE = 500


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """
        SELECT id FROM account_move
         WHERE utility_subscription_id IS NOT NULL AND state = 'posted' AND utility_document IS NULL ORDER BY id
        """
    )
    for ids in split_every(PAGE, [row[0] for row in cr.fetchall()]):
        bills = env["account.move"].browse(ids)
        bills._utility_write_documents(BillDocuments(bills, is_old=True).prepare())
        env.invalidate_all()
