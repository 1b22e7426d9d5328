"""A town with readings prepared in a table, and the ways to import them: the product's, Odoo's, SQL's."""

from datetime import date

from side_by_side import settle
from town import Town

from odoo.addons.utility_billing_sync.core.metering.file_detection import FileFormat
from odoo.addons.utility_billing_sync.models.metering.reading_import import ReadingImport
from odoo.addons.utility_billing_sync.models.sharing.reading_synchronisation import Synchronisation
from odoo.models import BaseModel
from odoo.tools import SQL

DAYS = (date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30))
COLUMNS = SQL(
    "meter_id, section_id, company_id, date, index, kind, previous_index, previous_date, computed_consumption, "
    "consumption, state, sync_state, origin_reading_id, create_uid, write_uid, create_date, write_date"
)
THERE = SQL(
    """
    INSERT INTO utility_reading (%s)
    SELECT there.id, there.section_id, there.company_id, r.date, r.index, r.kind, r.previous_index, r.previous_date,
           r.computed_consumption, r.consumption, r.state, 'synced', r.id, 1, 1, now(), now()
      FROM utility_reading r JOIN utility_meter m ON m.id = r.meter_id
      JOIN utility_meter there ON there.connection_point_id = m.connection_point_id AND there.id != m.id
    """,
    COLUMNS,
)


class ReadingsTown(Town):
    """Four readings on each of EAU's meters, prepared in the table `bench_reading`.

    :param sample: number of readings that the ORM's contenders create
    """

    def __init__(self, env, rows, sample):
        super().__init__(env)
        self.sample, self.meters, self.cr = sample, rows // len(DAYS), self.env.cr
        self.readings = self.env["utility.reading"]
        if self.is_new:
            self.cr.execute(
                "CREATE TABLE bench_reading (meter_id int, date date, index numeric, previous_index numeric, "
                "previous_date date, consumption numeric)"
            )
            self.prepare(self.meters)
        self.is_filled = bool(self.readings.search([], limit=1))

    def prepare(self, meters):
        """Add meters and prepare their readings; committed."""
        first = self.env["utility.meter"].search_count([])
        ids = self.add_meters(
            self.water,
            [(f"R{n:08}", f"{n} rue Haute", "63000", "Bourg", f"Abonné {n}", 15) for n in range(first, first + meters)],
        )
        self.cr.execute(
            """
            INSERT INTO bench_reading
            SELECT m.id, d.day::date, 100 + (d.place - 1) * (20 + m.id %% 60),
                   CASE WHEN d.place > 1 THEN 100 + (d.place - 2) * (20 + m.id %% 60) ELSE 0 END,
                   lag(d.day) OVER (PARTITION BY m.id ORDER BY d.day),
                   CASE WHEN d.place > 1 THEN 20 + m.id %% 60 ELSE 0 END
              FROM unnest(%s::int[]) AS m(id), unnest(%s::date[]) WITH ORDINALITY AS d(day, place) ORDER BY m.id, d.day
            """,
            [ids, list(DAYS)],
        )
        settle(self.env)

    def share(self):
        """Enter the readings in EAU and create cards in ASSAINISSEMENT, nothing synchronised; committed."""
        self.insert_here()
        self.cr.execute(
            SQL(
                "INSERT INTO utility_meter (connection_point_id, section_id, company_id, active, sequence) "
                "SELECT connection_point_id, %s, %s, true, 10 FROM utility_meter WHERE section_id = %s",
                self.sewerage.id,
                self.sewerage.company_id.id,
                self.water.id,
            )
        )
        self.cr.execute("UPDATE utility_connection_point SET is_shared = true")
        self.cr.execute("UPDATE utility_reading SET sync_state = 'pending'")
        settle(self.env)

    def written(self, section):
        """Return what contenders must agree on: number, consumptions and indexes of a section's readings."""
        self.env.flush_all()
        self.cr.execute(
            "SELECT count(*), sum(consumption), sum(index) FROM utility_reading WHERE section_id = %s", [section.id]
        )
        return self.cr.fetchone()

    # === THE PRODUCT === #

    def file(self) -> bytes:
        """Return the prepared readings as a file."""
        self.cr.execute(
            "SELECT concat_ws(';', p.serial_number, b.date, b.index) FROM bench_reading b "
            "JOIN utility_meter m ON m.id = b.meter_id JOIN utility_connection_point p ON p.id = m.connection_point_id"
        )
        return "\n".join(["meter;date;index", *(row[0] for row in self.cr.fetchall())]).encode()

    def import_file(self):
        ReadingImport(self.env, self.water, self.file(), FileFormat()).carry_out("")
        return self.written(self.water)

    def confirm_all(self):
        waiting = self.readings.search([("sync_state", "=", "pending"), ("section_id", "=", self.water.id)])
        waiting.connection_point_id.sudo()._lock()
        waiting._synchronisation().carry_out()
        return self.written(self.sewerage)

    def force(self):
        meters = self.env["utility.meter"].browse(self.forced())
        meters.connection_point_id._lock()
        Synchronisation(self.env, dict.fromkeys(meters.ids), complete=True).carry_out()
        return self.written(self.sewerage)

    def forced(self):
        """Return four meters in ten, to be forced."""
        domain = [("section_id", "=", self.water.id)]
        return self.env["utility.meter"].search(domain, limit=self.meters * 4 // 10, order="id").ids

    # === ODOO === #

    def create_here(self):
        return self._create("SELECT meter_id, date, index, previous_index, previous_date, consumption", self.water)

    def create_checked(self):
        """Create a sample like RPC or Odoo's own import, including this product's checks."""
        self.cr.execute("SELECT meter_id, date, index FROM bench_reading LIMIT %s", [self.sample])
        rows = self.cr.fetchall()
        self.readings.create([{"meter_id": m, "date": day, "index": float(index)} for m, day, index in rows])
        return self.written(self.water)

    def create_there(self):
        meter = "SELECT id FROM utility_meter WHERE section_id != m.section_id AND "
        meter += "connection_point_id = m.connection_point_id"
        return self._create(f"SELECT ({meter}), date, index, previous_index, previous_date, consumption", self.sewerage)

    def _create(self, select, section):
        """Create a sample of the readings with precomputed values, without this product's checks."""
        self.cr.execute(f"{select} FROM bench_reading b JOIN utility_meter m ON m.id = meter_id LIMIT {self.sample}")
        BaseModel.create(
            self.readings,
            [
                {
                    "meter_id": meter,
                    "date": day,
                    "index": float(index),
                    "previous_index": float(previous),
                    "previous_date": before,
                    "computed_consumption": float(volume),
                    "consumption": float(volume),
                    "state": "confirmed",
                }
                for meter, day, index, previous, before, volume in self.cr.fetchall()
            ],
        )
        return self.written(section)

    # === THE LIMIT === #

    def insert_here(self):
        self.cr.execute(
            SQL(
                """
                INSERT INTO utility_reading (%s)
                SELECT b.meter_id, m.section_id, m.company_id, b.date, b.index, 'real', b.previous_index,
                       b.previous_date, b.consumption, b.consumption, 'confirmed', 'not_shared', NULL, 1, 1, now(),
                       now()
                  FROM bench_reading b JOIN utility_meter m ON m.id = b.meter_id
                """,
                COLUMNS,
            )
        )
        return self.written(self.water)

    def insert_there(self):
        self.cr.execute(THERE)
        return self.written(self.sewerage)

    def insert_forced(self):
        self.cr.execute(SQL("%s WHERE m.id = ANY(%s)", THERE, self.forced()))
        return self.written(self.sewerage)
