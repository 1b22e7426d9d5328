"""Files of remote readings, from their folder to readings to bill: fetched, thinned, entered, put away.

Who calls: the scheduled job, in the name of the source's user, whose rights readings are entered with. A file is
entered and committed, then moved: a crash in between enters nothing twice, since its digest is known.
"""

import contextlib
from zoneinfo import ZoneInfo

from ...core.ledger.findings import DeliveryConflict, TransportError
from ...core.ledger.remote_files import ABSENT
from ...core.ledger.scans import is_partial
from ...core.metering.delimited import UnreadableFile
from ...core.metering.file_check import Choices
from ...core.metering.file_detection import FileFormat
from ...core.metering.file_thinning import Thinning
from ...core.metering.telemetry import HEAD, find_format, format_from_json, format_to_json, read_values
from ..common.time_zones import zone_name_of
from ..ledger.sentences import tell
from ..metering.reading_import import ReadingImport
from ..metering.reading_import_results import ImportAnswers
from ..metering.reading_import_sentences import file_sentence, refusal_sentence
from .alarms import keep_alarms

#: Bytes of a file, at most; a night of a million values weighs 50 MB.
MAX_SIZE = 1 << 30
#: Kept values that are entered at a time.
CHUNK = 20_000
#: Refused values that a report names.
LISTED = 200


class Fetching:
    """The files that wait at a source."""

    def __init__(self, source):
        self.source, self.env = source, source.env
        # sudo: files, alarms and unknown numbers are the server's to write; the source is one that the user may read
        self.files = self.env["utility.telemetry.file"].sudo()

    def carry_out(self):
        """Take every file, in the order of their names."""
        with self.source._open_transport() as transport:
            for found in transport.list("", self.source.pattern):
                if not is_partial(found.name):
                    self._take(transport, found.name)

    def _take(self, transport, name):
        try:
            content = transport.read(name, MAX_SIZE)
        except TransportError as error:
            if error.retryable:
                raise
            kept = self._refuse(name, tell(self.env, error), "")
        else:
            if content is ABSENT:
                return
            with content:
                known = self.files._known(self.source, content.sha256)
                kept = known or self._enter(name, content)
        self.env["ir.cron"]._commit_progress(1)
        moved = transport.move(name, kept.state)
        if moved and kept.report:
            # beside the file, for who looks there and not here
            with contextlib.suppress(DeliveryConflict):
                transport.deliver(f"{moved}.txt", [kept.report.replace("\n", "\r\n").encode("utf-8-sig")])

    def _enter(self, name, content):
        """Return the record of a file, its values entered; of one that cannot be read, why."""
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
        """Detect the format, as it is kept where the header is the same."""
        content.file.seek(0)
        head = content.file.read(HEAD)
        detected = find_format(head)
        asked = format_from_json(self.source.format, detected.header) if self.source.format else None
        return find_format(head, asked) if asked else detected


class Entering:
    """Values that were kept, on their way to readings."""

    def __init__(self, source):
        self.source, self.env = source, source.env
        self.counts = dict.fromkeys(("new", "corrected", "unchanged", "refused"), 0)
        #: {number: (day, index, proposals) of its last value} of numbers that no meter bears
        self.unknown = {}
        #: (line, sentence), the first ones
        self.refusals = []

    def carry_out(self, kept):
        """Enter them, so many at a time; return self."""
        # sudo: what agents said that numbers stand for; of the source's own section
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
