from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Apply only the meter's own company rule.

        Odoo would add the rule of the connection point that the meter inherits from: a card in one of the user's
        companies. The meter is itself such a card, so the inherited rule adds nothing; evaluated for each row, it took
        half of the time of the list of meters.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name != "utility.meter":
            return domain
        return domain.map_conditions(
            lambda condition: Domain.TRUE if condition.field_expr == "connection_point_id" else condition
        )
