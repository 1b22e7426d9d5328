"""A campaign against the same invoices made by a plain `account.move` batch: create, then post.

`./dev bench billing --rows N`: N subscriptions. The peer is given, ready made and for nothing, the values that the
campaign has to work out: what is left is what billing itself costs. Both work in batches of the same size and commit
after each; their batches alternate, so that the machine's mood weighs on both. Memory is that of the process.
"""

import time
from datetime import date
from functools import partial

from odoo.addons.utility_billing_sync.models.billing_invoices import InvoiceWriter
from odoo.addons.utility_billing_sync.models.utility_billing_run_work import BATCH, FIRST_BATCH
from odoo.addons.utility_billing_sync.tests.billing_common import Q1, BillingCase

ROWS = rows or 500
OWN_FIELDS = ("utility_billing_run_id", "utility_subscription_id", "utility_section_id")
SHORTCUTS = ("balance", "amount_currency")


def resident():
    """Memory of this process, in MB."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 // 2**20


class Town(BillingCase):
    """The tests' town, with as many subscribers as are asked for."""

    @classmethod
    def build(cls, environment, size):
        cls.env = environment
        cls.env.user.group_ids |= cls.env.ref("utility_billing_sync.group_utility_manager")
        cls.section = cls.make_section("EAU", "water")
        cls.env = environment(context=dict(environment.context, allowed_company_ids=cls.section.company_id.ids))
        cls.section = cls.section.with_env(cls.env)
        for name in ("fixed", "water", "levy"):
            setattr(cls, name, cls.make_product(name, cls.section, 5.5))
        cls.tariff = cls.make_tariff(cls.section)
        for first in range(0, size, 1000):
            cls.populate(range(first, min(first + 1000, size)))
            cls.env.cr.commit()
            cls.env.invalidate_all()
        return cls

    @classmethod
    def populate(cls, numbers):
        country = cls.env.ref("base.fr").id
        meters = cls.env["utility.meter"].create(
            [{"serial_number": f"B{n:06}", "section_id": cls.section.id} for n in numbers]
        )
        partners = cls.env["res.partner"].create([{"name": f"Abonné {n}", "country_id": country} for n in numbers])
        cls.env["utility.subscription"].create(
            [
                {"partner_id": p.id, "meter_id": m.id, "date_start": date(2020, 1, 1), "tariff_id": cls.tariff.id}
                for p, m in zip(partners, meters, strict=True)
            ]
        )
        cls.env["utility.reading"].create(
            [
                {"meter_id": meter.id, "date": day, "index": index}
                for rank, meter in enumerate(meters)
                for day, index in ((Q1[0], 0), (Q1[1], 20 + rank % 60))
            ]
        ).action_confirm()


def timed(work):
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.cr.commit()
    env.invalidate_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def plain_values(run, ids):
    """The values of the invoices of a batch without what belongs to billing alone."""
    batch = run._decide(ids)
    writer = InvoiceWriter(run.env, run, run._rounding())
    writer._prefetch(batch.drafts)
    values = []
    for move in map(writer.prepare_move, batch.drafts):
        for _command, _id, line in move["invoice_line_ids"]:
            for name in SHORTCUTS:
                line.pop(name)
        values.append({name: value for name, value in move.items() if name not in OWN_FIELDS})
    return values


town = Town.build(env, ROWS)
env = town.env
run = town.campaign()
run.action_launch()
run = run.with_company(run.company_id).sudo()
spent, counted = {}, {}
ids = [row[0] for row in env.execute_query(run._candidates())]
memory = [resident()]


def note(name, seconds, queries):
    spent[name] = spent.get(name, 0) + seconds
    counted[name] = counted.get(name, 0) + queries


plain_ids, done = [], 0


def alternate(*steps):
    """Time both contenders, each first every other time."""
    for name, work in steps if len(memory) % 2 else reversed(steps):
        note(name, *timed(work))
    memory.append(resident())


def create_plain(values):
    plain_ids.extend(env["account.move"].sudo().create(values).ids)


while run.state == "running":
    step = BATCH["bill"] if done else FIRST_BATCH
    values = plain_values(run, ids[done : done + step])
    env.invalidate_all()
    alternate(("campaign create", run._work_batch), ("plain create", partial(create_plain, values)))
    done += step
run.action_post()
done = 0
while run.state == "running":
    some = env["account.move"].sudo().browse(plain_ids[done : done + BATCH["post"]])
    alternate(("campaign post", run._work_batch), ("plain post", partial(some._post, soft=False)))
    done += BATCH["post"]

print(f"{ROWS} subscriptions, batches of {BATCH['bill']} and {BATCH['post']}")
for name, seconds in spent.items():
    print(f"{name:16} {seconds:8.2f} s {1000 * seconds / ROWS:7.2f} ms/bill {counted[name] / ROWS:6.2f} queries/bill")
for step in ("create", "post"):
    print(f"{step}: overhead {100 * (spent[f'campaign {step}'] / spent[f'plain {step}'] - 1):+.1f} %")
both = [sum(spent[f"{who} {step}"] for step in ("create", "post")) for who in ("campaign", "plain")]
print(f"create and post: overhead {100 * (both[0] / both[1] - 1):+.1f} %")
print(f"memory: {memory[0]} MB at first, {memory[len(memory) // 4]} after a quarter, {memory[-1]} MB at the end")
