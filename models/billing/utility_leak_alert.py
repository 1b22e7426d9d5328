from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...core.billing.leak import Basis
from ..common.guarded import Guard
from ..metering.utility_reading import VOLUME

#: Legal deadline for the subscriber's answer (CGCT L.2224-12-4 III bis).
ANSWER = relativedelta(months=1)


class UtilityLeakAlert(models.Model):
    """Abnormal consumption: over twice the mean of the three previous years ("loi Warsmann", CGCT L.2224-12-4)."""

    _name = "utility.leak.alert"
    _description = "Possible Leak"
    _inherit = ["mail.thread", "utility.guarded"]
    _order = "date_end desc, id desc"
    _rec_name = "subscription_id"
    _guard = Guard(
        kept="subscription_id reading_id partner_id section_id company_id date_start date_end volume "
        "mean cap state warned_on basis check_asked_on check_answered_on sync_state origin_section_name sent_letter "
        "sent_head",
        given="certified_on received_on repair_date repair_place late_reason",
    )

    subscription_id = fields.Many2one(
        "utility.subscription", required=True, index=True, ondelete="cascade", readonly=True
    )
    reading_id = fields.Many2one("utility.reading", required=True, index=True, ondelete="cascade", readonly=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, string="Subscriber")
    meter_id = fields.Many2one(related="reading_id.meter_id")
    section_id = fields.Many2one(related="subscription_id.section_id", store=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, index=True)
    service = fields.Selection(related="section_id.service")
    date_start = fields.Date(string="From", readonly=True)
    date_end = fields.Date(string="To", readonly=True)
    unit_name = fields.Char(related="section_id.uom_id.name")
    volume = fields.Float(digits=VOLUME, readonly=True, string="Volume Measured")
    mean = fields.Float(
        digits=VOLUME,
        readonly=True,
        aggregator=None,
        tracking=True,
        help="Usual volume over as many days: from the three previous years, else from the area, else decided by a "
        "person.",
    )
    cap = fields.Float(digits=VOLUME, readonly=True, aggregator=None, help="Twice the mean: the most that is billed.")
    basis = fields.Selection(
        [
            (Basis.PAST.value, "Three years before"),
            (Basis.AREA.value, "Mean of the area"),
            (Basis.DECIDED.value, "Decided by a person"),
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
    deadline = fields.Date(
        string="Certificate Due By",
        compute="_compute_deadline",
        help="A month after the warning, or after the answer to a check of the meter.",
    )
    certified_on = fields.Date(string="Certificate of", help="Day of the plumber's certificate; attach it below.")
    received_on = fields.Date(string="Certificate Received On")
    repair_date = fields.Date(string="Leak Repaired On", help="According to the certificate.")
    repair_place = fields.Char(string="Place of the Leak", help="According to the certificate.")
    late_reason = fields.Char(string="Reason for Accepting a Late Certificate")
    check_asked_on = fields.Date(
        readonly=True, help="The service then has a month to answer; the excess is not due before."
    )
    check_due_on = fields.Date(string="Answer Due By", compute="_compute_deadline")
    check_answered_on = fields.Date(readonly=True)

    _once = models.UniqueIndex("(subscription_id, reading_id)", "This volume is already in the list.")

    @api.depends("warned_on", "check_asked_on", "check_answered_on")
    def _compute_deadline(self):
        for alert in self:
            since = max(filter(None, [alert.warned_on, alert.check_answered_on]), default=None)
            alert.deadline = since and since + ANSWER
            alert.check_due_on = alert.check_asked_on and alert.check_asked_on + ANSWER

    # === ACTIONS === #

    def action_open_certificate(self):
        """Open the dialog that records the plumber's certificate."""
        self.ensure_one()
        return self._open_dialog(self.env._("Record the Certificate"))

    def action_open_decision(self):
        """Open the dialog in which a person enters the usual volume, if it is unknown."""
        self.ensure_one()
        return self._open_dialog(self.env._("Usual Volume"))

    def _open_dialog(self, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "utility.leak.certificate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_alert_id": self.id},
        }

    def action_certify(self):
        """Record the plumber's certificate: the next bill of this volume is capped.

        If a bill already charges it, its credit note releases the reading, and the campaign bills it again.

        :return: on a shared meter, the dialog that passes it to the other sections
        :raises UserError: the usual volume is unknown, or the certificate is late without a reason
        """
        self.check_access("write")
        for alert in self:
            alert._check_may_certify()
            today = fields.Date.context_today(alert)
            received = alert.received_on or today
            alert._write_state(
                {"certified_on": alert.certified_on or today, "received_on": received, "state": "certified"}
            )
        return self._ask_other_sections()

    def _check_may_certify(self):
        if self.basis == Basis.UNKNOWN:
            raise UserError(
                self.env._(
                    "%s: the usual volume is unknown. Enter it first, or the mean of the area on the section: a bill "
                    "is never limited to 0 m³.",
                    self.partner_id.name,
                )
            )
        received = self.received_on or fields.Date.context_today(self)
        if self.deadline and received > self.deadline and not self.late_reason:
            raise UserError(
                self.env._(
                    "%(subscriber)s: the certificate was due by %(deadline)s. Enter why a late one is accepted.",
                    subscriber=self.partner_id.name,
                    deadline=format_date(self.env, self.deadline),
                )
            )

    def action_dismiss(self):
        self.check_access("write")
        self._write_state({"state": "dismissed"})

    def action_reopen(self):
        """Undo a certificate or an answer: the possible leak is open again.

        :raises UserError: a bill already applies the relief
        """
        self.check_access("write")
        for alert in self.filtered(lambda a: a.state in ("certified", "dismissed", "checking")):
            # sudo: only whether a bill relieves the volume, and its number, for users who may change the alert
            rows = alert.sudo().reading_id.billed_reading_ids.filtered(
                lambda row: not row.released and row._is_relieved(row)
            )
            if rows:
                raise UserError(
                    self.env._(
                        "Bill %s already applies the relief to this volume: credit it, or discard its draft, first.",
                        ", ".join(rows.move_id.mapped("display_name")),
                    )
                )
            alert._write_state({"state": "warned" if alert.warned_on else "detected"})

    def action_ask_check(self):
        """Record that the subscriber requests a check of the meter: the excess is not due before the answer."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for alert in self:
            if alert.deadline and today > alert.deadline:
                raise UserError(
                    self.env._(
                        "%(subscriber)s could ask for a check of the meter until %(deadline)s.",
                        subscriber=alert.partner_id.name,
                        deadline=format_date(self.env, alert.deadline),
                    )
                )
        self._write_state({"state": "checking", "check_asked_on": today, "check_answered_on": False})

    def action_meter_sound(self):
        """Record that the meter works: the subscriber has another month to bring a certificate."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for alert in self.filtered(lambda a: a.state == "checking"):
            alert._write_state({"state": "warned", "warned_on": alert.warned_on or today, "check_answered_on": today})

    def action_meter_faulty(self):
        """Record that the meter was faulty, and open its reading, to modify the consumption."""
        self.check_access("write")
        for alert in self.filtered(lambda a: a.state == "checking"):
            alert._write_state({"state": "dismissed", "check_answered_on": fields.Date.context_today(alert)})
        return self[:1].reading_id.action_open_form()

    # === BUSINESS === #

    def _creation_message(self):
        # Odoo's sentence has no gender
        return self.env._("Possible leak recorded")

    def _write_state(self, values):
        """Write the result of an action, whose caller was checked."""
        self.sudo().write(values)  # sudo: users cannot write these fields directly, only by actions

    def _decide_mean(self, mean: float):
        """Store the usual volume that a person decided on, if it is unknown."""
        self._write_state({"mean": mean, "cap": 2 * mean, "basis": Basis.DECIDED.value})

    def _set_warned(self):
        for alert in self.filtered(lambda a: a.state == "detected"):
            alert._write_state({"state": "warned", "warned_on": fields.Date.context_today(alert)})

    def _ask_other_sections(self):
        """Return the dialog that passes these alerts to the other sections of their meters, if they are shared."""
        return False

    @api.model
    def _keep_drafts(self, drafts):
        """Record the abnormal volumes of a batch; those already answered stay as they are.

        :param drafts: drafts of `core.billing.decide`, with their leaks
        """
        found = {(draft.case.id, leak.interval.key): leak for draft in drafts for leak in draft.leaks}
        if not found:
            return
        known = self.search([("reading_id", "in", [reading_id for _case_id, reading_id in found])])
        for alert in known.filtered(lambda a: a.state == "detected" and a.basis != Basis.DECIDED):
            leak = found.get((alert.subscription_id.id, alert.reading_id.id))
            values = leak and self._prepare(leak)
            if leak and any(alert[name] != value for name, value in values.items()):
                alert._write_state(values)
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
