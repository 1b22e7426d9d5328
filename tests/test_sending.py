"""*Envoi d'une campagne*: e-mails to subscribers who agreed, one file for the printer, each bill once."""

import base64
import io
from unittest.mock import patch

from reportlab.pdfgen import canvas

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from .support.administration import become_copy
from .support.billing import Q1, MoneyCase
from .support.browser import BrowserCase
from .support.guide import ExampleCase
from .support.language import add_french
from .support.people import new_test_user
from .support.sharing import AGENT, MANAGER, MODULE
from .test_sending_rules import page_of

COUNTS = ("aucune", "une", "deux", "trois", "quatre", "cinq")


@tagged("post_install", "-at_install", MODULE)
class TestSending(ExampleCase, MoneyCase, BrowserCase):
    """Five bills: one by e-mail, four on paper in two rounds, one of which without an address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscriptions = cls.env["utility.subscription"]
        places = (
            ("Bourg", "63002", "B rue"),
            ("Bourg", "63001", "A rue"),
            ("Rives", "63001", "A rue"),
            ("Bourg", "", ""),
        )
        for number, (route, postcode, street) in enumerate(places, start=1):
            subscription = cls.subscribe(number, {Q1[0]: 0, Q1[1]: 10 * number})
            subscription.meter_id.route = route
            subscription.partner_id.write({"zip": postcode, "street": street, "city": street and "Valmont"})
            cls.subscriptions |= subscription
        cls.by_email = cls.subscribe(5, {Q1[0]: 0, Q1[1]: 50})
        cls.by_email.partner_id.write({"email": "cinq@example.com", "utility_bill_by_email": True})
        cls.agreed = cls.subscriptions[0].partner_id
        cls.agreed.write({"utility_bill_by_email": True, "email": False})
        cls.run_posted = cls.campaign(Q1)
        for start in (cls.run_posted.action_launch, cls.run_posted.action_post):
            start()
            while cls.run_posted.state == "running":
                cls.run_posted.sudo()._work_batch()

    def setUp(self):
        super().setUp()
        self.sending = self.open()

    def simply(self):
        """Print a page for each bill, where what is on it does not matter: Chromium takes its time."""
        lines = type(self.env["utility.bill.sending.line"])
        self.patch(lines, "_render", lambda lines: {move.id: page_of(move.partner_id.name) for move in lines.move_id})

    def open(self):
        action = self.run_posted.action_send_bills()
        return self.env[action["res_model"]].browse(action["res_id"])

    def job(self):
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_bill_sending").method_direct_trigger()
        self.env.invalidate_all()

    def send(self):
        self.sending.action_send()
        self.job()

    def mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "account.move"), ("res_id", "in", self.run_posted.bill_ids.ids)]
        )

    def pages(self):
        reader = PdfReader(io.BytesIO(base64.b64decode(self.sending.file)))
        return [" ".join(page.extract_text().split()) for page in reader.pages]

    def listed(self):
        text = base64.b64decode(self.sending.list_file).decode("utf-8-sig")
        return [row.split(";") for row in text.splitlines()[1:]]

    def test_the_printer_s_file_is_in_the_language_of_who_sends(self):
        self.simply()
        add_french(self.env)
        self.env.user.lang = "fr_FR"
        self.send()
        self.assertTrue(self.pages()[0].startswith("Tournée"), self.pages()[0])
        self.assertIn(b"Tourn\xc3\xa9e", base64.b64decode(self.sending.list_file).splitlines()[0])

    def test_everybody_once(self):
        """By e-mail to subscribers who agreed; on paper in postal order, with separators and the notes."""
        note = self.note()
        self.section.quality_note_ids = note
        self.sending.with_inserts = True
        self.send()
        self.assertEqual((self.sending.state, self.sending.email_count, self.sending.print_count), ("done", 1, 4))
        mail = self.mails()
        self.assertEqual((len(mail), mail.recipient_ids), (1, self.by_email.partner_id))
        self.assertEqual(len(mail.attachment_ids), 2)
        self.assertIn(note, mail.attachment_ids)
        failed = self.sending.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.partner_id, self.subscriptions[3].partner_id)
        self.assertIn("no postal address", failed.error)
        self.assertEqual(self.run_posted.bill_ids.filtered("is_move_sent"), self.run_posted.bill_ids - failed.move_id)
        order = [("Bourg", "Abonné 2", "63001"), ("Bourg", "Abonné 1", "63002"), ("Rives", "Abonné 3", "63001")]
        self.assertEqual([(row[1], row[3], row[5]) for row in self.listed()], order)
        pages = self.pages()
        separators = [place for place, text in enumerate(pages) if text.startswith("Round:")]
        rounds = [pages[place].split()[1] for place in separators]
        self.assertEqual(rounds, ["Bourg", "Rives"])
        self.assertEqual(separators[0], 0)
        self.assertIn("Abonné 2", pages[1])
        self.assertEqual(sum("Note de qualite" in text for text in pages), 3)
        self.assertEqual(len(pages), 2 + 3 + sum(int(row[-1]) for row in self.listed()))
        with self.assertRaisesRegex(UserError, "sent already"):
            self.open()
        failed.partner_id.write({"street": "4 rue", "city": "Valmont"})
        self.send()
        self.assertEqual(set(self.sending.line_ids.mapped("state")), {"sent"})
        self.assertEqual((len(self.mails()), len(self.listed())), (1, 4))
        said = [
            COUNTS[count] for count in (len(self.sending.line_ids), len(mail), self.sending.print_count, len(failed))
        ]
        self.assert_example(
            "envoi",
            "{} factures, {} par e-mail, {} sur papier dont {} sans adresse.".format(*said),
            f"Le fichier contient {COUNTS[len(separators)]} séparations ({', '.join(rounds)}) et {COUNTS[len(order)]}"
            " factures ; l'adresse saisie, la quatrième s'y ajoute et l'e-mail n'est pas envoyé de nouveau.",
        )
        with self.assertRaisesRegex(UserError, "sent already"):
            self.sending.action_send()

    def test_an_e_mail_that_the_server_does_not_take(self):
        """It is queued, then fails: the bill is listed as failed with the reason, and sent again once, when asked."""
        self.simply()
        self.send()
        mail = self.mails()
        line = self.sending.line_ids.filtered(lambda line: line.way == "email")
        self.assertEqual((line.state, line.mail_id, line.move_id.is_move_sent), ("sent", mail, True))
        failed = self.sending.failed_count
        server = {"name": "Down", "smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_authentication": "login"}
        mail.mail_server_id = self.env["ir.mail_server"].sudo().create(server)
        # Odoo connects to no server in tests
        with patch.object(type(self.env["ir.mail_server"]), "_disable_send", return_value=False), self.quiet():
            mail.send()
        self.assertEqual((line.state, line.move_id.is_move_sent), ("failed", False))
        self.assertTrue(line.error)
        self.assertEqual(self.sending.failed_count, failed + 1)
        self.send()
        self.assertEqual((mail.state, line.state, len(self.mails())), ("cancel", "sent", 2))
        self.assertNotEqual(line.mail_id, mail)
        line.mail_id.send()
        self.assertEqual(line.state, "sent")

    def test_an_e_mail_that_the_server_takes_at_last(self):
        """The queue of e-mails tries again by itself: the bill counts as sent once it left."""
        self.simply()
        self.send()
        line = self.sending.line_ids.filtered(lambda line: line.way == "email")
        line.mail_id._postprocess_sent_message([], [], failure_reason="The server is down", failure_type="mail_smtp")
        self.assertEqual((line.state, line.error, line.move_id.is_move_sent), ("failed", "The server is down", False))
        line.mail_id._postprocess_sent_message(line.partner_id, [])
        self.assertEqual((line.state, line.error, line.move_id.is_move_sent), ("sent", False, True))

    def test_without_paper_there_is_no_file(self):
        self.simply()
        for subscription in self.subscriptions:
            subscription.partner_id.write({"email": f"{subscription.id}@example.com", "utility_bill_by_email": True})
        self.sending.sudo().line_ids.unlink()  # listed when it was opened, before they agreed
        self.sending.action_send()
        with self.assertRaisesRegex(UserError, "This is being sent already"):
            self.sending.action_send()
        self.job()
        sending = self.sending
        self.assertEqual(
            (sending.state, sending.error, sending.email_count, sending.print_count), ("done", False, 5, 0)
        )
        self.assertFalse(sending.file or sending.filename or sending.list_file or sending.list_filename)

    def quiet(self):
        return mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")

    def note(self):
        held = io.BytesIO()
        page = canvas.Canvas(held)
        page.drawString(100, 100, "Note de qualite")
        page.save()
        values = {"name": "note.pdf", "raw": held.getvalue(), "mimetype": "application/pdf"}
        return self.env["ir.attachment"].create(values)

    def test_stopped_and_resumed(self):
        """What was rendered before the stop is not rendered again."""
        self.simply()
        self.sending.action_send()
        with patch("odoo.addons.utility_billing_sync.models.sending.utility_bill_sending.BATCH", 1):
            for _time in range(3):
                self.sending.sudo()._work_batch()
            self.sending.action_stop()
            self.job()
            done = self.sending.line_ids.filtered(lambda line: line.state == "sent")
            self.assertEqual((len(done), self.sending.state), (2, "stopped"))
            before = done.mapped("sent_on")
            self.sending.action_resume()
            self.job()
        self.assertEqual((self.sending.state, done.mapped("sent_on")), ("done", before))
        self.assertEqual((len(self.mails()), len(self.listed())), (1, 3))
        self.assertEqual(sum(text.startswith("Round:") for text in self.pages()), 2)

    def test_a_copy_of_the_database_sends_nothing_until_somebody_confirms(self):
        self.simply()
        self.sending.action_send()
        become_copy(self.env)
        self.job()
        self.assertFalse(self.mails())
        self.assertEqual((self.sending.state, self.sending.is_held), ("running", True), "it waits, nothing is lost")
        self.sending.action_stop()
        with self.assertRaisesRegex(UserError, "copy"):
            self.sending.action_send()
        self.sending.action_resume()
        self.sending.action_confirm_database()
        self.job()
        self.assertEqual((len(self.mails()), self.sending.state, self.sending.is_held), (1, "done", False))

    def test_on_the_dashboard_while_it_is_under_way(self):
        def card():
            self.env.invalidate_all()
            return self.env["utility.dashboard"].search([("section_id", "=", self.section.id)])

        self.assertFalse(card().sending_id, "nothing is sent yet")
        self.sending.action_send()
        self.assertEqual((card().sending_id, card().sending_state), (self.sending, "running"))
        self.sending.progress = self.sending.total
        self.assertEqual(card().sending_progress, 100)
        action = card().with_context(dashboard_list="sendings").action_open_list()
        action = action.get("params", {}).get("next", action)
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.sending)
        self.sending.action_stop()
        self.assertEqual(card().sending_state, "stopped")

    def test_rights(self):
        agent, clerk = self.person("agent_sends", AGENT), self.person("head_sends", MANAGER)
        with self.assertRaises(AccessError):
            self.sending.with_user(agent).action_send()
        with self.assertRaises(AccessError):
            self.sending.with_user(clerk).line_ids[0].write({"state": "sent"})
        with self.assertRaises(AccessError):
            self.sending.with_user(clerk).write({"state": "done"})

    def person(self, login, groups):
        company = self.section.company_id
        return new_test_user(
            self.env, login, groups, company_id=company.id, company_ids=[(6, 0, company.ids)], lang="fr_FR"
        )

    def test_in_the_browser(self):
        clerk = self.person("clerk_sends", f"{MANAGER},account.group_account_invoice")
        self.walk("utility_bill_sending", clerk, "utility_billing_run_action", self.section.company_id)
        self.assertEqual((self.sending.state, self.sending.user_id), ("running", clerk))
