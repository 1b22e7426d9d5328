"""*Tournée*: the meters of a round one after the other, on a telephone, with or without a connection."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import file_open

from .support.browser import BrowserCase
from .support.network import FAILED, RELOAD, roam
from .support.sharing import JUNE, MODULE, NO_LOGO, SharingCase

TODAY = "2026-03-31"


class RoundCase(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = cls.shared("17-001", route="Bourg", sequence=2, digits=5, location="Cave", street="4 rue du Lavoir")
        cls.first, cls.there = cls.cards
        cls.second = cls.meter(number="17-002", route="Bourg", sequence=1, street="2 rue du Lavoir")
        cls.elsewhere = cls.meter(number="17-003", route="Rives")
        cls.unserved = cls.meter(number="17-004", route="Bourg")
        for card in (cls.first, cls.second, cls.elsewhere):
            cls.subscribe(card)
        cls.read_index(cls.first, JUNE, 100)
        cls.section_here = cls.water.with_user(cls.agent_both).with_context(allowed_company_ids=cls.budget_sewerage.ids)

    def entry(self, meter=None, **values):
        return {"key": "k1", "meter_id": (meter or self.first).id, "date": TODAY, "index": 150, **values}

    def save(self, *entries):
        return self.section_here.save_round(list(entries))

    def kept(self, meter=None):
        self.env.invalidate_all()
        return self.env["utility.reading"].search([("meter_id", "=", (meter or self.first).id), ("date", "=", TODAY)])


@tagged("post_install", "-at_install", MODULE)
class TestRound(RoundCase):
    def test_a_round_begins_with_each_half_of_the_year(self):
        for today, first in (
            ("2025-01-01", "2025-01-01"),
            ("2025-06-30", "2025-01-01"),
            ("2025-07-01", "2025-07-01"),
            ("2025-12-31", "2025-07-01"),
        ):
            with self.subTest(today), freeze_time(today):
                self.assertEqual(str(self.env["utility.section"]._default_round_start()), first)

    def test_the_order_of_the_round_whichever_company_is_ticked(self):
        meters = self.section_here.walk_round("Bourg")
        self.assertEqual([m["id"] for m in meters], [self.second.id, self.first.id])
        shown = meters[1]
        self.assertEqual((shown["previous_index"], str(shown["previous_date"])), (100, JUNE))
        self.assertEqual((shown["location"], shown["subscriber"], shown["digits"]), ("Cave", "Durand", 5))
        sections = self.section_here.get_rounds()
        routes = {section["name"]: section["routes"] for section in sections}
        self.assertEqual(routes["EAU"], [{"route": "Bourg", "count": 2}, {"route": "Rives", "count": 1}])
        self.assertNotIn("ASSAINISSEMENT", routes, "nobody is served there")
        self.subscribe(self.meter(self.sewerage, "17-005"))
        sections = self.section_here.get_rounds()
        self.assertEqual([section["name"] for section in sections], ["ASSAINISSEMENT", "EAU"], "one's own first")
        self.assertEqual(sections[0]["routes"], [{"route": "", "count": 1}])

    def test_the_meter_of_a_new_reading_is_the_next_of_the_round(self):
        early, late = (self.meter(number=f"17-00{n}", sequence=n) for n in (6, 7))
        readings = self.env["utility.reading"].with_user(self.agent_water)
        proposed = []
        for _reading in range(7):
            meter = readings.default_get(["meter_id"]).get("meter_id")
            proposed.append(meter)
            if meter:
                readings.create({"meter_id": meter, "date": TODAY, "index": 150})
        order = [early, late, self.second, self.first, self.unserved, self.elsewhere]
        self.assertEqual(proposed, [*(meter.id for meter in order), False])

    def test_the_section_that_is_proposed(self):
        gas = self.section("GAZ", self.budget_water, sequence=20)
        empty = self.env["res.company"].create({**NO_LOGO, "name": "Budget vide"})
        self.agent_both.company_ids |= empty
        sections = self.env["utility.section"].with_user(self.agent_both)

        def proposed(*companies):
            return sections.with_context(allowed_company_ids=[company.id for company in companies])._default_section()

        water, sewerage = self.budgets
        self.assertEqual(proposed(water, sewerage), self.water)
        self.assertEqual(proposed(sewerage, water), self.sewerage)
        self.assertEqual(proposed(empty, sewerage, water).ids, sections.search([], limit=1).ids)
        self.agent_both.utility_section_id = gas
        self.assertEqual(proposed(sewerage, water), gas)
        self.assertEqual(proposed(sewerage), self.sewerage, "a preference in another company does not count")

    def test_a_preference_is_a_section_that_one_may_enter(self):
        mine = self.agent_water.with_user(self.agent_water)
        mine.utility_section_id = self.water
        with self.assertRaises(AccessError):
            mine.write({"utility_section_id": self.sewerage.id})
        with self.assertRaises(AccessError):
            self.agent_sewerage.with_user(self.agent_water).write({"utility_section_id": self.water.id})
        self.assertEqual(self.agent_water.utility_section_id, self.water)

    def test_the_last_index_of_a_replaced_device_is_not_the_present_one(self):
        """The new device's first index (0) was entered before the old one's last (480), for the same day."""
        self.read_index(self.second, JUNE, 0, kind="installation")
        self.read_index(self.second, JUNE, 480, kind="removal")
        self.assertEqual(self.section_here.walk_round("Bourg")[0]["previous_index"], 0)
        self.assertEqual(self.second.last_index, 0)

    def test_the_usual_consumption_is_that_of_three_years(self):
        today = fields.Date.context_today(self.section_here)
        for days, index in ((1200, 0), (1095, 1000), (95, 1500)):
            self.read_index(self.second, today - timedelta(days), index)
        self.assertEqual(self.section_here.walk_round("Bourg")[0]["daily"], 0.5)

    def test_never_twice(self):
        """The telephone lost the answer and sends again: one reading, one note."""
        for _time in range(2):
            answer = self.save(self.entry(note="Chien méchant"))
        reading = self.kept()
        self.assertEqual((reading.index, reading.create_uid), (150, self.agent_both))
        self.assertEqual(answer["k1"]["reading_id"], reading.id)
        self.assertEqual(reading.sync_state, "pending")
        notes = self.first.message_ids.filtered(lambda m: "Chien méchant" in (m.body or ""))
        self.assertEqual(len(notes), 1)

    def test_typed_again(self):
        self.save(self.entry())
        self.save(self.entry(key="k2", index=155))
        self.assertEqual(self.kept().index, 155)

    def test_what_somebody_else_read_stays(self):
        self.read_index(self.first, TODAY, 140)
        refused = self.save(self.entry())["k1"]["refused"]
        self.assertIn("140", refused)
        self.assertEqual(self.kept().index, 140)

    def test_a_refused_entry_leaves_the_others(self):
        answers = self.save(
            self.entry(index=90), self.entry(self.second, key="k2", index=7), self.entry(key="k3", index="x")
        )
        self.assertIn("90", answers["k1"]["refused"])
        self.assertEqual(self.kept(self.second).index, 7)
        self.assertIn("refused", answers["k3"])
        self.assertFalse(self.kept())

    def test_absent(self):
        self.save(self.entry(index=None, note="Absent"))
        self.assertFalse(self.kept())
        self.assertIn("Absent", self.first.message_ids[0].body)
        picture = base64.b64encode(file_open("web/static/img/logo2.png", "rb").read()).decode()
        self.save(self.entry(key="k2", index=None, photo=picture))
        message = self.first.message_ids[0]
        self.assertIn("Round of readings: photo", message.body)
        self.assertEqual(message.attachment_ids.mapped("name"), ["k2.jpg"])
        before = len(self.first.message_ids)
        self.save(self.entry(key="k3", index=None))
        self.assertEqual(len(self.first.message_ids), before, "nothing was entered")

    def test_the_section_alone(self):
        strange = self.there.sudo()
        self.assertIn("refused", self.save(self.entry(strange))["k1"])
        with self.assertRaises(AccessError):
            self.water.with_user(self.agent_sewerage).save_round([self.entry()])
        with self.assertRaises(AccessError):
            self.water.with_user(self.plain_user).walk_round()


@tagged("post_install", "-at_install", MODULE)
class TestRoundTour(RoundCase, BrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_round_with_the_network_cut(self):
        self.agent_both.lang = "fr_FR"
        self.walk("utility_round", self.agent_both, "utility_round_action", self.budget_water)
        readings = self.env["utility.reading"].search([("create_uid", "=", self.agent_both.id)])
        self.assertEqual(
            {r.meter_id: r.index for r in readings if r.meter_id in self.first + self.second},
            {self.second: 12, self.first: 150},
        )
        self.assertEqual(self.there.reading_ids.mapped("index"), [150])

    def test_a_reading_is_one_tap_and_its_index(self):
        self.agent_both.lang = "fr_FR"
        self.walk("procedure_round", self.agent_both, "utility_round_action", self.budget_water)
        self.assertEqual((self.second.reading_ids.mapped("index"), self.first.last_index), ([12], 150))

    def test_a_round_is_resumed_without_the_network(self):
        self.agent_both.lang = "fr_FR"
        self.walk("utility_round_resumed", self.agent_both, "utility_round_action", self.budget_water)
        self.assertEqual(self.second.reading_ids.mapped("index"), [12])


#: Waits for an element of the page.
UNTIL = """
    const until = async (selector) => {
        while (!document.querySelector(selector)) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return document.querySelector(selector);
    };
"""


@tagged("post_install", "-at_install", MODULE)
class TestRoundReload(RoundCase, BrowserCase):
    browser_size = "390x844"
    touch_enabled = True
    #: the page is back with what was typed, and keeps the reading
    after_reload = f"""(async () => {{ {UNTIL}
        await until(".o_round_meter");
        const typed = (await until(".o_round_index")).value;
        const meter = document.querySelector(".o_round_meter").textContent;
        if (typed !== "150" || !meter.includes("17-001")) {{
            console.error(`{FAILED}${{typed}}, ${{meter}}`);
        }}
        (await until(".o_round_keep:enabled")).click();
        await until(".o_round_offline");
        console.log("test successful");
    }})()"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roam(cls)

    def test_a_page_reloaded_in_a_cellar(self):
        """The browser has stopped Odoo's service worker, which forgot the session: the page opens all the same."""
        first = f"""(async () => {{ {UNTIL}
            (await until(".o_round_choice")).click();
            (await until(".o_round_next")).click();
            await until(".o_round_previous:enabled");
            const index = await until(".o_round_index");
            index.value = "150";
            index.dispatchEvent(new Event("input", {{ bubbles: true }}));
            await until(".o_round_keep:enabled");
            const kept = "/odoo/utility-round/session";
            while (!(await caches.match(kept, {{ cacheName: "utility-round" }}))) {{
                await new Promise((resolve) => setTimeout(resolve, 50));
            }}
            console.log("{RELOAD}");
        }})()"""
        self.env.flush_all()
        self.browser_js(
            f"/odoo/action-{MODULE}.utility_round_action",
            first,
            "!!document.querySelector('.o_round_choice')",
            login=self.agent_both.login,
            cookies={"cids": str(self.budget_water.id)},
        )
