"""A file of readings on its way to a section's meters: collect, decide, apply; a constant number of queries.

Who calls: the import dialog. What is touched: readings of meters of one section. Why it is safe to write them
by the store, past the record rules: the section and every meter were found under the rules of this user.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from odoo.tools import SQL, split_every

from ..core.metering.file_check import Held, MeterCheck, check_rows
from ..core.metering.file_columns import Role
from ..core.metering.file_detection import Detected, FileFormat, detect
from ..core.metering.findings import Finding
from ..core.metering.readings_file import BadRow, Row, read
from .progress import Progress
from .reading_rows import Card, NewReading, step_values
from .reading_store import ReadingStore

#: Meters made at a time: the person who waits sees them go by.
PAGE = 500


class MeterFault(StrEnum):
    """Why the readings of a meter that a file names cannot be taken."""

    UNKNOWN = "unknown"
    ARCHIVED = "archived"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken.

    :param cause: what is wrong with the row itself, with its meter, or with the reading among the others
    """

    line: int
    meter: str
    cause: BadRow | MeterFault | Finding


@dataclass(slots=True)
class Check:
    """What a file would change.

    :param results: per meter that can be written, what becomes of its rows
    :param refusals: all other rows, in the order of the file
    :param unknown: identifiers that no meter of the section has
    :param cards: the meters that are there, by identifier
    """

    detected: Detected
    results: list[MeterCheck] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    cards: dict[str, Card] = field(default_factory=dict)

    @property
    def counts(self) -> Counter:
        """How many rows meet each fate: new, corrected, unchanged, refused."""
        counts = Counter(refused=len(self.refusals))
        for result in self.results:
            counts.update(
                new=len(result.new), corrected=len(result.corrected), unchanged=len(result.unchanged)
            )
        return counts


@dataclass(frozen=True, slots=True)
class Written:
    """What an import wrote, by ids."""

    created: list[int]
    corrected: list[int]
    meters: list[int]


class ReadingImport:
    """The readings of one file for the meters of one section.

    :param bytes data: the file
    :param create_meters: a meter that the section does not know is made, if it has a good reading
    """

    def __init__(self, env, section, data: bytes, asked: FileFormat, create_meters=False):
        self.env = env
        self.section = section
        self.data = data
        self.asked = asked
        self.create_meters = create_meters
        self.store = ReadingStore(env)

    # === COLLECT AND DECIDE === #

    def check(self, lock=False) -> Check:
        """Say what would change; nothing is written.

        :param lock: take the meters for this transaction, so that what is decided stays true
        :raise FileRefused: none of the rows can be read
        :raise AccessError: the section is of a company that the user does not work in
        """
        self.section.check_access("read")
        self.env["utility.reading"].check_access("create")
        check = Check(detect(self.data, self.asked))
        rows = []
        for row in read(self.data, check.detected):
            if isinstance(row, Row):
                rows.append(row)
            else:
                check.refusals.append(Refusal(row.line, row.meter, row))
        if lock:
            self._lock_section()
        found = self._find_meters({row.meter for row in rows})
        rows = self._without_refused_meters(check, rows, found)
        check.cards = self._cards(found, lock)
        present = {meter: Held(card.meter, tuple(card.readings)) for meter, card in check.cards.items()}
        check.results = check_rows(rows, present, self.store.today)
        for result in check.results:
            check.refusals += (Refusal(row.line, row.meter, why[0]) for row, why in result.refused.items())
        check.refusals.sort(key=attrgetter("line"))
        return check

    def _lock_section(self):
        """Two imports at once would both make the unknown meters: the second waits, then starts again."""
        if self.create_meters:
            # a row changed meanwhile makes a transaction start again: Odoo retries serialisation failures
            self.env.cr.execute(SQL("UPDATE utility_section SET name = name WHERE id = %s", self.section.id))

    def _find_meters(self, identifiers) -> dict[str, tuple[int, int] | MeterFault]:
        """Return {identifier: (meter id, point id), or why not}: by serial number, else by reference."""
        if not identifiers:
            return {}
        meters = self.env["utility.meter"].with_context(active_test=False)
        wanted = list(identifiers)
        query = meters._search(
            [
                ("section_id", "=", self.section.id),
                "|",
                ("serial_number", "in", wanted),
                ("name", "in", wanted),
            ]
        )
        columns = [
            meters._field_to_sql(query.table, name, query)
            for name in ("id", "connection_point_id", "active", "serial_number", "name")
        ]
        by_serial, by_name = {}, {}
        for meter_id, point_id, active, serial, name in self.env.execute_query(query.select(*columns)):
            meter = (meter_id, point_id) if active else MeterFault.ARCHIVED
            for known, identifier in ((by_serial, serial), (by_name, name)):
                known[identifier] = MeterFault.AMBIGUOUS if identifier in known else meter
        return {i: by_serial.get(i) or by_name[i] for i in identifiers if i in by_serial or i in by_name}

    def _without_refused_meters(self, check, rows, found) -> list[Row]:
        kept = []
        for row in rows:
            meter = found.get(row.meter, MeterFault.UNKNOWN)
            if meter is MeterFault.UNKNOWN:
                check.unknown.add(row.meter)
            if isinstance(meter, MeterFault) and not (meter is MeterFault.UNKNOWN and self.create_meters):
                check.refusals.append(Refusal(row.line, row.meter, meter))
            else:
                kept.append(row)
        return kept

    def _cards(self, found, lock) -> dict[str, Card]:
        ids = {identifier: meter for identifier, meter in found.items() if not isinstance(meter, MeterFault)}
        if lock:
            points = self.env["utility.connection.point"].browse(point_id for _id, point_id in ids.values())
            points._lock()
        cards = self.store.cards([meter_id for meter_id, _point_id in ids.values()])
        return {identifier: cards[meter_id] for identifier, (meter_id, _point_id) in ids.items()}

    # === APPLY === #

    def apply(self, check: Check, reason: str) -> Written:
        """Write what a check made under lock decided.

        :param reason: why consumptions are modified, for those that the file gives
        """
        total = len(self._wanted_meters(check)) + sum(len(result.new) for result in check.results)
        with Progress(self.env, self.env._("Import of readings"), total) as progress:
            return self._write(check, reason, progress.advance)

    def _write(self, check: Check, reason: str, advance) -> Written:
        made = self._create_meters(check, advance)
        cards = check.cards | made
        corrections, steps = [], []
        for result in check.results:
            if not (result.new or result.corrected):
                continue
            card = cards[result.meter]
            by_key = {step.key: step for step in result.steps} if result.corrected else {}
            for reading_id, reading in result.corrected.items():
                corrections.append((reading_id, reading, None))
                steps.append((reading_id, *step_values(reading, by_key[reading.key])))
            self.store.save_steps(card, result.steps, steps)
        created = self.store.insert(self._new_readings(check, cards, reason), advance)
        self.store.correct(corrections)
        self.store.write_steps(steps)
        corrected = [reading_id for reading_id, _reading, _origin in corrections]
        self.store.ask_again(created + corrected)
        self.store.refresh_states({card.point_id for card in cards.values()})
        return Written(created, corrected, [card.id for card in made.values()])

    def _new_readings(self, check: Check, cards, reason: str) -> Iterator[NewReading]:
        """One after the other: a file may have hundreds of thousands."""
        for result in check.results:
            by_key = {step.key: step for step in result.steps} if result.new else {}
            for reading in result.new:
                yield NewReading(cards[result.meter].id, reading, by_key[reading.key], reason=reason)

    def _wanted_meters(self, check) -> dict[str, MeterCheck]:
        """Return the unknown meters that have a good reading, by number."""
        return {r.meter: r for r in check.results if not r.known and r.new}

    def _create_meters(self, check, advance) -> dict[str, Card]:
        """Make the unknown meters, with what the file says of them."""
        # a note "created" on each of thousands of meters would say nothing that the create date does not
        model = self.env["utility.meter"].with_context(mail_create_nolog=True, tracking_disable=True)
        wanted = self._wanted_meters(check)
        meters = model
        for page in split_every(PAGE, wanted.values()):
            meters += model.create([self._prepare_meter(result) for result in page])
            advance(len(page))
        # the store reads the section and the company of the meters in the database
        meters.flush_recordset(["section_id", "company_id"])
        cards = (Card(meter.id, meter.connection_point_id.id) for meter in meters)
        return dict(zip(wanted, cards, strict=True))

    def _prepare_meter(self, result: MeterCheck) -> dict:
        details = {}
        for reading in reversed(result.new):
            details |= reading.key.details
        return {
            "section_id": self.section.id,
            "serial_number": result.meter,
            "digits": int(details.get(Role.DIGITS, 0)),
            **{role.value: details[role] for role in (Role.STREET, Role.ZIP, Role.CITY) if role in details},
        }
