from odoo import fields, models

from ..common.guarded import Guard


class UtilityBillSendingLine(models.Model):
    """A bill of a sending, by e-mail or on paper, sent once."""

    _name = "utility.bill.sending.line"
    _description = "Bill to Send"
    _inherit = ["utility.guarded"]
    _order = "id"
    _log_access = False
    _rec_name = "move_id"
    _guard = Guard(kept="sending_id company_id move_id way state sent_on error route page_count mail_id")

    sending_id = fields.Many2one("utility.bill.sending", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    move_id = fields.Many2one("account.move", string="Bill", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="move_id.partner_id", string="Sent To")
    email = fields.Char(related="move_id.partner_id.email")
    way = fields.Selection([("email", "E-mail"), ("print", "Paper")], string="Sent By", required=True, readonly=True)
    route = fields.Char(string="Round", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")], required=True, readonly=True
    )
    sent_on = fields.Datetime(readonly=True)
    page_count = fields.Integer(string="Pages", readonly=True)
    error = fields.Char(readonly=True)
    mail_id = fields.Many2one(
        "mail.mail", string="E-mail Queued", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _nobody_twice = models.UniqueIndex("(move_id)", "This bill is already in this sending.")
    _waiting = models.Index("(sending_id, id) WHERE state = 'waiting'")

    def _render(self):
        """Return {bill id: PDF as bytes}, rendered together."""
        reports = self.env["ir.actions.report"]
        streams = reports._render_qweb_pdf_prepare_streams("account.account_invoices", {}, res_ids=self.move_id.ids)
        return {move_id: found["stream"].getvalue() for move_id, found in streams.items()}

    def _set_sent(self):
        self.write({"state": "sent", "sent_on": fields.Datetime.now(), "error": False})
        self.move_id._by_server().is_move_sent = True

    def _set_failed(self, reason):
        """Note why a bill was not sent, at once or once its e-mail left the queue."""
        self.write({"state": "failed", "error": reason})
        self.move_id._by_server().is_move_sent = False

    def _wait_again(self):
        """Let failed bills be sent again; their earlier e-mails are withdrawn, so that nobody gets two."""
        # sudo: the queue of e-mails, of which these are the lines' own
        self.mail_id.sudo().cancel()
        self.write({"state": "waiting", "error": False, "mail_id": False})
