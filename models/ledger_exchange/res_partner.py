from odoo import api, models
from odoo.tools import SQL

from .received_invoice import Known

# Documents whose entries name one of these partners, themselves or through their lines.
DOCUMENTS_OF_PARTNERS = """
    SELECT document.id FROM ledger_document document JOIN account_move move ON move.id = document.move_id
     WHERE move.partner_id = ANY(%(ids)s) OR move.commercial_partner_id = ANY(%(ids)s)
        OR EXISTS (SELECT FROM account_move_line line WHERE line.move_id = move.id AND line.partner_id = ANY(%(ids)s))
"""
#: Fields on which the commercial partner of a partner's entries depends.
COMMERCIAL_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Keep documents unchanged when a partner gets another commercial partner: it is still the same third party."""
        self._check_given([vals])
        documents = self._ledger_documents() if COMMERCIAL_FIELDS & vals.keys() else None
        if not documents:
            return super().write(vals)
        write = super().write

        def work():
            result = write(vals)
            self.env.flush_all()
            return result

        return documents._replace_records(work)

    @api.model
    def _retrieve_partner(self, *args, **kwargs):
        """For a received invoice, return the supplier known to the référentiel, or none, instead of searching."""
        known = self.env.context.get("received_invoice")
        if isinstance(known, Known):
            return self.browse(known.supplier_id or ())
        return super()._retrieve_partner(*args, **kwargs)

    def _ledger_documents(self):
        """Return the documents whose entries name these partners."""
        self.env.flush_all()
        # sudo: called for users who may write the partner; documents of every company are found, none is shown
        documents = self.env["ledger.document"].sudo()
        return documents.browse(row[0] for row in self.env.execute_query(SQL(DOCUMENTS_OF_PARTNERS, ids=self.ids)))
