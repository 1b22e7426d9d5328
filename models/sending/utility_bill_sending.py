from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..common.guarded import Guard
from .bill_mailer import BillMailer
from .print_file import PrintFile

#: Bills of one transaction.
BATCH = 20


class UtilityBillSending(models.Model):
    """Sending of a campaign's posted bills by e-mail, and in a file for the printer in postal order; each one once."""

    _name = "utility.bill.sending"
    _description = "Sending of a Campaign"
    _inherit = ["utility.held.on.copy", "utility.background.work", "utility.guarded"]
    _order = "id desc"
    _rec_name = "run_id"
    _job = "utility_billing_sync.ir_cron_bill_sending"
    _guard = Guard(
        kept="section_id company_id state line_ids file filename list_file list_filename",
        once="run_id",
        given="with_inserts",
    )

    run_id = fields.Many2one(
        "utility.billing.run", string="Campaign", required=True, readonly=True, index=True, ondelete="cascade"
    )
    section_id = fields.Many2one(related="run_id.section_id", store=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    with_inserts = fields.Boolean(
        string="Print the Inserts", help="The PDF notes of the section (water quality) follow each printed bill."
    )
    state = fields.Selection(
        [("draft", "In preparation"), ("running", "Sending"), ("stopped", "Stopped"), ("done", "Sent")],
        default="draft",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("utility.bill.sending.line", "sending_id", string="Bills", readonly=True)
    email_count = fields.Integer(compute="_compute_counts", string="By E-mail")
    print_count = fields.Integer(compute="_compute_counts", string="On Paper")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    file = fields.Binary(string="For the Printer", readonly=True, attachment=True)
    filename = fields.Char(readonly=True)
    list_file = fields.Binary(string="Print List", readonly=True, attachment=True)
    list_filename = fields.Char(readonly=True)

    @api.depends("line_ids.state", "line_ids.way")
    def _compute_counts(self):
        groups = self.env["utility.bill.sending.line"]._read_group(
            [("sending_id", "in", self.ids)], ["sending_id", "way", "state"], ["__count"]
        )
        for sending in self:
            mine = [row[1:] for row in groups if row[0] == sending._origin]
            sending.email_count = sum(count for way, _state, count in mine if way == "email")
            sending.print_count = sum(count for way, _state, count in mine if way == "print")
            sending.failed_count = sum(count for _way, state, count in mine if state == "failed")

    # === ACTIONS === #

    def action_send(self):
        """Send the e-mails and create the printer's file in the background. No bill is sent twice.

        :raises UserError: nothing is left to send, or the database is an unconfirmed copy
        """
        self._check_may_work()
        self._check_not_held()
        for sending in self:
            if sending.state == "running":
                raise UserError(self.env._("This is being sent already."))
            sending._list_bills()
            # sudo: users have no write access to lines; the caller may write the campaign
            lines, own = self.env["utility.bill.sending.line"].sudo(), [("sending_id", "=", sending.id)]
            lines.search([*own, ("state", "=", "failed")])._wait_again()
            waiting = lines.search_count([*own, ("state", "=", "waiting")])
            if not waiting:
                raise UserError(self.env._("Every posted bill of this campaign was sent already, or none is posted."))
            sending._by_server().write(
                {
                    "state": "running",
                    "total": waiting,
                    "progress": 0,
                    "error": False,
                    "user_id": self.env.uid,
                }
            )
            sending._wake_job()

    # === BUSINESS === #

    def _check_may_work(self):
        self.check_access("write")

    def _list_bills(self):
        """Add the campaign's posted bills that are in no sending: e-mails first, then paper in postal order.

        :return: number of bills listed
        """
        self.env.flush_all()
        # sudo: users have no write access to lines; the bills are those of a campaign that the caller may write
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO utility_bill_sending_line (sending_id, company_id, move_id, way, state, route)
                SELECT %(sending)s, move.company_id, move.id, found.way, 'waiting', m.route
                  FROM account_move move
                  JOIN res_partner billed ON billed.id = move.partner_id
             LEFT JOIN res_partner parent ON parent.id = billed.commercial_partner_id
             LEFT JOIN utility_meter m ON m.id = move.utility_meter_id
            CROSS JOIN LATERAL (
                       SELECT CASE WHEN (billed.utility_bill_by_email OR parent.utility_bill_by_email)
                                    AND COALESCE(billed.email_normalized, parent.email_normalized) IS NOT NULL
                              THEN 'email' ELSE 'print' END AS way) found
                 WHERE move.utility_billing_run_id = %(run)s AND move.state = 'posted'
                   AND NOT EXISTS (SELECT FROM utility_bill_sending_line line WHERE line.move_id = move.id)
                 ORDER BY found.way, COALESCE(m.route, ''), billed.zip, lower(billed.city), lower(billed.street),
                          billed.name, move.id
             RETURNING id
                """,
                sending=self.id,
                run=self.run_id.id,
            )
        )
        self.invalidate_recordset(["line_ids"])
        return len(rows)

    def _work_batch(self):
        """Send the next bills. A failure is written on the bill's line and does not stop the others."""
        # sudo: a manager launched it on a campaign of their section
        sending = self._as_launched().with_company(self.company_id).sudo()
        waiting = [("sending_id", "=", self.id), ("state", "=", "waiting")]
        lines = sending.env["utility.bill.sending.line"].search(waiting, order="id", limit=BATCH + 1)
        first = lines[:1].way
        batch = lines[:BATCH].filtered(lambda line: line.way == first)
        if batch:
            apply = BillMailer(sending).send if first == "email" else PrintFile(sending).add
            sending._all_or_each(batch, apply, sending._fail)
        if len(lines) <= len(batch):
            PrintFile(sending).finish()
            sending.state = "done"
        sending.progress += len(batch)
        return len(batch)

    def _fail(self, line, error):
        line._set_failed(str(error))
