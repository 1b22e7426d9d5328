from odoo import fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..common.guarded import Guard

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
     LIMIT %(limit)s
"""
#: Documents of a renamed third party that are worked out again; where there are more, they keep its former name.
MANY = 200
#: Fields on which the commercial partner of a partner's entries depends.
COMMERCIAL_FIELDS = {"parent_id", "is_company"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "utility.guarded"]
    _guard = Guard(kept="ledger_name")

    ledger_name = fields.Char(
        copy=False,
        readonly=True,
        groups=NO_ACCESS,
        help="Former name of a third party with many documents, by which they are still compared with what was sent.",
    )

    def write(self, vals):
        """Keep documents unchanged when a partner gets another name or company: it is still the same third party."""
        self._check_given([vals])
        documents = self._documents_to_keep(vals)
        if not documents:
            return super().write(vals)
        if len(documents) > MANY and not COMMERCIAL_FIELDS & vals.keys():
            self._keep_ledger_name()
            return super().write(vals)
        write = super().write
        return documents._replace_records(lambda: write(vals))

    def _documents_to_keep(self, vals):
        """Return the documents that these values of the partners must not mark as changed."""
        if COMMERCIAL_FIELDS & vals.keys():
            return self._ledger_documents()
        renamed = self.filtered(lambda partner: partner.name != vals["name"]) if "name" in vals else self.browse()
        # sudo: a name that the server keeps; documents that are compared by it do not change
        renamed = renamed.filtered(lambda partner: not partner.sudo().ledger_name)
        return renamed._ledger_documents(DOCUMENTS_NAMED, MANY + 1) if renamed else None

    def _keep_ledger_name(self):
        """Keep the present name of these third parties for the comparison of their documents, which do not change."""
        # sudo: called for users who may write the partner; a name that no user reads
        for partner in self.sudo().filtered(lambda partner: not partner.ledger_name):
            partner._by_server().write({"ledger_name": partner.name})

    def _forget_ledger_name(self):
        """Forget the former name of these third parties; their documents stay as they were sent."""
        # sudo: as in _keep_ledger_name
        kept = self.sudo().filtered("ledger_name")
        if kept:
            documents = kept._ledger_documents(DOCUMENTS_NAMED)
            documents._replace_records(lambda: kept._by_server().write({"ledger_name": False}))

    def _ledger_documents(self, query=DOCUMENTS_OF_PARTNERS, limit=None):
        """Return the documents whose entries name these partners, or the first ones."""
        self.env.flush_all()
        # sudo: called for users who may write the partner; documents of every company are found, none is shown
        documents = self.env["ledger.document"].sudo()
        return documents.browse(row[0] for row in self.env.execute_query(SQL(query, ids=self.ids, limit=limit)))
