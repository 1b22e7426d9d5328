"""Two budgets of one town, with as many meters and readings as are asked for, made by SQL; seeded, committed."""

import random

from odoo import Command
from odoo.tools import SQL

KINDS = ("rue", "avenue", "boulevard", "chemin", "impasse", "place")
SHORT = {"rue": "R.", "avenue": "av.", "boulevard": "bd", "chemin": "Ch.", "impasse": "imp.", "place": "PL"}
NAMES = ("du Lavoir", "de l'Église", "du Général Leclerc", "Saint-Jean", "des Prés", "Victor Hugo", "des Écoles")
FIRST = ("Paul", "Marie", "Jean", "Luc", "Anne", "Élise", "Pierre", "Zoé", "Hugo", "Inès")
MANAGER = "utility_billing_sync.group_utility_manager"


class Town:
    """EAU and ASSAINISSEMENT: two companies that share; found again where a first process made them."""

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
            env["utility.section"].create(
                [
                    {"name": c.name[7:], "code": c.name[7:11], "company_id": c.id, "service": service}
                    for c, service in zip(companies, ("water", "sewerage"), strict=True)
                ]
            )
        user = env.ref("base.user_admin")
        user.write({"company_ids": [Command.link(c.id) for c in companies], "company_id": companies[0].id})
        user.group_ids |= env.ref(MANAGER)
        self.env = env(user=user.id, context={"allowed_company_ids": companies.ids, "tracking_disable": True})
        self.water, self.sewerage = self.env["utility.section"].search(
            [("company_id", "in", companies.ids)], order="id"
        )

    def commit(self):
        """Settle the data: what comes next is planned on its number."""
        self.env.flush_all()
        self.env.cr.commit()
        self.env.cr.execute("ANALYZE")
        self.env.cr.commit()
        self.env.invalidate_all()

    def add_meters(self, section, rows) -> list[int]:
        """Add cards with a point of their own, and their subscribers.

        :param rows: (serial number, street, zip, city, subscriber, diameter)
        :return: ids of the cards
        """
        cr, company = self.env.cr, section.company_id.id
        points = cr.execute_values(
            """INSERT INTO utility_connection_point
                   (name, active, reading_mode, serial_number, street, zip, city, diameter, is_shared,
                    sharing_revision)
               SELECT v.serial, true, 'manual', v.serial, v.street, v.zip, v.city, v.diameter, false, 0
                 FROM (VALUES %s) AS v(serial, street, zip, city, diameter) RETURNING id""",
            [(r[0], r[1], r[2], r[3], r[5]) for r in rows],
            page_size=10_000,
            fetch=True,
        )
        partners = cr.execute_values(
            """INSERT INTO res_partner (name, complete_name, active, type, lang, autopost_bills)
               SELECT v.name, v.name, true, 'contact', 'en_US', 'ask' FROM (VALUES %s) AS v(name) RETURNING id""",
            [(r[4],) for r in rows],
            page_size=10_000,
            fetch=True,
        )
        meters = cr.execute_values(
            """INSERT INTO utility_meter (connection_point_id, section_id, company_id, active, sequence)
               VALUES %s RETURNING id""",
            [(p[0], section.id, company, True, 10) for p in points],
            page_size=10_000,
            fetch=True,
        )
        cr.execute(
            SQL(
                "INSERT INTO res_company_utility_connection_point_rel (utility_connection_point_id, res_company_id) "
                "SELECT unnest(%s), %s",
                [p[0] for p in points],
                company,
            )
        )
        cr.execute_values(
            """INSERT INTO utility_subscription
                   (partner_id, meter_id, section_id, company_id, date_start, billing_type) VALUES %s""",
            [
                (partner[0], meter[0], section.id, company, "2020-01-01", "measured")
                for partner, meter in zip(partners, meters, strict=True)
            ],
            page_size=10_000,
        )
        cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        return [row[0] for row in meters]


def two_hands(count, seed=20260101):
    """Return the rows of two sections' cards of one town, for `Town.add_meters`, each as its service wrote them.

    Four in five are of one device in both, the rest of devices that only one section has.
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
