"""Readings by the thousand: a file imported, all confirmed to the other section, meters forced.

`./dev bench readings --rows N`: N readings on N / 4 meters, four in ten of which are forced (100,000: 10,000 meters).
The peer is a plain `Model.create` of the same readings, given every value ready made and stripped of this product's
own checks, on a sample; the limit is INSERT … SELECT of the same rows. Neither reads a file, checks a reading, works
out a consumption, keeps an answer or a state of synchronisation.
"""

from readings_town import DAYS, ReadingsTown
from side_by_side import Comparison, Contender

ROWS = rows or 100_000
SAMPLE = min(ROWS, 2_000)
FORCED = ROWS // len(DAYS) * 4 // 10

town = ReadingsTown(env, ROWS, SAMPLE)
bench = Comparison(town.env, script, rows, only)


def agree(results):
    """The product and the limit write the same; the sample is whole."""
    product, sample, limit = results
    assert product == limit and sample[0] == SAMPLE, results


def compare(title, work, count, peer, limit):
    bench.compare(
        title,
        Contender("this product", work, "product", count),
        Contender("ORM create", peer, "peer", SAMPLE),
        Contender("INSERT … SELECT", limit, "limit", count),
        agree=agree,
    )


if not town.is_filled:
    compare(f"Import of a file of {ROWS:,} readings", town.import_file, ROWS, town.create_here, town.insert_here)
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
