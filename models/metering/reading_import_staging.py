import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, count

from odoo.tools import SQL, split_every

from ...core.metering.file_columns import Role
from ...core.metering.readings import ReadingKind
from ...core.metering.readings_file import ReadingRow
from ..common.bulk import copy_rows
from ..common.json_rows import json_rows
from .meter_finder import MeterFault, MeterPlace

#: Number of rows, or meters, in memory at a time.
PAGE = 10_000

_CREATED = """
    CREATE TEMPORARY TABLE %(rows)s (
        line integer, meter varchar, date date, index varchar, kind varchar, consumption varchar, details varchar,
        seconds integer, unknown_kind varchar
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE %(meters)s (
        rank integer, meter varchar, meter_id integer, point_id integer, fault varchar, proposals varchar
    ) ON COMMIT DROP
"""
_COLUMNS = ("line", "meter", "date", "index", "kind", "consumption", "details", "seconds", "unknown_kind")
_PLACE = ("rank", "meter", "meter_id", "point_id", "fault", "proposals")
_METERS = "SELECT min(line), meter FROM %(rows)s GROUP BY meter ORDER BY min(line)"
_FOUND = """
    INSERT INTO %(meters)s
    SELECT * FROM json_to_recordset(%(found)s)
        AS found(rank integer, meter varchar, meter_id integer, point_id integer, fault varchar, proposals varchar)
"""
_GATHERED = """
    UPDATE %(rows)s row SET meter = found.meter
      FROM json_to_recordset(%(found)s) AS found(written varchar, meter varchar) WHERE row.meter = found.written
"""
_ROWS = """
    SELECT there.meter, there.meter_id, there.point_id, there.fault, there.proposals,
           row.line, row.date, row.index, row.kind, row.consumption, row.details, row.seconds, row.unknown_kind
      FROM %(rows)s row JOIN %(meters)s there ON there.meter = row.meter
     ORDER BY there.rank, row.line
"""
_KEPT = """
    INSERT INTO utility_reading_import_row (
           run_id, rank, line, meter, date, index, kind, consumption, details, seconds, unknown_kind, fault, proposals,
           fate)
    SELECT %(run)s, there.rank, row.line, row.meter, row.date, row.index, row.kind, row.consumption, row.details,
           row.seconds, row.unknown_kind, there.fault, there.proposals, 'waiting'
      FROM %(rows)s row JOIN %(meters)s there ON there.meter = row.meter
"""
# Numbers of temporary tables: flushing a dialog in the middle of its import may start a check, with its own table.
_NUMBERS = count(1)
_KINDS = {kind.value: kind for kind in ReadingKind}


@dataclass(frozen=True, slots=True)
class MeterRows:
    """The rows of one meter, in the order of the file.

    :param rows: all of them, in whatever form they give its number
    """

    place: MeterPlace
    rows: list[ReadingRow]


class FileRows:
    """Groups the good rows of a file of readings by meter.

    PostgreSQL stores them during the transaction, so that this process holds only a page, however large the file.
    """

    def __init__(self, env):
        self.env = env
        self.count = 0
        number = next(_NUMBERS)
        self._rows, self._meters = f"reading_import_row_{number}", f"reading_import_meter_{number}"
        self._names = {"rows": SQL.identifier(self._rows), "meters": SQL.identifier(self._meters)}
        # the queries of a page take tenths of a second, less than compiling them
        env.cr.execute("SET LOCAL jit TO off")
        env.cr.execute(SQL(_CREATED, **self._names))

    def take(self, rows: Iterable[ReadingRow]) -> None:
        """Store all rows of the file."""
        for page in split_every(PAGE, rows):
            copy_rows(self.env.cr, self._rows, _COLUMNS, map(_kept, page))
            self.count += len(page)
        self.env.cr.execute(SQL("ANALYZE %(rows)s", **self._names))

    def find_meters(self, find) -> None:
        """Search every meter, in the order of the file.

        :param find: identifiers -> {identifier: MeterPlace}
        """
        gathered = []
        for page in self._pages(self._meters, SQL(_METERS, **self._names)):
            found = find([meter for _rank, meter in page])
            gathered += [(meter, place.meter) for meter, place in found.items() if meter != place.meter]
            values = (_kept_place(rank, found[meter]) for rank, meter in page if found[meter].meter == meter)
            self.env.cr.execute(SQL(_FOUND, found=json_rows(_PLACE, values), **self._names))
        if gathered:
            rows = json_rows(("written", "meter"), gathered)
            self.env.cr.execute(SQL(_GATHERED, found=rows, **self._names))
        self.env.cr.execute(SQL("ANALYZE %(meters)s", **self._names))

    def keep(self, run_id: int) -> None:
        """Store the rows permanently, for a run that imports them page by page."""
        self.env.cr.execute(SQL(_KEPT, run=run_id, **self._names))

    def by_meter(self) -> Iterator[list[MeterRows]]:
        """Yield the rows grouped by meter, as many meters at a time as fit a page."""
        page, held = [], 0
        for meter, meter_id, point_id, fault, proposals, *row in self._each_row():
            if not page or page[-1].place.meter != meter:
                if held >= PAGE:
                    yield page
                    page, held = [], 0
                page.append(MeterRows(stored_place(meter, meter_id, point_id, fault, proposals), []))
            page[-1].rows.append(stored_row(page[-1].place.meter, *row))
            held += 1
        if page:
            yield page

    def _each_row(self) -> Iterator[tuple]:
        return chain.from_iterable(self._pages(self._rows, SQL(_ROWS, **self._names)))

    def _pages(self, name, query) -> Iterator[list[tuple]]:
        """Yield the result of a query page by page."""
        cursor = SQL.identifier(f"{name}_page")
        self.env.cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, query))
        while page := self.env.execute_query(SQL("FETCH %s FROM %s", PAGE, cursor)):
            yield page
            if len(page) < PAGE:
                break
        self.env.cr.execute(SQL("CLOSE %s", cursor))


def _kept_place(rank: int, place: MeterPlace) -> tuple:
    """Return the values of a place, in the order of the table's columns."""
    fault = place.fault and place.fault.value
    return rank, place.meter, place.meter_id, place.point_id, fault, json.dumps(place.proposals)


def stored_place(meter, meter_id, point_id, fault, proposals) -> MeterPlace:
    """Return a place from the table's columns."""
    return MeterPlace(meter, meter_id, point_id, fault and MeterFault(fault), tuple(json.loads(proposals)))


def _kept(row: ReadingRow) -> tuple:
    """Return the values of a row, in the order of the table's columns."""
    details = json.dumps(row.details) if row.details else None
    kind = row.kind and row.kind.value
    return row.line, row.meter, row.date, row.index, kind, row.consumption, details, row.seconds, row.unknown_kind


def stored_row(meter, line, day, index, kind, consumption, details, seconds, unknown_kind) -> ReadingRow:
    """Return a row from the table's columns."""
    more = {"details": {Role(role): text for role, text in json.loads(details).items()}} if details else {}
    consumption = None if consumption is None else Decimal(consumption)
    return ReadingRow(
        line,
        meter,
        day,
        Decimal(index),
        _KINDS.get(kind),
        consumption,
        seconds=seconds,
        unknown_kind=unknown_kind,
        **more,
    )
