"""*Auto-relève*: subscribers report the index of their meter, with a photo; it waits to be checked in every section."""

import re
from base64 import b64decode
from datetime import timedelta
from io import BytesIO

from markupsafe import escape
from PIL import Image

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .support.administration import become_copy
from .support.browser import BrowserCase
from .support.guide import ExampleCase
from .support.people import new_test_user
from .support.sharing import MODULE, SharingCase


def picture(size=(60, 40), kind="JPEG"):
    held = BytesIO()
    Image.new("RGB", size, "navy").save(held, kind)
    return held.getvalue()


class SelfReadingCase(SharingCase, HttpCase):
    """Durand's meter, shared by both sections: 120 m³ a year, last read 73 days ago at 220."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["utility.reading"])
        cls.card, cls.there = cls.shared("17-001", route="Bourg", digits=5)
        for days, index in ((73 + 365, 100), (73, 220)):
            cls.read_index(cls.card, cls.today - timedelta(days), index)._synchronisation().carry_out()
        cls.env.invalidate_all()
        cls.subscription = cls.subscribe(cls.card)
        cls.other = cls.subscribe(cls.meter(number="17-002"), cls.env["res.partner"].create({"name": "Martin"}))
        cls.water.round_start = cls.today - timedelta(30)
        cls.durand.email = "durand@example.com"
        new_test_user(cls.env, "durand", "base.group_portal", name="Durand", partner_id=cls.durand.id)

    def post(self, url, **values):
        """Send the form of a page as a browser does."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(url).text).group(1)
        file = values.pop("photo", None)
        files = {"photo": ("compteur.jpg", file, "image/jpeg")} if file else None
        return self.url_open(url, data={"csrf_token": token, **values}, files=files)

    def readings(self):
        self.env.invalidate_all()
        return self.env["utility.reading"].search([("date", "=", self.today)], order="id")

    def link(self, days=1):
        until = fields.Datetime.now() + timedelta(days)
        return "/meter/read/" + self.subscription._self_reading_url(until).rsplit("/", 1)[1]


@tagged("post_install", "-at_install", MODULE)
class TestSelfReading(ExampleCase, SelfReadingCase):
    def test_what_it_means_is_shown_before_it_is_sent(self):
        """Worked: 244 − 220 = 24 m³; 120 m³ in 365 days make 24 in 73."""
        self.authenticate("durand", "durand")
        url = f"/my/meters/{self.subscription.id}/read"
        text = self.post(url, step="check", index="244").text
        self.assertRegex(text, r"o_self_reading_volume\D+24")
        self.assertRegex(text, r"Usual for these days</th>\s*<td[^>]*>\s*24 m³")
        self.assertNotIn("more than twice", text)
        self.assertFalse(self.readings())
        more = self.post(url, step="check", index="300").text
        self.assertIn("more than twice your usual", more)
        usual, much = (re.search(r"o_self_reading_volume\D+(\d+)", page).group(1) for page in (text, more))
        self.assert_example(
            "auto_releve",
            f"120 m³ par an, dernière relève 220 il y a 73 jours ; 244 fait {usual} m³, l'habitude ; 300 fait {much}"
            " m³, et la page le dit.",
        )
        self.assertIn("220", self.post(url, step="check", index="90").text)
        self.assertIn("Leave the red ones out", self.post(url, step="check", index="244123").text)
        self.assertIn("Type the figures", self.post(url, step="check", index="abc").text)

    def test_it_arrives_to_check_in_every_section_with_its_photo(self):
        self.authenticate("durand", "durand")
        text = self.post(f"/my/meters/{self.subscription.id}/read", step="send", index="244", photo=picture()).text
        self.assertIn("o_self_reading_thanks", text)
        readings = self.readings()
        self.assertEqual(readings.meter_id, self.card | self.there)
        for reading in readings:
            self.assertEqual(
                (reading.index, reading.kind, reading.state, reading.sync_state),
                (244, "self_reported", "draft", "synced"),
            )
        card = self.env["utility.dashboard"].search([("section_id", "=", self.sewerage.id)])
        self.assertEqual((card.self_reported_count, card.to_check_count), (1, 1))
        for agent, reading in zip((self.agent_water, self.agent_sewerage), readings, strict=True):
            seen = reading.with_user(agent).with_context(allowed_company_ids=agent.company_ids.ids)
            self.assertTrue(seen.self_report_photo)

    def test_corrected_until_it_is_taken(self):
        self.authenticate("durand", "durand")
        url = f"/my/meters/{self.subscription.id}/read"
        self.post(url, step="send", index="244")
        for page in (url, url.removesuffix("/read")):
            self.assertIn("You reported", self.url_open(page).text)
        self.post(url, step="send", index="245,5")
        self.assertEqual(self.readings().mapped("index"), [245.5, 245.5])
        self.assertEqual(self.readings().self_report_id.number, 2)
        self.readings()[1].action_confirm()
        self.assertIn("already read today", self.post(url, step="send", index="246").text)
        self.assertEqual(self.readings().mapped("index"), [245.5, 245.5])

    def test_limits(self):
        self.authenticate("durand", "durand")
        url = f"/my/meters/{self.subscription.id}/read"
        self.assertIn("bigger than 10 MB", self.post(url, step="send", index="244", photo=b"x" * (10 * 2**20 + 1)).text)
        for wrong in (b"<svg onload='x'/>", picture(kind="GIF"), picture()[:200]):
            answer = self.post(url, step="send", index="244", photo=wrong).text
            self.assertRegex(answer, "no photo that we can read|photo is damaged")
            self.assertRegex(answer, r"o_self_reading_volume\D+24", "the index stays, only the photo is chosen anew")
            self.assertIn('name="photo"', answer)
        self.assertFalse(self.readings())
        for _time in range(10):
            self.post(url, step="send", index="244")
        self.assertIn("10 times already", self.post(url, step="send", index="245").text)

    def test_what_a_telephone_notes_in_a_photo_goes(self):
        held, exif = BytesIO(), Image.Exif()
        exif[0x010F] = "SECRET MAKER"
        Image.new("RGB", (3000, 2000)).save(held, "JPEG", exif=exif)
        self.authenticate("durand", "durand")
        self.post(f"/my/meters/{self.subscription.id}/read", step="send", index="244", photo=held.getvalue())
        kept = b64decode(self.readings()[0].self_report_photo)
        self.assertNotIn(b"SECRET", kept)
        self.assertLessEqual(max(Image.open(BytesIO(kept)).size), 1600)

    def test_somebody_elses_meter_does_not_exist(self):
        self.authenticate("durand", "durand")
        self.assertEqual(self.url_open(f"/my/meters/{self.other.id}/read").status_code, 404)
        self.subscription.date_end = self.today - timedelta(1)
        self.assertEqual(self.url_open(f"/my/meters/{self.subscription.id}/read").status_code, 404)

    def test_the_models_stay_closed(self):
        durand = self.env["res.users"].search([("login", "=", "durand")])
        for model in ("utility.self.report", "utility.reading.invitation", "utility.reading.invitation.line"):
            self.assertFalse(self.env[model].with_user(durand).has_access("read"))
        self.authenticate("durand", "durand")
        self.post(f"/my/meters/{self.subscription.id}/read", step="send", index="244")
        report = self.readings()[0].self_report_id
        with self.assertRaises(AccessError):
            report.with_user(self.agent_water).write({"index": 1})


@tagged("post_install", "-at_install", MODULE)
class TestSelfReadingLink(SelfReadingCase):
    def test_without_an_account_and_for_that_meter_alone(self):
        url = self.link()
        page = self.url_open(url)
        self.assertEqual((page.status_code, page.headers["Cache-Control"]), (200, "no-store"))
        self.assertIn("17-001", page.text)
        self.assertNotIn("17-002", page.text)
        self.post(url, step="send", index="244", subscription_id=str(self.other.id))
        self.assertEqual(self.readings().meter_id, self.card | self.there)
        self.assertEqual(self.readings().self_report_id.origin, "link")

    def test_forged_expired_or_ended(self):
        good = self.link()
        wrong = [self.link(days=-1), good[:-4] + "AAAA", "/meter/read/x", "/meter/read/" + "é" * 4]
        for url in wrong:
            with self.subTest(url):
                answer = self.url_open(url)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("17-001", answer.text)
        self.subscription.date_end = self.today - timedelta(1)
        self.assertEqual(self.url_open(good).status_code, 404)

    def test_a_link_bears_the_logo_of_the_section_s_company(self):
        page = self.url_open(self.link()).text
        # a town's website, where Odoo has one, bears its own
        logo = "/web/image/website/" if "website" in self.env else f"/logo.png?company={self.budget_water.id}"
        self.assertIn(logo, page)

    def test_a_link_says_nothing_of_the_subscriber_before(self):
        self.subscription.date_start = self.today - timedelta(10)
        answer = self.post(self.link(), step="check", index="244").text
        self.assertNotIn("220", answer)
        self.assertNotIn("o_self_reading_volume", answer)
        self.assertNotIn("220", self.post(self.link(), step="check", index="90").text)


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
        martin.partner_id.email = "martin@example.com"
        self.invitation.action_list()
        self.assertEqual(martin.state, "to_send")
        martin.sudo().write({"state": "failed", "error": "Refused"})
        self.invitation.action_list()
        self.assertEqual((martin.state, martin.error), ("to_send", False), "corrected, it is tried again")
        self.read_index(self.card, self.today, 244)
        self.invitation.action_send()
        self.work()
        self.assertEqual(self.mails().recipient_ids, martin.partner_id)
        self.assertEqual((martin.state, self.invitation.state), ("sent", "done"))

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

    def test_the_cards_hold_the_link(self):
        self.invitation.action_list()
        action = self.invitation.action_print_all()
        lines = self.env["utility.reading.invitation.line"].browse(action["context"]["active_ids"])
        self.assertEqual(lines.partner_id.mapped("name"), ["Martin", "Durand"])
        html = self.env["ir.actions.report"]._render_qweb_html("utility_billing_sync.report_reading_card", lines.ids)[0]
        self.assertEqual(html.count(b"data:image/svg+xml;base64,"), 2)
        self.assertIn(b"17-002", html)
        self.assertIn(escape(self.budget_water.name).encode(), html, "who asks")

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
class TestSelfReadingTour(SelfReadingCase, BrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_on_a_telephone(self):
        self.durand.lang = "fr_FR"
        self.env.flush_all()
        self.start_tour("/my/meters", "utility_self_reading", login="durand", cookies={"frontend_lang": "fr_FR"})
        self.assertEqual(self.readings().mapped("index"), [244, 244])
