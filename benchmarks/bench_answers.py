"""Answers of the accounting system: each document that was sent is accepted, with one report per lot.

`./dev bench answers --rows N`: N documents of three lines, sent before. The limit is COPY of their entries in 25
columns, as in the benchmark `export`: it shows how fast the machine is.
"""

from ledger_books import COLUMNS, Books
from side_by_side import Comparison, Contender, settle

from odoo.addons.utility_billing_sync.tests.support.exchange import take_steps

ROWS = rows or 100_000

books = Books.open(env)
bench = Comparison(books.env, script, rows, only)
folder = books.directory / books.connector.acknowledgement_folder
if not books.documents.search([], limit=1):
    books.add(ROWS)


def send():
    """Send every document; the accounting system accepts them."""
    for left in folder.glob("**/AR_*"):
        left.unlink()  # of a database that is gone
    run = books.run(documents=books.documents.search([("state", "=", "to_export")]))
    books.send(run)
    for place in books.delivered(run):
        place.unlink()
    books.accept(run)
    settle(books.env)


def product():
    run = books.run("answers")
    with run.connector_id._open_transport() as transport:
        take_steps(run, transport)
    assert (run.accepted, run.refused) == (ROWS, 0), (run.accepted, run.refused)
    return ROWS


def undo():
    """Restore the state before the answers were read."""
    books.cr.execute("UPDATE ledger_document SET stage = 'sent', operation = 'create', date_integrated = NULL")
    books.cr.execute("DELETE FROM ledger_file")
    books.cr.execute("DELETE FROM ledger_run WHERE kind = 'answers'")
    settle(books.env)
    books.vacuum()
    for report in (folder / "done").glob("AR_*"):
        report.rename(folder / report.name)


def copy():
    with (books.directory / "copied.csv").open("w") as sink:
        books.cr._obj.copy_expert(f"COPY ({COLUMNS % 'sent'}) TO STDOUT (FORMAT csv, DELIMITER ';')", sink)
    return ROWS


if not books.env["ledger.lot"].search([], limit=1):
    send()
bench.compare(
    f"Answers to {ROWS:,} documents",
    Contender("read, documents integrated", product, "product", ROWS, undo),
    Contender("COPY of their entries", copy, "limit", ROWS),
)
