from odoo import api, models
from odoo.tools import SQL

from .received_invoice import Known

# Documents whose entries name one of these partners, themselves or through their lines.
NAMING = """
    SELECT document.id FROM ledger_document document JOIN account_move move ON move.id = document.move_id
     WHERE move.partner_id = ANY(%(ids)s) OR move.commercial_partner_id = ANY(%(ids)s)
        OR EXISTS (SELECT FROM account_move_line line WHERE line.move_id = move.id AND line.partner_id = ANY(%(ids)s))
"""
#: A change of these gives a partner's entries to the company that it is of.
OWNERS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """A person who gets a company later is still who the documents that left were about."""
        self._check_given([vals])
        documents = self._ledger_documents() if OWNERS & vals.keys() else None
        if not documents:
            return super().write(vals)
        write = super().write

        def work():
            result = write(vals)
            self.env.flush_all()
            return result

        return documents._follow(work)

    @api.model
    def _retrieve_partner(self, *args, **kwargs):
        """The supplier of an invoice that is received is the one that the référentiel knows, or none yet."""
        known = self.env.context.get("received_invoice")
        if isinstance(known, Known):
            return self.browse(known.supplier_id or ())
        return super()._retrieve_partner(*args, **kwargs)

    def _ledger_documents(self):
        """Return the documents whose entries name these partners."""
        self.env.flush_all()
        # sudo: whoever changes a partner; documents of every company name them, and nothing of these is shown
        documents = self.env["ledger.document"].sudo()
        return documents.browse(row[0] for row in self.env.execute_query(SQL(NAMING, ids=self.ids)))
