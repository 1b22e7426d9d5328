from odoo import SUPERUSER_ID, api
from odoo.addons.utility_billing_sync.hooks import enable_text_indexes


def migrate(cr, version):
    """Let searches within texts use an index, before the indexes are created."""
    enable_text_indexes(api.Environment(cr, SUPERUSER_ID, {}))
