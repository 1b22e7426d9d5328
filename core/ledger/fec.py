"""Checks a FEC as the tax office's program does (article A47 A-1 of the Livre des procédures fiscales)."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from .findings import Finding
from .text import named

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise",
    "Idevise",
)  # fmt: skip
REQUIRED = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "PieceRef", "PieceDate",
    "EcritureLib", "ValidDate",
)  # fmt: skip
DATES = ("EcritureDate", "PieceDate", "DateLet", "ValidDate")
PAIRS = (("CompAuxNum", "CompAuxLib"), ("EcritureLet", "DateLet"), ("Montantdevise", "Idevise"))
MAX_FINDINGS = 1000
_NAME = re.compile(r"[0-9]{9}FEC[0-9]{8}\.txt")
_AMOUNT = re.compile(r"-?[0-9]+(,[0-9]+)?")
_ACCOUNT = re.compile(r"[0-9]{3}[0-9A-Za-z]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
#: The number at the end of an entry's number; what precedes it names its sequence.
_SEQUENCE = re.compile(r"(.*?)([0-9]{1,18})")
#: What the decree allows (A47 A-1 VII): a tabulator or a bar between the columns; the character sets.
DELIMITERS = ("\t", "|")
ENCODINGS = ("ascii", "iso8859-15", "utf-8")
#: Missing numbers of a sequence that are named one by one.
SHOWN_GAPS = 5


@dataclass(slots=True)
class _Entry:
    """Totals of the lines of one entry (journal and number)."""

    line: int
    days: set[str] = field(default_factory=set)
    balance: Decimal = Decimal(0)


class FecChecker:
    """Checks the rows of a FEC one by one; `findings` keeps the first thousand, `count` counts all.

    :param start: first day of the period
    :param end: last day of the period, on which the fiscal year is closed
    """

    def __init__(self, start: date, end: date) -> None:
        self._start, self._end = start, end
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._validated: date | None = None
        self.findings: list[Finding] = []
        self.count = 0

    def check_name(self, name: str) -> None:
        """Check the name of the file: SIREN, FEC, last day of the period."""
        if not _NAME.fullmatch(name):
            self._note("fec_name", 0, name=name)
        elif _day(name[-12:-4]) != self._end:
            self._note("fec_name_date", 0, name=name, date=self._end.strftime("%Y%m%d"))

    def check_form(self, delimiter: str, encoding: str) -> None:
        """Check the form of the file, which the law prescribes."""
        if delimiter not in DELIMITERS:
            self._note("fec_delimiter", 0, value=delimiter)
        if encoding not in ENCODINGS:
            self._note("fec_encoding", 0, value=encoding, known=", ".join(ENCODINGS))

    def check(self, rows: Iterable[list[str]]) -> None:
        """Check the rows of a file, its header first."""
        lines = iter(rows)
        header = next(lines, [])
        if tuple(header) != COLUMNS:
            self._note("fec_header", 1, columns=", ".join(COLUMNS))
        line = 1
        for line, cells in enumerate(lines, 2):
            if len(cells) != len(COLUMNS):
                self._note("fec_cells", line, count=len(cells), expected=len(COLUMNS))
            else:
                self._check_row(line, dict(zip(COLUMNS, cells, strict=True)))
        if line == 1 and tuple(header) == COLUMNS:
            self._note("fec_no_rows", 0)
        self._check_entries()
        self._check_sequences()

    def _check_row(self, line: int, row: dict[str, str]) -> None:
        for name in REQUIRED:
            if not row[name].strip():
                self._note("fec_empty", line, column=name)
        for first, second in PAIRS:
            if bool(row[first].strip()) != bool(row[second].strip()):
                self._note("fec_pair", line, first=first, second=second)
        if row["CompteNum"].strip() and not _ACCOUNT.fullmatch(row["CompteNum"]):
            self._note("fec_account", line, value=row["CompteNum"])
        if row["Idevise"].strip() and not _CURRENCY.fullmatch(row["Idevise"]):
            self._note("fec_currency", line, value=row["Idevise"])
        self._check_characters(line, row)
        self._check_dates(line, row)
        self._add(line, row, *self._amounts(line, row))

    def _check_characters(self, line: int, row: dict[str, str]) -> None:
        for name, value in row.items():
            if not value.isprintable():
                odd = "".join(char for char in value if not char.isprintable())
                self._note("fec_characters", line, column=name, characters=named(odd))

    def _check_dates(self, line: int, row: dict[str, str]) -> None:
        days = {name: _day(row[name]) for name in DATES if row[name].strip()}
        for name, day in days.items():
            if day is None:
                self._note("fec_date", line, column=name, value=row[name])
        entered, validated = days.get("EcritureDate"), days.get("ValidDate")
        if entered and not self._start <= entered <= self._end:
            self._note("fec_period", line, value=row["EcritureDate"])
        if entered and validated and validated < entered:
            self._note("fec_validated_before", line, value=row["ValidDate"], date=row["EcritureDate"])
        if validated and self._validated and validated < self._validated:
            self._note("fec_order", line, value=row["ValidDate"], date=self._validated.strftime("%Y%m%d"))
        self._validated = max(filter(None, (validated, self._validated)), default=None)

    def _amounts(self, line: int, row: dict[str, str]) -> tuple[Decimal, Decimal]:
        amounts = []
        for name in ("Debit", "Credit"):
            is_amount = _AMOUNT.fullmatch(row[name])
            if not is_amount:
                self._note("fec_amount", line, column=name, value=row[name])
            amounts.append(Decimal(row[name].replace(",", ".")) if is_amount else Decimal(0))
        if row["Montantdevise"].strip() and not _AMOUNT.fullmatch(row["Montantdevise"]):
            self._note("fec_amount", line, column="Montantdevise", value=row["Montantdevise"])
        debit, credit = amounts
        if bool(debit) == bool(credit):
            self._note("fec_sides", line, debit=row["Debit"], credit=row["Credit"])
        return debit, credit

    def _add(self, line: int, row: dict[str, str], debit: Decimal, credit: Decimal) -> None:
        entry = self._entries.setdefault((row["JournalCode"], row["EcritureNum"]), _Entry(line))
        entry.days.add(row["EcritureDate"])
        entry.balance += debit - credit

    def _check_entries(self) -> None:
        for (journal, number), entry in self._entries.items():
            about = {"journal": journal, "number": number}
            if entry.balance:
                self._note("fec_unbalanced", entry.line, difference=entry.balance, **about)
            if len(entry.days) > 1:
                self._note("fec_two_dates", entry.line, dates=", ".join(sorted(entry.days)), **about)

    def _check_sequences(self) -> None:
        """Numbers of a journal follow each other without gaps, in each of its sequences (year, month)."""
        sequences: dict[tuple[str, str], set[int]] = {}
        for journal, number in self._entries:
            found = _SEQUENCE.fullmatch(number)
            if found:
                sequences.setdefault((journal, found[1]), set()).add(int(found[2]))
        for (journal, prefix), numbers in sequences.items():
            ordered = sorted(numbers)
            gaps = [(low + 1, high - 1) for low, high in itertools.pairwise(ordered) if high - low > 1]
            if gaps:
                missing = ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in gaps[:SHOWN_GAPS])
                self._note("fec_gap", 0, journal=journal, prefix=prefix, missing=missing, count=len(gaps))

    def _note(self, code: str, line: int, **params: object) -> None:
        self.count += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code, "", {"line": line, **params}, line=line))


def drafts_left_out(count: int) -> Finding:
    """Return the remark on entries of the period that nobody posted: the file has none of them."""
    return Finding("fec_drafts", "state", {"count": count}, blocking=False)


def not_a_year(start: date, end: date) -> Finding:
    """Return the remark on a period that is no fiscal year of the company, whose days are given: a first year may be
    shorter or longer."""
    return Finding("fec_not_a_year", "date", {"date": f"{start} – {end}"}, blocking=False)


def other_ledger_currency(currency: str) -> Finding:
    """Return the finding of books that are not kept in euros (Code de commerce, L123-22)."""
    return Finding("fec_ledger_currency", "ledger_currency", {"currency": currency})


def branches_left_out(names: str) -> Finding:
    """Return the finding of branches of the company whose entries the user may not read."""
    return Finding("fec_branches", "company", {"names": names})


def siren_missing(company: str) -> Finding:
    """Return the finding of a company without a SIREN, which the name of its FEC begins with."""
    return Finding("siren_missing", "siren", {"company": company})


def rows_of(chunks: Iterable[bytes], delimiter: str, encoding: str = "utf-8") -> Iterator[list[str]]:
    """Yield the rows of a file as lists of cells."""
    held = b""
    for chunk in chunks:
        lines = (held + chunk).split(b"\n")
        held = lines.pop()
        for line in lines:
            yield line.decode(encoding).rstrip("\r").split(delimiter)
    if held:
        yield held.decode(encoding).split(delimiter)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date() if len(text) == len("YYYYMMDD") else None
    except ValueError:
        return None
