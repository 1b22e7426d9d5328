from dataclasses import dataclass, replace

from odoo import fields, models
from odoo.tools import split_every

from ...core.ledger.findings import FileRefused, Finding, TransportError
from ...core.ledger.layouts import BadRow, KnownRow, Reader, Row, match_name
from ...core.ledger.referential import deactivation_held
from ...core.ledger.remote_files import ABSENT
from ..ledger.ledger_anomaly import MAX_ANOMALIES
from .incoming_codes import Incoming

MAX_SIZE = 256 << 20
BATCH = 1000


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
        incoming = Incoming(self, kind, MAX_ANOMALIES)
        marks = incoming.marks(list(source.codes))
        read = [
            self._read_file(run, transport, core, name, (number, company, marks), source, incoming)
            for number, (name, company) in enumerate(named)
        ]
        # a file that could not be read may hold any code: nothing is missing for sure
        whole = {"", *source.codes} if kind == "company" else source.codes
        self._apply_incoming(run, kind, incoming, source, whole if all(read) else frozenset(), named[0][0])
        self._bind(kind, companies)

    def _read_file(self, run, transport, layout, name, about, source, incoming):
        """Take the rows of one file in; False if it cannot be read at all: none of its rows was taken then."""
        number, company, marks = about
        values = {"run_id": run.id, "flow": layout.flow, "name": name}
        try:
            content = transport.read(f"{self.referential_folder}/{name}", MAX_SIZE)
            if content is ABSENT:
                return False
            with content:
                values |= {"sha256": content.sha256, "size": content.size}
                rows = Reader(layout, known=marks, owner=source.owner(company)).rows(content.chunks())
                owned = (source.owned(row, name, company) for row in rows)
                # refused, if it is, before the first row: its size is that of the content
                incoming.take(number, filter(None, owned))
        except (FileRefused, TransportError) as error:
            if getattr(error, "retryable", False):
                raise
            self._refuse_file(run, values, error)
            return False
        self.env["ledger.file"].create(values)
        return True

    def _apply_incoming(self, run, kind, incoming, source, truth, name):
        """Write what is different, and tell it."""
        codes = self.env["ledger.code"]
        made, updated, unchanged, missing = incoming.apply(truth, codes._models_of_kinds()[kind], source.ids)
        if made > BATCH:
            # what binds them is planned on their number
            self.env.cr.execute("ANALYZE ledger_code")
        codes.invalidate_model()
        held = []
        if incoming.unreadable and missing:
            held, missing = [deactivation_held(kind, incoming.unreadable)], []
        for ids in split_every(BATCH, missing):
            codes.browse(ids).write({"active": False})
            self.env.invalidate_all()
        run._count(made=made, updated=updated, deactivated=len(missing), unchanged=unchanged)
        findings = incoming.findings()
        run._count(refused=incoming.refused - len(findings))
        self._keep_findings(run, [*findings, *held], name)


@dataclass
class Source:
    """Whose rows the files of one kind hold."""

    kind: str
    companies: object

    def __post_init__(self):
        self.ids = {company.ledger_code: company.id for company in self.companies if company.ledger_code}
        self.codes = frozenset(self.ids)

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


def _located(finding, name):
    return replace(finding, params={**finding.params, "file": name})
