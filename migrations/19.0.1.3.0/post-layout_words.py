"""Layouts of incoming files get the words that accounting systems usually write."""

from odoo import SUPERUSER_ID, api

FLOWS = ("acknowledgement", "third_party", "journal")


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for layout in env["ledger.layout"].search([("flow", "in", FLOWS), ("word_ids", "=", False)]):
        layout.word_ids = layout._usual_words(layout.flow)
