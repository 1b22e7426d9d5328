"""Imports a file of readings into a section's meters: collect, decide, apply; a constant number of queries per page.

Called by the import dialog; writes readings of one section's meters. They may be written by the store, without record
rules, because the section and every meter were searched under the rules of this user.
"""

from collections.abc import Iterator
from itertools import chain
from zoneinfo import ZoneInfo

from odoo.tools import SQL, split_every

from ...core.metering.file_check import Held, MeterCheck, check_rows
from ...core.metering.file_columns import Role
from ...core.metering.file_detection import FileFormat, detect
from ...core.metering.readings_file import ReadingRow, read
from ..common.progress import Progress
from ..common.time_zones import zone_name_of
from .meter_finder import MeterFault, MeterFinder, MeterPlace
from .reading_import_results import Check, ImportAnswers, Refusal, Written
from .reading_import_staging import FileRows, MeterRows
from .reading_remarks import remark_sentence
from .reading_rows import CardReadings, NewReading, step_values
from .reading_store import ReadingStore

#: Number of meters created at a time, between two updates of the progress.
PAGE = 500


class ReadingImport:
    """The readings of one file for the meters of one section.

    Meters are independent of one another: they are checked, and written, one page at a time.

    :param bytes data: the file
    :param listed: how many refused rows are listed; None: all
    """

    def __init__(self, env, section, data: bytes, asked: FileFormat, answers: ImportAnswers | None = None, listed=None):
        self.env = env
        self.section = section
        self.data = data
        self.asked = asked
        self.answers = answers or ImportAnswers()
        self.listed = listed
        self.store = ReadingStore(env)

    # === COLLECT AND DECIDE === #

    def check(self) -> Check:
        """Return what would change, without writing anything.

        :raises UnreadableFile: none of the rows can be read
        :raises AccessError: the section is of a company that the user does not work in
        """
        check, rows = self._collect(lock=False)
        with Progress(self.env, self.env._("Check of the file"), rows.count) as progress:
            for page in rows.by_meter():
                self._decide(check, page)
                progress.advance(sum(len(meter.rows) for meter in page))
        return check

    def stage(self, run_id: int) -> tuple[list[Refusal], int]:
        """Store the file's rows for a run that imports them page by page.

        :return: the rows that cannot be read, and the number of the others
        :raises UnreadableFile: none of the rows can be read
        :raises AccessError: the section is of a company that the user does not work in
        """
        check, rows = self._collect(lock=False)
        rows.keep(run_id)
        return check.refusals, rows.count

    def _collect(self, lock) -> tuple[Check, FileRows]:
        """Read the file and find its meters.

        :param lock: lock the meters in this transaction, so that decisions stay valid
        """
        self.section.check_access("read")
        self.env["utility.reading"].check_access("create")
        check, rows = Check(detect(self.data, self.asked), self.listed), FileRows(self.env)
        rows.take(self._good_rows(check))
        if lock:
            self._lock_section()
        finder = MeterFinder(self.env, self.section, self.answers)

        def find(identifiers):
            places = finder.find(identifiers)
            # several forms of a number are one meter
            for written, place in places.items():
                if place.fault and place.meter == written:
                    check.ask(place)
            if lock:
                points = {place.point_id for place in places.values() if place.point_id}
                self._reachable_points().browse(points)._lock()
            return places

        rows.find_meters(find)
        return check, rows

    def _good_rows(self, check) -> Iterator[ReadingRow]:
        zone = ZoneInfo(zone_name_of(self.section.company_id))
        for row in read(self.data, check.detected, zone):
            if isinstance(row, ReadingRow):
                if row.unknown_kind:
                    check.count_word(row.unknown_kind)
                yield row
            else:
                check.refuse([Refusal(row.line, row.meter, row)])

    def _decide(self, check, page: list[MeterRows]) -> tuple[list[MeterCheck], dict[str, CardReadings]]:
        """Check the rows of some meters; return the decisions, and the existing cards."""
        taken = []
        for meter in page:
            fault = meter.place.fault
            if fault and not (fault is MeterFault.UNKNOWN and self.answers.create_meters):
                check.refuse(Refusal(row.line, row.meter, meter.place) for row in meter.rows)
            else:
                taken.append(meter)
        known = {meter.place.meter: meter.place.meter_id for meter in taken if meter.place.meter_id}
        held = self.store.cards(list(known.values()))
        cards = {identifier: held[meter_id] for identifier, meter_id in known.items()}
        present = {meter: Held(card.meter, tuple(card.readings)) for meter, card in cards.items()}
        present |= self._attached(taken)
        rows = chain.from_iterable(meter.rows for meter in taken)
        results = check_rows(rows, present, self.store.today, self.answers.choices)
        for result in results:
            check.count(result)
        return results, cards

    def _lock_section(self):
        """Lock the section: two imports at once would create unknown meters twice; the second waits, then restarts."""
        if self.answers.create_meters or self.answers.attach or self.answers.accepted:
            # a row changed meanwhile causes a serialisation failure, on which Odoo restarts the transaction
            self.env.cr.execute(SQL("UPDATE utility_section SET name = name WHERE id = %s", self.section.id))

    # === APPLY === #

    def carry_out(self, reason: str) -> tuple[Check, Written]:
        """Write the good rows, all or none; return what was decided and what was written.

        :param reason: reason of the modified consumptions of the file
        :raises UnreadableFile: none of the rows can be read
        :raises AccessError: the section is of a company that the user does not work in
        """
        check, rows = self._collect(lock=True)
        written = Written()
        total = rows.count + (check.unknown if self.answers.create_meters else 0)
        with Progress(self.env, self.env._("Import of readings"), total) as progress:
            for page in rows.by_meter():
                results, cards = self._decide(check, page)
                cards |= self._create_meters(written, results, cards, page, progress.advance)
                created = self._write(written, results, cards, (reason, progress.advance))
                progress.advance(sum(len(meter.rows) for meter in page) - created)
        return check, written

    def _write(self, written: Written, results: list[MeterCheck], cards: dict[str, CardReadings], about) -> int:
        """Write the decisions on some meters; return the number of new readings. `about`: reason, progress."""
        reason, advance = about
        corrections, steps = [], []
        for result in results:
            if not (result.new or result.corrected):
                continue
            card = cards[result.meter]
            by_key = {step.key: step for step in result.steps} if result.corrected else {}
            for reading_id, reading in result.corrected.items():
                corrections.append((reading_id, reading, None))
                steps.append((reading_id, *step_values(reading, by_key[reading.key])))
            self.store.save_steps(card, result.steps, steps)
        created = self.store.insert(self._new_readings(results, cards, reason), advance)
        self.store.correct(corrections)
        self.store.write_steps(steps)
        self.store.remark(self._remarks(results, created))
        corrected = [reading_id for reading_id, _reading, _origin in corrections]
        points = {card.point_id for card in cards.values()}
        self.env["utility.reading"]._ask_sections(created + corrected, points)
        self._count(written, created, corrected)
        return len(created)

    def _count(self, written: Written, created, corrected) -> None:
        if created:
            written.first, written.last = written.first or min(created), max(created)
        written.corrected += corrected
        waiting = [("id", "in", created + corrected), ("sync_state", "=", "pending")]
        written.pending += self.env["utility.reading"].search_count(waiting)

    def _new_readings(self, results: list[MeterCheck], cards, reason: str) -> Iterator[NewReading]:
        for result in results:
            by_key = {step.key: step for step in result.steps} if result.new else {}
            for reading in result.new:
                yield NewReading(cards[result.meter].id, reading, by_key[reading.key], reason=reason)

    def _remarks(self, results: list[MeterCheck], created: list[int]) -> list[tuple[int, str]]:
        """Return (reading id, why it must be confirmed); `created`: ids of the new readings, in their order."""
        new = dict(zip((r.key for result in results for r in result.new), created, strict=True))
        corrected = {r.key: reading_id for result in results for reading_id, r in result.corrected.items()}
        return [
            (new.get(row) or corrected[row], remark_sentence(self.env, found))
            for result in results
            for row, found in result.remarks.items()
        ]

    def _attached(self, taken: list[MeterRows]) -> dict[str, Held]:
        """Return the meters of other sections to attach, on which this section has no readings yet."""
        found = {meter.place.meter: meter.place for meter in taken if meter.place.point_id and not meter.place.meter_id}
        points = self._reachable_points().browse({place.point_id for place in found.values()})
        meters = self.store.meters(points)
        return {meter: Held(meters[place.point_id]) for meter, place in found.items()}

    def _reachable_points(self):
        """Return points of all companies of the user, not only those ticked."""
        points = self.env["utility.connection.point"]
        return points.with_context(allowed_company_ids=self.env.user.company_ids.ids)

    def _create_meters(
        self, written: Written, results: list[MeterCheck], known, page, advance
    ) -> dict[str, CardReadings]:
        """Create the unknown meters that have a good reading, with their details from the file, and cards of this
        section on the attached points."""
        places = {meter.place.meter: meter.place for meter in page}
        # a "created" note on thousands of meters would add nothing to their creation dates
        model = self._reachable_points().env["utility.meter"]
        model = model.with_context(tracking_disable=True)
        wanted = [result for result in results if result.meter not in known and result.new]
        cards = {}
        for page in split_every(PAGE, wanted, list):
            meters = model.create([self._prepare_meter(result, places[result.meter]) for result in page])
            for result, meter in zip(page, meters, strict=True):
                cards[result.meter] = CardReadings(meter.id, meter.connection_point_id.id)
            # the store reads them from the database; the cache is not needed any more
            points = meters.connection_point_id
            meters.invalidate_recordset()
            points.invalidate_recordset()
            advance(len(page))
        written.meters += len(cards)
        return cards

    def _prepare_meter(self, result: MeterCheck, place: MeterPlace) -> dict:
        if place.point_id:
            return {"section_id": self.section.id, "connection_point_id": place.point_id}
        details = {}
        for reading in reversed(result.new):
            details |= reading.key.details
        return {
            "section_id": self.section.id,
            "serial_number": result.meter,
            "digits": int(details.get(Role.DIGITS, 0)),
            **{role.value: details[role] for role in (Role.STREET, Role.ZIP, Role.CITY) if role in details},
        }
