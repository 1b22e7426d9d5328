"""Imports a large file of readings one page of meters at a time; each page is one transaction.

Called by the background work of an import, with the rights of the user who launched it. Touches what `ReadingImport`
does, on the meters of the page only: the others stay unlocked.
"""

from odoo.tools import SQL

from ...core.metering.file_check import Choices, MeterCheck
from ...core.metering.file_detection import FileFormat
from ...core.metering.file_thinning import Thinning
from ..common.json_rows import json_rows
from .meter_finder import MeterFault, MeterFinder
from .reading_import import ReadingImport
from .reading_import_results import Check, ImportAnswers, Written
from .reading_import_sentences import refusal_sentence
from .reading_import_staging import MeterRows, stored_place, stored_row
from .reading_remarks import remark_sentence

#: Number of rows per transaction; the rows of one meter stay together.
PAGE = 2_000

_TOLD_BY_FILE = frozenset({MeterFault.UNKNOWN, MeterFault.TWIN})
_BY_LIKENESS = (MeterFault.ALIKE, MeterFault.ELSEWHERE)

_PAGE_ROWS = """
    SELECT rank, meter, fault, proposals, line, date, index, kind, consumption, details, seconds, unknown_kind
      FROM utility_reading_import_row
     WHERE run_id = %(run)s AND rank > %(cursor)s AND fate = 'waiting' AND rank <= (
           SELECT max(rank) FROM (
                  SELECT rank FROM utility_reading_import_row
                   WHERE run_id = %(run)s AND rank > %(cursor)s AND fate = 'waiting'
                   ORDER BY rank, line LIMIT %(page)s) next)
     ORDER BY rank, line
"""
_FATES = """
    UPDATE utility_reading_import_row row SET fate = found.fate, reason = found.reason
      FROM json_to_recordset(%(found)s) AS found(line integer, fate varchar, reason varchar)
     WHERE row.run_id = %(run)s AND row.line = found.line
"""


class ImportPages(ReadingImport):
    """Stores the rows of a run's file, and imports the rows that it has stored.

    :param run: the run, in the environment of the user who launched it
    :param bytes data: the file, to store its rows
    """

    def __init__(self, run, data=b"", asked=FileFormat()):  # noqa: B008 - immutable
        choices = Choices(run.modify_consumptions, Thinning(run.kept_reading))
        answers = ImportAnswers(
            run.create_meters,
            run.use_alike,
            run.attach_meters,
            choices,
            frozenset(run.meter_answers["accepted"]),
            run.meter_answers["chosen"],
        )
        super().__init__(run.env, run.section_id, data, asked, answers)
        self.run = run

    def carry_out_page(self, cursor: int) -> tuple[int, Check, Written]:
        """Import the next page and store the result of each of its rows.

        :param cursor: rank of the last meter imported so far
        :return: rank of the last meter of the page (the cursor if none is left), and what was done
        :raises LockError: somebody is saving readings of one of the meters at this moment
        """
        self.section.check_access("read")
        self.env["utility.reading"].check_access("create")
        check, written = Check(None), Written()
        last, page = self._next(cursor)
        if page:
            results, cards = self._decide(check, page)
            cards |= self._create_meters(written, results, cards, page, lambda count: None)
            reason = self.env._("Import of %(file)s", file=self.run.filename or "")
            self._write(written, results, cards, (reason, lambda count: None))
            self._store_results(check, results)
        return last, check, written

    def _next(self, cursor: int) -> tuple[int, list[MeterRows]]:
        """Return the rows of the next meters, which are searched and locked in this transaction."""
        self.env["utility.reading.import.row"].flush_model()
        query = SQL(_PAGE_ROWS, run=self.run.id, cursor=cursor, page=PAGE)
        groups, stored = {}, {}
        for rank, meter, fault, proposals, *row in self.env.execute_query(query):
            cursor = rank
            stored[meter] = fault, proposals
            groups.setdefault(meter, []).append(stored_row(meter, *row))
        places = self._places(stored)
        points = {place.point_id for place in places.values() if place.point_id}
        self._lock_section()
        self._reachable_points().browse(points)._lock()
        return cursor, [MeterRows(places[meter], rows) for meter, rows in groups.items()]

    def _places(self, stored):
        """Search the meters again: they may have been created, archived or attached since."""
        finder = MeterFinder(self.env, self.section, self.answers)
        places = finder.find(list(stored))
        for meter, (fault, proposals) in stored.items():
            # faults that depend on the whole file are not found again on a page; meters created by this import do not
            # count as similar to other numbers of the file
            if fault in _TOLD_BY_FILE and places[meter].fault in (MeterFault.UNKNOWN, *_BY_LIKENESS):
                places[meter] = stored_place(meter, None, None, fault, proposals)
        return places

    def _store_results(self, check: Check, results: list[MeterCheck]) -> None:
        """Store the result of each row, and its reason."""
        fates = [(refusal.line, "refused", refusal_sentence(self.env, refusal)) for refusal in check.refusals]
        for result in results:
            remarks = {row: remark_sentence(self.env, found) for row, found in result.remarks.items()}
            fates += [(r.key.line, "new", remarks.get(r.key)) for r in result.new]
            fates += [(r.key.line, "corrected", remarks.get(r.key)) for r in result.corrected.values()]
            fates += [(row.line, "unchanged", None) for row in result.unchanged]
            fates += [(row.line, "thinned", None) for row in result.thinned]
        rows = json_rows(("line", "fate", "reason"), fates)
        self.env.cr.execute(SQL(_FATES, found=rows, run=self.run.id))
        self.env["utility.reading.import.row"].invalidate_model(flush=False)
