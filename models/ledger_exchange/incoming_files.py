"""Files of the accounting system that are read once, then moved away: answers and payments.

A file is finished when each of its rows has been applied. A file with rows that cannot be parsed is moved to `error/`;
it is read again when it is delivered again, when its layout changes, or on request. A file that the accounting system
may still be writing stays in place. No row is applied twice.
"""

from datetime import timedelta

from ...core.ledger.findings import FileRefused, Finding, TransportError
from ...core.ledger.layouts import Reader, Row, match_name
from ...core.ledger.remote_files import ABSENT

MAX_SIZE = 64 << 20
#: How long an incomplete file stays in place. Rows that arrive later are still applied.
PATIENCE = timedelta(hours=1)
#: Findings at the end of a file that is still being written.
UNFINISHED = {"line_truncated", "quote_open", "file_empty"}


class IncomingFiles:
    """Reads the waiting files of one flow; subclasses apply their rows.

    :param layout: the flow's layout (`ledger.layout`); without one, no file is read
    """

    flow = ""

    def __init__(self, exchange, layout, folder):
        self._exchange, self._run, self._transport = exchange, exchange.run, exchange.transport
        self._connector, self._env = exchange.connector, exchange.env
        self._layout, self._digest = layout and layout._to_core(), layout and layout._digest()
        self._folder = folder

    def _take_rows(self, rows, fields, values):
        """Hook: apply the rows of a file, and record it as read in the same transaction.

        :param fields: fields of the file's name ({lot}, {company})
        :param values: values of its `ledger.file` record
        :return: "done", "error" or "open"
        """
        raise NotImplementedError

    # === WAITING FILES === #

    def take_files(self):
        """Read every waiting file. An unreadable file does not block the others."""
        if self._layout:
            for file in self._transport.list(self._folder):
                self._take_file(self._folder, file)
            self._read_refused_again()

    def _take_file(self, folder, file):
        """Read a file, then move it to `done/` or `error/` if it is finished."""
        fields = match_name(self._layout, file.name)
        if fields is None or self._exchange.may_still_grow(file):
            return
        place = f"{folder}/{file.name}"
        state = self._exchange.in_transaction(self.take_one, place, fields, file)
        if state in ("done", "error") and folder != f"{self._folder}/{state}":
            self._exchange.put_away(place, f"{self._folder}/{state}")

    def _read_refused_again(self):
        """Read refused files whose layout has changed since, and files marked to be read again."""
        refused = self._env["ledger.file"].search(
            [
                *self._mine(),
                ("state", "in", ("error", "done")),
                "|",
                ("read_again", "=", True),
                "&",
                ("state", "=", "error"),
                ("layout_digest", "!=", self._digest),
            ]
        )
        for name in sorted(set(refused.mapped("name"))):
            self._exchange.in_transaction(self._forget, refused.filtered(lambda f, name=name: f.name == name))
            for folder in (f"{self._folder}/error", f"{self._folder}/done"):
                found = [file for file in self._exchange.list_own(folder) if file.name == name]
                for file in found:
                    self._take_file(folder, file)

    def _forget(self, files):
        """Mark files as unread, so that their bytes are no longer known, and store the digest of the layout."""
        files.write({"read_again": False, "sha256": False, "layout_digest": self._digest})

    # === ONE FILE === #

    def take_one(self, place, fields, file=None):
        """Apply one file and record it as read.

        :param file: the file as it was listed (RemoteFile), None if it was not
        :return: the folder to move it to ("done", "error"), "open" if it stays in place, None if it no
            longer exists or is still growing
        """
        folder, _slash, name = place.rpartition("/")
        modified = file and file.modified
        values = {"run_id": self._run.id, "flow": self.flow, "name": name}
        values |= {"layout_digest": self._digest, "changed_at": modified}
        try:
            content = self._transport.read(place, MAX_SIZE)
        except TransportError as error:
            if error.stops_run:
                raise
            if error.answered:
                # another program holds the file: it is read once that program has left it
                self._run._keep_findings([Finding(error.code, "", error.params)], name)
                return None
            return self._keep_refused(values, error)
        if content is ABSENT:
            return None
        with content:
            if file and self._transport.has_grown(folder, file, content.size):
                return None
            values |= {"sha256": content.sha256, "size": content.size}
            known = self._known_file(values["name"], content.sha256)
            if known and known.state != "open" and not self._is_another(known, fields, modified):
                return known.state
            return self._read_rows(content, fields, values)

    def _is_another(self, known, fields, modified):
        """Hook: return whether a file with the name and the bytes of a known one is to be read again."""
        return False

    def _read_rows(self, content, fields, values):
        try:
            rows = list(Reader(self._layout, marked=False).rows(content.chunks()))
        except FileRefused as error:
            if error.code in UNFINISHED and self._may_be_open(values["name"]):
                return self._keep_file(values, "open")
            return self._keep_refused(values, error)
        return self._take_rows(rows, fields, values)

    def _may_be_open(self, name):
        """Return whether a file was first seen recently, so that the accounting system may still be writing it."""
        since = self._earlier(name)[-1:].create_date
        return not since or self._env.cr.now() - since < PATIENCE

    def _state_after_bad_rows(self, rows, unread, name):
        """Return "open" if a file with `unread` bad rows may still be incomplete, "error" otherwise."""
        bad = [row for row in rows if not isinstance(row, Row)]
        codes = {finding.code for row in bad for finding in row.findings}
        is_unfinished = len(bad) == unread and codes <= UNFINISHED
        return "open" if is_unfinished and self._may_be_open(name) else "error"

    # === RECORDS OF FILES === #

    def _mine(self):
        return [("connector_id", "=", self._connector.id), ("flow", "=", self.flow)]

    def _earlier(self, name):
        """Return the `ledger.file` records of files of this name, latest first."""
        return self._env["ledger.file"].search([*self._mine(), ("name", "=", name)], order="id desc")

    def _known_file(self, name, digest):
        """Return the record of an earlier file with the same bytes, unless it was refused."""
        return self._earlier(name).filtered(lambda file: file.state != "error" and file.sha256 == digest)[:1]

    def _keep_file(self, values, state):
        """Record a file as read. A file that stayed in place keeps a single record."""
        same = (values.get("sha256"), values["changed_at"] or 0)
        known = self._earlier(values["name"]).filtered(
            lambda file: file.state == "open" or not file.sha256 or (file.sha256, file.changed_at) == same
        )[:1]
        values = {**values, "state": state}
        if known:
            known.write(values)
        else:
            self._env["ledger.file"].create(values)
        return state

    def _keep_refused(self, values, error):
        self._run._keep_findings([Finding(error.code, "", error.params)], values["name"])
        return self._keep_file(values, "error")
