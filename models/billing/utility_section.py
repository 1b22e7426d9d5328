from odoo import fields, models


class UtilitySection(models.Model):
    """What a section chooses for its bills."""

    _inherit = "utility.section"

    # === LEAKS === #
    area_mean = fields.Float(
        string="Mean of the Area (m³ a Year)",
        digits=(16, 3),
        help="Of one dwelling, where nothing is known of its past and it has no class. 0: a person decides.",
    )
    dwelling_class_ids = fields.One2many("utility.dwelling.class", "section_id", string="Classes of Dwellings")
    leak_history = fields.Selection(
        [("relieved", "At its relieved volume"), ("measured", "As measured"), ("left_out", "Not at all")],
        string="A Past Leak Counts in Means",
        required=True,
        default="relieved",
    )
    leak_notice = fields.Boolean(
        string="Leak Notice on Bills",
        default=True,
        help="The bill of an abnormal volume tells the subscriber and says which steps to take. Without it, nothing "
        "above twice the mean is billed until the subscriber is warned (Cass. civ. 1re, 21 March 2018, 17-13.031).",
    )

    # === CONTRACTS AND TERMS === #
    vacancy = fields.Selection(
        [("listed", "Listed as an obstacle"), ("owner", "Billed to the owner of the place")],
        string="Drawn Between Two Subscribers",
        required=True,
        default="listed",
        help="What a meter measured while nobody was subscribed.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="Of the section's bills. Empty: those of the subscriber, else due on the bill's date.",
    )
    due_from = fields.Selection(
        [("invoice", "The bill's date"), ("posting", "The day of posting, where it is later")],
        string="Terms Count From",
        required=True,
        default="invoice",
    )

    def _excludes_leak(self):
        """Tell whether a certified leak leaves the mean: in sewerage by law (CGCT R.2224-19-2)."""
        return self.service == "sewerage" or self.leak_excluded
