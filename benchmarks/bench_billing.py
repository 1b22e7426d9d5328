"""A campaign compared with the same invoices created by a plain `account.move` batch: create, then post.

`./dev bench billing --rows N`: N subscriptions. The peer receives the values that the campaign has to compute, without
counting their cost: the difference is the cost of billing itself. Both work in batches of the same size and commit
after each. Each works in its own process, with its own memory; their batches alternate, and so does the order, so that
variations of the machine affect both. Compared is the processor time of the process and of its PostgreSQL session,
which other work on the machine does not lengthen. At the end, both must have written the same amounts. After the first
thousand bills, the campaign continues alone, to show whether its memory and its time per bill stay the same. The limit
is the same rows written by SQL.
"""

import itertools
import multiprocessing
import time

from billing_town import Town
from side_by_side import processor_time

from odoo import api, sql_db
from odoo.addons.utility_billing_sync.models.billing.invoices import InvoiceWriter
from odoo.addons.utility_billing_sync.models.billing.utility_billing_run_work import BATCH, FIRST_BATCH
from odoo.addons.utility_billing_sync.tests.support.ledger_entries import copy_entries
from odoo.modules.registry import Registry

ROWS = rows or 20_000
COMPARED = min(ROWS, 1000)
OWN_FIELDS = ("utility_billing_run_id", "utility_subscription_id", "utility_section_id")
SHORTCUTS = ("balance", "amount_currency")
STEPS = ("create", "post")
ALONE = {"create": "create, alone", "post": "post, alone"}


class Contender:
    """A process that runs one batch on request, and reports its cost."""

    def __init__(self, name, work):
        self.name, self.work = name, work
        self.spent = {step: [0, 0, 0] for step in (*STEPS, *ALONE.values())}
        self.memory = []
        self.pipe, far_end = fork.Pipe()
        self.process = fork.Process(target=self.serve, args=(far_end, env.cr.dbname, env.uid), daemon=True)
        self.process.start()

    def serve(self, pipe, database, user):
        inherited = sql_db._Pool._connections[:]
        sql_db._Pool._connections.clear()  # connections of the other process: neither used nor closed here
        with Registry(database).cursor() as cr:
            own = api.Environment(cr, user, {})
            while order := pipe.recv():
                before = meters(cr)
                self.work(own, *order)
                own.flush_all()
                cr.commit()
                own.invalidate_all()
                pipe.send(([after - start for after, start in zip(meters(cr), before, strict=True)], memory()))
        inherited.clear()

    def do(self, step, *values, alone=False):
        self.pipe.send((step, *values))
        spent, megabytes = self.pipe.recv()
        place = ALONE[step] if alone else step
        self.spent[place] = [total + more for total, more in zip(self.spent[place], spent, strict=True)]
        self.memory.append(megabytes)

    def report(self):
        for step, (processor, clock, queries) in self.spent.items():
            if queries:
                bills = COMPARED if step in STEPS else ROWS - COMPARED
                print(
                    f"{self.name:9} {step:13} {1000 * processor / bills:7.2f} ms/bill "
                    f"({1000 * clock / bills:.0f} by the clock) {queries / bills:6.2f} queries/bill"
                )
        first, quarter, last = (self.memory[i] for i in (0, len(self.memory) // 4, -1))
        print(
            f"{self.name:9} memory {first[0]} MB after the first batch, {quarter[0]} MB after a quarter, "
            f"{last[0]} MB at the end, at most {last[1]} MB"
        )


def meters(cr):
    """Return processor seconds of this process and of its PostgreSQL session, wall-clock seconds, queries."""
    return processor_time(cr), time.perf_counter(), cr.sql_log_count


def memory():
    """Return the resident memory of this process and its peak, in MB."""
    with open("/proc/self/status") as status:
        sizes = dict(line.split(":", 1) for line in status)
    return [int(sizes[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")]


def campaign_batch(own, step, run_id):
    run = own["utility.billing.run"].browse(run_id)
    if step == "post" and run.state == "billed":
        run.action_post()
    run._work_batch()


def plain_batch(own, step, company_id, values):
    moves = own["account.move"].with_company(company_id).sudo()
    if step == "create":
        moves.create(values)
    else:
        moves.browse(values)._post(soft=False)


def plain_values(run, ids):
    """Return the values of a batch's invoices, without the fields of billing."""
    writer = InvoiceWriter(run.env, run, run._rounding())
    drafts = run._decide(ids).drafts
    writer._prefetch(drafts)
    values = []
    for move in map(writer.prepare_move, drafts):
        for _command, _id, line in move["invoice_line_ids"]:
            for name in SHORTCUTS:
                line.pop(name)
        values.append({name: value for name, value in move.items() if name not in OWN_FIELDS})
    return values


def batches(items, first, size):
    """Split like the campaign: a small batch, then batches of equal size."""
    bounds = [0, *range(first, len(items), size), len(items)]
    return [items[start:end] for start, end in itertools.pairwise(bounds) if end > start]


def race(step, works, values_of):
    """Run the batches of a step on both, in alternating order."""
    for rank, batch in enumerate(works):
        values = values_of(batch)
        env.cr.rollback()
        env.invalidate_all()
        turns = [(campaign, run.id), (plain, run.company_id.id, values)]
        for contender, *order in reversed(turns) if rank % 2 else turns:
            contender.do(step, *order)
    env.cr.rollback()  # from here on, the commits of the others are visible


def go_on_alone(step, works):
    """Run the rest of a step on the campaign."""
    for _batch in works:
        campaign.do(step, run.id, alone=True)


def written(of_campaign):
    """Return the number of compared invoices that are posted, of their lines, the amounts before and after tax."""
    env.cr.rollback()
    env.cr.execute(
        """SELECT count(DISTINCT m.id), count(*), sum(l.credit) FILTER (WHERE l.display_type = 'product'), sum(l.debit)
             FROM account_move m JOIN account_move_line l ON l.move_id = m.id
            WHERE (m.utility_billing_run_id IS NOT NULL) = %s AND m.state = 'posted' AND m.company_id = %s
              AND m.partner_id IN (SELECT partner_id FROM account_move WHERE utility_billing_run_id IS NULL)""",
        [of_campaign, run.company_id.id],
    )
    return env.cr.fetchone()


def written_by_sql():
    """Return the processor milliseconds per bill of copying the compared bills' rows by SQL, which is then undone."""
    domain = [("company_id", "=", run.company_id.id), ("utility_billing_run_id", "=", False), ("state", "=", "posted")]
    moves = env["account.move"].search(domain)
    start = processor_time(env.cr)
    copy_entries(moves, 1)
    spent = processor_time(env.cr) - start
    env.cr.rollback()
    return 1000 * spent / len(moves)


fork = multiprocessing.get_context("fork")
campaign, plain = Contender("campaign", campaign_batch), Contender("plain", plain_batch)
town = Town.build(env, ROWS)
env = town.env
run = town.campaign()
run.action_launch()
run = run.with_company(run.company_id).sudo()
ids = [row[0] for row in env.execute_query(run._candidates())]
env.cr.commit()

both, rest = ids[:COMPARED], ids[COMPARED:]
race("create", batches(both, FIRST_BATCH, BATCH["bill"]), lambda some: plain_values(run, some))
go_on_alone("create", batches(rest, BATCH["bill"], BATCH["bill"]))
env.cr.rollback()
drafts = env["account.move"].search(
    [("company_id", "=", run.company_id.id), ("utility_billing_run_id", "=", False)], order="id"
)
race("post", batches(drafts.ids, BATCH["post"], BATCH["post"]), list)
go_on_alone("post", batches(rest, BATCH["post"], BATCH["post"]))
for contender in (campaign, plain):
    contender.pipe.send(None)

print(f"{ROWS} subscriptions, batches of {BATCH['bill']} and {BATCH['post']}")
for contender in (campaign, plain):
    contender.report()
for name, steps in (("create", STEPS[:1]), ("post", STEPS[1:]), ("create and post", STEPS)):
    ratio = sum(campaign.spent[step][0] for step in steps) / sum(plain.spent[step][0] for step in steps)
    print(f"{name}: campaign / plain = {ratio:.3f}")
results = written(True), written(False)
both_steps = 1000 * sum(campaign.spent[step][0] for step in STEPS) / COMPARED
by_sql = written_by_sql()
print(f"the same rows by SQL: {by_sql:.2f} ms/bill; the campaign takes {both_steps / by_sql:.1f} times as long")
print("number, lines, before tax, with tax:", *map(str, results[0]))
if results[0] != results[1] or results[0][0] != COMPARED:
    raise SystemExit(f"The results differ: {results}")
posted = env["account.move"].search_count([("utility_billing_run_id", "=", run.id), ("state", "=", "posted")])
if posted != ROWS:
    raise SystemExit(f"{posted} of {ROWS} bills are posted")
