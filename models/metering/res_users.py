from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    utility_section_id = fields.Many2one(
        "utility.section",
        string="My Section",
        help="Proposed wherever a section is asked for. Empty: the first section of the company.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "utility_section_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "utility_section_id"]
