"""Parts of a run, to test them separately; each uses the environment of the given record."""

from ...models.ledger_entries.reconcile import Reconciler
from ...models.ledger_exchange.entries_out import EntriesOut
from ...models.ledger_exchange.exchange import Exchange
from ...models.ledger_exchange.runner import STEPS, Runner


def make_run(connector, kind, trigger, companies, documents=None):
    """Return a run at its first step, not started yet."""
    return Runner(connector).make_run(kind, trigger, companies, documents)


def reconcile(connector):
    """Create and check a connector's documents, as opening the monitor does."""
    Reconciler(connector).reconcile()


def begin_export(case, documents):
    """Press *Exporter* in a request of its own; return the run as the request leaves it, before any call of the job."""
    with case.registry.cursor() as cr:
        connector, documents = case.connector.with_env(case.env(cr=cr)), documents.with_env(case.env(cr=cr))
        run = Runner(connector).start("export", "manual", documents.company_id, documents)
        cr.commit()  # pylint: disable=invalid-commit
    case.env.invalidate_all()
    return run.with_env(case.env)


def write_lots(run, document_ids):
    """Write and store the lots of these documents, without delivering them."""
    return EntriesOut(Exchange(run.sudo(), None)).write_lots(document_ids)


def take_steps(run, transport):
    """Complete the run's current step."""
    step = STEPS[run.step](Exchange(run, transport))
    while not step.take():
        """A pace without limit."""
