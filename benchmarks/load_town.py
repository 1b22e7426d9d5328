"""The town of `./dev load`: 10,000 points shared by two sections, a campaign, documents to export, users; committed.

Run in Odoo's shell with `env`; the users are those of `load_people.py`, each with its own name as its password. The
numbers of users, bills and documents are in environment variables.
"""

import os

from bills import Bills
from ledger_books import Books
from readings_town import ReadingsTown
from side_by_side import settle

from odoo import Command
from odoo.addons.utility_billing_sync.tests.support.billing import BillingBuilder
from odoo.tools import SQL

METERS = 10_000
INVOICES = 2_000
MODULE = "utility_billing_sync"
agents, accountants, subscribers = (int(number) for number in os.environ["LOAD_PEOPLE"].split())
bill_count, document_count = (int(number) for number in os.environ["LOAD_WORK"].split())

town = ReadingsTown(env, METERS * 4, 1)
town.share()
bills = Bills(town.env, town.water.company_id)
bills.grow(INVOICES)
books = Books.open(env)
books.add(document_count)

# === THE CAMPAIGN === #

section, company = town.water, town.water.company_id
company.account_fiscal_country_id = env.ref("base.fr")
town.env["account.account"].with_company(company).create(
    {"code": "445710", "name": "TVA", "account_type": "liability_current", "company_ids": company.ids}
)
section.journal_id = town.env["account.journal"].create(
    {
        "name": "Factures d'eau",
        "code": "FAC",
        "type": "sale",
        "company_id": company.id,
        "default_account_id": bills.income.id,
    }
)
billing = BillingBuilder.on(town.env)
for name in ("fixed", "water", "levy"):
    setattr(billing, name, billing.make_product(name, section, 5.5))
tariff = billing.make_tariff(section)
settle(env)
env.cr.execute(
    SQL(
        "INSERT INTO utility_subscription_tariff (subscription_id, company_id, date_start, tariff_id) "
        "SELECT id, company_id, date_start, %s FROM utility_subscription WHERE section_id = %s",
        tariff.id,
        section.id,
    )
)
env.cr.execute(SQL("UPDATE utility_subscription SET tariff_id = %s WHERE section_id = %s", tariff.id, section.id))
env.cr.execute(
    SQL(
        "UPDATE utility_meter SET route = 'LOAD' "
        "WHERE id IN (SELECT id FROM utility_meter WHERE section_id = %s ORDER BY id LIMIT %s)",
        section.id,
        bill_count,
    )
)

# === THE USERS === #

companies = env["res.company"].browse([company.id, town.sewerage.company_id.id])
ROLES = {
    "agent": (agents, companies, [f"{MODULE}.group_utility_manager", "base.group_partner_manager"]),
    "accountant": (
        accountants,
        companies | books.companies.with_env(env),
        [f"{MODULE}.group_ledger_monitor", "account.group_account_invoice"],
    ),
    "subscriber": (subscribers, companies, ["base.group_portal"]),
}
for role, (number, allowed, groups) in ROLES.items():
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"{role}{rank}",
                    "login": f"{role}{rank}",
                    "password": f"{role}{rank}".ljust(8, "x"),
                    "group_ids": [Command.set([env.ref(group).id for group in groups])],
                    "company_id": companies[0].id,
                    "company_ids": [Command.set(allowed.ids)],
                }
                for rank in range(number)
            ]
        )
    )
    if role == "subscriber":
        subscriptions = env["utility.subscription"].search([], limit=number)
        for user, subscription in zip(users, subscriptions, strict=True):
            subscription._by_server().partner_id = user.partner_id
# a new database has every scheduled job due at once
env.cr.execute("UPDATE ir_cron SET nextcall = nextcall + interval '1 day'")
settle(env)
