"""Every search box, filter and autocomplete of the module's screens in a large town, compared with partners.

`./dev bench search --rows N`: with N readings (500,000 by default), five on each meter, and a subscriber for each of
them. The searches are read from the views, so that none is forgotten. Each is called as the web client does: to warm
up, then `TURNS` times. What is typed is either rare (the end of one value) or frequent (the first letters of a word
that most values share). Prints the slowest ones and, beside each, the same call on `res.partner` (a list searched by a
name as rare or as frequent, or eight names proposed) with as many rows.
"""

import re
import statistics
import time
from contextlib import closing

from side_by_side import settle
from town import Town

from odoo import sql_db
from odoo.addons.utility_billing_sync.tests.support.searches import Search, all_searches
from odoo.tools import SQL

TURNS = 5
SHOWN = 25
PER_METER = 5
#: Maximum ratio of a search's time to that of the same search of partners.
ALLOWED = 2

total = rows or 500_000
town = Town(env)
cr, env = town.env.cr, town.env

READINGS = """
    INSERT INTO utility_reading (meter_id, section_id, company_id, date, index, kind, previous_index, previous_date,
        computed_consumption, consumption, state, sync_state, create_uid, write_uid)
    SELECT id, %(section)s, %(company)s, (date '2024-12-31' + interval '3 month' * n)::date, n * 25, 'real',
           greatest(n - 1, 0) * 25, CASE WHEN n > 0 THEN (date '2024-12-31' + interval '3 month' * (n - 1))::date END,
           CASE WHEN n > 0 THEN 25 ELSE 0 END, CASE WHEN n > 0 THEN 25 ELSE 0 END, 'confirmed', 'not_shared', 1, 1
      FROM unnest(%(meters)s) AS id, generate_series(0, %(last)s) AS n
"""
PARTNERS = """
    INSERT INTO res_partner (name, complete_name, active, type, lang, autopost_bills)
    SELECT 'Voisin ' || n, 'Voisin ' || n, true, 'contact', 'en_US', 'ask' FROM generate_series(1, %s) AS n
"""


def grow():
    """Add meters with their subscribers, and their readings; committed."""
    missing = total // PER_METER - env["utility.meter"].search_count([])
    for first in range(0, missing, 20_000):
        meters = town.add_meters(
            town.water,
            [
                (f"S{n:08}", f"{n % 300} rue Haute", "63000", f"Bourg{n % 40}", f"Abonné {n}", 15)
                for n in range(first, min(first + 20_000, missing))
            ],
        )
        section = {"section": town.water.id, "company": town.water.company_id.id}
        cr.execute(SQL(READINGS, **section, meters=meters, last=PER_METER - 1))
    settle(env)


def vacuum():
    """Vacuum like autovacuum after many inserts: index-only scans depend on it."""
    cr.commit()
    with closing(sql_db.db_connect(cr.dbname).cursor()) as other:
        other._cnx.autocommit = True
        for table in (
            "utility_connection_point",
            "utility_meter",
            "utility_subscription",
            "utility_reading",
            "res_partner",
        ):
            other.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))


def rare(model, name):
    """Return the text that a user types: the end of an existing value, if it is a text."""
    field = model._fields.get(name)
    if field is None:
        return "Haute"
    record = model.search([], limit=1, offset=min(model.search_count([], limit=5_000), 4_321) // 2)
    value = record[name] if record else False
    if field.relational:
        return (value[:1].display_name or "4321")[:12] if value is not False else "4321"
    if field.type in ("char", "text"):
        return (value or "4321")[-6:]
    return value or (1 if field.type in ("integer", "float") else "4321")


def frequent(model, name):
    """Return the first letters of the longest word of a value, if there is one."""
    field = model._fields.get(name)
    if field is None:
        return "rue"
    if not (field.relational or field.type in ("char", "text")):
        return ""
    record = model.search([(name, "!=", False)], limit=1)
    value = (record[name][:1].display_name if field.relational else record[name]) if record else ""
    return max(re.findall(r"\w+", value or "") or [""], key=len)[:3]


def measured(search):
    """Return the median of the times of a call (ms)."""
    spent = []
    for _turn in range(TURNS + 1):
        env.invalidate_all()
        start = time.perf_counter()
        search.run(env)
        env.flush_all()
        spent.append(time.perf_counter() - start)
        cr.rollback()
    return 1000 * statistics.median(spent[1:])


def peers(count):
    """Return the times of the same calls on so many partners: {(kind, is frequent): ms}."""
    present = env["res.partner"].with_context(active_test=False).search_count([])
    cr.execute(PARTNERS, [max(0, count - present)])
    cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
    settle(env)
    vacuum()
    times = {}
    for is_frequent, text in ((False, f"{count // 2}"), (True, "Abo")):
        listed = Search("res.partner", "field", "name", domain=[("display_name", "ilike", text)])
        times["field", is_frequent] = measured(listed)
        times["autocomplete", is_frequent] = measured(Search("res.partner", "autocomplete", "name", text))
    return times


grow()
vacuum()
few = peers(total // PER_METER)
searches = [(search, False) for search in all_searches(env, rare)]
searches += [(search, True) for search in all_searches(env, frequent) if search.text]
figures = [(measured(search), search, is_frequent) for search, is_frequent in searches]
many = peers(total)
compared = []
for ms, search, is_frequent in figures:
    times = many if env[search.model].search_count([], limit=total) > total // 2 else few
    peer = times["autocomplete" if search.kind == "autocomplete" else "field", is_frequent]
    compared.append((ms / peer, ms, peer, search, is_frequent))
compared.sort(key=lambda row: -row[0])
slow = [row for row in compared if row[0] > ALLOWED]
print(f"\n{len(compared)} searches, {len(slow)} of them above {ALLOWED} times that of partners")
print(f"\n| search | typed | {total:,} readings | partners | ratio |\n|---|---|--:|--:|--:|")
for ratio, ms, peer, search, is_frequent in compared[:SHOWN]:
    name = f"{search.model}, {search.kind} {search.name}"
    text = f"{search.text} ({'frequent' if is_frequent else 'rare'})"
    print(f"| {name} | {text} | {ms:.1f} ms | {peer:.1f} ms | {ratio:.2f} |")
