from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..common.guarded import Guard

#: Groups that may read invoices in Odoo.
BILL_READERS = "account.group_account_readonly,account.group_account_invoice"


class UtilitySubscription(models.Model):
    """Billing data of a subscription: its dated tariffs, dwellings and bills."""

    _inherit = "utility.subscription"
    _guard = Guard(
        kept="is_vacancy bill_ids",
        given="tariff_id tariff_period_ids dwellings dwelling_class_id",
    )

    tariff_id = fields.Many2one(
        "utility.tariff",
        compute="_compute_tariff_id",
        inverse="_inverse_tariff_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('section_id', '=', section_id)]",
        tracking=True,
        help="The latest one. A new tariff applies from the day after the last bill: see the periods.",
    )
    tariff_period_ids = fields.One2many("utility.subscription.tariff", "subscription_id", string="Tariff Periods")
    dwellings = fields.Integer(
        string="Number of Dwellings",
        default=1,
        required=True,
        help="Dwellings behind this meter, by which tariffs per dwelling multiply their blocks or fixed parts.",
    )
    dwelling_class_id = fields.Many2one(
        "utility.dwelling.class",
        string="Class of Dwelling",
        ondelete="restrict",
        check_company=True,
        domain="[('section_id', '=', section_id)]",
        help="Used to assess a leak if the past is unknown.",
    )
    bill_ids = fields.One2many("account.move", "utility_subscription_id", string="Bills")
    bill_count = fields.Integer(compute="_compute_bill_count", groups=BILL_READERS)
    is_vacancy = fields.Boolean(
        string="Between Two Subscribers", readonly=True, copy=False, help="Billed to the owner of a vacant place."
    )

    _dwellings_positive = models.Constraint("CHECK(dwellings > 0)", "A subscription has at least one dwelling.")

    @api.depends("bill_ids")
    def _compute_bill_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [("utility_subscription_id", "in", self.ids)], ["utility_subscription_id"], ["__count"]
            )
        )
        for subscription in self:
            subscription.bill_count = counts.get(subscription._origin, 0)

    @api.constrains("tariff_id", "meter_id")
    def _check_section_of_tariff(self):
        for subscription in self:
            tariff = subscription.tariff_id
            if tariff and tariff.section_id != subscription.section_id:
                raise ValidationError(subscription._wrong_section_sentence(tariff))

    @api.depends("tariff_period_ids.tariff_id", "tariff_period_ids.date_start")
    def _compute_tariff_id(self):
        for subscription in self:
            periods = subscription.tariff_period_ids.filtered("date_start").sorted("date_start")
            subscription.tariff_id = periods[-1:].tariff_id

    def _inverse_tariff_id(self):
        """Start a new period with the given tariff; no tariff ends all periods."""
        periods, values = self.env["utility.subscription.tariff"], []
        given = {subscription: subscription.tariff_id for subscription in self}
        for subscription, tariff in given.items():
            known = subscription.tariff_period_ids.sorted("date_start")
            if known[-1:].tariff_id == tariff:
                continue
            start = subscription._tariff_change_date()
            replaced = known.filtered(lambda period, start=start: period.date_start >= start) if tariff else known
            if known - replaced and (known - replaced)[-1].tariff_id == tariff:
                tariff = periods.tariff_id
            periods |= replaced
            if tariff:
                values.append({"subscription_id": subscription.id, "date_start": start, "tariff_id": tariff.id})
        periods.unlink()
        periods.create(values)

    # === CRUD === #

    def write(self, vals):
        self._check_given([vals])
        if "meter_id" in vals:
            self.filtered(lambda s: s.meter_id.id != vals["meter_id"])._check_meter_free()
        return super().write(vals)

    def _check_meter_free(self):
        """Refuse to change the meter of a billed subscription.

        :raises UserError: naming the button that ends the subscription and begins another
        """
        # sudo: only whether a subscription that the user may change is billed; shows its own name only
        billed = self.sudo().filtered(lambda s: s.bill_ids.filtered(lambda bill: bill.state != "cancel"))
        if billed:
            raise UserError(
                self.env._(
                    "%s has bills: its meter cannot be changed. Use “Change Meter”, which ends it and creates another "
                    "one on the new meter.",
                    billed[0].display_name,
                )
            )

    def _wrong_section_sentence(self, tariff):
        return self.env._(
            "Tariff %(tariff)s is of section %(other)s: choose a tariff of section %(section)s.",
            tariff=tariff.name,
            other=tariff.section_id.name,
            section=self.section_id.name,
        )

    # === ACTIONS === #

    def action_view_bills(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.account_move_action_bill")
        return action | {"domain": [("utility_subscription_id", "=", self.id)], "context": {"create": False}}

    def action_change_meter(self):
        """Open the dialog that ends the subscription and begins another on a new meter."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Meter"),
            "res_model": "utility.subscription.change.meter",
            "view_mode": "form",
            "target": "new",
            "context": {"default_subscription_id": self.id},
        }

    # === BUSINESS === #

    def _tariff_change_date(self):
        """Return the day from which a new tariff applies by default.

        The day after the last bill. Without bills: today, so that the months before keep their price; but the first day
        of the subscription if it has no tariff, or was created today and is being corrected.
        """
        if not self:
            return False
        self.ensure_one()
        today = fields.Date.context_today(self)
        # sudo: users who set tariffs may not be allowed to read bills; only the day of the last one is used
        bills = self.sudo().bill_ids.filtered(lambda b: b.state != "cancel" and not b.utility_credited)
        last = max(filter(None, bills.mapped("utility_date_end")), default=False)
        if last:
            return fields.Date.add(last, days=1)
        is_new = not self.create_date or fields.Datetime.context_timestamp(self, self.create_date).date() == today
        if is_new or not self.tariff_period_ids:
            return self.date_start
        return max(today, self.date_start)

    def _end_and_begin(self, day, **values):
        """End these subscriptions on the day before a date, and begin new ones with the same terms.

        :return: the new subscriptions
        """
        begun = self.browse()
        for subscription in self:
            if (subscription.date_end and subscription.date_end < day) or subscription.date_start >= day:
                raise UserError(
                    self.env._(
                        "%(subscription)s does not run on %(day)s: choose a day inside it, after its first one.",
                        subscription=subscription.display_name,
                        day=format_date(self.env, day),
                    )
                )
            end = subscription.date_end
            subscription.date_end = fields.Date.subtract(day, days=1)
            begun |= subscription.copy({"date_start": day, "date_end": end, **values})
        return begun
