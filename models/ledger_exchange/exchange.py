"""What the services of a run share: the run, its connector, the way to the other side."""

from .transactions import in_transaction


class Exchange:
    """A run that is being carried on, over an open transport."""

    def __init__(self, run, transport):
        self.run, self.transport = run, transport
        self.connector, self.env = run.connector_id, run.env

    def in_transaction(self, work, *arguments):
        """Do one piece of the run's work and commit it."""
        return in_transaction(self.env, work, *arguments)
