"""Processes files of remote readings: fetched from their folder, thinned, entered, moved away.

Called by the scheduled job with the rights of the source's user. A file is entered and committed, then moved; after a
crash in between, it is recognised by its digest and not entered again.
"""

import contextlib
from zoneinfo import ZoneInfo

from ...core.ledger.findings import DeliveryConflict, TransportError
from ...core.ledger.remote_files import ABSENT, Used, is_partial
from ...core.metering.delimited import UnreadableFile
from ...core.metering.file_check import Choices
from ...core.metering.file_detection import FileFormat
from ...core.metering.file_thinning import Thinning
from ...core.metering.telemetry import HEAD, find_format, format_from_json, format_to_json, read_values
from ..common.batches import commit_batch
from ..common.named_work import name_transaction
from ..common.time_zones import zone_name_of
from ..ledger.sentences import tell
from ..metering.reading_import import ReadingImport
from ..metering.reading_import_results import ImportAnswers
from ..metering.reading_import_sentences import file_sentence, refusal_sentence
from .alarms import keep_alarms

JOB = "utility_billing_sync.ir_cron_telemetry"
#: Maximum bytes of a file; a night of a million values takes 50 MB.
MAX_SIZE = 1 << 30
#: Values entered in one step.
CHUNK = 20_000
#: Maximum number of refused values listed in a report.
LISTED = 200


class Fetching:
    """Fetches the files that wait at a source."""

    def __init__(self, source):
        self.source, self.env = source, source.env
        # sudo: only the server writes files, alarms and unknown numbers; the user may read the source
        self.files = self.env["utility.telemetry.file"].sudo()
        #: what the run under way has taken of its limits
        self.used = Used(source.server_seconds, source.server_bytes)
        #: names of files that stay where they are: the names cannot be used, or the files cannot be moved
        self.ignored = []
        #: names of files that other programs may still be writing: they are read the next time
        self.growing = []

    def carry_out(self):
        """Process the files in the order of their names, as long as the scheduled job has time.

        :return: whether all are processed
        """
        job = self.env.ref(JOB)
        with self.source._open_transport() as transport:
            transport.resume(self.used)
            files = transport.list("", self.source.pattern)
            self.ignored += sorted(name for _folder, name in transport.odd_names)
            files = [found for found in files if not is_partial(found.name)]
            for rank, found in enumerate(files, start=1):
                self._take(transport, found)
                self.used = transport.used
                if not commit_batch(job, 1, len(files) - rank):
                    return rank == len(files)
        return True

    def _take(self, transport, found):
        name = found.name
        if self.source._may_still_grow(found):
            self.growing.append(name)
            return
        try:
            content = transport.read(name, MAX_SIZE)
        except TransportError as error:
            if error.stops_run:
                raise
            if error.answered:
                # another program holds the file: it stays
                self.ignored.append(name)
                return
            kept = self._refuse(name, tell(self.env, error), "")
        else:
            if content is ABSENT:
                return
            with content:
                if transport.has_grown("", found, content.size):
                    self.growing.append(name)
                    return
                known = self.files._known(self.source, content.sha256)
                kept = known or self._enter(name, content)
        self.env["ir.cron"]._commit_progress(1)
        moved = self._put_away(transport, name, kept.state)
        if moved and kept.report:
            # next to the file, for people who look there and not in Odoo
            with contextlib.suppress(DeliveryConflict):
                transport.deliver(f"{moved}.txt", [kept.report.replace("\n", "\r\n").encode("utf-8-sig")])

    def _put_away(self, transport, name, folder):
        """Move a file that was read; return its new name. A file that cannot be moved does not block the others."""
        try:
            return transport.move(name, folder)
        except TransportError as error:
            if not error.is_of_one_place:
                raise
            self.ignored.append(name)
            return None

    def _enter(self, name, content):
        """Enter the values of a file and return its record, which says why if it cannot be read."""
        name_transaction(self.source, self.env.user)
        try:
            with self.env.cr.savepoint():
                return self._read(name, content)
        except UnreadableFile as error:
            return self._refuse(name, file_sentence(self.env, error), content.sha256)

    def _refuse(self, name, reason, digest):
        values = {"source_id": self.source.id, "name": name, "sha256": digest, "state": "error", "report": reason}
        return self.files.create(values)

    def _read(self, name, content):
        zone = ZoneInfo(zone_name_of(self.source.company_id))
        detected = self._detect(content)
        content.file.seek(0)
        found = read_values(content.file, detected, Thinning(self.source.kept_reading), zone)
        entered = Entering(self.source).carry_out(found.kept)
        self.source._by_server().sudo().format = format_to_json(detected)  # sudo: as in __init__
        kept = self.files.create(
            {
                "source_id": self.source.id,
                "name": name,
                "sha256": content.sha256,
                "size": content.size,
                "state": "done",
                "value_count": found.count,
                "kept_count": len(found.kept),
                "new_count": entered.counts["new"],
                "unchanged_count": entered.counts["unchanged"],
                "corrected_count": entered.counts["corrected"],
                "refused_count": entered.counts["refused"] + found.bad_count,
                "alarm_count": keep_alarms(self.source, found.alarms),
                "unknown_count": len(entered.unknown),
            }
        )
        self.env["utility.telemetry.unknown"].sudo()._keep(self.source, entered.unknown)  # sudo: as in __init__
        kept.report = kept._write_report(found, entered)
        return kept

    def _detect(self, content):
        """Return the format kept by the source if the header is the same, else detect it."""
        content.file.seek(0)
        head = content.file.read(HEAD)
        detected = find_format(head)
        asked = format_from_json(self.source.format, detected.header) if self.source.format else None
        return find_format(head, asked) if asked else detected


class Entering:
    """Enters the values kept of a file as readings."""

    def __init__(self, source):
        self.source, self.env = source, source.env
        self.counts = dict.fromkeys(("new", "corrected", "unchanged", "refused"), 0)
        #: {number: (day, index, proposals) of its last value} of numbers without a meter
        self.unknown = {}
        #: (line, sentence), the first ones
        self.refusals = []

    def carry_out(self, kept):
        """Enter them in chunks; return self."""
        # sudo: meters that agents chose for numbers, in the source's own section
        chosen = self.env["utility.telemetry.unknown"].sudo()._chosen(self.source)
        answers = ImportAnswers(choices=Choices(thinning=Thinning.LAST), chosen=chosen)
        for start in range(0, len(kept), CHUNK):
            part = kept[start : start + CHUNK]
            data = "".join(["Compteur;Date;Index;Type\n", *map(_row, part)]).encode()
            importer = ReadingImport(self.env, self.source.section_id, data, FileFormat(delimiter=";"), answers)
            check, _written = importer.carry_out("")
            for name in self.counts:
                self.counts[name] += check.counts[name]
            self._keep_refusals(check.refusals, part)
        return self

    def _keep_refusals(self, refusals, part):
        for refusal in refusals:
            value = part[refusal.line - 2]
            fault = getattr(refusal.cause, "fault", None)
            if fault:
                self.unknown[value.meter] = value.date, value.index, refusal.cause.proposals
            elif len(self.refusals) < LISTED:
                self.refusals.append((value.line, refusal_sentence(self.env, refusal)))


def _row(value):
    meter = f'"{value.meter.replace(chr(34), chr(34) * 2)}"'
    return f"{meter};{value.date.isoformat()};{value.index};telereleve\n"
