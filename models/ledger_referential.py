import json
from dataclasses import dataclass, replace
from itertools import chain

from odoo import fields, models
from odoo.tools import SQL, split_every

from ..core.ledger.findings import FileRefused, Finding, TransportError
from ..core.ledger.layouts import BadRow, KnownRow, Reader, Row, match_name
from ..core.ledger.referential import CodeRow, difference
from ..core.ledger.transports import ABSENT
from .json_rows import json_rows

MAX_SIZE = 256 << 20
BATCH = 10_000

ROWS = """
    json_to_recordset(%s)
        AS row(id int, company_id int, company_code varchar, code varchar, name varchar, details jsonb, mark varchar)
"""
MADE = """
    INSERT INTO ledger_code (connector_id, company_id, company_code, kind, code, name, details, mark, active, res_model,
                             bound_by_hand, create_uid, write_uid, create_date, write_date)
    SELECT %(connector)s, row.company_id, row.company_code, %(kind)s, row.code, row.name, row.details, row.mark, TRUE,
           %(model)s, FALSE, %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM %(rows)s
"""
UPDATED = """
    UPDATE ledger_code known
       SET name = row.name, details = row.details, mark = row.mark, active = TRUE,
           company_id = COALESCE(row.company_id, known.company_id),
           write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
      FROM %(rows)s
     WHERE known.id = row.id
"""
MARKED = """
    UPDATE ledger_code known SET mark = row.mark FROM json_to_recordset(%s) AS row(id int, mark varchar)
     WHERE known.id = row.id
"""
# What the files say another thing of, or nothing: codes whose row was passed on unread are left out. Asked as values
# that PostgreSQL hashes: joined, it would compare all with all where it believes the table empty.
MIRROR = """
    SELECT id, company_code, code, name, details, active, mark
      FROM ledger_code
     WHERE connector_id = %(connector)s AND kind = %(kind)s
       AND (NOT active OR mark IS NULL OR mark NOT IN (SELECT json_array_elements_text(%(passed)s))
            OR (company_code, code) IN (SELECT key ->> 0, key ->> 1 FROM json_array_elements(%(read)s) AS key))
"""
MARKS = """
    SELECT mark FROM ledger_code
     WHERE connector_id = %s AND kind = %s AND active AND mark IS NOT NULL
       AND (kind = 'company' OR company_code = ANY(%s))
"""


class LedgerConnector(models.Model):
    """Référentiel in: what the accounting system knows becomes `ledger.code`, row by row that changed."""

    _inherit = "ledger.connector"

    def _after_referential(self, run, companies):
        companies.sudo().ledger_updated = fields.Datetime.now()  # sudo: a date on companies the caller may update
        self.env["ledger.document"]._refresh_waiting(self)

    def _read_kind(self, run, transport, layout, files, companies):
        """Bring the mirror of one kind of code to what its files say."""
        kind, core = layout.flow, layout._to_core()
        found = [(file.name, match_name(core, file.name)) for file in files]
        named = [(name, groups.get("company", "")) for name, groups in found if groups is not None]
        if not named:
            return
        source = Source(kind, companies, self._marks(kind, companies))
        parts = [self._read_file(run, transport, core, name, company, source) for name, company in named]
        # a file that could not be read may hold any code: nothing is missing for sure
        whole = {"", *source.codes} if kind == "company" else source.codes
        truth = whole if None not in parts else frozenset()
        rows = list(chain.from_iterable(part for part in parts if part))
        changes = difference(kind, self._mirror(kind, rows), rows, truth)
        self._apply_difference(kind, changes, source)
        run._count(
            made=len(changes.made),
            updated=len(changes.updated),
            deactivated=len(changes.deactivated),
            unchanged=changes.unchanged,
        )
        self._keep_findings(run, [*changes.refused, *changes.held], named[0][0])
        self._bind(kind, companies)

    def _read_file(self, run, transport, layout, name, company, source):
        """Return the rows of one file, or None if it cannot be read at all."""
        values = {"run_id": run.id, "flow": layout.flow, "name": name}
        try:
            content = transport.read(f"{self.referential_folder}/{name}", MAX_SIZE)
            if content is ABSENT:
                return None
            with content:
                values |= {"sha256": content.sha256, "size": content.size}
                reader = Reader(layout, known=source.marks, owner=source.owner(company))
                rows = [source.owned(row, name, company) for row in reader.rows(content.chunks())]
        except (FileRefused, TransportError) as error:
            if getattr(error, "retryable", False):
                raise
            self._refuse_file(run, values, error)
            return None
        self.env["ledger.file"].create(values)
        return [row for row in rows if row]

    def _marks(self, kind, companies):
        """Return the marks of the rows that these companies' codes came from."""
        self.env["ledger.code"].flush_model()
        codes = companies.mapped("ledger_code")
        return frozenset(row[0] for row in self.env.execute_query(SQL(MARKS, self.id, kind, codes)))

    def _mirror(self, kind, rows):
        """Return the CodeRow of every code of this kind that these rows may change."""
        keys = {(row.values.get("company", ""), row.values["code"]) for row in rows if isinstance(row, Row)}
        query = SQL(
            MIRROR,
            connector=self.id,
            kind=kind,
            passed=json.dumps(list({row.mark for row in rows if isinstance(row, KnownRow)})),
            read=json.dumps(list(keys)),
        )
        return [
            CodeRow(
                company or "", kind, code, name or "", tuple(sorted((details or {}).items())), active, record,
                mark=mark or "",
            )
            for record, company, code, name, details, active, mark in self.env.execute_query(query)
        ]  # fmt: skip

    def _apply_difference(self, kind, changes, source):
        """Write what is different, set by set; rows that did not change are not touched."""
        model = self.env["ledger.code"]._models_of_kinds()[kind]
        shared = {"connector": self.id, "kind": kind, "model": model, "user": self.env.uid}
        pairs = [(None, new) for new in changes.made], [(known.record, new) for known, new in changes.updated]
        for query, rows in zip((MADE, UPDATED), pairs, strict=True):
            for some in split_every(BATCH, rows, list):
                self.env.cr.execute(SQL(query, rows=SQL(ROWS, source.page(some)), **shared))
        if len(changes.made) > BATCH:
            # what binds them is planned on their number
            self.env.cr.execute(SQL("ANALYZE ledger_code"))
        marks = [(known.record, new.mark) for known, new in changes.same if known.mark != new.mark]
        if marks:
            self.env.cr.execute(SQL(MARKED, json_rows(("id", "mark"), marks)))
        self.env["ledger.code"].invalidate_model()
        self.env["ledger.code"].browse(row.record for row in changes.deactivated).write({"active": False})


@dataclass
class Source:
    """Whose rows the files of one kind hold."""

    kind: str
    companies: object
    marks: frozenset

    def __post_init__(self):
        ids = {company.ledger_code: company.id for company in self.companies if company.ledger_code}
        self._ids, self.codes = ids, frozenset(ids)

    def owner(self, company):
        """Return whose a row is that does not say it; `company`: what the file's name says."""
        return company or (next(iter(self.codes)) if len(self.codes) == 1 else "")

    def owned(self, row, name, company):
        """Return a row with its company; None for a company that is not being updated; a bad row names its file."""
        if isinstance(row, BadRow):
            return replace(row, findings=tuple(_located(finding, name) for finding in row.findings))
        if self.kind == "company" or isinstance(row, KnownRow):
            return row
        stated = row.values.get("company")
        owner = stated or self.owner(company)
        if not owner:
            params = {"line": row.line, "column": "company", "file": name}
            return BadRow(row.line, (Finding("value_missing", "company", params, line=row.line),), row.values)
        if owner not in self.codes:
            return None
        return row if stated else Row(row.line, {**row.values, "company": owner}, row.mark)

    def page(self, rows):
        """Return (id of the code or none, CodeRow) as JSON, for SQL."""
        columns = ("id", "company_id", "company_code", "code", "name", "details", "mark")
        values = (
            (record, self._ids.get(row.company), row.company, row.code, row.name, dict(row.details), row.mark)
            for record, row in rows
        )
        return json_rows(columns, values)


def _located(finding, name):
    return replace(finding, params={**finding.params, "file": name})
