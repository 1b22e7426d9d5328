"""A meter shared by two sections, whose subscriber leaves."""

from datetime import date

from odoo import Command

from .billing import MoneyCase
from .people import new_test_user
from .sharing import AGENT

GONE, NEXT = date(2025, 3, 15), date(2025, 3, 16)


class MoveCase(MoneyCase):
    """A meter shared by EAU and ASST with the same subscriber; readings: 1,200 on 1 January, 1,320 on 1 July."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sewerage = cls.make_section("ASST", "sewerage")
        cls.companies = cls.section.company_id | cls.sewerage.company_id
        cls.companies.share_connection_points = True
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.companies.ids))
        cls.leaving = cls.subscribe(1, {}).with_env(cls.env)
        cls.card = cls.leaving.meter_id
        cls.there = cls.env["utility.meter"].create(
            {"connection_point_id": cls.card.connection_point_id.id, "section_id": cls.sewerage.id}
        )
        cls.enter_readings(cls.card, {date(2025, 1, 1): 1200})._synchronisation().carry_out()
        cls.env.invalidate_all()
        cls.tariff_there = cls.env["utility.tariff"].create({"name": "Assainissement", "section_id": cls.sewerage.id})
        values = {"partner_id": cls.leaving.partner_id.id, "date_start": date(2020, 1, 1)}
        cls.leaving_there = cls.env["utility.subscription"].create(
            values | {"meter_id": cls.there.id, "tariff_id": cls.tariff_there.id}
        )
        cls.martin = cls.env["res.partner"].create({"name": "Martin", "zip": "63000"})
        cls.agent = cls.person("agent_eau", cls.section.company_id)
        cls.agent_there = cls.person("agent_asst", cls.sewerage.company_id)

    @classmethod
    def person(cls, login, companies):
        return new_test_user(
            cls.env, login, AGENT, company_id=companies[0].id, company_ids=[Command.set(companies.ids)], lang="en_US"
        )

    def open(self, user=None, **values):
        """Open the dialog and enter values as a user."""
        card = self.card.with_user(user) if user else self.card
        if user:
            card = card.with_context(allowed_company_ids=user.company_ids.ids)
        action = card.action_move()
        dialog = card.env[action["res_model"]].browse(action["res_id"])
        given = {"date": GONE, "index": 1249, "arriving_id": self.martin.id}
        dialog.write(given | values)
        return dialog

    def move(self, answer="action_confirm", user=None, **values):
        dialog = self.open(user, **values)
        dialog.action_preview()
        action = getattr(dialog, answer)()
        return self.env["utility.move"].browse(action["res_id"])

    def contracts(self, card):
        self.env.invalidate_all()
        return [
            (s.partner_id.name, s.date_start, s.date_end or None) for s in card.subscription_ids.sorted("date_start")
        ]
