from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..common.batches import commit_batch, gave_way
from .anonymizing import BATCH, Anonymizing, cutoff

MANAGER = "utility_billing_sync.group_utility_manager"


class UtilitySubscription(models.Model):
    """Retention of personal data after the end of subscriptions."""

    _inherit = "utility.subscription"

    # === ACTIONS === #

    def action_anonymize(self):
        """*Anonymiser*: remove the personal data of the people of these ended subscriptions; bills and volumes stay.

        :raises AccessError: the user is not a manager of the sections
        :raises UserError: the retention period of a subscription has not ended
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Only managers of the sections can anonymise people."))
        early = self.filtered(lambda subscription: not subscription._is_past_retention())
        if early:
            raise UserError(
                self.env._(
                    "The retention period of %(subscription)s (%(months)s months) is not over: nobody was anonymised.",
                    subscription=early[0].display_name,
                    months=early[0].company_id.utility_retention_months,
                )
            )
        people = Anonymizing(self.env).carry_out(self)
        left = len(self.partner_id | self.payer_id) - len(people)
        message = self.env._(
            "%(done)s people anonymised, %(left)s left as they are: another subscription, an unpaid or draft bill, an "
            "account of a colleague, or already done.",
            done=len(people),
            left=left,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning" if left else "success", "message": message, "sticky": bool(left)},
        }

    # === BUSINESS === #

    def _is_past_retention(self):
        """Return whether the retention period is over; without a setting, whether the subscription has ended."""
        months = self.company_id.utility_retention_months
        return bool(self.date_end) and self.date_end < cutoff(fields.Date.context_today(self), months)

    @api.model
    def _cron_anonymize(self):
        """Anonymise according to the settings of the companies; called by the scheduled job, one batch at a time."""
        job = self.env.ref("utility_billing_sync.ir_cron_retention")
        if gave_way(job):
            return
        for company in self.env["res.company"].search([("utility_retention_months", ">", 0)]):
            day = cutoff(fields.Date.context_today(self), company.utility_retention_months)
            ended = self.search(
                [
                    ("company_id", "=", company.id),
                    ("date_end", "<", day),
                    ("partner_id.utility_anonymized_on", "=", False),
                ],
                order="id",
            )
            for start in range(0, len(ended), BATCH):
                Anonymizing(self.env).carry_out(ended[start : start + BATCH])
                has_time = commit_batch(job, BATCH, 1)
                self.env.invalidate_all()
                if not has_time:
                    return
        self.env["ir.cron"]._commit_progress(0, remaining=0)
