from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...core.billing.obstacles import ObstacleReason
from ...core.billing.periods import ONE_DAY
from ..common.guarded import Guard
from .unassigned_volumes import UnassignedVolumes


class UtilityBillingRun(models.Model):
    """A billing campaign: the bills of a section's subscriptions for a period, created in the background."""

    _name = "utility.billing.run"
    _description = "Billing Campaign"
    _inherit = ["mail.thread", "utility.background.work", "utility.guarded"]
    _order = "date_end desc, id desc"
    _check_company_auto = True
    _job = "utility_billing_sync.ir_cron_billing"
    _guard = Guard(
        kept="company_id state task proposed_name previewed_on preview_count preview_volume preview_amount "
        "finding_ids bill_ids",
        given="name section_id date_start date_end reading_start reading_end invoice_date route city subscription_ids",
    )

    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True, required=True)
    proposed_name = fields.Char(compute="_compute_name", store=True, precompute=True)
    section_id = fields.Many2one(
        "utility.section",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["utility.section"]._default_section(),
    )
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(string="Period From", required=True, help="First day that fixed parts are charged for.")
    date_end = fields.Date(string="Period To", required=True, help="Last day that fixed parts are charged for.")
    reading_start = fields.Date(
        string="Readings From",
        compute="_compute_reading_days",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Readings from this day on are billed, and also those omitted since the last bill of a meter.",
    )
    reading_end = fields.Date(
        string="Readings To",
        compute="_compute_reading_days",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Later than the period if its meters were read in the days after it.",
    )
    invoice_date = fields.Date(string="Date of the Bills", required=True, default=fields.Date.context_today)
    route = fields.Char(string="Routes", help="Only these routes; several: separated by commas. Empty: all.")
    city = fields.Char(string="Towns", help="Only these towns; several: separated by commas. Empty: all.")
    subscription_ids = fields.Many2many(
        "utility.subscription",
        string="Subscriptions",
        domain="[('section_id', '=', section_id)]",
        check_company=True,
        help="Only these subscriptions. Empty: all those of the section in the period.",
    )
    state = fields.Selection(
        [
            ("draft", "To prepare"),
            ("running", "In progress"),
            ("stopped", "Stopped"),
            ("billed", "Bills to check"),
            ("posted", "Bills posted"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    task = fields.Selection(
        [
            ("preview", "Preview"),
            ("bill", "Drawing up the bills"),
            ("post", "Posting the bills"),
            ("discard", "Discarding the drafts"),
        ],
        readonly=True,
        copy=False,
    )
    previewed_on = fields.Datetime(readonly=True, copy=False)
    preview_count = fields.Integer(string="Bills to Come", readonly=True, copy=False)
    preview_volume = fields.Float(string="Volume to Bill", digits=(16, 3), readonly=True, copy=False)
    preview_amount = fields.Monetary(string="Amount Before Tax", readonly=True, copy=False)
    finding_ids = fields.One2many("utility.billing.finding", "run_id", string="Obstacles", readonly=True)
    finding_count = fields.Integer(compute="_compute_counts", string="Number of Obstacles")
    bill_ids = fields.One2many("account.move", "utility_billing_run_id", string="Bills", readonly=True)
    bill_count = fields.Integer(compute="_compute_counts", string="Number of Bills")
    draft_count = fields.Integer(compute="_compute_counts", string="Number of Drafts")
    bill_volume = fields.Float(compute="_compute_counts", digits=(16, 3), string="Volume Billed")
    bill_amount = fields.Monetary(compute="_compute_counts", string="Amount Billed Before Tax")

    @api.depends("section_id", "date_start", "date_end")
    def _compute_name(self):
        """Propose a name with section and period; a name that a user typed stays."""
        for run in self:
            proposed = self.env._("New campaign")
            if run.section_id and run.date_start and run.date_end:
                days = (format_date(self.env, day) for day in (run.date_start, run.date_end))
                proposed = " – ".join((run.section_id.name, *days))
            if not run.name or run.name == run.proposed_name:
                run.name = proposed
            run.proposed_name = proposed

    @api.depends("date_start", "date_end")
    def _compute_reading_days(self):
        """Compute the days of readings; a reading closes the day before it, so one on the first day is excluded."""
        for run in self:
            run.reading_start = run.date_start and run.date_start + ONE_DAY
            run.reading_end = run.date_end and run.date_end + ONE_DAY

    @api.depends("finding_ids", "bill_ids.state")
    def _compute_counts(self):
        findings = self.env["utility.billing.finding"]._read_group(
            [("run_id", "in", self.ids)], ["run_id"], ["__count"]
        )
        bills = self.env["account.move"]._read_group(
            [("utility_billing_run_id", "in", self.ids), ("state", "!=", "cancel")],
            ["utility_billing_run_id", "state"],
            ["__count", "utility_volume:sum", "amount_untaxed_signed:sum"],
        )
        found = dict(findings)
        for run in self:
            mine = [row[1:] for row in bills if row[0] == run._origin]
            run.finding_count = found.get(run._origin, 0)
            run.bill_count = sum(count for _state, count, _volume, _amount in mine)
            run.draft_count = sum(count for state, count, _volume, _amount in mine if state == "draft")
            run.bill_volume = sum(volume for _state, _count, volume, _amount in mine)
            run.bill_amount = sum(amount for _state, _count, _volume, amount in mine)

    @api.constrains("date_start", "date_end", "reading_start", "reading_end")
    def _check_dates_in_order(self):
        for run in self:
            if run.date_end < run.date_start:
                raise ValidationError(self.env._("The period runs backwards: its last day must not precede its first."))
            if run.reading_end < run.reading_start:
                raise ValidationError(
                    self.env._("The days of the readings run backwards: the last must not precede the first.")
                )

    @api.constrains("section_id", "date_start", "date_end")
    def _check_changeable(self):
        """Refuse to change a campaign with bills, which show its section and period."""
        for run in self.filtered("bill_ids"):
            if any(
                bill.utility_section_id != run.section_id
                or bill.utility_date_start < run.date_start
                or bill.utility_date_end > run.date_end
                for bill in run.bill_ids
            ):
                raise ValidationError(
                    self.env._("Campaign %s has bills: its section and period cannot be changed.", run.display_name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_bills(self):
        for run in self:
            if run.state == "running" or run.bill_ids:
                raise UserError(
                    self.env._("Campaign %s is running or has bills: discard its drafts first.", run.display_name)
                )

    # === ACTIONS === #

    def action_preview(self):
        """Compute all the bills without writing any: number, volume, amount, and the obstacles to the others."""
        return self._start("preview")

    def action_launch(self):
        """Create the bills as drafts, in the background. Launching again bills nobody twice."""
        return self._start("bill")

    def action_post(self):
        """Post the drafts, in the background."""
        return self._start("post")

    def action_discard(self):
        """Discard the drafts, in the background: their readings are free again."""
        return self._start("discard")

    def action_stop(self):
        """Stop after the batch in progress; completed batches stay."""
        self._check_may_work()
        for run in self._by_server().filtered(lambda run: run.state == "running"):
            run.state = "stopped"
            run._message_log(
                body=run._in_history(
                    self.env._("stopped, %(done)s of %(total)s done", done=run.progress, total=run.total)
                )
            )

    def action_view_bills(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.account_move_action_bill")
        return action | {"domain": [("utility_billing_run_id", "=", self.id)], "context": {"create": False}}

    def action_view_findings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_billing_finding_action")
        return action | {"domain": [("run_id", "=", self.id)]}

    # === BUSINESS === #

    def _creation_message(self):
        # Odoo's sentence has no gender
        return self.env._("Campaign created")

    def _in_history(self, result):
        """Return the line of history of a task: its name and its result."""
        tasks = dict(self._fields["task"]._description_selection(self.env))
        return self.env._("%(task)s: %(result)s.", task=tasks.get(self.task, ""), result=result)

    def _check_may_work(self):
        """Check the rights of the user here, since the background work bypasses access rules."""
        self.check_access("write")

    def _start(self, task):
        """Start a task from its first record, in the background.

        :raises UserError: another task of the campaign is running
        """
        self._check_may_work()
        for run in self:
            if run.state == "running":
                raise UserError(self.env._("Campaign %s is already in progress.", run.display_name))
            # obstacles stay in the list until bills are computed again
            stale = run.finding_ids.filtered(lambda f: task in ("preview", "bill") or f.res_model == "account.move")
            stale.sudo().unlink()  # sudo: obstacles are written by the server only; these belong to this campaign
            if task in ("preview", "bill") and run._note_campaign_obstacles():
                continue
            if task in ("preview", "bill"):
                UnassignedVolumes(run).bill_owners()
            values = {
                "state": "running",
                "task": task,
                "cursor": 0,
                "progress": 0,
                "error": False,
                "user_id": self.env.uid,
            }
            if task == "preview":
                values |= {"preview_count": 0, "preview_volume": 0, "preview_amount": 0, "previewed_on": False}
            run._by_server().write(values | {"total": run._count_work(task)})
            run._wake_job()

    def _note_campaign_obstacles(self):
        """Write the obstacles to the whole campaign; return whether there are any."""
        if self.section_id.journal_id:
            return False
        message = self.env["utility.billing.finding"]._template(ObstacleReason.NO_JOURNAL) % {
            "section": self.section_id.name
        }
        # sudo: obstacles are written by the server only; the rights on this campaign were checked
        self.env["utility.billing.finding"].sudo().create(
            {
                "run_id": self.id,
                "company_id": self.company_id.id,
                "reason": ObstacleReason.NO_JOURNAL.value,
                "message": message,
                "res_model": "utility.section",
                "res_id": self.section_id.id,
            }
        )
        return True
