"""Context shared by the services of a run: the run, its connector, the open transport."""

from ..common.named_work import name_transaction
from .transactions import in_transaction


class Exchange:
    """A run in progress, over an open transport."""

    def __init__(self, run, transport):
        self.run, self.transport = run, transport
        self.connector, self.env = run.connector_id, run.env

    def in_transaction(self, work, *arguments):
        """Call `work` and commit, as `transactions.in_transaction`; the transaction is named after the run."""
        return in_transaction(self.env, self._named, work, *arguments)

    def _named(self, work, *arguments):
        name_transaction(self.run, self.env.user)
        return work(*arguments)
