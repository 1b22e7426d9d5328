"""Two budgets of one town, their agents, and helpers to enter meters and readings. Dates are fixed."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase

from .builder import Builder
from .people import free_logins
from .warm import WarmCaches

MODULE = "utility_billing_sync"
AGENT = f"{MODULE}.group_utility_user"
MANAGER = f"{MODULE}.group_utility_manager"

#: Saves Odoo's default logo, scaled to six sizes for each company in each class of tests.
NO_LOGO = {"logo": False}

MARCH, JUNE, SEPTEMBER, DECEMBER = "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"


class SharingBuilder(Builder):
    """Builds sections, people, meters and readings of a town."""

    water = None

    @classmethod
    def section(cls, name, company, **values):
        return cls.env["utility.section"].create({"name": name, "code": name[:4], "company_id": company.id, **values})

    @classmethod
    def users(cls, **people):
        """Create the users {login: (group, companies)} at once: creating one takes as long as creating six."""
        free_logins(cls.env, *people)
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": login,
                        "login": login,
                        "password": login.ljust(8, "x"),
                        "email": f"{login}@example.com",
                        "group_ids": [Command.set(cls.env.ref(group).ids)],
                        "company_id": companies[0].id,
                        "company_ids": [Command.set(companies.ids)],
                    }
                    for login, (group, companies) in people.items()
                ]
            )
        )

    @classmethod
    def user(cls, login, group, companies):
        return cls.users(**{login: (group, companies)})

    @classmethod
    def meter(cls, section=None, number="17-001", **values):
        section = section or cls.water
        return cls.env["utility.meter"].create({"section_id": section.id, "serial_number": number, **values})

    @classmethod
    def shared(cls, number="17-001", sections=None, **values):
        """Return one card per section of a connection point, EAU's first."""
        first, *others = sections or (cls.water, cls.sewerage)
        card = cls.meter(first, number, **values)
        return card + cls.env["utility.meter"].create(
            [{"section_id": s.id, "connection_point_id": card.connection_point_id.id} for s in others]
        )

    @classmethod
    def read_index(cls, meter, day, index, **values):
        return cls.env["utility.reading"].create({"meter_id": meter.id, "date": day, "index": index, **values})

    @classmethod
    def subscribe(cls, meter, partner=None):
        return cls.env["utility.subscription"].create(
            {"partner_id": (partner or cls.durand).id, "meter_id": meter.id, "date_start": "2024-01-01"}
        )


class SharingCase(SharingBuilder, WarmCaches, TransactionCase):
    """EAU and ASSAINISSEMENT are two companies that share their connection points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget_water, cls.budget_sewerage = cls.budgets = cls.env["res.company"].create(
            [
                {**NO_LOGO, "name": name, "share_connection_points": True}
                for name in ("Budget de l'eau", "Budget assainissement")
            ]
        )
        cls.water = cls.section("EAU", cls.budget_water, service="water")
        cls.sewerage = cls.section("ASSAINISSEMENT", cls.budget_sewerage, service="sewerage")
        cls.agent_water, cls.agent_sewerage, cls.agent_both, cls.manager, cls.plain_user, cls.portal_user = cls.users(
            agent_water=(AGENT, cls.budget_water),
            agent_sewerage=(AGENT, cls.budget_sewerage),
            agent_both=(AGENT, cls.budgets),
            manager=(MANAGER, cls.budgets),
            plain_user=("base.group_user", cls.budgets),
            portal_user=("base.group_portal", cls.budget_water),
        )
        cls.durand = cls.env["res.partner"].create(
            {"name": "Durand", "street": "4 rue du Lavoir", "zip": "63000", "city": "Clermont"}
        )

    def dialog(self, action, user=None):
        """Return the dialog that an action opens."""
        model = self.env[action["res_model"]]
        return (model.with_user(user) if user else model).browse(action["res_id"])

    def ask(self, readings, user=None):
        """Open *Synchroniser les relèves de compteurs* like the user."""
        user = user or self.agent_both
        return self.dialog(readings.with_user(user).action_synchronize(), user)

    def indexes(self, meter):
        """Return {day: index} of a card's readings."""
        self.env.invalidate_all()
        return {str(r.date): r.index for r in meter.reading_ids.sorted("date")}

    def assertKeptWhileRunning(self, run):
        """Background work is deleted once it is stopped, not before."""
        with self.assertRaisesRegex(UserError, "in progress: stop it first"):
            run.sudo().unlink()
        run.with_user(self.agent_water).action_stop()
        run.sudo().unlink()
        self.assertFalse(run.exists())
