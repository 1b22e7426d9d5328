"""Context shared by the services of a run: the run, its connector, the open transport."""

from ...core.ledger.findings import Finding, TransportError
from ..common.named_work import name_transaction
from .transactions import in_transaction


def is_unreachable(error):
    """Return whether every other operation would fail too: the server is unreachable, or its key has changed."""
    return isinstance(error, TransportError) and not error.is_of_one_place


class Exchange:
    """A run in progress, over an open transport."""

    def __init__(self, run, transport):
        self.run, self.transport = run, transport
        self.connector, self.env = run.connector_id, run.env
        #: whether the waiting answers could be read: a document that was rejected may have been accepted since
        self.knows_answers = True

    def in_transaction(self, work, *arguments):
        """Call `work` and commit, as `transactions.in_transaction`; the transaction is named after the run."""
        return in_transaction(self.env, self._named, work, *arguments)

    def _named(self, work, *arguments):
        name_transaction(self.run, self.env.user)
        return work(*arguments)

    def put_away(self, place, folder):
        """Move a file that was read. A file that cannot be moved does not block the others.

        :return: its new name, None if it was not moved
        """
        try:
            return self.transport.move(place, folder) or None
        except TransportError as error:
            self._note_failure(error, place.rpartition("/")[2])
            return None

    def list_own(self, folder):
        """List one of our own folders; a folder that cannot be listed does not block the rest."""
        try:
            return self.transport.list_own(folder)
        except TransportError as error:
            self._note_failure(error, folder)
            return []

    def _note_failure(self, error, name):
        """Store the finding of a failure that concerns this file or folder only.

        :raises TransportError: `error`, if the server cannot be reached
        """
        if is_unreachable(error):
            raise error
        self.in_transaction(self.run._keep_findings, [Finding(error.code, "", error.params)], name)

    def may_still_grow(self, file):
        """Return whether a file is more recent than the connector's minimum age."""
        return self.connector._may_still_grow(file)
