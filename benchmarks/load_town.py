"""The town of `./dev load`: 10,000 points of two sections, their readings, a login for each session; committed.

Run in Odoo's shell with `env`; the logins are those of `load_people.py`, each with its own name as its password.
"""

import os

from bills import Bills
from readings_town import ReadingsTown
from side_by_side import settle

from odoo import Command

METERS = 10_000
MODULE = "utility_billing_sync"
agents, accountants, subscribers = (int(number) for number in os.environ["LOAD_PEOPLE"].split())

town = ReadingsTown(env, METERS * 4, 1)
town.share()
bills = Bills(town.env, town.water.company_id)
bills.grow(2_000)

companies = town.env["res.company"].browse([town.water.company_id.id, town.sewerage.company_id.id])
ROLES = {
    "agent": (agents, [f"{MODULE}.group_utility_manager", "base.group_partner_manager"]),
    "accountant": (accountants, [f"{MODULE}.group_ledger_monitor", "account.group_account_invoice"]),
    "subscriber": (subscribers, ["base.group_portal"]),
}
for role, (number, groups) in ROLES.items():
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
                    "company_ids": [Command.set(companies.ids)],
                }
                for rank in range(number)
            ]
        )
    )
    if role == "subscriber":
        subscriptions = env["utility.subscription"].search([], limit=number)
        for user, subscription in zip(users, subscriptions, strict=True):
            subscription._by_server().partner_id = user.partner_id
settle(env)
