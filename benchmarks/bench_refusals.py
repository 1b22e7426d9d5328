"""A file of readings whose rows are all wrong, imported in the background by pages, beside the same file all right.

`./dev bench refusals --rows N`: N rows (100,000 by default), four on each meter. Each meter has an earlier reading with
index 50: the wrong rows have lower indexes, so that each contradicts it, and is refused with its own sentence.
"""

from readings_town import ReadingsTown
from side_by_side import Comparison, Contender, settle

from odoo.addons.utility_billing_sync.core.metering.file_detection import FileFormat
from odoo.addons.utility_billing_sync.models.metering.reading_import import ReadingImport
from odoo.tools import SQL

ROWS = rows or 100_000
BEFORE = """
    INSERT INTO utility_reading (meter_id, section_id, company_id, date, index, kind, previous_index,
        computed_consumption, consumption, state, sync_state, create_uid, write_uid)
    SELECT id, section_id, company_id, '2023-12-31', 50, 'real', 0, 0, 0, 'confirmed', 'not_shared', 1, 1
      FROM utility_meter WHERE section_id = %s
"""

town = ReadingsTown(env, ROWS, 0)
if not town.is_filled:
    town.cr.execute(SQL(BEFORE, town.water.id))
    settle(town.env)


def imported(index):
    """Import the town's readings by pages, without commits; return how many were entered and refused.

    :param index: expression of their indexes
    """
    rows = town.env.execute_query(
        SQL(
            "SELECT concat_ws(';', p.serial_number, b.date, %s) FROM bench_reading b "
            "JOIN utility_meter m ON m.id = b.meter_id JOIN utility_connection_point p ON p.id = m.connection_point_id",
            SQL(index),  # pylint: disable=sql-injection
        )
    )
    content = "\n".join(["meter;date;index", *(row[0] for row in rows)]).encode()
    importer = ReadingImport(town.env, town.water, content, FileFormat())
    run = town.env["utility.reading.import.run"]._launch(importer, "town.csv").sudo()
    while run.state == "running":
        run._work_batch()
        run.env.flush_all()
        run.env.invalidate_all()
    return run.new_count, run.refused_count


def expected(results):
    """Check that the wrong file was refused as a whole, and the right one entered."""
    assert results == [(0, ROWS), (ROWS, 0)], results


Comparison(town.env, script, rows, only).compare(
    f"file of {ROWS:,} readings",
    Contender("every row wrong", lambda: imported("b.index / 10"), "product", ROWS),
    Contender("every row right", lambda: imported("b.index"), "limit", ROWS),
    agree=expected,
)
