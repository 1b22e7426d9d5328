from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..metering.reading_sql import served_by, slot

#: Fields passed on with an alert: the volume, the usual one, its days, its state, the certificate.
PASSED = (
    *("date_start", "date_end", "volume", "mean", "cap", "basis", "state", "warned_on", "certified_on"),
    *("received_on", "repair_date", "repair_place", "late_reason", "check_asked_on", "check_answered_on"),
)

#: Order of the states of an alert, which another section can only advance.
PROGRESS = ("detected", "warned", "checking", "dismissed", "certified")

#: How many alerts a question names one by one.
MOST_SAID = 5


class UtilityLeakAlert(models.Model):
    """Passes possible leaks of shared meters from the water to the sewerage service (CGCT R.2224-19-7).

    They are passed with the readings, by the same confirmation (notice 1), and only then (invariant 4).
    """

    _inherit = "utility.leak.alert"

    sync_state = fields.Selection(
        [
            ("not_shared", "Not shared"),
            ("pending", "To synchronise"),
            ("synced", "Synchronised"),
            ("declined", "Declined"),
        ],
        string="Synchronisation",
        required=True,
        default="not_shared",
        readonly=True,
        copy=False,
    )
    origin_section_name = fields.Char(string="Received From", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        alerts = super().create(vals_list)
        alerts._wait_for_answer()
        return alerts

    def _write_state(self, values):
        result = super()._write_state(values)
        if not self.env.context.get("utility_leak_passed") and values.keys() & set(PASSED):
            self._wait_for_answer()
        return result

    def _wait_for_answer(self):
        """Mark changed alerts of shared meters as not passed to the other sections yet."""
        # sudo: whether the meter is shared depends on cards of companies that the user may not see
        shared = self.sudo().filtered(
            lambda alert: (
                alert.meter_id.is_shared
                and alert.sync_state != "pending"
                and not self.env.context.get("utility_leak_passed")
            )
        )
        shared.sync_state = "pending"

    def action_synchronize(self):
        """Open the question of the readings' synchronisation, whose answer is also that of these alerts."""
        return self.reading_id.action_synchronize()

    def _ask_other_sections(self):
        waiting = self.filtered(lambda alert: alert.sync_state == "pending")
        return waiting.action_synchronize() if waiting else super()._ask_other_sections()

    # === PASSING === #

    @api.model
    def _answer(self, readings, synchronized):
        """Pass the alerts of readings whose synchronisation was just confirmed, or note that it was declined.

        :param readings: domain of readings that the caller may write
        """
        mine = self._waiting_with(readings)
        if synchronized:
            mine._pass_on()
        mine.sync_state = "synced" if synchronized else "declined"

    @api.model
    def _waiting_with(self, readings):
        """Return the alerts of readings that were not passed to the other sections."""
        # sudo: users who synchronise readings may not be allowed to read alerts; only those of these readings pass
        waiting = self.sudo().search([("sync_state", "in", ("pending", "declined"))])
        asked = waiting.reading_id.search(Domain("id", "in", waiting.reading_id.ids) & Domain(readings))
        return waiting.filtered(lambda alert: alert.reading_id in asked)

    @api.model
    def _sentences_on_sent(self, readings):
        """Return a sentence for each of the first alerts that pass with readings.

        :param readings: domain of readings that the caller may write
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            self.env._(
                "A possible leak passes with it: %(subscriber)s, %(volume)s m³ until %(day)s (%(state)s).",
                subscriber=alert.partner_id.name,
                volume=self._shown(alert.volume),
                day=format_date(self.env, alert.date_end),
                state=states[alert.state].lower(),
            )
            for alert in self._waiting_with(readings)[:MOST_SAID]
        ]

    def _pass_on(self):
        """Pass these alerts, with their certificates, to the subscriptions of the other cards.

        Called once the synchronisation of their readings is confirmed. The other sections' alerts are written without
        access rules: the meter was shared by a user with access to all of them (invariant 5).
        """
        targets = self._targets() if self else []
        for alert_id, reading_id, subscription_id in targets:
            alert = self.browse(alert_id).with_context(utility_leak_passed=True)
            there = alert.search([("reading_id", "=", reading_id), ("subscription_id", "=", subscription_id)], limit=1)
            values = {name: alert[name] for name in PASSED}
            values |= {"origin_section_name": alert.section_id.name, "sync_state": "synced"}
            is_theirs = there and there.origin_section_name != alert.section_id.name
            if is_theirs and PROGRESS.index(there.state) > PROGRESS.index(alert.state):
                continue
            if there:
                there._write_state(values)
            else:
                there = alert.create({"reading_id": reading_id, "subscription_id": subscription_id, **values})
            alert._copy_certificate(there)

    def _targets(self):
        """Return (alert, reading, subscription) of the other cards of the same points."""
        self.env["utility.reading"].flush_model()
        self.env["utility.subscription"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT alert.id, there.id, s.id
                  FROM utility_leak_alert alert
                  JOIN utility_reading here ON here.id = alert.reading_id
                  JOIN utility_meter card ON card.id = here.meter_id
                  JOIN utility_meter other ON other.connection_point_id = card.connection_point_id
                   AND other.id != card.id AND other.active
                  JOIN utility_reading there ON there.meter_id = other.id AND there.date = here.date AND %s = %s
                  JOIN utility_subscription s ON s.meter_id = other.id AND %s
                 WHERE alert.id IN %s
                """,
                SQL(slot("there")),
                SQL(slot("here")),
                SQL(served_by("there", "s")),
                tuple(self.ids),
            )
        )

    def _copy_certificate(self, there):
        """Copy the attached documents that the other section does not have yet."""
        attachments = self.env["ir.attachment"]
        mine = attachments.search([("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)])
        held = attachments.search([("res_model", "=", self._name), ("res_id", "=", there.id)]).mapped("checksum")
        for document in mine.filtered(lambda attachment: attachment.checksum not in held):
            document.copy({"res_id": there.id, "company_id": there.company_id.id})
