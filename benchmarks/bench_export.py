"""Posted documents sent to the accounting system: checked, written to files, delivered, marked as exported.

`./dev bench export --rows N`: N documents of three lines. The peers are Odoo's own FEC of the same entries, which marks
nothing, and a loop over the lines with the ORM, like community exporters, on a sample; the limit is COPY of the same 25
columns, which checks, marks and delivers nothing.
"""

import csv
import io

from ledger_books import COLUMNS, Books
from side_by_side import Comparison, Contender

ROWS = rows or 100_000
SAMPLE = min(ROWS, 1_000)
YEAR = {"date_from": "2026-01-01", "date_to": "2026-12-31", "test_file": True}

books = Books.open(env)
bench = Comparison(books.env, script, rows, only)
if not books.documents.search([], limit=1):
    books.add(ROWS)


def product():
    """Export like *Exporter*, each lot in its own transactions."""
    run = books.run(documents=books.documents.search([("state", "=", "to_export")]))
    books.send(run)
    assert (run.exported, run.set_aside) == (ROWS, 0), (run.exported, run.set_aside)
    return [place.rename(books.directory / place.name) for place in books.delivered(run)]


def undo():
    books.undo()
    if only:
        for file in books.directory.glob("*.txt"):
            file.unlink()


def fec():
    wizard = books.env["l10n_fr.fec.export.wizard"].with_company(books.water).create(YEAR)
    return wizard.generate_fec()["file_content"]


def loop():
    """Read every line through the ORM and write it with `csv`."""
    moves = books.documents.search([], limit=SAMPLE, order="id").move_id
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    for move in moves:
        for line in move.line_ids:
            writer.writerow(
                [
                    move.company_id.ledger_code, move.journal_id.code, move.move_type, move.date, move.name,
                    line.account_id.code, line.partner_id.ref, line.name, "D" if line.balance > 0 else "C",
                    abs(line.balance), line.currency_id.name, abs(line.amount_currency), line.date_maturity,
                    move.preferred_payment_method_line_id.name, line.tax_line_id.name, line.matching_number, move.ref,
                ]
            )  # fmt: skip
    return file.getvalue()


def copy():
    file = books.directory / "copied.csv"
    with file.open("w") as sink:
        books.cr._obj.copy_expert(f"COPY ({COLUMNS % 'to_export'}) TO STDOUT (FORMAT csv, DELIMITER ';')", sink)
    return [file]


def debits(files):
    """Return what the product and the limit must agree on: number of lines, total of debits in cents."""
    count, total = 0, 0
    for file in files:
        with file.open(encoding="cp1252" if file.suffix == ".txt" else "utf-8", newline="") as lines:
            for row in csv.reader(lines, delimiter=";"):
                count += 1
                total += round(100 * float(row[11].replace(",", "."))) if row[10] == "D" else 0
    return count, total


def agree(results):
    """Check that every line is there, with the debits of the books; the FEC omits lines of zero and has a header."""
    ours, theirs, sample, copied = results
    assert debits(ours) == debits(copied), (debits(ours), debits(copied))
    assert debits(ours)[0] == theirs.count(b"\r\n") == ROWS * 3, (debits(ours), theirs.count(b"\r\n"))
    assert sample.count("\n") == SAMPLE * 3


bench.compare(
    f"Export of {ROWS:,} documents, {3 * ROWS:,} lines",
    Contender("check, file, delivery, marks", product, "product", 3 * ROWS, undo),
    Contender("Odoo's FEC", fec, "peer", 3 * ROWS),
    Contender("a loop of the ORM over the lines", loop, "peer", 3 * SAMPLE),
    Contender("COPY of the same columns", copy, "limit", 3 * ROWS),
    agree=agree,
)
