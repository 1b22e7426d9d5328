"""Many readings: a file imported, all confirmed to the other section, meters forced.

`./dev bench readings --rows N`: N readings on N / 4 meters, four in ten of which are forced (100,000: 10,000 meters).
The peers are the product's own `create`, as called by RPC and Odoo's import, and a plain `Model.create` of the same
readings, with precomputed values and without checks, both on a sample; the limit is INSERT … SELECT of the same rows.
Neither of the last two reads a file, checks a reading, computes a consumption, or stores answers and states.
"""

from readings_town import DAYS, ReadingsTown
from side_by_side import Comparison, Contender

ROWS = rows or 100_000
SAMPLE = min(ROWS, 2_000)
FORCED = ROWS // len(DAYS) * 4 // 10

town = ReadingsTown(env, ROWS, SAMPLE)
bench = Comparison(town.env, script, rows, only)


def agree(results):
    """Check that the product and the limit wrote the same, and that the samples are complete."""
    product, *samples, limit = results
    assert product == limit and all(sample[0] == SAMPLE for sample in samples), results


def compare(title, work, count, peer, limit, *more):
    bench.compare(
        title,
        Contender("this product", work, "product", count),
        *more,
        Contender("ORM create, every value given", peer, "peer", SAMPLE),
        Contender("INSERT … SELECT", limit, "limit", count),
        agree=agree,
    )


if not town.is_filled:
    checked = Contender("ORM create, with the checks", town.create_checked, "peer", SAMPLE)
    title = f"Import of a file of {ROWS:,} readings"
    compare(title, town.import_file, ROWS, town.create_here, town.insert_here, checked)
    if only is None:
        town.share()
compare(f"Confirmation of {ROWS:,} readings", town.confirm_all, ROWS, town.create_there, town.insert_there)
compare(
    f"Forced synchronisation of {FORCED:,} meters",
    town.force,
    FORCED * len(DAYS),
    town.create_there,
    town.insert_forced,
)
