from odoo import api, models
from odoo.tools import SQL

from .received_invoice import Known

# Documents whose entries name one of these partners, themselves or through their lines.
DOCUMENTS_OF_PARTNERS = """
    SELECT document.id FROM ledger_document document JOIN account_move move ON move.id = document.move_id
     WHERE move.partner_id = ANY(%(ids)s) OR move.commercial_partner_id = ANY(%(ids)s)
        OR EXISTS (SELECT FROM account_move_line line WHERE line.move_id = move.id AND line.partner_id = ANY(%(ids)s))
"""
# Documents whose label is the name of one of these partners, where the entry has none of its own.
DOCUMENTS_NAMED = """
    SELECT document.id FROM account_move move JOIN ledger_document document ON document.move_id = move.id
     WHERE move.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%(ids)s))
"""
#: Fields on which the commercial partner of a partner's entries depends.
COMMERCIAL_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Keep documents unchanged when a partner gets another name or company: it is still the same third party."""
        self._check_given([vals])
        documents = self._documents_to_keep(vals)
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

    def _documents_to_keep(self, vals):
        """Return the documents that these values of the partners must not mark as changed."""
        if COMMERCIAL_FIELDS & vals.keys():
            return self._ledger_documents()
        renamed = self.filtered(lambda partner: partner.name != vals["name"]) if "name" in vals else self.browse()
        return renamed._ledger_documents(DOCUMENTS_NAMED) if renamed else None

    def _ledger_documents(self, query=DOCUMENTS_OF_PARTNERS):
        """Return the documents whose entries name these partners."""
        self.env.flush_all()
        # sudo: called for users who may write the partner; documents of every company are found, none is shown
        documents = self.env["ledger.document"].sudo()
        return documents.browse(row[0] for row in self.env.execute_query(SQL(query, ids=self.ids)))
