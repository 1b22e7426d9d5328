import json
from dataclasses import dataclass, replace
from itertools import chain

from odoo import fields, models
from odoo.tools import SQL

from ..core.ledger.findings import FileRefused, Finding, TransportError
from ..core.ledger.layouts import BadRow, Reader, Row, match_name
from ..core.ledger.referential import CodeRow, difference
from ..core.ledger.transports import ABSENT

MAX_SIZE = 256 << 20

MADE = """
    INSERT INTO ledger_code (connector_id, company_id, company_code, kind, code, name, details, active, res_model,
                             bound_by_hand, create_uid, write_uid, create_date, write_date)
    SELECT %(connector)s, row.company_id, row.company_code, %(kind)s, row.code, row.name, row.details, TRUE, %(model)s,
           FALSE, %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM jsonb_to_recordset(%(rows)s::jsonb)
           AS row(company_id int, company_code varchar, code varchar, name varchar, details jsonb)
"""
UPDATED = """
    UPDATE ledger_code known
       SET name = row.name, details = row.details, active = TRUE,
           company_id = COALESCE(row.company_id, known.company_id),
           write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(id int, company_id int, name varchar, details jsonb)
     WHERE known.id = row.id
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
        source = Source(kind, companies)
        parts = [self._read_file(run, transport, core, name, company, source) for name, company in named]
        # a file that could not be read may hold any code: nothing is missing for sure
        whole = {"", *source.codes} if kind == "company" else source.codes
        truth = whole if None not in parts else frozenset()
        rows = chain.from_iterable(part for part in parts if part)
        changes = difference(kind, self._mirror(kind), rows, truth)
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
                rows = [source.owned(row, name, company) for row in Reader(layout).rows(content.chunks())]
        except (FileRefused, TransportError) as error:
            if getattr(error, "retryable", False):
                raise
            self._refuse_file(run, values, error)
            return None
        self.env["ledger.file"].create(values)
        return [row for row in rows if row]

    def _mirror(self, kind):
        """Return the CodeRow of every code known of this kind."""
        query = SQL(
            "SELECT id, company_code, code, name, details, active FROM ledger_code"
            " WHERE connector_id = %s AND kind = %s",
            self.id,
            kind,
        )
        self.env["ledger.code"].flush_model()
        return [
            CodeRow(company or "", kind, code, name or "", tuple(sorted((details or {}).items())), active, record)
            for record, company, code, name, details, active in self.env.execute_query(query)
        ]

    def _apply_difference(self, kind, changes, source):
        """Write what is different, set by set; rows that did not change are not touched."""
        made = [source.values(row) for row in changes.made]
        updated = [source.values(new) | {"id": known.record} for known, new in changes.updated]
        gone = [row.record for row in changes.deactivated]
        model = self.env["ledger.code"]._models_of_kinds()[kind]
        shared = {"connector": self.id, "kind": kind, "model": model, "user": self.env.uid}
        if made:
            self.env.cr.execute(SQL(MADE, rows=json.dumps(made), **shared))
        if updated:
            self.env.cr.execute(SQL(UPDATED, rows=json.dumps(updated), user=self.env.uid))
        self.env["ledger.code"].invalidate_model()
        self.env["ledger.code"].browse(gone).write({"active": False})


@dataclass
class Source:
    """Whose rows the files of one kind hold."""

    kind: str
    companies: object

    @property
    def codes(self):
        return frozenset(filter(None, self.companies.mapped("ledger_code")))

    def owned(self, row, name, company):
        """Return a row with its company; None for a company that is not being updated; a bad row names its file."""
        if isinstance(row, BadRow):
            return replace(row, findings=tuple(_located(finding, name) for finding in row.findings))
        if self.kind == "company":
            return row
        owner = row.values.get("company") or company or (next(iter(self.codes)) if len(self.codes) == 1 else "")
        if not owner:
            params = {"line": row.line, "column": "company", "file": name}
            return BadRow(row.line, (Finding("value_missing", "company", params, line=row.line),), row.values)
        return Row(row.line, {**row.values, "company": owner}) if owner in self.codes else None

    def values(self, row):
        """Return the columns of a code, for SQL."""
        owner = next((company.id for company in self.companies if company.ledger_code == row.company), None)
        return {
            "company_id": owner if row.company else None,
            "company_code": row.company,
            "code": row.code,
            "name": row.name,
            "details": dict(row.details),
        }


def _located(finding, name):
    return replace(finding, params={**finding.params, "file": name})
