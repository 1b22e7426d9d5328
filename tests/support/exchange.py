"""Pieces of a run, for tests that look at one of them alone: each takes a record, whose environment it works in."""

from ...models.ledger_entries.reconcile import Reconciler
from ...models.ledger_exchange.entries_out import EntriesOut
from ...models.ledger_exchange.exchange import Exchange
from ...models.ledger_exchange.runner import STEPS, Runner


def make_run(connector, kind, trigger, companies, documents=None):
    """Return a run at its first step, which nobody carries on yet."""
    return Runner(connector).make_run(kind, trigger, companies, documents)


def reconcile(connector):
    """Make and look at a connector's documents, as the monitor does when it is opened."""
    Reconciler(connector).reconcile()


def write_lots(run, document_ids):
    """Write the lots of these documents and keep them; nothing is delivered."""
    return EntriesOut(Exchange(run.sudo(), None)).write_lots(document_ids)


def take_steps(run, transport):
    """Take the run's step to its end."""
    step = STEPS[run.step](Exchange(run, transport))
    while not step.take():
        """Batch after batch."""
