"""Common actions on the screen, in a small town and in one with a thousand times its readings.

`./dev bench screen --rows N`: with 1,000 readings, then with N (1,000,000 by default). Makes the calls of the web
client, each once to warm up, then thirty times, rolled back. Prints the mean processor time in both towns, of this
process and of its PostgreSQL session, which other work on the machine does not lengthen; their ratio; and the number
of queries, which must not grow. Counting, which does not depend on the town, shows the speed of the processor. Then the
same on Odoo's own invoices, with a thousand of them and with N / 100 (at least 2,000): one per ten readings would take
longer to copy than everything else to measure.
"""

from bills import Bills
from side_by_side import processor_time, settle
from town import Town

TURNS = 30

SIZES = (1_000, rows or 1_000_000)
PEER_SIZES = (1_000, max(SIZES[1] // 100, 2_000))
PER_METER = 10

town = Town(env)
bills = Bills(town.env, town.water.company_id)
cr, Reading, Meter, Move = town.env.cr, town.env["utility.reading"], town.env["utility.meter"], bills.moves


def grow(total):
    """Add readings to EAU up to a total: one per quarter on each meter, over ten quarters."""
    meters = Meter.search_count([("section_id", "=", town.water.id)])
    missing = [
        (f"S{n:08}", f"{n} rue Haute", "63000", "Bourg", f"Abonné {n}", 15) for n in range(meters, total // PER_METER)
    ]
    ids = town.add_meters(town.water, missing)
    cr.execute(
        """
        INSERT INTO utility_reading (meter_id, section_id, company_id, date, index, kind, previous_index,
            previous_date, computed_consumption, consumption, state, sync_state, create_uid, write_uid)
        SELECT id, %s, %s, (date '2020-12-31' + interval '3 month' * n)::date, n * 25, 'real',
               greatest(n - 1, 0) * 25,
               CASE WHEN n > 0 THEN (date '2020-12-31' + interval '3 month' * (n - 1))::date END,
               CASE WHEN n > 0 THEN 25 ELSE 0 END, CASE WHEN n > 0 THEN 25 ELSE 0 END, 'confirmed', 'not_shared', 1, 1
          FROM unnest(%s) AS id, generate_series(0, %s) AS n
        """,
        [town.water.id, town.water.company_id.id, ids, PER_METER - 1],
    )
    settle(town.env)


def specification(model, view_type):
    arch = model.get_view(view_type=view_type)["models"]
    known = model.fields_get(arch[model._name], ["type"])
    relational = ("many2one", "many2many", "one2many")
    return {
        name: {"fields": {"display_name": {}}, "limit": 40} if field["type"] in relational else {}
        for name, field in known.items()
    }


SPECIFICATIONS = {
    (model._name, view): specification(model, view) for model in (Reading, Meter, Move) for view in ("list", "form")
}


DASHBOARD = specification(town.env["utility.dashboard"], "kanban")


def open_list(model):
    return model.web_search_read([], SPECIFICATIONS[model._name, "list"], limit=80, count_limit=10_001)


def open_form(record):
    return record.web_read(SPECIFICATIONS[record._name, "form"])


def open_dashboard():
    dashboard = town.env["utility.dashboard"]
    return dashboard.web_search_read([], DASHBOARD, limit=40)


def save_new():
    meter = sample()
    return Reading.web_save(
        {"meter_id": meter.id, "date": "2026-03-31", "index": 700}, SPECIFICATIONS["utility.reading", "form"]
    )


def sample():
    return Meter.search([("section_id", "=", town.water.id)], order="id", limit=1, offset=25)


def correct():
    reading = Reading.search([("meter_id", "=", sample().id)], order="date desc", limit=1)
    return reading.web_save({"index": reading.index + 1}, SPECIFICATIONS["utility.reading", "form"])


def correct_bill():
    bill = bills.sample()
    return bill.web_save({"ref": "corrected"}, SPECIFICATIONS["account.move", "form"])


def save_new_bill():
    return Move.web_save(bills.values(1), SPECIFICATIONS["account.move", "form"])


WORK = {
    "open a reading": lambda: open_form(Reading.search([("meter_id", "=", sample().id)], limit=1)),
    "propose the next reading": lambda: Reading.default_get(["meter_id", "date"]),
    "save a new reading": save_new,
    "save a corrected reading": correct,
    "open a meter": lambda: open_form(sample()),
    "list of readings": lambda: open_list(Reading),
    "list of meters": lambda: open_list(Meter),
    "dashboard": open_dashboard,
}
PEER_WORK = {
    "open an invoice": lambda: open_form(bills.sample()),
    "save a new invoice": save_new_bill,
    "save a corrected invoice": correct_bill,
    "list of invoices": lambda: open_list(Move),
}


def measured(work):
    """Return the mean processor time (ms) and the queries of a call."""
    spent = 0
    for turn in range(TURNS + 1):
        town.env.invalidate_all()
        queries, start = cr.sql_log_count, processor_time(cr)
        work()
        town.env.flush_all()
        queries = cr.sql_log_count - queries
        spent += (processor_time(cr) - start) * (turn > 0)
        cr.rollback()
    return 1000 * spent / TURNS, queries


def count():
    """Count, as a reference for the speed of the processor, whatever the town."""
    return sum(range(500_000))


def tell(what, work, sizes, grow):
    """Print a table of the actions at both sizes."""
    work = {**work, "nothing but counting": count}
    figures = []
    for size in sizes:
        grow(size)
        figures.append({name: measured(call) for name, call in work.items()})
    small, large = figures
    print(f"| on the screen | {sizes[0]:,} {what} | {sizes[1]:,} {what} | ratio | queries |\n|---|--:|--:|--:|--:|")
    for name in work:
        (ms, queries), (more_ms, more_queries) = small[name], large[name]
        counts = f"{queries}" if queries == more_queries else f"{queries}, then {more_queries}"
        print(f"| {name} | {ms:.1f} ms | {more_ms:.1f} ms | {more_ms / ms:.2f} | {counts} |", flush=True)


tell("readings", WORK, SIZES, grow)
tell("invoices", PEER_WORK, PEER_SIZES, bills.grow)
