from odoo import models

from .guarded import MODULE


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Say nothing of records of another company's: in debug mode, which any user may switch on, Odoo names them."""
        if self.env.registry[records._name]._original_module == MODULE:
            reachable = records.with_context(allowed_company_ids=self.env.user.company_ids.ids)
            if reachable._filtered_access("read") != records:
                # what was compared with the rules stays in no cache
                records.invalidate_recordset()
                records = records.browse()
        return super()._make_access_error(operation, records)
