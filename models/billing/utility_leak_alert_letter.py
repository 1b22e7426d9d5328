from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.float_utils import float_repr

from ...core.billing.leak import Basis
from ..metering.utility_reading import VOLUME
from .bill_words import BillWords


class UtilityLeakAlert(models.Model):
    """Information of the subscriber about an abnormal consumption: by letter, by e-mail or on the bill itself."""

    _inherit = "utility.leak.alert"

    letter = fields.Html(compute="_compute_letter", help="Information for the subscriber, in their language.")
    sent_letter = fields.Html(readonly=True, copy=False, help="The letter as it was sent, which never changes.")
    sent_head = fields.Json(readonly=True, copy=False, help="Sender and addressee of the letter as it was sent.")

    @api.depends("volume", "mean", "cap", "date_start", "date_end", "partner_id", "sent_letter")
    @api.depends_context("lang")
    def _compute_letter(self):
        """Compute the letter required by law (CGCT L.2224-12-4 III bis, R.2224-20-1), in the subscriber's language."""
        for alert in self:
            if alert.sent_letter:
                alert.letter = alert.sent_letter
                continue
            speaking = alert.with_context(lang=alert.partner_id.lang or self.env.lang)
            alert.letter = Markup().join(Markup("<p>%s</p>") % text for text in speaking._letter_paragraphs())

    # === ACTIONS === #

    def action_send(self):
        """Send an e-mail, by the shared template, to the subscribers who have an address.

        :return: a notification with the names of the others, whose letters must be printed
        """
        template = self.env.ref("utility_billing_sync.mail_template_leak")
        reachable = self.filtered("partner_id.email")
        reachable.message_mail_with_source(template)
        reachable._keep_letter()
        reachable._set_warned()
        missing = self - reachable
        if not missing:
            return None
        message = self.env._(
            "No e-mail address: %(names)s. Print their letter.",
            names=", ".join(missing.partner_id.mapped("display_name")),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning", "message": message, "sticky": True},
        }

    def action_print(self):
        """Print the letters, and record that the subscribers are warned. A reprint is identical to the first print."""
        self._keep_letter()
        self._set_warned()
        return self.env.ref("utility_billing_sync.action_report_leak").report_action(self, config=False)

    def _keep_letter(self):
        """Store the letter as it is sent to the subscriber (invariant 3)."""
        for alert in self.filtered(lambda a: not a.sent_letter):
            head = alert.with_context(lang=alert.partner_id.lang)._prepare_head()
            alert._write_state({"sent_letter": alert.letter, "sent_head": head})

    # === SENTENCES === #

    def _letter_paragraphs(self):
        return [
            self.env._("Dear %s,", self.partner_id.name),
            self._finding_sentence(),
            self._steps_sentence(self.env._("within one month of this letter")),
            self.env._("You may also ask us, within the same month, to check that the meter works properly."),
            self.company_id.name,
        ]

    def _bill_notice(self):
        """Return the notice on the bill of the volume (CGCT L.2224-12-4 III bis, R.2224-20-1)."""
        return " ".join(
            [
                self._finding_sentence(),
                self._steps_sentence(self.env._("within one month of this bill")),
                self.env._("You may also ask us, within the same month, to check that the meter works properly."),
            ]
        )

    def _finding_sentence(self):
        values = {
            "end": format_date(self.env, self.date_end),
            "meter": self.meter_id.serial_number or self.meter_id.name,
            "volume": self._shown(self.volume),
            "start": format_date(self.env, self.date_start),
            "mean": self._shown(self.mean),
        }
        if self.basis == Basis.UNKNOWN:
            return self.env._(
                "The reading of %(end)s of your water meter %(meter)s shows %(volume)s m³ since %(start)s, which is "
                "unusual for a dwelling.",
                **values,
            )
        if self.basis == Basis.PAST:
            return self.env._(
                "The reading of %(end)s of your water meter %(meter)s shows %(volume)s m³ since %(start)s. That is "
                "more than twice what is usual there: %(mean)s m³ over the same days of the three previous years.",
                **values,
            )
        return self.env._(
            "The reading of %(end)s of your water meter %(meter)s shows %(volume)s m³ since %(start)s. That is more "
            "than twice what comparable dwellings of the area consume over as many days: %(mean)s m³.",
            **values,
        )

    def _steps_sentence(self, within):
        limit = (
            self.env._("your bill will then be limited as provided by law")
            if self.basis == Basis.UNKNOWN
            else self.env._("your bill will then be limited to %s m³", self._shown(self.cap))
        )
        return self.env._(
            "Please look for a leak in the pipes after the meter (not in an appliance, a sanitary fitting or the "
            "heating). If there is one, have it repaired and send us, %(within)s, the certificate of a plumbing "
            "company that states the place of the leak and the day of its repair: %(limit)s (article L.2224-12-4 of "
            "the Code général des collectivités territoriales).",
            within=within,
            limit=limit,
        )

    def _head(self):
        """Return sender and addressee of the letter: as sent, if it was."""
        return self.sent_head or self._prepare_head()

    def _prepare_head(self):
        partner = self.partner_id
        address = partner._display_address(without_company=True).splitlines()
        return {
            "sender": BillWords(self.section_id.with_context(lang=self.env.lang)).sender(),
            "recipient": [partner.name or "", *(line for line in address if line.strip())],
        }

    def _shown(self, volume):
        return self.env["utility.reading"]._format_volume(Decimal(float_repr(volume or 0, VOLUME[1])))
