"""What a reading costs when there are ten thousand, a hundred thousand, a million of them at once.

`./dev bench growth --rows N`: a file of readings imported, and all confirmed to the other section, at N / 100, N / 10
and N (1,000,000 unless told). Told: microseconds a reading, and the memory that each size asked for besides.
"""

import time

from readings_town import DAYS, ReadingsTown
from side_by_side import forget_peak, resident_peak

LARGEST = rows or 1_000_000
SIZES = (LARGEST // 100, LARGEST // 10, LARGEST)

town = ReadingsTown(env, SIZES[0], 0)


def costs(work, size):
    """Return microseconds a reading and megabytes of an undone work."""
    town.env.invalidate_all()
    forget_peak()
    before, start = resident_peak(), time.perf_counter()
    work()
    town.env.flush_all()
    spent = time.perf_counter() - start
    town.cr.rollback()
    town.env.invalidate_all()
    return 1e6 * spent / size, resident_peak() - before


print("| readings | import | memory | confirmation | memory |\n|--:|--:|--:|--:|--:|")
present = SIZES[0]
for size in SIZES:
    town.prepare((size - present) // len(DAYS))
    present = size
    figures = costs(town.import_file, size)
    town.share()
    figures += costs(town.confirm_all, size)
    print("| {:,} | {:.0f} µs | + {:.0f} MB | {:.0f} µs | + {:.0f} MB |".format(size, *figures), flush=True)
    town.cr.execute("DELETE FROM utility_reading")
    town.cr.execute("DELETE FROM utility_meter WHERE section_id = %s", [town.sewerage.id])
    town.cr.execute("UPDATE utility_connection_point SET is_shared = false")
    town.commit()
