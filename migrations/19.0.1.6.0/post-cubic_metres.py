"""Sections measure in cubic metres, a unit that Odoo archives: nobody could choose it again, nor name it in a file."""

from odoo import SUPERUSER_ID, api
from odoo.addons.utility_billing_sync.hooks import offer_cubic_metres


def migrate(cr, version):
    offer_cubic_metres(api.Environment(cr, SUPERUSER_ID, {}))
