import json
from contextlib import contextmanager

from odoo.tools import SQL, split_every

from ...core.ledger.layouts import BadRow, KnownRow
from ...core.ledger.referential import START, Marks, code_duplicate, code_row
from ..common.bulk import copy_rows

PAGE = 5000
#: Place of a row: the number of its file, then its line.
FILE = 1 << 32

# A row that was read holds all of it; one passed on unread, its mark alone; a refused one, its code alone.
CREATED = """
    DROP TABLE IF EXISTS pg_temp.ledger_incoming;
    CREATE TEMPORARY TABLE ledger_incoming (
        place bigint, company_code varchar, code varchar, name varchar, details jsonb, mark varchar
    ) ON COMMIT DROP
"""
COLUMNS = ("place", "company_code", "code", "name", "details", "mark")
READ, PASSED, REFUSED = SQL("row.name IS NOT NULL"), SQL("row.code IS NULL"), SQL("row.mark IS NULL")
SAME = SQL("row.company_code = COALESCE(known.company_code, '') AND row.code = known.code")
MARKS = """
    SELECT left(mark, %s), string_agg(decode(mark, 'hex'), '') FROM ledger_code known
     WHERE %s AND active AND mark IS NOT NULL AND (kind = 'company' OR company_code = ANY(%s)) GROUP BY 1
"""
# Rows passed on unread whose code another row tells as well.
MET = """
    UPDATE ledger_incoming row
       SET company_code = told.company_code, code = told.code,
           name = COALESCE(known.name, ''), details = COALESCE(known.details, '{}')
      FROM ledger_code known
      JOIN (SELECT DISTINCT company_code, code FROM ledger_incoming row WHERE %(read)s) told
        ON told.company_code = COALESCE(known.company_code, '') AND told.code = known.code
     WHERE %(known)s AND known.active AND %(passed)s AND known.mark = row.mark
"""
# The first row of a code counts; the others go, told if they say something else.
DOUBLED = """
    WITH twice AS (
        SELECT company_code, code, min(place) AS first FROM ledger_incoming row WHERE %(read)s
         GROUP BY company_code, code HAVING count(*) > 1
    ), later AS (
        DELETE FROM ledger_incoming row USING twice
         WHERE row.company_code = twice.company_code AND row.code = twice.code AND row.place > twice.first
     RETURNING row.*, twice.first
    )
    SELECT later.place, later.code, later.first, count(*) OVER ()
      FROM later JOIN ledger_incoming first ON first.place = later.first
     WHERE (later.name, later.details) IS DISTINCT FROM (first.name, first.details)
     ORDER BY later.place LIMIT %(limit)s
"""
UPDATED = """
    UPDATE ledger_code known
       SET name = row.name, details = row.details, mark = row.mark, active = TRUE, closed_on = NULL,
           company_id = COALESCE((%(ids)s::jsonb ->> row.company_code)::int, known.company_id),
           write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
      FROM ledger_incoming row
     WHERE %(known)s AND %(read)s AND %(same)s
       AND (COALESCE(known.name, ''), COALESCE(known.details, '{}'), known.active)
           IS DISTINCT FROM (row.name, row.details, TRUE)
"""
MARKED = """
    UPDATE ledger_code known SET mark = row.mark FROM ledger_incoming row
     WHERE %(known)s AND %(read)s AND %(same)s AND known.mark IS DISTINCT FROM row.mark
"""
# Those that are there again were held as missing.
FOUND_AGAIN = """
    UPDATE ledger_code known SET is_missing = FALSE
     WHERE %(known)s AND known.is_missing
       AND (EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
            OR EXISTS (SELECT FROM ledger_incoming row WHERE %(read)s AND %(same)s))
"""
MISSING = """
    SELECT known.id FROM ledger_code known
     WHERE %(known)s AND known.active AND COALESCE(known.company_code, '') = ANY(%(truth)s)
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(read)s AND %(same)s)
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(refused)s AND row.code = known.code)
"""
MADE = """
    INSERT INTO ledger_code (connector_id, company_id, company_code, kind, code, name, details, mark, active, res_model,
                             bound_by_hand, create_uid, write_uid, create_date, write_date)
    SELECT %(connector)s, (%(ids)s::jsonb ->> row.company_code)::int, row.company_code, %(kind)s, row.code, row.name,
           row.details, row.mark, TRUE, %(model)s, FALSE, %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
           now() AT TIME ZONE 'UTC'
      FROM ledger_incoming row
     WHERE %(read)s AND NOT EXISTS (SELECT FROM ledger_code known WHERE %(known)s AND %(same)s)
"""
COUNTED = """
    SELECT (SELECT count(*) FROM ledger_incoming row WHERE %(read)s),
           (SELECT count(*) FROM (SELECT FROM ledger_incoming row WHERE %(passed)s GROUP BY row.mark) AS passed)
"""


class IncomingCodes:
    """What the files of one kind of code say, compared with the mirror by PostgreSQL.

    It is kept there, for this transaction, while the files are read: a code is missing from, or there twice in, the
    whole of them, and this process holds a page of them at a time.

    :param limit: findings that are told; all are counted
    """

    def __init__(self, connector, kind, limit):
        self._env, self._limit = connector.env, limit
        self._known = SQL("known.connector_id = %s AND known.kind = %s", connector.id, kind)
        self._values = {
            "connector": connector.id,
            "kind": kind,
            "known": self._known,
            "read": READ,
            "passed": PASSED,
            "refused": REFUSED,
            "same": SAME,
        }
        self._findings = []
        self.refused = self.unreadable = 0
        self._env["ledger.code"].flush_model()
        self._env.cr.execute(CREATED)

    def marks(self, codes):
        """Return the marks of the rows that the codes of these companies came from."""
        groups = self._env.execute_query(SQL(MARKS, START, self._known, codes))
        return Marks((start, bytes(marks)) for start, marks in groups)

    # === COLLECT === #

    def take(self, number, rows):
        """Keep the rows of a file (Row, KnownRow, BadRow); `number`: the file's among those of this kind."""
        first = number * FILE
        for page in split_every(PAGE, rows):
            kept = (self._kept(first + row.line, row) for row in page)
            copy_rows(self._env.cr, "ledger_incoming", COLUMNS, filter(None, kept))

    def _kept(self, place, row):
        """Return what is kept of a row, in the order of COLUMNS."""
        if isinstance(row, KnownRow):
            return place, None, None, None, None, row.mark
        if isinstance(row, BadRow):
            return self._count_bad_row(place, row)
        told = code_row(row)
        return place, told.company, told.code, told.name, json.dumps(told.details, ensure_ascii=False), row.mark

    def _count_bad_row(self, place, row):
        self.refused += len(row.findings)
        if len(self._findings) < self._limit:
            self._findings += ((place, finding) for finding in row.findings)
        code = row.values.get("code")
        self.unreadable += not code
        return (place, None, code, None, None, None) if code else None

    # === DECIDE AND APPLY === #

    def apply(self, truth, model, company_ids):
        """Bring the mirror to what was taken; rows that did not change are not touched.

        :param truth: companies whose codes are all in the files: those that are not are missing
        :param company_ids: {code of a company: its id}
        :return: number of codes made, updated, unchanged; ids of those that are missing, and may go
        """
        values = {**self._values, "ids": json.dumps(company_ids), "model": model, "user": self._env.uid}
        self._env.cr.execute("ANALYZE ledger_incoming")
        with self._rows_hashed():
            self._settle_doubles()
            read, passed = self._env.execute_query(SQL(COUNTED, **values))[0]
            updated = self._execute(SQL(UPDATED, **values)) if read else 0
            if read:
                self._execute(SQL(MARKED, **values))
            self._execute(SQL(FOUND_AGAIN, **values))
            missing = self._env.execute_query(SQL(MISSING, truth=list(truth), **values))
            made = self._execute(SQL(MADE, **values)) if read else 0
        return made, updated, read + passed - made - updated, [row[0] for row in missing]

    def _settle_doubles(self):
        """Leave one row of each code; those that say another thing of it are refused."""
        self._execute(SQL(MET, **self._values))
        doubles = self._env.execute_query(SQL(DOUBLED, limit=self._limit, **self._values))
        for place, code, first, _count in doubles:
            self._findings.append((place, code_duplicate(place % FILE, code, first % FILE)))
        self.refused += doubles[0][3] if doubles else 0

    def findings(self):
        """Return what is wrong with the rows, in the order of the files, as far as it is told."""
        return [finding for _place, finding in sorted(self._findings, key=lambda item: item[0])][: self._limit]

    def _execute(self, query):
        self._env.cr.execute(query)
        return self._env.cr.rowcount

    @contextmanager
    def _rows_hashed(self):
        """Codes that are newer than PostgreSQL's statistics seem few to it: it would compare each row with all."""
        self._env.cr.execute("SET LOCAL enable_nestloop TO off")
        yield
        self._env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")
