"""A new connector asks from which date on, proposes today, and shows what that would take."""

from datetime import timedelta

from odoo import fields
from odoo.tests import Form

from .support.ledger import CONNECTOR_MANAGER, LedgerCase


class TestLedgerFirstDate(LedgerCase):
    def form(self):
        """Begin another connector of the companies, whose own one is archived."""
        self.connector.active = False
        manager = self.user("manager", f"{CONNECTOR_MANAGER},base.group_multi_company")
        return Form(self.env["ledger.connector"].with_user(manager))

    def test_today_is_proposed_and_old_documents_stay(self):
        old = self.entry()
        form = self.form()
        self.assertEqual(form.date_start, fields.Date.context_today(self.connector))
        self.assertEqual(form.first_count, 0)
        form.date_start = old.date
        self.assertGreaterEqual(form.first_count, 1)
        before = form.first_count
        form.date_start = old.date + timedelta(days=1)
        self.assertEqual(form.first_count, before - 1)
        form.date_start = fields.Date.context_today(self.connector)
        connector = form.save()
        new = self.entry(date=str(connector.date_start), invoice_date=str(connector.date_start))
        found = self.env["ledger.document"].search([("connector_id", "=", connector.id)])
        self.assertEqual(found.move_id, new)

    def test_programs_say_what_they_want(self):
        self.connector.active = False
        self.assertFalse(self.make_connector(name="Autre", directory="other").date_start)
