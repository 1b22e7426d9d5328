"""Compares the rows of incoming files with the stored codes, in PostgreSQL.

Rows are copied to a temporary table. One statement each then updates changed codes, creates new ones and finds missing
ones, so that this process never holds more than a page of rows.
"""

import json
from contextlib import contextmanager

from odoo.tools import SQL, split_every

from ...core.ledger.layouts import BadRow, KnownRow
from ...core.ledger.parties import Party, is_another, third_party_replaced
from ...core.ledger.referential import START, Marks, code_duplicate, code_row, code_without_zeros
from ..common.bulk import copy_rows
from .spelled_codes import recognise_spelled

PAGE = 5000
#: Factor of the file's number in a row's place, to which its line is added.
FILE = 1 << 32

# A parsed row has all columns, an unparsed row that is known by its mark only the mark, a refused row only the code.
CREATE_TABLE = """
    DROP TABLE IF EXISTS pg_temp.ledger_incoming;
    CREATE TEMPORARY TABLE ledger_incoming (
        place bigint, company_code varchar, code varchar, name varchar, details jsonb, mark varchar
    ) ON COMMIT DROP
"""
COLUMNS = ("place", "company_code", "code", "name", "details", "mark")
READ, PASSED, REFUSED = SQL("row.name IS NOT NULL"), SQL("row.code IS NULL"), SQL("row.mark IS NULL")
#: Day of the closing that a row names, if it has come.
CLOSED_ON = "CASE WHEN %s.details ->> 'closes_on' <= CURRENT_DATE::text THEN (%s.details ->> 'closes_on')::date END"
SAME = SQL("row.company_code = COALESCE(known.company_code, '') AND row.code = known.code")
#: Code of a record, as it would be read from a file: accents composed, no blanks around it.
AS_READ = r"btrim(normalize(%s, NFC), E' \t\r\n\u00a0\u2009\u202f')"
MARKS = """
    SELECT left(mark, %s), string_agg(decode(mark, 'hex'), '') FROM ledger_code known
     WHERE %s AND active AND mark IS NOT NULL AND (kind = 'company' OR company_code = ANY(%s)) GROUP BY 1
"""
# Completes rows known by their mark if a parsed row has the same code, so that both are compared.
COMPLETE_DUPLICATES = """
    UPDATE ledger_incoming row
       SET company_code = parsed.company_code, code = parsed.code,
           name = COALESCE(known.name, ''), details = COALESCE(known.details, '{}')
      FROM ledger_code known
      JOIN (SELECT DISTINCT company_code, code FROM ledger_incoming row WHERE %(read)s) parsed
        ON parsed.company_code = COALESCE(known.company_code, '') AND parsed.code = known.code
     WHERE %(known)s AND known.active AND %(passed)s AND known.mark = row.mark
"""
# Keeps the first row of each code and returns the conflicting ones.
DELETE_DUPLICATES = """
    WITH duplicate AS (
        SELECT company_code, code, min(place) AS first FROM ledger_incoming row WHERE %(read)s
         GROUP BY company_code, code HAVING count(*) > 1
    ), later AS (
        DELETE FROM ledger_incoming row USING duplicate
         WHERE row.company_code = duplicate.company_code AND row.code = duplicate.code AND row.place > duplicate.first
     RETURNING row.*, duplicate.first
    )
    SELECT later.place, later.code, later.first, count(*) OVER ()
      FROM later JOIN ledger_incoming first ON first.place = later.first
     WHERE (later.name, later.details) IS DISTINCT FROM (first.name, first.details)
     ORDER BY later.place LIMIT %(limit)s
"""
# Bound third parties whose row has another name or other details.
SELECT_OTHERWISE_NAMED = """
    SELECT row.place, known.id, known.code, known.name, known.details, row.name, row.details,
           partner.company_registry, partner.vat, known.proposed
      FROM ledger_code known
      JOIN ledger_incoming row ON %(same)s AND %(read)s
      JOIN res_partner partner ON partner.id = known.res_id
     WHERE %(known)s
       AND (known.name, known.details ->> 'siret', known.details ->> 'vat')
           IS DISTINCT FROM (row.name, row.details ->> 'siret', row.details ->> 'vat')
"""
STORE_PROPOSED = """
    UPDATE ledger_code known
       SET is_doubtful = TRUE, proposed = jsonb_build_object('name', row.name, 'details', row.details)
      FROM ledger_incoming row
     WHERE %(known)s AND %(read)s AND %(same)s AND known.id = ANY(%(held)s)
"""
CLEAR_PROPOSED = """
    UPDATE ledger_code known SET is_doubtful = FALSE, proposed = NULL
     WHERE %(known)s AND known.is_doubtful AND known.id != ALL(%(held)s)
       AND (EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
            OR EXISTS (SELECT FROM ledger_incoming row WHERE %(read)s AND %(same)s))
"""
UPDATE_CHANGED = """
    UPDATE ledger_code known
       SET name = row.name, details = row.details, mark = row.mark, active = %(closed_on)s IS NULL,
           closed_on = %(closed_on)s,
           company_id = COALESCE((%(ids)s::jsonb ->> row.company_code)::int, known.company_id),
           write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
      FROM ledger_incoming row
     WHERE %(known)s AND %(read)s AND %(same)s AND known.id != ALL(%(held)s)
       AND (COALESCE(known.name, ''), COALESCE(known.details, '{}'), known.active)
           IS DISTINCT FROM (row.name, row.details, %(closed_on)s IS NULL)
"""
# A closing date that has come since the row was read: the row itself has not changed.
CLOSE_DUE = f"""
    UPDATE ledger_code known SET active = FALSE, closed_on = {CLOSED_ON % ("known", "known")}
     WHERE %(known)s AND known.active AND {CLOSED_ON % ("known", "known")} IS NOT NULL
"""
UPDATE_MARKS = """
    UPDATE ledger_code known SET mark = row.mark FROM ledger_incoming row
     WHERE %(known)s AND %(read)s AND %(same)s AND known.id != ALL(%(held)s) AND known.mark IS DISTINCT FROM row.mark
"""
# Codes that are in the files again are no longer marked as missing.
CLEAR_MISSING = """
    UPDATE ledger_code known SET is_missing = FALSE
     WHERE %(known)s AND known.is_missing
       AND (EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
            OR EXISTS (SELECT FROM ledger_incoming row WHERE %(read)s AND %(same)s))
"""
SELECT_MISSING = """
    SELECT COALESCE(known.company_code, ''), array_agg(known.id ORDER BY known.id) FROM ledger_code known
     WHERE %(known)s AND known.active AND COALESCE(known.company_code, '') = ANY(%(complete)s)
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(read)s AND %(same)s)
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(refused)s AND row.code = known.code)
  GROUP BY 1
"""
COUNT_ACTIVE = """
    SELECT COALESCE(known.company_code, ''), count(*) FROM ledger_code known
     WHERE %(known)s AND known.active AND COALESCE(known.company_code, '') = ANY(%(complete)s)
  GROUP BY 1
"""
CREATE_MISSING = """
    INSERT INTO ledger_code (connector_id, company_id, company_code, kind, code, name, details, mark, active, closed_on,
                             res_model, bound_by_hand, create_uid, write_uid, create_date, write_date)
    SELECT %(connector)s, (%(ids)s::jsonb ->> row.company_code)::int, row.company_code, %(kind)s, row.code, row.name,
           row.details, row.mark, %(closed_on)s IS NULL, %(closed_on)s, %(model)s, FALSE, %(user)s, %(user)s,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM ledger_incoming row
     WHERE %(read)s AND NOT EXISTS (SELECT FROM ledger_code known WHERE %(known)s AND %(same)s)
"""
COUNT_ROWS = """
    SELECT (SELECT count(*) FROM ledger_incoming row WHERE %(read)s),
           (SELECT count(*) FROM (SELECT FROM ledger_incoming row WHERE %(passed)s GROUP BY row.mark) AS passed)
"""


class IncomingCodes:
    """Rows of the files of one kind of code, in a temporary table of this transaction.

    All files are compared at once: a code is missing, or a duplicate, in the whole of them.

    :param limit: maximum number of findings; all are counted
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
            "closed_on": SQL(CLOSED_ON % ("row", "row")),
        }
        self._findings = []
        self.refused = self.unreadable = 0
        self._env.cr.execute(CREATE_TABLE)

    def marks(self, codes):
        """Return the marks of the rows from which the active codes of these companies were read."""
        groups = self._env.execute_query(SQL(MARKS, START, self._known, codes))
        return Marks((start, bytes(marks)) for start, marks in groups)

    # === COLLECT === #

    def take(self, number, rows):
        """Copy the rows of a file (Row, KnownRow, BadRow) to the temporary table.

        :param number: number of the file among those of this kind
        """
        first = number * FILE
        for page in split_every(PAGE, rows):
            values = (self._values_of(first + row.line, row) for row in page)
            copy_rows(self._env.cr, "ledger_incoming", COLUMNS, filter(None, values))

    def _values_of(self, place, row):
        """Return the values of a row in the order of COLUMNS, None for a bad row without a code."""
        if isinstance(row, KnownRow):
            return place, None, None, None, None, row.mark
        if isinstance(row, BadRow):
            return self._count_bad_row(place, row)
        code = code_row(row)
        return place, code.company, code.code, code.name, json.dumps(code.details), row.mark

    def _count_bad_row(self, place, row):
        self.refused += len(row.findings)
        if len(self._findings) < self._limit:
            self._findings += ((place, finding) for finding in row.findings)
        code = row.values.get("code")
        self.unreadable += not code
        return (place, None, code, None, None, None) if code else None

    # === DECIDE AND APPLY === #

    def apply(self, complete, model, company_ids):
        """Update the stored codes from the rows; unchanged codes are not written.

        :param complete: companies whose codes are all in the files, so that absent ones are missing
        :param company_ids: {company code: company id}
        :return: numbers of codes created, updated, unchanged; {company code: ids of its missing codes}
        """
        values = {**self._values, "ids": json.dumps(company_ids), "model": model, "user": self._env.uid}
        self._env.cr.execute("ANALYZE ledger_incoming")
        with self._rows_hashed():
            self._remove_duplicates()
            for place, code, known in recognise_spelled(self._env, self._values):
                self.refused += 1
                self._findings.append((place, code_without_zeros(place % FILE, code, known)))
            read, passed = self._env.execute_query(SQL(COUNT_ROWS, **values))[0]
            values["held"] = self._hold_replaced() if read and self._values["kind"] == "third_party" else []
            self._execute(SQL(CLEAR_PROPOSED, **values))
            updated = self._execute(SQL(UPDATE_CHANGED, **values)) if read else 0
            if read:
                self._execute(SQL(UPDATE_MARKS, **values))
            updated += self._execute(SQL(CLOSE_DUE, **values))
            self._execute(SQL(CLEAR_MISSING, **values))
            missing = self._env.execute_query(SQL(SELECT_MISSING, complete=list(complete), **values))
            created = self._execute(SQL(CREATE_MISSING, **values)) if read else 0
        return created, updated, read + passed - created - updated, dict(missing)

    def active_counts(self, companies):
        """Return {company code: number of its active codes}."""
        return dict(self._env.execute_query(SQL(COUNT_ACTIVE, complete=list(companies), **self._values)))

    def _remove_duplicates(self):
        """Keep the first row of each code; conflicting duplicates are refused."""
        self._execute(SQL(COMPLETE_DUPLICATES, **self._values))
        conflicts = self._env.execute_query(SQL(DELETE_DUPLICATES, limit=self._limit, **self._values))
        for place, code, first, _count in conflicts:
            self._findings.append((place, code_duplicate(place % FILE, code, first % FILE)))
        self.refused += conflicts[0][3] if conflicts else 0

    def _hold_replaced(self):
        """Keep the new content of codes that were given to another third party apart, until somebody decides.

        :return: ids of these codes
        """
        held = []
        for place, known, code, *content in self._env.execute_query(SQL(SELECT_OTHERWISE_NAMED, **self._values)):
            name, details, new_name, new_details, registry, vat, proposed = content
            before, after = _party(name, details, registry, vat), _party(new_name, new_details)
            if not is_another(before, after):
                continue
            held.append(known)
            # said once; from then on, it is in the list of codes to decide
            if proposed != {"name": new_name, "details": new_details}:
                self.refused += 1
                self._findings.append((place, third_party_replaced(place % FILE, code, name or "", new_name)))
        if held:
            self._execute(SQL(STORE_PROPOSED, held=held, **self._values))
        return held

    def findings(self):
        """Return the findings of the rows in the order of the files, up to the limit."""
        return [finding for _place, finding in sorted(self._findings, key=lambda item: item[0])][: self._limit]

    def _execute(self, query):
        self._env.cr.execute(query)
        return self._env.cr.rowcount

    @contextmanager
    def _rows_hashed(self):
        """Disable nested loops: with statistics older than the codes, PostgreSQL would compare each row with all."""
        self._env.cr.execute("SET LOCAL enable_nestloop TO off")
        yield
        self._env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _party(name, details, registry="", vat=""):
    """Return the Party of a row.

    :param registry: SIREN or SIRET of the bound record, for rows without one
    :param vat: its VAT number
    """
    details = details or {}
    return Party(name or "", details.get("siret") or registry or "", details.get("vat") or vat or "")
