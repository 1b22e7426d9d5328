from odoo import fields, models

from ..common.guarded import Guard


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "utility.guarded"]
    _guard = Guard(
        given="utility_section_id",
        across="utility_section_id",
    )

    utility_section_id = fields.Many2one(
        "utility.section",
        string="My Section",
        help="Default wherever a section is required. Empty: the first section of the company.",
    )

    def write(self, vals):
        # users write some of their own fields as superuser, so what they may not see is refused first
        self._check_given([vals])
        return super().write(vals)

    def _check_may_write(self):
        # Odoo lets users write some of their own fields
        return None if self == self.env.user else super()._check_may_write()

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "utility_section_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "utility_section_id"]
