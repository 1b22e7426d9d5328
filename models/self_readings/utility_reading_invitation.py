from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..common.guarded import Guard

#: Default number of days in which people can report their index.
DAYS = 15
BATCH = 50


class UtilityReadingInvitation(models.Model):
    """Asks subscribers whose meter is still to read to read it themselves, by e-mail or a printed card."""

    _name = "utility.reading.invitation"
    _description = "Invitation to Read the Meter"
    _inherit = ["utility.held.on.copy", "utility.background.work", "utility.guarded", "utility.computed.name"]
    _order = "id desc"
    _job = "utility_billing_sync.ir_cron_reading_invitation"
    _guard = Guard(
        kept="company_id state line_ids",
        given="section_id route deadline",
    )

    name = fields.Char(compute="_compute_name")
    section_id = fields.Many2one(
        "utility.section", required=True, default=lambda self: self.env["utility.section"]._default_section()
    )
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    route = fields.Char(string="Rounds", help="Names separated by commas. Empty: every round of the section.")
    deadline = fields.Date(
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=DAYS),
        help="Last day of the links.",
    )
    state = fields.Selection(
        [("draft", "In preparation"), ("running", "Sending"), ("stopped", "Stopped"), ("done", "Sent")],
        default="draft",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("utility.reading.invitation.line", "invitation_id", string="People", readonly=True)
    line_count = fields.Integer(compute="_compute_counts", string="Invited")
    without_email_count = fields.Integer(compute="_compute_counts", string="Without E-mail")
    read_count = fields.Integer(compute="_compute_counts", string="Read Since")

    @api.depends("section_id", "route", "deadline")
    def _compute_name(self):
        for invitation in self:
            invitation.name = " · ".join(filter(None, [invitation.section_id.name, invitation.route]))

    @api.depends("line_ids.state")
    def _compute_counts(self):
        lines = self.env["utility.reading.invitation.line"]
        counts = {
            (invitation, state): count
            for invitation, state, count in lines._read_group(
                [("invitation_id", "in", self.ids)], ["invitation_id", "state"], ["__count"]
            )
        }
        for invitation in self:
            mine = invitation._origin
            invitation.line_count = sum(count for (other, _state), count in counts.items() if other == mine)
            invitation.without_email_count = counts.get((mine, "no_email"), 0)
            read = [("invitation_id", "=", mine.id), ("subscription_id.meter_id.is_to_read", "=", False)]
            invitation.read_count = lines.search_count(read) if invitation.line_count else 0

    # === ACTIONS === #

    def action_list(self):
        """List the subscribers of the meters that were not read since the round began.

        :raises UserError: there is nobody
        """
        self._check_may_work()
        for invitation in self:
            invitation._list_people()
            if not invitation.line_count:
                raise UserError(self.env._("Every meter was read since the round began: there is nobody to invite."))

    def action_send(self):
        """Send the e-mails, in the background; nobody gets two.

        :raises UserError: the deadline is past, nobody waits for an e-mail, or the database is an unconfirmed copy
        """
        self._check_may_work()
        self._check_not_held()
        self.action_list()
        for invitation in self:
            if invitation.deadline < fields.Date.context_today(self):
                raise UserError(self.env._("The deadline is past: choose a later day, until which the links work."))
            waiting = invitation.line_ids.search_count(invitation._waiting())
            if not waiting:
                raise UserError(
                    self.env._(
                        "No e-mail is left to send: everyone listed with an address has been invited. Print the "
                        "cards of the others."
                    )
                )
            invitation._by_server().write(
                {
                    "state": "running",
                    "total": waiting,
                    "progress": 0,
                    "error": False,
                    "user_id": self.env.uid,
                }
            )
            invitation._wake_job()

    def action_resume(self):
        """Send what is left, if the deadline is not past meanwhile."""
        self.action_send()

    def action_print(self):
        """Print a card with a QR code for each person listed who has no e-mail address, in the order of the rounds."""
        return self._print(self.line_ids.filtered(lambda line: line.state == "no_email"))

    def action_print_all(self):
        """Print a card with a QR code for everybody listed, in the order of the rounds."""
        return self._print(self.line_ids)

    def _print(self, lines):
        self._check_may_work()
        left = lines.filtered(lambda line: not line.is_read)
        if not left:
            raise UserError(self.env._("No card is left to print."))
        ordered = left.sorted(lambda line: (line.route or "", line.subscription_id.meter_id.sequence, line.id))
        return self.env.ref("utility_billing_sync.action_report_reading_card").report_action(ordered, config=False)

    # === BUSINESS === #

    def _check_may_work(self):
        self.check_access("write")

    def _list_people(self):
        """Add the subscribers who are not listed yet, however many, in one statement; follow the others' addresses."""
        meters = [("section_id", "=", self.section_id.id), ("is_to_read", "=", True)]
        routes = [route.strip() for route in (self.route or "").split(",") if route.strip()]
        if routes:
            meters.append(("route", "in", routes))
        # ids: nested in the statement, right after many readings came in (no statistics), it took minutes
        ids = self.env["utility.meter"].search(meters).ids
        found = self.env["utility.subscription"]._search([("meter_id", "in", ids), ("state", "=", "running")])
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO utility_reading_invitation_line
                       (invitation_id, company_id, subscription_id, state, create_uid, write_uid, create_date,
                        write_date)
                SELECT %(invitation)s, %(company)s, s.id,
                       CASE WHEN p.email LIKE '%%_@_%%' THEN 'to_send' ELSE 'no_email' END,
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM utility_subscription s JOIN res_partner p ON p.id = s.partner_id
                 WHERE s.id IN %(found)s
                 ORDER BY s.id
           ON CONFLICT (invitation_id, subscription_id) DO UPDATE SET state = EXCLUDED.state, error = NULL
                 WHERE utility_reading_invitation_line.state <> 'sent'
                """,
                invitation=self.id,
                company=self.company_id.id,
                user=self.env.uid,
                found=found.subselect(),
            )
        )
        self.line_ids.invalidate_model()
        self.invalidate_recordset(["line_ids", "line_count", "without_email_count", "read_count"])

    def _expires_on(self):
        """Return when the links stop working: at the end of the last day."""
        return datetime.combine(self.deadline + timedelta(days=1), time())

    def _waiting(self):
        """Return the domain of the people whose e-mail is not sent and whose meter is still to read."""
        still = [("subscription_id.meter_id.is_to_read", "=", True)]
        return [("invitation_id", "=", self.id), ("state", "=", "to_send"), *still]

    def _work_batch(self):
        """Send the next e-mails; a failure is written on its line and does not stop the others."""
        # sudo: a manager launched it on an invitation of their section
        lines = self.env["utility.reading.invitation.line"].sudo()
        lines = lines.search(self._waiting(), order="id", limit=BATCH + 1)
        batch = lines[:BATCH]
        self._all_or_each(batch, self._send, self._fail)
        done = len(lines) <= BATCH
        self.write({"progress": self.progress + len(batch), **({"state": "done"} if done else {})})
        return len(batch)

    def _send(self, lines):
        template = self.env.ref("utility_billing_sync.mail_template_reading_invitation").sudo()  # sudo: as above
        template.send_mail_batch(lines.ids)
        lines.write({"state": "sent", "sent_on": fields.Datetime.now()})

    def _fail(self, line, error):
        line.write({"state": "failed", "error": str(error)})
