"""*Rapprocher les compteurs*: cards of two sections are loaded, paired and stored as proposals.

`./dev bench matching --rows N`: N cards in each section. The peer is what a person or a script does with Odoo: for
each card, a search in the other section. It is timed on a sample and extrapolated to all rows. The limit is one hash
join in SQL on normalised numbers, which finds the pairs without a confidence and without storing anything.
"""

import re

from side_by_side import Comparison, Contender, settle
from town import Town, two_hands

from odoo.addons.utility_billing_sync.models.sharing.matching_store import MatchStore
from odoo.tools import SQL

ROWS, SAMPLE = rows or 50_000, 5

town = Town(env)
if town.is_new:
    ours, theirs = two_hands(ROWS)
    town.add_meters(town.water, ours)
    town.add_meters(town.sewerage, theirs)
    town.env["utility.meter.matching"].create({"section_id": town.water.id, "other_section_id": town.sewerage.id})
    settle(town.env)
run = town.env["utility.meter.matching"].search([], limit=1)
Meter, cr = town.env["utility.meter"], town.env.cr


def propose():
    MatchStore(run).propose()
    cr.execute("SELECT meter_id, other_meter_id FROM utility_meter_match WHERE confidence = 'certain'")
    return set(cr.fetchall())


def search_each():
    """Search for each card of a sample by the end of its number, or by its street and subscriber."""
    found = set()
    for card in Meter.search([("section_id", "=", town.water.id)], limit=SAMPLE, order="id"):
        number = re.sub(r"\D", "", card.serial_number)
        domain = [
            ("section_id", "=", town.sewerage.id),
            "|",
            ("serial_number", "ilike", f"{number[:-3]}%{number[-3:]}"),
            "&",
            ("street", "ilike", card.street),
            ("subscription_ids.partner_id.name", "ilike", card.partner_id.name),
        ]
        found |= {(card.id, other.id) for other in Meter.search(domain)}
    return found


def hash_join():
    """Join the sections on their numbers without maker, signs and leading zeros."""
    side = """
        SELECT m.id, ltrim(regexp_replace(replace(p.serial_number, 'Itron', ''), '[^0-9]', '', 'g'), '0') AS number
          FROM utility_meter m JOIN utility_connection_point p ON p.id = m.connection_point_id
         WHERE m.section_id = %s
    """
    here, there = (SQL(side, section.id) for section in (town.water, town.sewerage))
    return set(town.env.execute_query(SQL("SELECT a.id, b.id FROM (%s) a JOIN (%s) b USING (number)", here, there)))


def agree(results):
    proposed, sampled, joined = results
    assert proposed == joined, f"{len(proposed)} pairs proposed, {len(joined)} joined"
    # a search also returns cards that are only similar, from which a person has to choose
    looked_at = {card for card, _other in sampled}
    assert sampled and {pair for pair in proposed if pair[0] in looked_at} <= sampled


Comparison(town.env, script, rows, only).compare(
    f"Matching {ROWS:,} cards against {ROWS:,}",
    Contender("propose the pairs", propose, "product", ROWS),
    Contender("a search per card", search_each, "peer", SAMPLE),
    Contender("one hash join", hash_join, "limit", ROWS),
    agree=agree,
)
