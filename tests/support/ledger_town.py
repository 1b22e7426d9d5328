"""The town of the real readings with its accounting system: every subscriber has a code, both sections bill."""

import json
from datetime import date

from odoo import Command

from .billing import make_sale_tax
from .ledger import SIMULATOR, LedgerCase
from .real_readings import EXTRACT, read_extract

PERIOD = (date(2023, 1, 1), date(2023, 9, 30))
#: Per section: account, price of the fixed part, of a cubic metre.
PRICES = {"EAU": ("706100", 40, 2), "ASST": ("706200", 25, 1.8)}


class TownCase(LedgerCase):
    """EAU and ASST bill the same readings of `points` metered points; the référentiel contains their subscribers."""

    points = None
    file = EXTRACT

    @classmethod
    def read_points(cls):
        """Return {meter: [(day, index)]} of the points that are billed."""
        return dict(list(read_extract(cls.file).items())[: cls.points])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.populate()

    @classmethod
    def populate(cls):
        cls.companies.share_connection_points = True
        cls.env.user.group_ids |= cls.env.ref("utility_billing_sync.group_utility_manager")
        cls.sections = [cls.make_section(company) for company in cls.companies]
        cls.make_readings(*cls.make_cards())

    @classmethod
    def simulate(cls, command, *arguments, directory=None):
        town = ("--data", str(cls.write_referential())) if command == "publish" else ()
        return super().simulate(command, *town, *arguments, directory=directory)

    @classmethod
    def write_referential(cls):
        """Write the counterpart's data with one third party per point and company; return its path."""
        cls.extract = cls.read_points()
        data = json.loads(SIMULATOR.with_name("frp1000_town.json").read_text("utf-8"))
        data["third_parties"] += [
            {"company": company, "type": "customer", "code": meter, "name": f"Abonné {meter}", "account": "411000"}
            for company in PRICES
            for meter in cls.extract
        ]
        path = cls.root / "town.json"
        path.write_text(json.dumps(data), "utf-8")
        return path

    @classmethod
    def make_section(cls, company):
        code = company.ledger_code
        company.account_fiscal_country_id = cls.env.ref("base.fr")
        return cls.env["utility.section"].create(
            {
                "name": code,
                "code": code,
                "service": "water" if code == "EAU" else "sewerage",
                "company_id": company.id,
                "journal_id": cls.record("journal", "VT", company).id,
            }
        )

    @classmethod
    def make_tariff(cls, section):
        company = section.company_id
        account, fixed, volume = PRICES[section.code]
        product = cls.env["product.product"].create(
            {
                "name": section.name,
                "type": "service",
                "company_id": company.id,
                "taxes_id": [Command.set(make_sale_tax(company, 5.5, cls.record("account", "445710", company)).ids)],
            }
        )
        product.with_company(company).property_account_income_id = cls.record("account", account, company)
        lines = [
            Command.create({"product_id": product.id, "kind": "fixed", "price": fixed}),
            Command.create({"product_id": product.id, "kind": "block", "price": volume}),
        ]
        version = Command.create({"date_start": date(2020, 1, 1), "line_ids": lines})
        return cls.env["utility.tariff"].create(
            {"name": section.name, "section_id": section.id, "version_ids": [version]}
        )

    @classmethod
    def make_cards(cls):
        """Return EAU's and ASST's cards of every point, each with a subscription of a partner of the référentiel."""
        water = cls.env["utility.meter"].create(
            [{"serial_number": number, "section_id": cls.sections[0].id} for number in cls.extract]
        )
        sewerage = cls.env["utility.meter"].create(
            [{"connection_point_id": m.connection_point_id.id, "section_id": cls.sections[1].id} for m in water]
        )
        for section, cards in zip(cls.sections, (water, sewerage), strict=True):
            tariff = cls.make_tariff(section)
            partners = cls.env["res.partner"].search([("company_id", "=", section.company_id.id)]).grouped("ref")
            cls.env["utility.subscription"].create(
                [
                    {
                        "partner_id": partners[number].id,
                        "meter_id": card.id,
                        "date_start": date(2020, 1, 1),
                        "tariff_id": tariff.id,
                    }
                    for number, card in zip(cls.extract, cards, strict=True)
                ]
            )
        return water, sewerage

    @classmethod
    def make_readings(cls, water, sewerage):
        """Enter the readings in EAU; ASST receives them by synchronisation."""
        readings = cls.env["utility.reading"].create(
            [
                {"meter_id": card.id, "date": day, "index": index}
                for card, rows in zip(water, cls.extract.values(), strict=True)
                for day, index in rows
            ]
        )
        action = readings.action_synchronize()
        cls.env[action["res_model"]].browse(action["res_id"]).action_confirm()
        (water | sewerage).reading_ids.action_confirm()

    @classmethod
    def bill(cls):
        """Return the posted invoices of one campaign per section."""
        invoices = cls.env["account.move"]
        for section in cls.sections:
            run = cls.env["utility.billing.run"].create(
                {
                    "section_id": section.id,
                    "date_start": PERIOD[0],
                    "date_end": PERIOD[1],
                    "invoice_date": PERIOD[1],
                }
            )
            for start in (run.action_launch, run.action_post):
                start()
                work = run.with_company(run.company_id).sudo()
                while work.state == "running":
                    work._work_batch()
                    cls.rest()
            invoices |= run.bill_ids
        return invoices

    @classmethod
    def rest(cls):
        """Hook called between two batches of long work."""

    def whole_loop(self, invoices, bills):
        """Send everything, approve the vendor bills, send the approvals; return the counterpart's report."""
        moves = invoices | bills
        sent, answered = self.loop()
        self.assertEqual((sent.exported, sent.set_aside), (len(moves), 0))
        self.assertEqual((answered.accepted, answered.rejected, answered.refused), (len(moves), 0, 0))
        bills.action_approve_payment()
        sent, answered = self.loop()
        self.assertEqual((sent.exported, sent.set_aside, answered.accepted), (len(bills), 0, len(bills)))
        report = self.report()
        self.assertEqual(self.their_balances(report), self.our_balances(moves))
        approved = {(row["company"], row["number"]) for row in report["documents"] if row["payment_approval"] == "OUI"}
        self.assertEqual(approved, {(bill.company_id.ledger_code, bill.name) for bill in bills})
        self.assertEqual({row["outcome"] for row in report["deliveries"]}, {"new"})
        return report
