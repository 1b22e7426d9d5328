"""Référentiel in: what the accounting system knows becomes `ledger.code`, row by row that changed."""

from collections import Counter
from dataclasses import dataclass, replace

from odoo.tools import split_every

from ...core.ledger.findings import FileRefused, Finding, TransportError
from ...core.ledger.layouts import BadRow, KnownRow, Reader, Row, match_name
from ...core.ledger.referential import MAX_CODE, company_not_known, deactivation_held, missing_share, no_rows
from ...core.ledger.remote_files import ABSENT
from ..ledger.attempts import attempt
from ..ledger.ledger_anomaly import MAX_ANOMALIES
from .binding import Binder
from .incoming_codes import IncomingCodes

MAX_SIZE = 256 << 20
#: Codes of unknown companies that are named.
MAX_UNKNOWN = 20
BATCH = 1000


class CodesIn:
    """Brings the codes of the companies of a run in, kind by kind; the caller commits."""

    def __init__(self, run, transport):
        self._run, self._transport = run, transport
        self._connector, self._env, self._companies = run.connector_id, run.env, run.company_ids

    def read_kind(self, layout):
        """Bring the mirror of one kind of code to what its files say; what fails is said, and the next kind comes."""
        _done, finding = attempt(self._env, layout.name, self._read_files, layout)
        if finding:
            self._run._keep_findings([finding], "")
            return
        findings = Binder(self._connector).bind(layout.flow, self._companies)
        self._run._keep_findings(findings, "")

    def _read_files(self, layout):
        kind, core = layout.flow, layout._to_core()
        found = [(file, match_name(core, file.name)) for file in self._files()]
        named = [(file, groups.get("company", "")) for file, groups in found if groups is not None]
        if not named:
            return
        source = Source(kind, self._companies)
        incoming = IncomingCodes(self._connector, kind, MAX_ANOMALIES)
        marks = incoming.marks(list(source.codes))
        read = [
            self._read_file(core, file, (number, company, marks), source, incoming)
            for number, (file, company) in enumerate(named)
        ]
        # a file that could not be read may hold any code: nothing is missing for sure
        whole = {"", *source.codes} if kind == "company" else source.codes
        self._apply(kind, incoming, source, whole if all(read) else frozenset(), named[0][0].name)

    def _files(self):
        return self._transport.list(self._connector.referential_folder)

    def _read_file(self, layout, file, about, source, incoming):
        """Take the rows of one file in; False if it cannot be read whole."""
        name = file.name
        values = {"run_id": self._run.id, "flow": layout.flow, "name": name}
        if self._is_young(file):
            return False
        try:
            # refused, if it is, before the first row: its size is that of the content
            done, finding = attempt(self._env, name, self._take_rows, layout, name, about, source, incoming, values)
        except (FileRefused, TransportError) as error:
            if getattr(error, "retryable", False):
                raise
            done, finding = None, Finding(error.code, "", error.params)
        if finding:
            self._run._refuse_file(values, finding)
            return False
        if done is None:
            return False
        self._env["ledger.file"].create(values)
        # a file that grows while it is read is read again by the next run
        return file.size is None or values["size"] == file.size

    def _take_rows(self, layout, name, about, source, incoming, values):
        """Take the rows of one file; None if it is gone."""
        number, company, marks = about
        content = self._transport.read(f"{self._connector.referential_folder}/{name}", MAX_SIZE)
        if content is ABSENT:
            return None
        with content:
            values |= {"sha256": content.sha256, "size": content.size}
            rows = Reader(layout, known=marks, owner=source.owner(company)).rows(content.chunks())
            owned = (source.owned(row, name, company) for row in rows)
            incoming.take(number, filter(None, owned))
        return True

    def _is_young(self, file):
        """Tell whether a file was written too short a time ago, where the server says when."""
        least = self._connector.file_age
        now = self._env.cr.now().astimezone().timestamp()
        return bool(least and file.modified is not None and now - file.modified < least)

    def _apply(self, kind, incoming, source, truth, name):
        """Write what is different, and say it."""
        codes, run = self._env["ledger.code"], self._run
        made, updated, unchanged, missing = incoming.apply(truth, codes._models_of_kinds()[kind], source.ids)
        if made > BATCH:
            # what binds them is planned on their number
            self._env.cr.execute("ANALYZE ledger_code")
        codes.invalidate_model()
        held = self._held(kind, incoming, missing, made + updated + unchanged)
        for ids in split_every(BATCH, missing):
            codes.browse(ids)._close(held=bool(held))
            self._env.invalidate_all()
        closed = 0 if held else len(missing)
        run._count(made=made, updated=updated, deactivated=closed, unchanged=unchanged)
        findings = incoming.findings()
        run._count(refused=incoming.refused - len(findings))
        run._keep_findings([*findings, *held, *source.findings()], name)

    def _held(self, kind, incoming, missing, present):
        """Return why missing codes stay active: the files look as if they were not whole."""
        if not missing:
            return []
        if incoming.unreadable:
            return [deactivation_held(kind, incoming.unreadable)]
        if not present:
            return [no_rows(kind, len(missing))]
        finding = missing_share(kind, len(missing), len(missing) + present, self._connector.deactivation_share)
        return [finding] if finding else []


@dataclass
class Source:
    """Whose rows the files of one kind hold."""

    kind: str
    companies: object

    def __post_init__(self):
        self.ids = {company.ledger_code: company.id for company in self.companies if company.ledger_code}
        self.codes = frozenset(self.ids)
        self.unknown = Counter()

    def owner(self, company):
        """Return whose a row is that does not say it; `company`: what the file's name says."""
        return company or (next(iter(self.codes)) if len(self.codes) == 1 else "")

    def owned(self, row, name, company):
        """Return a row with its company; None for a company that is not being updated; a bad row names its file."""
        if isinstance(row, Row) and len(row.values["code"]) > MAX_CODE:
            params = {"line": row.line, "column": "code", "value": row.values["code"][:60], "width": MAX_CODE}
            row = BadRow(row.line, (Finding("text_too_wide", "code", params, line=row.line),), {})
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
            if owner in self.unknown or len(self.unknown) < MAX_UNKNOWN:
                self.unknown[owner] += 1
            return None
        return row if stated else Row(row.line, {**row.values, "company": owner}, row.mark)

    def findings(self):
        """Return the remarks on rows of unknown companies, as long as companies of the run have no code yet.

        Afterwards they are those of budgets that are kept elsewhere, and nothing is said of them.
        """
        waiting = self.companies.filtered(lambda company: not company.ledger_code)
        names = ", ".join(waiting.mapped("name"))
        return [company_not_known(self.kind, code, count, names) for code, count in self.unknown.items() if waiting]


def _located(finding, name):
    return replace(finding, params={**finding.params, "file": name})
