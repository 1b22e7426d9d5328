from odoo import api, fields, models

from ..common.guarded import Guard


class UtilitySection(models.Model):
    """Billing settings of a section."""

    _inherit = "utility.section"
    _guard = Guard(
        given="area_mean dwelling_class_ids leak_history leak_notice vacancy payment_term_id due_from "
        "sender_name sender_address sender_phone sender_email opening_hours emergency_phone "
        "payment_means mediator quality_note_ids flat_authorisation operation_category "
        "vat_on_debits has_public_accountant issuer_name issuer_capacity appeal_text",
    )

    # === LEAKS === #
    area_mean = fields.Float(
        string="Mean of the Area (m³ a Year)",
        digits=(16, 3),
        help="Of one dwelling, if its past is unknown and it has no class. 0: a person decides.",
    )
    dwelling_class_ids = fields.One2many("utility.dwelling.class", "section_id", string="Classes of Dwellings")
    leak_history = fields.Selection(
        [("relieved", "At its relieved volume"), ("measured", "As measured"), ("left_out", "Not at all")],
        string="Past Leaks in Means",
        required=True,
        default="relieved",
    )
    leak_notice = fields.Boolean(
        string="Leak Notice on Bills",
        default=True,
        help="The bill of an abnormal volume notifies the subscriber and explains the steps to take. Without it, "
        "nothing above twice the mean is billed until the subscriber is warned (Cass. civ. 1re, 21 March 2018, "
        "17-13.031).",
    )

    # === CONTRACTS AND TERMS === #
    vacancy = fields.Selection(
        [("listed", "Listed as an obstacle"), ("owner", "Billed to the owner of the place")],
        string="Consumption Between Two Subscribers",
        required=True,
        default="listed",
        help="Consumption of a meter without a subscriber.",
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

    # === WHAT BILLS SAY === #
    sender_name = fields.Char(help="Who issues the bills. Empty: the company.")
    sender_address = fields.Text(help="Empty: the company's.")
    sender_phone = fields.Char(string="Telephone", help="Empty: the company's.")
    sender_email = fields.Char(string="E-mail", help="Empty: the company's.")
    opening_hours = fields.Char(help="Of the office (order of 10 July 1996, article 5).")
    emergency_phone = fields.Char(
        string="Emergency Number", help="Number for reporting leaks and failures, day and night."
    )
    payment_means = fields.Text(
        string="Payment Methods", help="Empty: a transfer to the bank account of the section's journal, or a cheque."
    )
    mediator = fields.Text(help="Mediator that subscribers may contact. Empty: the water mediator.")
    quality_note_ids = fields.Many2many(
        "ir.attachment",
        string="Note on Water Quality",
        help="The yearly note (order of 10 July 1996, article 8): enclosed with bills that are sent by e-mail.",
    )
    flat_authorisation = fields.Char(
        string="Authorisation of Flat Rates", help="The decision that allows them, named on bills at a flat rate."
    )
    operation_category = fields.Selection(
        [("goods", "Supply of goods"), ("services", "Supply of services"), ("both", "Goods and services")],
        string="Category of Operation",
        compute="_compute_operation_category",
        store=True,
        readonly=False,
        precompute=True,
        help="On bills of business customers (decree 2022-1299).",
    )
    vat_on_debits = fields.Boolean(string="VAT on Debits", help="On bills of business customers (decree 2022-1299).")
    has_public_accountant = fields.Boolean(
        string="Collected by a Public Accountant",
        help="Bills name their issuer and the ways of appeal (CGCT L.1617-5).",
    )
    issuer_name = fields.Char()
    issuer_capacity = fields.Char(help="For instance: mayor, president of the authority.")
    appeal_text = fields.Text(string="Ways of Appeal", help="Empty: those of article L.1617-5 of the CGCT.")

    @api.depends("service")
    def _compute_operation_category(self):
        """Compute the category for VAT: water is a good, sewerage a service."""
        categories = {"water": "goods", "sewerage": "services"}
        for section in self:
            section.operation_category = categories.get(section.service, "both")

    # === BUSINESS === #

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        unfinished = [("section_id", "in", self.ids), ("state", "in", ("running", "stopped", "billed"))]
        # sudo: users who may archive a section may know that its campaigns are not over
        for name in self.env["utility.billing.run"].sudo().search(unfinished).mapped("name"):
            yield self.env._("Campaign %s is not over: post its bills, or discard its drafts first.", name)

    def _excludes_leak(self):
        """Return whether a certified leak is billed at the mean, as in sewerage (CGCT R.2224-19-2)."""
        return self.service == "sewerage" or self.leak_excluded
