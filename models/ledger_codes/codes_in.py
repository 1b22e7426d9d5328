"""Référentiel in: updates `ledger.code` from the files of the accounting system; unchanged rows are not written."""

from collections import Counter
from dataclasses import dataclass, replace

from odoo.tools import split_every

from ...core.ledger.findings import Finding
from ...core.ledger.layouts import BadRow, KnownRow, Reader, Row, match_name
from ...core.ledger.referential import code_fault, company_not_known, deactivation_held, missing_share, no_rows
from ...core.ledger.remote_files import ABSENT
from ..ledger.attempts import attempt
from ..ledger.ledger_anomaly import MAX_ANOMALIES
from .binding import Binder
from .incoming_codes import IncomingCodes

MAX_SIZE = 256 << 20
#: Maximum number of unknown company codes with a finding.
MAX_UNKNOWN = 20
BATCH = 1000


class CodesIn:
    """Imports the codes of a run's companies, one kind at a time. The caller commits."""

    def __init__(self, run, transport):
        self._run, self._transport = run, transport
        self._connector, self._env, self._companies = run.connector_id, run.env, run.company_ids

    def read_kind(self, layout):
        """Update the codes of one kind from its files, then bind them. A failure becomes a finding of the run."""
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
        # an unreadable file may contain any code: none is known to be missing then
        complete = {"", *source.codes} if kind == "company" else source.codes
        is_whole = all(read) and not self._is_hidden(core)
        self._apply(kind, incoming, source, complete if is_whole else frozenset(), named[0][0].name)

    def _files(self):
        return self._transport.list(self._connector.referential_folder)

    def _is_hidden(self, layout):
        """Return whether a folder or a link has the name of a file of codes: the run says so at its end."""
        names = self._transport.not_files[self._connector.referential_folder]
        return any(match_name(layout, name) is not None for name in names)

    def _read_file(self, layout, file, about, source, incoming):
        """Read one file. Returns False if it could not be read completely."""
        name = file.name
        values = {"run_id": self._run.id, "flow": layout.flow, "name": name}
        if self._connector._may_still_grow(file):
            return False
        done, finding = attempt(self._env, name, self._read_rows, layout, name, about, source, incoming, values)
        if finding:
            self._env["ledger.file"]._refuse(values, finding)
            return False
        if done is None:
            return False
        self._env["ledger.file"].create(values)
        return not self._transport.has_grown(self._connector.referential_folder, file, values["size"])

    def _read_rows(self, layout, name, about, source, incoming, values):
        """Read the rows of one file into `incoming`. Returns None if the file no longer exists."""
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

    def _apply(self, kind, incoming, source, complete, name):
        """Write the differences, with counts and findings of the run.

        :param complete: companies whose codes are all in the files
        """
        codes, run = self._env["ledger.code"], self._run
        created, updated, unchanged, missing = incoming.apply(complete, codes._models_of_kinds()[kind], source.ids)
        if created > BATCH:
            # PostgreSQL plans the binding by their number
            self._env.cr.execute("ANALYZE ledger_code")
        codes.invalidate_model()
        active = incoming.active_counts(missing) if missing else {}
        doubts = self._doubts(kind, incoming, source, missing, active, created + updated + unchanged)
        for company, gone in missing.items():
            for ids in split_every(BATCH, gone):
                codes.browse(ids)._close(held=company in doubts)
                self._env.invalidate_all()
        closed = sum(len(gone) for company, gone in missing.items() if company not in doubts)
        run._count(made=created, updated=updated, deactivated=closed, unchanged=unchanged)
        findings = incoming.findings()
        run._count(refused=incoming.refused - len(findings))
        if source.unknown:
            gone = {company for company, ids in missing.items() if len(ids) == active[company]}
            findings += source.findings(self._waiting(gone))
        run._keep_findings(findings, name)
        for finding, companies in _by_finding(doubts):
            owner = source.ids.get(companies[0]) if len(companies) == 1 else None
            run._keep_findings([finding], name, company_id=owner)

    def _waiting(self, gone):
        """Return the names of the companies for which nothing has come: without a code, or with one of no row.

        :param gone: codes of the companies of which every code is missing
        """
        codes = self._env["ledger.code"].with_context(active_test=False)
        kinds = [kind for kind in codes._models_of_kinds() if kind != "company"]
        about = [("connector_id", "=", self._connector.id), ("kind", "in", kinds)]

        def has_come(company):
            code = company.ledger_code
            return code and code not in gone and codes.search_count([*about, ("company_code", "=", code)], 1)

        return [
            f"{company.name} ({company.ledger_code})" if company.ledger_code else company.name
            for company in self._companies
            if not has_come(company)
        ]

    def _doubts(self, kind, incoming, source, missing, active, present):
        """Return {company code: finding that keeps its missing codes active}, where the files are probably incomplete.

        :param missing: {company code: ids of its missing codes}
        :param active: {company code: number of its codes that were active before}
        :param present: number of codes in the files
        """
        if not missing:
            return {}
        count = sum(map(len, missing.values()))
        if incoming.unreadable:
            return dict.fromkeys(missing, deactivation_held(kind, incoming.unreadable))
        if not present:
            return dict.fromkeys(missing, no_rows(kind, count))
        limit = self._connector.deactivation_share

        def doubt(code, gone):
            # if rows of an unknown company came as well, the company may have got another code
            few = 0 if source.unknown and len(gone) == active[code] else 1
            return missing_share(kind, len(gone), active[code], limit, few)

        found = {code: doubt(code, gone) for code, gone in missing.items()}
        return {code: finding for code, finding in found.items() if finding}


@dataclass
class Source:
    """Company of each row in the files of one kind."""

    kind: str
    companies: object

    def __post_init__(self):
        self.ids = {company.ledger_code: company.id for company in self.companies if company.ledger_code}
        self.codes = frozenset(self.ids)
        self.unknown = Counter()

    def owner(self, company):
        """Return the company code of a row that has no company column.

        :param company: company code in the file's name, if any
        """
        return company or (next(iter(self.codes)) if len(self.codes) == 1 else "")

    def owned(self, row, name, company):
        """Return a row with its company, or None if that company is not being updated.

        Findings of a bad row get the name of the file.
        """
        fault = code_fault(row) if isinstance(row, Row) else None
        if fault:
            row = BadRow(row.line, (fault,), {})
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

    def findings(self, waiting):
        """Return the remarks on rows of unknown companies, while nothing has come for companies of the run (`waiting`).

        Otherwise, such rows belong to budgets managed elsewhere and need no remark.
        """
        names = ", ".join(waiting)
        alike = {
            code.casefold(): f"{company.name} ({code})" for company in self.companies if (code := company.ledger_code)
        }
        found = ((code, count, names or alike.get(code.casefold())) for code, count in self.unknown.items())
        return [company_not_known(self.kind, code, count, owner) for code, count, owner in found if owner]


def _by_finding(doubts):
    """Return [(finding, codes of its companies)]."""
    found = {}
    for company, finding in doubts.items():
        found.setdefault(id(finding), (finding, []))[1].append(company)
    return list(found.values())


def _located(finding, name):
    return replace(finding, params={**finding.params, "file": name})
