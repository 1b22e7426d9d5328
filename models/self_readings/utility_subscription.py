from odoo import models
from odoo.tools import hash_sign, verify_hash_signed

SCOPE = "utility-self-reading"


class UtilitySubscription(models.Model):
    """The signed link by which a subscriber reports an index without an account."""

    _inherit = "utility.subscription"

    def _self_reading_url(self, until):
        """Return the link, valid for this subscription's meter only.

        :param datetime until: when it expires
        """
        self.ensure_one()
        # sudo: signs the identifier with the database's key; no record is read
        token = hash_sign(self.sudo().env, SCOPE, [self.id], expiration=until)
        return f"{self.get_base_url()}/meter/read/{token}"

    def _from_self_reading_token(self, token):
        """Return the subscription of a signed token; none if it is forged or expired, or if the subscription has ended.

        :param str token: as anybody may send it
        """
        try:
            # sudo: as in _self_reading_url; only a running subscription is returned
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except (ValueError, UnicodeError):
            return self.browse()
        known = self.sudo().browse(values or []).exists()  # sudo: as above
        return known.filtered(lambda subscription: subscription.state == "running")
