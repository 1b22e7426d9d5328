"""Two budgets of one town, with a given number of meters and readings, created by SQL; seeded, committed."""

import random

from odoo import Command
from odoo.addons.utility_billing_sync.tests.support.sharing import MANAGER, SharingBuilder
from odoo.tools import SQL

KINDS = ("rue", "avenue", "boulevard", "chemin", "impasse", "place")
SHORT = {"rue": "R.", "avenue": "av.", "boulevard": "bd", "chemin": "Ch.", "impasse": "imp.", "place": "PL"}
NAMES = ("du Lavoir", "de l'Église", "du Général Leclerc", "Saint-Jean", "des Prés", "Victor Hugo", "des Écoles")
FIRST = ("Paul", "Marie", "Jean", "Luc", "Anne", "Élise", "Pierre", "Zoé", "Hugo", "Inès")

POINTS = """
    INSERT INTO utility_connection_point
        (name, active, reading_mode, serial_number, street, zip, city, diameter, is_shared, sharing_revision)
    SELECT v.serial, true, 'manual', v.serial, v.street, v.zip, v.city, v.diameter, false, 0
      FROM (VALUES %s) AS v(serial, street, zip, city, diameter) RETURNING id
"""
PARTNERS = """
    INSERT INTO res_partner (name, complete_name, active, type, lang, autopost_bills)
    SELECT v.name, v.name, true, 'contact', 'en_US', 'ask' FROM (VALUES %s) AS v(name) RETURNING id
"""
METERS = """
    INSERT INTO utility_meter (connection_point_id, section_id, company_id, active, sequence)
    SELECT v.point, v.section, v.company, true, 10 FROM (VALUES %s) AS v(point, section, company) RETURNING id
"""
SUBSCRIPTIONS = """
    INSERT INTO utility_subscription
        (partner_id, meter_id, section_id, company_id, date_start, billing_type, dwellings)
    SELECT v.partner, v.meter, v.section, v.company, '2020-01-01', 'measured', 1
      FROM (VALUES %s) AS v(partner, meter, section, company) RETURNING id
"""


class Town:
    """EAU and ASSAINISSEMENT: two companies that share; reused by later processes."""

    def __init__(self, env):
        companies = env["res.company"].search([("name", "in", ("Budget EAU", "Budget ASSAINISSEMENT"))], order="id")
        self.is_new = not companies
        if self.is_new:
            companies = env["res.company"].create(
                [
                    {"name": f"Budget {name}", "share_connection_points": True, "currency_id": env.ref("base.EUR").id}
                    for name in ("EAU", "ASSAINISSEMENT")
                ]
            )
            for company, service in zip(companies, ("water", "sewerage"), strict=True):
                SharingBuilder.on(env).section(company.name[7:], company, service=service)
        user = env.ref("base.user_admin")
        user.write({"company_ids": [Command.link(c.id) for c in companies], "company_id": companies[0].id})
        user.group_ids |= env.ref(MANAGER)
        self.env = env(user=user.id, context={"allowed_company_ids": companies.ids, "tracking_disable": True})
        self.water, self.sewerage = self.env["utility.section"].search(
            [("company_id", "in", companies.ids)], order="id"
        )

    def add_meters(self, section, rows) -> list[int]:
        """Add cards with their own points and subscribers.

        :param rows: (serial number, street, zip, city, subscriber, diameter)
        :return: ids of the cards
        """
        company = section.company_id.id
        points = self._insert(POINTS, [(r[0], r[1], r[2], r[3], r[5]) for r in rows])
        partners = self._insert(PARTNERS, [(r[4],) for r in rows])
        meters = self._insert(METERS, [(point, section.id, company) for point in points])
        self._insert(SUBSCRIPTIONS, [(*pair, section.id, company) for pair in zip(partners, meters, strict=True)])
        self.env.cr.execute(
            SQL(
                "INSERT INTO res_company_utility_connection_point_rel (utility_connection_point_id, res_company_id) "
                "SELECT unnest(%s::int[]), %s",
                points,
                company,
            )
        )
        self.env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        return meters

    def _insert(self, query, rows) -> list[int]:
        return [row[0] for row in self.env.cr.execute_values(query, rows, page_size=10_000, fetch=True)]


def two_hands(count, seed=20260101):
    """Return the rows of two sections' cards of one town, for `Town.add_meters`, as written by each service.

    Four in five devices are in both sections, the others in one only.
    """
    chance = random.Random(seed)
    ours, theirs = [], []
    for n in range(count):
        number = 10_000_000 + chance.randrange(9) * 10_000_000 + n
        house, kind, name = chance.randint(1, 300), chance.choice(KINDS), chance.choice(NAMES)
        family, first = f"Abonné{n % 4999}", chance.choice(FIRST)
        diameter = chance.choice((15, 15, 20, 40))
        city = f"Bourg{n % 40}"
        ours.append((f"{number}", f"{house} {kind} {name}", "63000", city, f"{family} {first}", diameter))
        if n % 5:
            written = (f"Itron {number}", f"0{number}", f"{number // 1000}-{number % 1000:03}")[n % 3]
            street = f"{house} {SHORT[kind]} {name.upper()}"
            theirs.append((written, street, "63000", city.upper(), f"M. {first} {family}", diameter))
        else:
            theirs.append((f"{200_000_000 + n}", f"{house} {kind} {name}", "", city, f"Voisin{n} {first}", 15))
    chance.shuffle(theirs)
    return ours, theirs
