"""*Auto-relève*: subscribers report the index of their meter, with a photo; it waits to be checked in every section."""

import re
from base64 import b64decode
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from unittest.mock import patch

from freezegun import freeze_time
from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import format_date

from ..models.self_readings import reporting
from ..models.self_readings.reporting import SelfReporting
from .support.browser import BrowserCase
from .support.guide import ExampleCase
from .support.self_readings import SelfReadingCase, picture
from .support.sharing import MODULE


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
            day = format_date(self.env, self.today)
            self.assertIn(f"You reported 244 on {day}. As long as", self.url_open(page).text)
        self.post(url, step="send", index="245,5")
        self.assertEqual(self.readings().mapped("index"), [245.5, 245.5])
        self.assertEqual(self.readings().self_report_id.number, 2)
        self.readings()[1].action_confirm()
        self.assertIn("already read today", self.post(url, step="send", index="246").text)
        self.assertEqual(self.readings().mapped("index"), [245.5, 245.5])

    def test_what_the_page_would_not_send_is_refused_as_well(self):
        """The page shows a refusal before anything is sent; the server stores nothing without that check either."""
        report = SelfReporting(self.subscription)
        for text, sentence in (
            ("90", "The meter showed 220"),
            ("244123", "Leave the red ones out"),
            ("abc", "Type the figures"),
        ):
            with self.subTest(text), self.assertRaisesRegex(UserError, sentence):
                report.save(text)
        self.assertFalse(self.readings() or self.env["utility.self.report"].search([]))
        self.read_index(self.card, self.today, 230)
        with self.assertRaisesRegex(UserError, "already read today"):
            report.save("244")

    def test_an_obstacle_in_the_other_section_stops_nothing_here(self):
        """That section counted further by itself: its card takes nothing, ours waits to be synchronised."""
        self.read_index(self.there, self.today - timedelta(1), 300)
        SelfReporting(self.subscription).save("244")
        reading = self.readings()
        self.assertEqual((reading.meter_id, reading.index, reading.state), (self.card, 244, "draft"))
        self.assertEqual(reading.sync_state, "pending")

    def test_figures_that_are_typed(self):
        report = SelfReporting(self.subscription)
        for text, index in (
            ("1 249", "1249.000"),
            (" 12,5", "12.500"),
            ("0,0004", "0.000"),
            ("-3", "-3.000"),
            ("999999999999.9", "999999999999.900"),
        ):
            with self.subTest(text):
                self.assertEqual(str(report.read_index(text)), index)
        for text in (None, "", "abc", "NaN", "-Infinity", "1000000000000", "-1000000000000", "1.2.3"):
            with self.subTest(text), self.assertRaisesRegex(UserError, "Type the figures that the meter shows"):
                report.read_index(text)

    def test_what_an_index_means(self):
        """Nothing of what was read before the subscription began; an impossible index has no volume."""
        last = self.today - timedelta(73)
        for start, index, expected, oddities, refusals in (
            (last, 244, (244.0, last, 220.0, 24.0, 24.0), [], []),
            (last, 220, (220.0, last, 220.0, 0.0, 24.0), ["Nothing was consumed"], []),
            (last, 300, (300.0, last, 220.0, 80.0, 24.0), ["more than twice"], []),
            (last, 90, (90.0, last, 220.0, None, 24.0), [], ["The meter showed 220"]),
            (last + timedelta(1), 244, (244.0, None, None, None, None), [], []),
            (last + timedelta(1), 90, (90.0, None, None, None, None), [], ["does not fit what we know"]),
        ):
            self.subscription.date_start = start
            found = SelfReporting(self.subscription).preview(Decimal(index))
            with self.subTest(index, start=start):
                shown = found.index, found.previous_date, found.previous_index, found.volume, found.usual
                self.assertEqual(shown, expected)
                for texts, parts in ((found.oddities, oddities), (found.refusals, refusals)):
                    self.assertEqual(
                        [part in text for text, part in zip(texts, parts, strict=True)], [True] * len(parts)
                    )

    def test_a_report_of_yesterday_is_corrected_on_its_day(self):
        """The last one that waits; ten times at most; its photo stays until another one comes."""
        earlier = SelfReporting(self.subscription).save("230", picture())
        self.assertEqual((earlier.number, earlier.origin, bool(earlier.photo)), (1, "portal", True))
        yesterday = self.today - timedelta(1)
        earlier.reading_ids.date = yesterday
        earlier.write({"reported_on": fields.Datetime.now() - timedelta(1), "number": 9})
        again = SelfReporting(self.subscription).save("244", origin="link")
        self.assertEqual((again, again.number, again.origin, again.index), (earlier, 10, "link", 244))
        self.assertEqual(
            again.reading_ids.mapped(lambda reading: (reading.date, reading.index)), [(yesterday, 244)] * 2
        )
        self.assertTrue(again.photo)
        with self.assertRaisesRegex(UserError, "entered 10 times already"):
            SelfReporting(self.subscription).save("245")
        earlier.reading_ids[0].action_confirm()
        self.assertFalse(SelfReporting(self.subscription).pending(), "a section took it")
        later = SelfReporting(self.subscription).save("246")
        self.assertNotEqual(later, earlier)
        self.assertEqual(SelfReporting(self.subscription).pending(), later)
        later.reading_ids.unlink()
        self.assertFalse(SelfReporting(self.subscription).pending())

    def test_how_big_a_photo_may_be(self):
        report, photo = SelfReporting(self.subscription), picture()
        for names, ok in (
            ({"PHOTO_BYTES": len(photo), "PHOTO_PIXELS": 2400}, True),
            ({"PHOTO_BYTES": len(photo) - 1}, False),
            ({"PHOTO_PIXELS": 2399}, False),
        ):
            with self.subTest(names), patch.multiple(reporting, **names):
                if ok:
                    self.assertTrue(report._read_photo(photo))
                else:
                    with self.assertRaisesRegex(UserError, "bigger than|no photo that we can read"):
                        report._read_photo(photo)

    def test_damaged_photos(self):
        """A picture without its pixels, and one whose notes of the camera are broken: both open as pictures."""
        held = BytesIO()
        Image.new("RGB", (60, 40)).save(held, "PNG", exif=b"Exif\x00\x00M\xf5\x00*")
        good = picture(kind="PNG")
        without_pixels = good[:33] + good[-12:]  # the first and the last chunk
        for photo in (without_pixels, held.getvalue()):
            self.assertEqual(Image.open(BytesIO(photo)).size, (60, 40))
            with self.assertRaisesRegex(UserError, "This photo is damaged. Take it again."):
                SelfReporting(self.subscription).save("244", photo)
        self.assertFalse(self.readings())

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

    def test_the_day_is_that_of_the_town(self):
        self.budget_water.partner_id.tz = "Europe/Paris"
        with freeze_time("2026-03-01 23:30:00"):
            self.assertEqual(str(SelfReporting(self.subscription).today), "2026-03-02")

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
class TestSelfReadingTour(SelfReadingCase, BrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_on_a_telephone(self):
        self.durand.lang = "fr_FR"
        self.env.flush_all()
        self.start_tour("/my/meters", "utility_self_reading", login="durand", cookies={"frontend_lang": "fr_FR"})
        self.assertEqual(self.readings().mapped("index"), [244, 244])
