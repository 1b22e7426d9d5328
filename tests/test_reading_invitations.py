"""Invitations to read one's meter: by e-mail once, by a printed card, with a signed link."""

import re
from datetime import datetime, time, timedelta
from unittest.mock import patch

from markupsafe import escape

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.self_readings import utility_reading_invitation
from .support.administration import become_copy
from .support.browser import BrowserCase
from .support.self_readings import SelfReadingCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestInvitation(SelfReadingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_id = cls.budget_water
        cls.invitation = cls.invite()

    @classmethod
    def invite(cls):
        return cls.env["utility.reading.invitation"].with_user(cls.manager).create({"section_id": cls.water.id})

    def work(self):
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_reading_invitation").method_direct_trigger()
        self.env.invalidate_all()

    def mails(self):
        return self.env["mail.mail"].search([("model", "=", "utility.reading.invitation.line")])

    def test_those_still_to_read_are_invited_once(self):
        self.invitation.action_list()
        states = {line.partner_id.name: line.state for line in self.invitation.line_ids}
        self.assertEqual(states, {"Durand": "to_send", "Martin": "no_email"})
        self.invitation.action_send()
        self.work()
        with self.assertRaisesRegex(UserError, "No e-mail is left to send"):
            self.invitation.action_send()
        mail = self.mails()
        self.assertEqual((len(mail), mail.recipient_ids, self.invitation.state), (1, self.durand, "done"))
        url = re.search(r'href="[^"]*(/meter/read/[^"]+)"', mail.body_html).group(1)
        self.assertIn("17-001", self.url_open(url).text)
        self.post(url, step="send", index="244")
        self.env.invalidate_all()
        self.assertEqual(self.invitation.read_count, 1)

    def test_an_address_that_comes_later(self):
        """The list brought up to date follows the addresses; who was read in the meantime is left in peace."""
        self.invitation.action_list()
        martin = self.invitation.line_ids.filtered(lambda line: line.partner_id != self.durand)
        for email, state in (("martin", "no_email"), ("martin@example.com", "to_send")):
            martin.partner_id.email = email
            self.invitation.action_list()
            self.assertEqual(martin.state, state)
        martin.sudo().write({"state": "failed", "error": "Refused"})
        self.invitation.action_list()
        self.assertEqual((martin.state, martin.error), ("to_send", False), "corrected, it is tried again")
        self.read_index(self.card, self.today, 244)
        self.invitation.action_send()
        self.work()
        self.assertEqual(self.mails().recipient_ids, martin.partner_id)
        self.assertEqual((martin.state, self.invitation.state), ("sent", "done"))

    def test_one_e_mail_that_cannot_be_written_stops_no_other(self):
        self.other.partner_id.email = "martin@example.com"
        self.invitation.action_send()
        lines = {line.partner_id: line for line in self.invitation.line_ids}
        template, reason = type(self.env["mail.template"]), "Durand's address is refused"
        send = template.send_mail_batch

        def refuse(mail_template, ids, **options):
            if lines[self.durand].id in ids:
                raise UserError(reason)
            return send(mail_template, ids, **options)

        with patch.object(template, "send_mail_batch", refuse):
            self.work()
        failed, sent = lines[self.durand], lines[self.other.partner_id]
        self.assertEqual((failed.state, failed.error, failed.sent_on), ("failed", reason, False))
        self.assertEqual((sent.state, sent.error, bool(sent.sent_on)), ("sent", False, True))
        self.assertEqual((self.invitation.state, self.invitation.progress, self.invitation.total), ("done", 2, 2))
        self.assertEqual(self.mails().recipient_ids, self.other.partner_id)
        self.invitation.action_send()
        self.work()
        self.assertEqual((failed.state, failed.error, len(self.mails())), ("sent", False, 2))

    def test_a_copy_of_the_database_invites_nobody_until_somebody_confirms(self):
        self.invitation.action_send()
        become_copy(self.env)
        self.work()
        self.assertFalse(self.mails())
        self.assertEqual((self.invitation.state, self.invitation.is_held), ("running", True), "it waits")
        with self.assertRaisesRegex(UserError, "copy"):
            self.invite().action_send()
        self.invitation.action_confirm_database()
        self.work()
        self.assertEqual((len(self.mails()), self.invitation.state), (1, "done"))

    def test_a_round_and_who_was_read(self):
        self.invitation.route = "Bourg, Rives"
        self.invitation.action_list()
        self.assertEqual(self.invitation.line_ids.meter_id, self.card)
        self.read_index(self.card, self.today, 244)
        again = self.invitation.copy()
        with self.assertRaisesRegex(UserError, "there is nobody to invite"):
            again.action_list()

    def test_a_deadline_that_is_past(self):
        self.invitation.deadline = self.today - timedelta(1)
        with self.assertRaisesRegex(UserError, "deadline is past"):
            self.invitation.action_send()
        self.invitation.deadline = self.today
        self.invitation.action_send()
        self.assertEqual(self.invitation._expires_on(), datetime.combine(self.today + timedelta(1), time()))
        self.invitation.action_stop()
        self.invitation.deadline = self.today - timedelta(1)
        with self.assertRaisesRegex(UserError, "deadline is past"):
            self.invitation.action_resume()
        self.invitation.deadline = self.today
        self.invitation.action_resume()
        self.assertEqual(self.invitation.state, "running")

    def test_batches_and_counts(self):
        """Each invitation counts its own people."""
        self.other.partner_id.email = "martin@example.com"
        other = self.invite()
        other.route = "Bourg"
        other.action_list()
        self.invitation.action_send()
        steps = []
        with patch.object(utility_reading_invitation, "BATCH", 1):
            while self.invitation.state == "running":
                steps.append((self.invitation.sudo()._work_batch(), self.invitation.progress, self.invitation.state))
        self.assertEqual(steps, [(1, 1, "running"), (1, 2, "done")])
        self.durand.email = False
        other.action_list()
        self.read_index(self.card, self.today, 244)
        self.env.invalidate_all()
        both = self.invitation | other
        counts = both.mapped(lambda one: (one.line_count, one.without_email_count, one.read_count))
        self.assertEqual(counts, [(2, 0, 1), (1, 1, 1)])
        self.assertEqual(both.mapped("name"), [self.water.name, f"{self.water.name} · Bourg"])
        self.assertFalse(self.invite().line_count)

    def test_the_cards_hold_the_link(self):
        self.invitation.action_list()
        action = self.invitation.action_print_all()
        lines = self.env["utility.reading.invitation.line"].browse(action["context"]["active_ids"])
        self.assertEqual(lines.partner_id.mapped("name"), ["Martin", "Durand"])
        html = self.env["ir.actions.report"]._render_qweb_html("utility_billing_sync.report_reading_card", lines.ids)[0]
        self.assertEqual(html.count(b"data:image/svg+xml;base64,"), 2)
        self.assertIn(b"17-002", html)
        self.assertIn(escape(self.budget_water.name).encode(), html, "who asks")

    def test_cards_are_for_those_without_an_address_who_are_still_to_read(self):
        self.invitation.action_list()
        printed = self.invitation.action_print()["context"]["active_ids"]
        self.assertEqual(self.invitation.line_ids.browse(printed).partner_id, self.other.partner_id)
        self.read_index(self.other.meter_id, self.today, 5)
        with self.assertRaisesRegex(UserError, "No card is left to print"):
            self.invitation.action_print()
        lines = self.invitation.line_ids.browse(self.invitation.action_print_all()["context"]["active_ids"])
        self.assertEqual(lines.partner_id, self.durand)
        self.read_index(self.card, self.today, 244)
        with self.assertRaisesRegex(UserError, "No card is left to print"):
            self.invitation.action_print_all()

    def test_an_agent_reads_and_sends_nothing(self):
        seen = self.invitation.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids)
        for name in ("action_list", "action_send", "action_print_all"):
            with self.assertRaises(AccessError):
                getattr(seen, name)()
        with self.assertRaises(AccessError):
            self.env["utility.reading.invitation"].with_user(self.manager).create(
                {"section_id": self.water.id, "line_ids": [Command.create({"subscription_id": self.subscription.id})]}
            )


@tagged("post_install", "-at_install", MODULE)
class TestInvitationTour(SelfReadingCase, BrowserCase):
    def test_listed_and_sent(self):
        self.manager.write({"lang": "fr_FR", "company_id": self.budget_water.id})
        self.walk("utility_reading_invitation", self.manager, "utility_reading_invitation_action", self.budget_water)
        invitation = self.env["utility.reading.invitation"].search([], limit=1)
        self.assertEqual((invitation.state, invitation.user_id), ("running", self.manager))
        self.assertEqual(invitation.line_ids.partner_id.mapped("name"), ["Durand", "Martin"])
