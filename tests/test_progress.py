"""Long work shows its progress before its own transaction ends."""

from odoo.tests import HttpCase, tagged

from ..models.common.progress import PACE, Progress
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestProgress(HttpCase):
    """HttpCase: what another transaction commits is rolled back with the test."""

    def sent(self):
        messages = self.env["bus.bus"].search([("message", "like", "utility_billing_sync.progress")], order="id")
        return [message.message for message in messages]

    def test_percents_leave_while_the_work_goes_on(self):
        with Progress(self.env, "Import of readings", 200) as progress:
            progress.sent_at -= PACE
            progress.advance(50)
            self.assertEqual(len(self.sent()), 1)
            self.assertIn('"percent":25', self.sent()[0].replace(" ", ""))
        self.assertIn('"percent":100', self.sent()[-1].replace(" ", ""), "the bar goes away")

    def test_short_work_says_nothing(self):
        with Progress(self.env, "Import of readings", 2) as progress:
            progress.advance(2)
        self.assertEqual(self.sent(), [])
