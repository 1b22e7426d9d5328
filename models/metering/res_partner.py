from odoo import api, fields, models

from ..common.guarded import Guard
from .shown_names import text_index

#: Group that sees subscriptions; other users read a contact without these fields.
AGENT = "utility_billing_sync.group_utility_user"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "utility.guarded", "utility.in.use"]
    _guard = Guard(
        given="is_subscriber subscription_ids",
    )

    is_subscriber = fields.Boolean(
        string="Subscriber", index="btree_not_null", help="Has or had a meter read and billed."
    )
    subscription_ids = fields.One2many("utility.subscription", "partner_id", string="Subscriptions", groups=AGENT)
    subscription_count = fields.Integer(
        compute="_compute_subscription_count", string="Number of Subscriptions", groups=AGENT
    )
    utility_meter_ids = fields.Many2many(
        "utility.meter",
        compute="_compute_utility_meters",
        string="Meters",
        help="Meters of the running subscriptions.",
        groups=AGENT,
    )

    #: Meters, points and subscriptions are searched by their subscribers' names.
    _utility_names = models.Index(text_index("name"))

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: contacts are common to companies; nothing of a contract is shown but that there is one
        contracts = self.env["utility.subscription"].sudo()
        held = contracts._under_way(["|", ("partner_id", "in", self.ids), ("payer_id", "in", self.ids)])
        for person in self & (held.partner_id | held.payer_id):
            yield self.env._(
                "%s has or pays a subscription that has not ended: end it, or change its payer first.",
                person.display_name,
            )

    @api.depends("subscription_ids")
    def _compute_subscription_count(self):
        counts = dict(
            self.env["utility.subscription"]._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        )
        for partner in self:
            partner.subscription_count = counts.get(partner._origin, 0)

    @api.depends("subscription_ids.meter_id", "subscription_ids.date_end", "subscription_ids.date_start")
    def _compute_utility_meters(self):
        for partner in self:
            running = partner.subscription_ids.filtered(lambda s: s.state == "running")
            partner.utility_meter_ids = running.meter_id

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Refuse, in an import of subscriptions, a name that several people have: Odoo would take the first one.

        :raises ValueError: message that the import shows for the cell
        """
        found = super().name_search(name, domain, operator, limit)
        if operator == "=" and len(found) > 1 and self.env.context.get("utility_one_person"):
            places = [self.browse(id_)._name_in_files() for id_, _shown in found[:5]]
            raise ValueError(
                self.env._(
                    "%(name)s is the name of several contacts: %(found)s. Write the reference or the e-mail of one of "
                    "them in place of the name.",
                    name=name,
                    found="; ".join(places),
                )
            )
        return found

    def _name_in_files(self):
        """Return what distinguishes this contact from those of the same name: reference, e-mail, address."""
        known = [self.ref or self.email, self.street, self.city]
        return ", ".join(filter(None, known)) or self.display_name

    def action_view_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_subscription_action")
        return action | {"domain": [("partner_id", "=", self.id)], "context": {"default_partner_id": self.id}}
