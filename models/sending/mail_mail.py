from odoo import models


class MailMail(models.Model):
    """E-mails of bills: their outcome is stored in the sending that queued them."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        # sudo: the queue of e-mails works for all users; writes only the lines of the sending that queued these e-mails
        lines = self.env["utility.bill.sending.line"].sudo().search([("mail_id", "in", self.ids)])
        if failure_type:
            for line in lines:
                line._set_failed(failure_reason or line.mail_id.failure_reason or failure_type)
        else:
            lines._set_sent()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
