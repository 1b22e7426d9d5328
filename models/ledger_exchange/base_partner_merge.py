from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Bind the codes of the merged partners to the remaining one.

        The merge is no change of the documents that name them: nothing is sent again because of it.
        """
        documents = self.env["res.partner"].browse(partner_ids)._ledger_documents()
        merge = super()._merge

        def work():
            result = merge(partner_ids, dst_partner, extra_checks)
            # sudo: a code's binding follows what the user may do to the partner
            self.env["ledger.code"].sudo()._follow_merge("res.partner", partner_ids)
            return result

        return documents._replace_records(work) if documents else work()
