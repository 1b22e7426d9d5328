from base64 import b64encode

import qrcode
from qrcode.image.svg import SvgPathImage

from odoo import api, fields, models

from ..common.guarded import Guard

#: White squares around the code.
BORDER = 1


class UtilityReadingInvitationLine(models.Model):
    """One person who is asked to read their meter."""

    _name = "utility.reading.invitation.line"
    _description = "Person Invited to Read the Meter"
    _inherit = ["utility.guarded"]
    _order = "id"
    _rec_name = "partner_id"
    _guard = Guard(kept="invitation_id subscription_id company_id state sent_on error")

    invitation_id = fields.Many2one(
        "utility.reading.invitation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="invitation_id.company_id", store=True, index=True)
    subscription_id = fields.Many2one(
        "utility.subscription", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id", string="Subscriber")
    meter_id = fields.Many2one(related="subscription_id.meter_id")
    route = fields.Char(related="subscription_id.meter_id.route", string="Round")
    email = fields.Char(related="subscription_id.partner_id.email")
    state = fields.Selection(
        [
            ("to_send", "To send"),
            ("no_email", "No e-mail: print the card"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        readonly=True,
        default="to_send",
        required=True,
    )
    sent_on = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)
    is_read = fields.Boolean(
        string="Read Since", compute="_compute_is_read", help="Since the round of the section began."
    )

    _nobody_twice = models.UniqueIndex(
        "(invitation_id, subscription_id)", "This person is already invited by this list."
    )

    @api.depends("subscription_id.meter_id.is_to_read")
    def _compute_is_read(self):
        for line in self:
            line.is_read = not line.subscription_id.meter_id.is_to_read

    # === WHAT IS SENT === #

    def _url(self):
        return self.subscription_id._self_reading_url(self.invitation_id._expires_on())

    def _qr_code(self):
        """Return the link as a picture that a page can hold."""
        drawn = qrcode.make(self._url(), image_factory=SvgPathImage, border=BORDER)
        return f"data:image/svg+xml;base64,{b64encode(drawn.to_string()).decode()}"
