"""A night of remote readings: a file with a value per quarter of an hour, of which one per day and meter is entered.

`./dev bench telemetry --rows N`: N values of N / 96 meters (1,000,000 by default: 10,416 meters). The limit is INSERT …
SELECT DISTINCT ON of the values that are kept, from a table that holds them all already: it reads no file, and checks
and computes nothing.
"""

import tempfile
from pathlib import Path

from readings_town import COLUMNS, ReadingsTown
from side_by_side import Comparison, Contender, settle

from odoo.addons.utility_billing_sync.core.ledger.local import LocalTransport
from odoo.addons.utility_billing_sync.models.telemetry.fetching import Fetching
from odoo.tools import SQL

VALUES_A_DAY = 96
ROWS = rows or 1_000_000
METERS = max(ROWS // VALUES_A_DAY, 1)
NAME = "night.csv"

town = ReadingsTown(env, METERS * 4, 1)
bench = Comparison(town.env, script, rows, only)
folder = Path(tempfile.gettempdir()) / f"bench_telemetry_{env.cr.dbname}"
folder.mkdir(exist_ok=True)


def prepare():
    """Write the file, and the same values into a table; committed."""
    town.cr.execute(
        """
        CREATE TABLE bench_value AS
        SELECT m.id AS meter_id, timestamp '2026-03-01' + q * interval '15 minutes' AS moment,
               (1000 + m.id %% 500 + q * 0.01)::numeric(16, 3) AS index
          FROM generate_series(0, %s) AS q
    CROSS JOIN (SELECT id FROM utility_meter WHERE section_id = %s ORDER BY id LIMIT %s) m
        """,
        [VALUES_A_DAY - 1, town.water.id, METERS],
    )
    settle(town.env)


def write_file():
    town.cr.execute(
        "SELECT concat_ws(';', p.serial_number, to_char(v.moment, 'YYYY-MM-DD HH24:MI'), v.index, 0) "
        "FROM bench_value v JOIN utility_meter m ON m.id = v.meter_id "
        "JOIN utility_connection_point p ON p.id = m.connection_point_id "
        "ORDER BY v.moment, v.meter_id"
    )
    with (folder / NAME).open("w") as file:
        file.write("Compteur;Horodatage;Index;Alarme fuite\n")
        while part := town.cr.fetchmany(50_000):
            file.writelines(f"{row[0]}\n" for row in part)


town.cr.execute("SELECT to_regclass('bench_value')")
if town.cr.fetchone()[0] is None:
    prepare()
if not (folder / NAME).exists():
    write_file()
source = town.env["utility.telemetry.source"].search([], limit=1) or town.env["utility.telemetry.source"].create(
    {"name": "Bench", "section_id": town.water.id}
)
town.env.cr.commit()


def read_night():
    with LocalTransport(folder) as transport, transport.read(NAME) as content:
        kept = Fetching(source)._read(NAME, content)
    assert kept.value_count == METERS * VALUES_A_DAY, kept.report
    return town.written(town.water)[::2]


def insert_kept():
    town.cr.execute(
        SQL(
            """
            INSERT INTO utility_reading (%s)
            SELECT DISTINCT ON (v.meter_id, v.moment::date)
                   m.id, m.section_id, m.company_id, v.moment::date, v.index, 'remote', 0, NULL::date, 0, 0,
                   'confirmed', 'not_shared', NULL::int, 1, 1, now(), now()
              FROM bench_value v JOIN utility_meter m ON m.id = v.meter_id
             ORDER BY v.meter_id, v.moment::date, v.moment DESC
            """,
            COLUMNS,
        )
    )
    return town.written(town.water)[::2]


bench.compare(
    f"A night of {METERS * VALUES_A_DAY:,} remote values",
    Contender("this product", read_night, "product", METERS * VALUES_A_DAY),
    Contender("INSERT … SELECT DISTINCT ON", insert_kept, "limit", METERS * VALUES_A_DAY),
)
