import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.guarded import Guard


class UtilityLeakCertificate(models.TransientModel):
    """The plumber's certificate of a repaired leak, or the usual volume if nothing else is known."""

    _name = "utility.leak.certificate"
    _description = "Certificate of a Leak"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        once="alert_id",
        given="mean certified_on received_on repair_date repair_place late_reason document document_name",
    )

    alert_id = fields.Many2one("utility.leak.alert", required=True, readonly=True)
    basis = fields.Selection(related="alert_id.basis")
    deadline = fields.Date(related="alert_id.deadline")
    mean = fields.Float(
        string="Usual Volume (m³)", digits=(16, 3), help="Over the same days. Twice as much is billed at most."
    )
    certified_on = fields.Date(string="Certificate of", default=fields.Date.context_today)
    received_on = fields.Date(default=fields.Date.context_today)
    repair_date = fields.Date(string="Leak Repaired On")
    repair_place = fields.Char(string="Place of the Leak")
    late_reason = fields.Char(string="Reason for Accepting a Late Certificate")
    is_late = fields.Boolean(compute="_compute_is_late")
    document = fields.Binary(attachment=False)
    document_name = fields.Char()

    @api.depends("received_on", "deadline")
    def _compute_is_late(self):
        for wizard in self:
            wizard.is_late = wizard.deadline and wizard.received_on and wizard.received_on > wizard.deadline

    def action_confirm(self):
        """Record the contents of the certificate, attach it, and cap the next bill of the volume.

        :raises UserError: the place or the day of the repair is missing, which the law requires
        """
        self.ensure_one()
        alert = self.alert_id
        alert.check_access("write")
        if self.basis == "unknown":
            self._decide()
        if not (self.repair_place and self.repair_date):
            raise UserError(
                self.env._("The certificate states the place of the leak and the day of its repair: enter both.")
            )
        names = ("certified_on", "received_on", "repair_date", "repair_place", "late_reason")
        alert.write({name: self[name] for name in names})
        if self.document:
            alert.message_post(attachments=[(self.document_name or "certificat", base64.b64decode(self.document))])
        return alert.action_certify() or {"type": "ir.actions.act_window_close"}

    def action_decide(self):
        """Record the usual volume entered by the user; the certificate may come later."""
        self.ensure_one()
        self.alert_id.check_access("write")
        self._decide()
        return {"type": "ir.actions.act_window_close"}

    def _decide(self):
        if self.mean <= 0:
            raise UserError(self.env._("Enter the usual volume, above 0 m³."))
        self.alert_id._decide_mean(self.mean)
