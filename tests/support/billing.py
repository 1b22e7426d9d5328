"""A small town for the tests of billing: a section, its accounts and taxes, a tariff, subscribers with readings."""

from datetime import date

from odoo import Command
from odoo.tests import TransactionCase

from .builder import Builder
from .sharing import NO_LOGO
from .warm import WarmCaches

Q1, Q2 = (date(2023, 1, 1), date(2023, 3, 31)), (date(2023, 4, 1), date(2023, 6, 30))

Y2024 = date(2024, 1, 1), date(2024, 12, 31)
H1, H2 = (date(2024, 1, 1), date(2024, 6, 30)), (date(2024, 7, 1), date(2024, 12, 31))


def make_sale_tax(company, rate, account):
    """Return a tax on sales, not included in the price, posted to an account."""
    group = company.env["account.tax.group"].create({"name": f"TVA {rate}", "company_id": company.id})
    lines = [
        Command.create({"repartition_type": "base"}),
        Command.create({"repartition_type": "tax", "account_id": account.id}),
    ]
    return company.env["account.tax"].create(
        {
            "name": f"TVA {rate} %",
            "amount": rate,
            "type_tax_use": "sale",
            "company_id": company.id,
            "country_id": company.account_fiscal_country_id.id,
            "tax_group_id": group.id,
            "price_include_override": "tax_excluded",
            "invoice_repartition_line_ids": lines,
            "refund_repartition_line_ids": lines,
        }
    )


class BillingBuilder(Builder):
    """Builds a section with everything to bill: accounts, taxes, products, tariffs, subscribers with readings."""

    section = fixed = water = levy = tariff = None

    @classmethod
    def make_section(cls, code, service):
        """Return a section with its own company, accounts and sales journal."""
        cls.env.ref("base.EUR").active = True
        values = {"name": f"Budget {code}", "currency_id": cls.env.ref("base.EUR").id}
        company = cls.env["res.company"].create({**NO_LOGO, **values})
        cls.env.user.company_ids |= company
        accounts = cls.env["account.account"].with_company(company)
        company.account_fiscal_country_id = cls.env.ref("base.fr")
        accounts.create(
            {"code": "411000", "name": "Clients", "account_type": "asset_receivable", "company_ids": company.ids}
        )
        income = accounts.create(
            {"code": "701000", "name": "Ventes d'eau", "account_type": "income", "company_ids": company.ids}
        )
        accounts.create(
            {"code": "445710", "name": "TVA", "account_type": "liability_current", "company_ids": company.ids}
        )
        journal = cls.env["account.journal"].create(
            {
                "name": f"Factures {code}",
                "code": "FAC",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": income.id,
            }
        )
        return cls.env["utility.section"].create(
            {"name": code, "code": code, "service": service, "company_id": company.id, "journal_id": journal.id}
        )

    @classmethod
    def make_tax(cls, section, rate):
        company = section.company_id
        account = cls.env["account.account"].search([("name", "=", "TVA"), ("company_ids", "in", company.ids)])
        return make_sale_tax(company, rate, account)

    @classmethod
    def make_product(cls, name, section, rate):
        company = section.company_id
        account = cls.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", company.ids)], limit=1
        )
        tax = cls.env["account.tax"].search(
            [("amount", "=", rate), ("company_id", "=", company.id)], limit=1
        ) or cls.make_tax(section, rate)
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "company_id": company.id, "taxes_id": [Command.set(tax.ids)]}
        )
        product.with_company(company).property_account_income_id = account
        return product

    @classmethod
    def make_tariff(cls, section, start=date(2020, 1, 1), **values):
        """Return a tariff: 40 € a year; 2 € up to 120 m³ a year, 3 € above; a levy of 0.35 € per m³."""
        return cls.env["utility.tariff"].create(
            {
                "name": "Domestique",
                "section_id": section.id,
                "version_ids": [Command.create({"date_start": start, "line_ids": cls.price_lines()})],
            }
            | values
        )

    @classmethod
    def price_lines(cls, first=2, second=3):
        return [
            Command.create({"product_id": cls.fixed.id, "kind": "fixed", "price": 40}),
            Command.create({"product_id": cls.water.id, "kind": "block", "price": first, "upper": 120}),
            Command.create({"product_id": cls.water.id, "kind": "block", "price": second, "lower": 120}),
            Command.create({"product_id": cls.levy.id, "kind": "levy", "price": 0.35}),
        ]

    @classmethod
    def subscribe(cls, number, indexes, section=None, **values):
        """Return the subscription of a new subscriber with a meter and its readings.

        :param indexes: {date: index}
        """
        section = section or cls.section
        meter = cls.env["utility.meter"].create(
            {"serial_number": f"C{number:04}", "section_id": section.id, "route": "Bourg", "city": "Valmont"}
        )
        partner = cls.env["res.partner"].create({"name": f"Abonné {number}", "country_id": cls.env.ref("base.fr").id})
        cls.enter_readings(meter, indexes)
        return cls.env["utility.subscription"].create(
            {
                "partner_id": partner.id,
                "meter_id": meter.id,
                "date_start": date(2020, 1, 1),
                "tariff_id": cls.tariff.id,
            }
            | values
        )

    @classmethod
    def enter_readings(cls, meter, indexes):
        readings = cls.env["utility.reading"].create(
            [{"meter_id": meter.id, "date": day, "index": index} for day, index in indexes.items()]
        )
        readings.action_confirm()
        return readings

    @classmethod
    def campaign(cls, period=Q1, section=None, **values):
        return cls.env["utility.billing.run"].create(
            {
                "section_id": (section or cls.section).id,
                "date_start": period[0],
                "date_end": period[1],
                "invoice_date": period[1],
            }
            | values
        )


class BillingCase(BillingBuilder, WarmCaches, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("utility_billing_sync.group_utility_manager")
        cls.section = cls.make_section("EAU", "water")
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.section.company_id.ids, tracking_disable=True)
        )
        cls.section = cls.section.with_env(cls.env)
        cls.fixed = cls.make_product("Abonnement", cls.section, 5.5)
        cls.water = cls.make_product("Eau", cls.section, 5.5)
        cls.levy = cls.make_product("Redevance", cls.section, 5.5)
        cls.tariff = cls.make_tariff(cls.section)

    def work(self):
        """Run the scheduled job of campaigns, with its own commits."""
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_billing").method_direct_trigger()

    def draw_up(self, run):
        run.action_launch()
        self.work()
        return run.bill_ids.sorted("id")

    def post(self, run):
        run.action_post()
        self.work()
        return run.bill_ids.sorted("id")


class MoneyCase(BillingCase):
    """Subscriptions billed by year or half-year; 40 €/year, 2 €/m³ to 120 m³ a year, 3 € above, levy 0.35 €."""

    def bill(self, subscription, period=Y2024, post=True, **values):
        """Return the bill of a campaign of one subscription; empty if an obstacle prevents it."""
        run = self.campaign(period, subscription_ids=subscription.ids, **values)
        before = subscription.bill_ids
        self.draw_up(run)
        self.last_run = run
        if post:
            self.post(run)
        return subscription.bill_ids - before

    def reasons(self, subscription, period=Y2024, **values):
        self.bill(subscription, period, post=False, **values)
        return self.last_run.finding_ids.mapped("reason")

    def enter(self, meter, day, index, kind="real"):
        reading = self.env["utility.reading"].create({"meter_id": meter.id, "date": day, "index": index, "kind": kind})
        reading.action_confirm()
        return reading

    def credit(self, bill):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": bill.journal_id.id, "date": bill.date})
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.action_post()
        return note


class LeakCase(MoneyCase):
    def alerts(self, subscription):
        return self.env["utility.leak.alert"].search([("subscription_id", "=", subscription.id)], order="date_end")

    def preview(self, subscription, period=Y2024, **values):
        run = self.campaign(period, subscription_ids=subscription.ids, **values)
        run.action_preview()
        self.work()
        return self.alerts(subscription)

    def years(self, number, *indexes, **values):
        """Return the subscription of a subscriber whose meter was read each 1 January, the last time in 2025."""
        first = 2025 - len(indexes) + 1
        return self.subscribe(number, {date(first + rank, 1, 1): index for rank, index in enumerate(indexes)}, **values)
