"""A first export of many documents; then a hundred new ones among them: found, sent, and confirmed by an answer.

`./dev bench due --rows N`: N documents of three lines. Prints the processor time of this process and of its PostgreSQL
session, and the wall-clock time, of the export and of each turn of a synchronisation's steps.
"""

import time

from ledger_books import Books
from side_by_side import processor_time, settle

from odoo.addons.utility_billing_sync.models.ledger_exchange.transactions import in_transaction
from odoo.addons.utility_billing_sync.tests.support.exchange import reconcile, take_steps

ROWS = rows or 1_000_000
DUE, TURNS = 100, 5

books = Books.open(env)


def make_due(turn):
    """Make a hundred documents due, spread over all, other ones in each turn."""
    books.cr.execute(
        "UPDATE ledger_document SET stage = 'to_export', operation = 'create', date_integrated = NULL"
        " WHERE id IN (SELECT id FROM ledger_document WHERE stage = 'integrated' AND id %% %s = %s LIMIT %s)",
        [ROWS // DUE, turn, DUE],
    )
    settle(books.env)


def compare_and_send(count=DUE):
    """Run the steps of a scheduled synchronisation, which first compares every entry with what was sent."""
    in_transaction(books.env, reconcile, books.connector)
    return send(count)


def send(count=DUE):
    """Send what waits, like *Exporter*."""
    run = books.run(documents=books.documents.search([("state", "=", "to_export")]))
    books.send(run)
    assert run.exported == count, run.exported
    return run


def confirm():
    run = books.run("answers")
    with run.connector_id._open_transport() as transport:
        take_steps(run, transport)
    assert (run.accepted, run.refused) == (DUE, 0), (run.accepted, run.refused)


def spent(work, *arguments):
    """Return a result, processor seconds and wall-clock seconds."""
    processor, clock = processor_time(books.cr), time.perf_counter()
    result = work(*arguments)
    return result, processor_time(books.cr) - processor, time.perf_counter() - clock


books.add(ROWS)
books.vacuum()
_sent, processor, clock = spent(compare_and_send, ROWS)
print(
    f"\n{ROWS:,} documents sent: {processor:.1f} s ({clock:.1f} s), {1e6 * processor / ROWS:.1f} µs a document",
    flush=True,
)
books.undo()
books.integrate()
in_transaction(books.env, reconcile, books.connector)
books.vacuum()
print(f"\n{DUE} due of {ROWS:,} documents: processor time (clock)")
for turn in range(2 * TURNS):
    make_due(turn)
    work, name = ((send, "sent"), (compare_and_send, "compared and sent"))[turn % 2]
    sent, processor, clock = spent(work)
    books.accept(sent)
    _nothing, confirming, waited = spent(confirm)
    print(
        f"{name} {processor:.3f} s ({clock:.3f} s), confirmed {confirming:.3f} s ({waited:.3f} s):"
        f" {processor + confirming:.3f} s",
        flush=True,
    )
