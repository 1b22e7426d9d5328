from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ...core.billing.leak import Basis
from ..metering.utility_reading import VOLUME


class UtilityLeakAlert(models.Model):
    """A volume over twice the mean of the three years before, as the law tells it ("loi Warsmann", L.2224-12-4)."""

    _name = "utility.leak.alert"
    _description = "Possible Leak"
    _inherit = ["mail.thread"]
    _order = "date_end desc, id desc"
    _rec_name = "subscription_id"

    subscription_id = fields.Many2one(
        "utility.subscription", required=True, index=True, ondelete="cascade", readonly=True
    )
    reading_id = fields.Many2one("utility.reading", required=True, index=True, ondelete="cascade", readonly=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, string="Subscriber")
    meter_id = fields.Many2one(related="subscription_id.meter_id")
    section_id = fields.Many2one(related="subscription_id.section_id", store=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, index=True)
    date_start = fields.Date(string="From", readonly=True)
    date_end = fields.Date(string="To", readonly=True)
    volume = fields.Float(digits=VOLUME, readonly=True, string="Volume Measured")
    mean = fields.Float(
        digits=VOLUME, readonly=True, aggregator=None, help="Of the equivalent periods of the three years before."
    )
    cap = fields.Float(digits=VOLUME, readonly=True, aggregator=None, help="Twice the mean: what is billed at most.")
    basis = fields.Selection(
        [
            (Basis.PAST.value, "Three years before"),
            (Basis.AREA.value, "Mean of the area"),
            (Basis.UNKNOWN.value, "Nothing known: to decide"),
        ],
        string="Usual Volume Known From",
        required=True,
        default=Basis.PAST.value,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("detected", "To warn"),
            ("warned", "Warned"),
            ("checking", "Meter being checked"),
            ("certified", "Repair certified"),
            ("dismissed", "No leak"),
        ],
        required=True,
        default="detected",
        tracking=True,
        readonly=True,
    )
    warned_on = fields.Date(readonly=True, help="The subscriber then has a month to bring the certificate.")
    certified_on = fields.Date(string="Certificate of", help="Day of the plumber's certificate; attach it below.")

    letter = fields.Html(compute="_compute_letter", help="What the subscriber is told, in their language.")

    _once = models.UniqueIndex("(subscription_id, reading_id)", "This volume is already in the list.")

    @api.depends("volume", "mean", "cap", "date_start", "date_end", "partner_id")
    @api.depends_context("lang")
    def _compute_letter(self):
        """The information that the law owes (CGCT L.2224-12-4 III bis, R.2224-20-1), in the subscriber's language."""
        for alert in self:
            alert = alert.with_context(lang=alert.partner_id.lang or self.env.lang)
            paragraphs = Markup().join(Markup("<p>%s</p>") % text for text in alert._letter_paragraphs())
            alert.letter = paragraphs

    def _letter_paragraphs(self):
        volume = self.env["utility.reading"]._format_volume
        measured, mean, cap = (volume(Decimal(str(value))) for value in (self.volume, self.mean, self.cap))
        start, end = format_date(self.env, self.date_start), format_date(self.env, self.date_end)
        return [
            self.env._("Dear %s,", self.partner_id.name),
            self.env._(
                "The reading of %(end)s of your water meter %(meter)s shows %(volume)s m³ since %(start)s. That is "
                "more than twice what is usual there: %(mean)s m³ over the same days of the three previous years.",
                end=end,
                meter=self.meter_id.serial_number or self.meter_id.name,
                volume=measured,
                start=start,
                mean=mean,
            ),
            self.env._(
                "Please look for a leak on the pipes after the meter. If there is one, have it repaired and send us, "
                "within one month of this letter, the certificate of a plumbing company that tells the place of the "
                "leak and the day of its repair: your bill will then be limited to %(cap)s m³ (article L.2224-12-4 of "
                "the Code général des collectivités territoriales).",
                cap=cap,
            ),
            self.env._("You may also ask us, within the same month, to check that the meter works properly."),
            self.company_id.name,
        ]

    # === ACTIONS === #

    def action_send(self):
        """Write to the subscribers: an e-mail to those who have an address, by the shared template.

        :return: a notification that names those who have none: their letter is printed
        """
        template = self.env.ref("utility_billing_sync.mail_template_leak")
        reachable = self.filtered("partner_id.email")
        reachable.message_mail_with_source(template)
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
        """Print the letters, and note that the subscribers are warned."""
        self._set_warned()
        return self.env.ref("utility_billing_sync.action_report_leak").report_action(self, config=False)

    def action_certify(self):
        """Record the plumber's certificate: the next bill of this volume is capped.

        Where a bill already charges it, its credit note frees the reading and the campaign bills it again.
        """
        for alert in self:
            alert.certified_on = alert.certified_on or fields.Date.context_today(alert)
        self.state = "certified"

    def action_dismiss(self):
        self.state = "dismissed"

    # === BUSINESS === #

    def _set_warned(self):
        for alert in self.filtered(lambda a: a.state == "detected"):
            alert.write({"state": "warned", "warned_on": fields.Date.context_today(alert)})

    @api.model
    def _record(self, drafts):
        """Keep the abnormal volumes of a batch in the list; what was already answered stays.

        :param drafts: of `core.billing.decide`, with their leaks
        """
        found = {(draft.case.id, leak.interval.key): leak for draft in drafts for leak in draft.leaks}
        if not found:
            return
        known = self.search([("reading_id", "in", [reading_id for _case_id, reading_id in found])])
        for alert in known.filtered(lambda a: a.state == "detected"):
            leak = found.get((alert.subscription_id.id, alert.reading_id.id))
            values = leak and self._prepare(leak)
            if leak and any(alert[name] != value for name, value in values.items()):
                alert.write(values)
        there = {(alert.subscription_id.id, alert.reading_id.id) for alert in known}
        self.create(
            [
                {"subscription_id": case_id, "reading_id": reading_id, **self._prepare(leak)}
                for (case_id, reading_id), leak in found.items()
                if (case_id, reading_id) not in there
            ]
        )

    def _prepare(self, leak):
        check = leak.check
        return {
            "date_start": leak.interval.start,
            "date_end": leak.interval.end,
            "volume": float(check.volume),
            "mean": float(check.mean),
            "cap": float(check.cap),
            "basis": check.basis.value,
        }
