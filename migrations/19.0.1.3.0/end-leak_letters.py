"""Stores with each sent letter the sender and the addressee that it would print today."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    alerts = api.Environment(cr, SUPERUSER_ID, {})["utility.leak.alert"].search([("sent_letter", "!=", False)])
    for alert in alerts.filtered(lambda alert: not alert.sent_head):
        alert.sent_head = alert.with_context(lang=alert.partner_id.lang)._prepare_head()
