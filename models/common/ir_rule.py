from odoo import models

from .guarded import MODULE


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Omit the records of other companies, which Odoo names in debug mode, available to any user."""
        if self.env.registry[records._name]._original_module == MODULE:
            reachable = records.with_context(allowed_company_ids=self.env.user.company_ids.ids)
            if reachable._filtered_access("read") != records:
                # the caller must not find the checked records in the cache
                records.invalidate_recordset()
                records = records.browse()
        return super()._make_access_error(operation, records)
