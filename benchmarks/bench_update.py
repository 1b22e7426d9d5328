"""Finds changed documents among integrated ones, and sends them as updates.

`./dev bench update --rows N`: N documents, one in a hundred of which was approved for payment by SQL, unnoticed by the
product. The peer checks every document again, as an exchange without a record of what it sent must; the limit reads the
rows of the same documents by an index.
"""

from ledger_books import Books
from side_by_side import Comparison, Contender, settle

from odoo.addons.utility_billing_sync.models.ledger_entries.reconcile import Reconciler
from odoo.addons.utility_billing_sync.models.ledger_exchange.transactions import in_transaction
from odoo.addons.utility_billing_sync.tests.support.exchange import reconcile

ROWS = rows or 100_000
APPROVED = """
    UPDATE account_move SET payment_approval = 'approved', write_date = now() AT TIME ZONE 'UTC'
     WHERE id IN (SELECT move_id FROM ledger_document WHERE id % 100 = 0 ORDER BY id)
"""
INDEXED = """
    SELECT company.ledger_code, document.number, move.ref, 'payment_approval', 'OUI'
      FROM ledger_document document
      JOIN account_move move ON move.id = document.move_id
      JOIN res_company company ON company.id = document.company_id
     WHERE document.move_id = ANY(ARRAY[%s])
  ORDER BY document.date, document.id
"""

books = Books.open(env)
bench = Comparison(books.env, script, rows, only)
if not books.documents.search([], limit=1):
    books.add(ROWS)
    books.integrate()
    Reconciler(books.connector).reconcile()
    settle(books.env)
    books.cr.execute(APPROVED)
    settle(books.env)
books.cr.execute("SELECT id FROM account_move WHERE payment_approval = 'approved' ORDER BY id")
changed = [row[0] for row in books.cr.fetchall()]


def lines(files):
    return sorted(line for file in files for line in file.read_text("cp1252").splitlines())


def undo():
    """Restore the state before the approvals were found."""
    books.undo("integrated", "update")
    books.cr.execute(
        "UPDATE ledger_content content"
        "   SET content = content_integrated, content_integrated = NULL, source = '', signature = ''"
        "  FROM ledger_document document"
        " WHERE document.id = content.id AND document.move_id = ANY(%s)",
        [changed],
    )
    settle(books.env)


def send():
    run = books.run(documents=books.documents.search([("state", "=", "to_export")]))
    books.send(run)
    return [place.rename(books.directory / place.name) for place in books.delivered(run)]


def product():
    """Run the steps `reconcile` and `send`, like a synchronisation."""
    in_transaction(books.env, reconcile, books.connector)
    return send()


def recompute():
    in_transaction(books.env, books.documents.search([])._refresh)
    return send()


def indexed():
    file = books.directory / "copied.csv"
    with file.open("w", newline="\r\n") as sink:
        query = INDEXED % ",".join(map(str, changed))
        books.cr._obj.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER ';')", sink)
    return [file]


def agree(results):
    """Check that all contenders send the same rows."""
    found = [lines(files) for files in results]
    assert found[0] == found[1] == found[2] and len(found[0]) == len(changed), [len(rows) for rows in found]


bench.compare(
    f"{len(changed):,} changed of {ROWS:,} integrated documents",
    Contender("found and sent", product, "product", ROWS, undo),
    Contender("every document refreshed", recompute, "peer", ROWS, undo),
    Contender("COPY of the same rows, by an index", indexed, "limit", ROWS),
    agree=agree,
)
