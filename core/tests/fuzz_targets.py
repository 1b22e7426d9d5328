"""The readers of outside text, each as a function that anything may be given to: only typed errors stay inside.

What a target lets out is a bug. The short form is test_fuzz.py, the long one `./dev fuzz`.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from ..ledger import remote_files, scans
from ..ledger.acknowledgement import SentDocument, read_answers
from ..ledger.findings import FileRefused, LayoutError, NameRefused, ScheduleError, TransportError
from ..ledger.layouts import KnownRow, Layout, Reader, Row, Writer, match_name
from ..ledger.presets import PRESETS
from ..ledger.referential import START, Marks, code_row
from ..ledger.remote_files import name_parts
from ..ledger.schedule import next_run
from ..ledger.traces import Trace, TracedDocument, manifest_of, trace_chunks
from ..metering import delimited, readings_file
from ..metering.file_check import Held, check_rows
from ..metering.file_detection import detect
from ..metering.file_refused import refused_rows
from ..metering.readings import Device, Meter, Reading
from . import fuzz_inputs as inputs
from .ledger_samples import LOT, customer_invoice, vendor_bill

TODAY = date(2026, 1, 31)
HELD = {"A1": Held(Meter((Device(5),)), (Reading(1, date(2023, 2, 1), Decimal(7)),))}
STATES = ("to_export", "exported", "exporting", "integrated")
SENT = tuple(SentDocument(place, "EAU", f"N{place}", state, "L1") for place, state in enumerate(STATES))
#: Limits of the reader that short inputs reach.
MAX_LINE, MAX_BYTES = 5_000, 60_000


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: what it is given, and the function that gives it."""

    inputs: st.SearchStrategy
    read: Callable


def _readings(data, asked):
    """Nothing is lost: each line under the header is a row, each row is new, corrected, unchanged or refused."""
    try:
        detected = detect(data, asked)
        rows = list(readings_file.read(data, detected))
    except delimited.UnreadableFile as refused:
        str(refused)
        return
    assert len(rows) == detected.row_count
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    good = [row for row in rows if isinstance(row, readings_file.ReadingRow)]
    fates = ("new", "corrected", "unchanged", "refused")
    checks = check_rows(good, HELD, TODAY)
    assert sum(len(getattr(check, fate)) for check in checks for fate in fates) == len(good)
    reasons = {row.line: row.code for row in rows if isinstance(row, readings_file.BadReadingRow)}
    _corrected_file(refused_rows(data, detected, reasons, ("Line", "Reason")))


def _corrected_file(data):
    """The file of refused rows is one to read again."""
    try:
        list(readings_file.read(data, detect(data)))
    except delimited.UnreadableFile as refused:
        assert refused.code in (delimited.FileFault.NO_ROWS, *_COLUMN_FAULTS), refused


_COLUMN_FAULTS = (
    delimited.FileFault.NO_COLUMNS,
    delimited.FileFault.MISSING_COLUMNS,
    delimited.FileFault.DUPLICATE_COLUMNS,
)


def _delimited(data, encoding, delimiter):
    rows = list(delimited.read_cells(data, encoding, delimiter))
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert all(row.cells for row in rows)


def _rows(layout, data, size, known=()):
    """The rows of a file that comes in blocks of `size` bytes, every sentence made; None where it is refused."""
    blocks = (data[place : place + size] for place in range(0, len(data), size))
    try:
        rows = list(Reader(layout, MAX_LINE, MAX_BYTES, known).rows(blocks))
    except FileRefused as refused:
        assert str(refused)
        return None
    for row in rows:
        assert isinstance(row, Row | KnownRow) or (row.findings and all(finding.message for finding in row.findings))
    return rows


def _referential(file, size):
    """A good row tells a code; the next time each of them is known again, in its place, and no other."""
    kind, data = file
    rows = _rows(PRESETS[f"referential_{kind}"], data, size)
    if rows is None:
        return
    groups = {}
    for row in rows:
        if isinstance(row, Row):
            told = code_row(row, "EAU")
            assert told.company and told.code and told.name
            assert all(value and isinstance(value, str) for value in told.details.values())
            groups[row.mark[:START]] = groups.get(row.mark[:START], b"") + bytes.fromhex(row.mark)
    again = _rows(PRESETS[f"referential_{kind}"], data, size, Marks(groups.items()))
    assert [(row.line, isinstance(row, Row)) for row in rows] == [
        (row.line, isinstance(row, KnownRow)) for row in again
    ]


def _acknowledgement(data, size, lot):
    rows = _rows(PRESETS["acknowledgement"], data, size)
    if rows is None:
        return
    answers = read_answers(rows, SENT, lot)
    rejected = [record for record, _finding in answers.rejected]
    assert max(Counter([*answers.accepted, *rejected]).values(), default=1) == 1
    answered = len(answers.accepted) + len(answers.rejected)
    assert answered + len(answers.findings) >= len(rows)
    assert all(finding.message for finding in answers.findings)
    assert all(finding.message for _record, finding in answers.rejected)


def _layout(values, data, name):
    """A layout that exists can be used: it writes, reads and tells names."""
    try:
        layout = Layout(**values)
        writer = Writer(layout, LOT)
    except LayoutError as refused:
        assert str(refused)
        return
    match_name(layout, name)
    _rows(layout, data, 64)
    layout.name_for(LOT)
    if layout.flow in ("entries", "fec"):
        written = b"".join(writer.chunks([customer_invoice(), vendor_bill()]))
        assert writer.size == len(written)
        assert all(finding.message for finding in writer.findings)
        _rows(layout, written, MAX_BYTES)


def _file_name(pattern, name, as_asked):
    """A name made as the pattern asks is one of its names."""
    try:
        layout = Layout("Names", "account", PRESETS["referential_account"].columns, pattern)
    except LayoutError:
        return
    name = re.sub(r"\{[a-z]+\}|\*", "L-1", pattern) if as_asked else name
    found = match_name(layout, name)
    assert found is not None or not as_asked
    assert all((found or {}).values())


def _scan(name, data, folder):
    for check in (
        lambda: scans.check_scan(name, data),
        lambda: scans.check_directory(name, [folder, "entries"]),
        lambda: name_parts(name),
    ):
        try:
            check()
        except (NameRefused, TransportError) as refused:
            assert str(refused)
    remote_files.is_partial(name)


def _schedule(frequency, weekday, hours, zone, after):
    try:
        moment = next_run(frequency, weekday, hours, zone, after)
    except ScheduleError as refused:
        assert str(refused)
        return
    assert moment > after


_SIZES = st.sampled_from((7, 64, inputs.MAX_FILE))
_MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
_ZONES = ("Europe/Paris", "America/Nuuk", "Pacific/Apia", "Asia", "", ".", "../etc/passwd", "/etc/passwd", "UTC\0")


def _trace(data):
    """What is read is what would be written again."""
    try:
        trace = Trace.from_bytes(data, "trace")
    except FileRefused as refused:
        str(refused)
        return
    again = Trace.from_bytes(_trace_bytes(trace), "trace")
    assert (again.content, len(again.documents)) == (trace.content, len(trace.documents))
    assert _trace_bytes(again) == _trace_bytes(trace)


def _trace_bytes(trace: Trace) -> bytes:
    parts = (zlib.compress(manifest_of(trace.documents), 1), zlib.compress(trace.content, 1))
    return b"".join(trace_chunks(trace.number, trace.name, trace.sha256, *parts))


_TRACE = Trace("20260310-101500-ab12cd", "ENTRIES.txt", b"EAU;1\r\n", (TracedDocument("EAU", "N1", "create", "{}"),))

TARGETS = {
    "readings": Target(st.tuples(inputs.files_like(*inputs.READINGS), inputs.reading_formats()), _readings),
    "delimited text": Target(
        st.tuples(
            inputs.files_like(*inputs.READINGS),
            st.sampled_from(delimited.ENCODINGS),
            st.sampled_from(delimited.DELIMITERS),
        ),
        _delimited,
    ),
    "référentiel": Target(st.tuples(inputs.referential_files(), _SIZES), _referential),
    "acknowledgements": Target(
        st.tuples(inputs.files_like(inputs.ANSWERS), _SIZES, st.sampled_from(("", "L1", "L2"))), _acknowledgement
    ),
    "layouts": Target(
        st.tuples(inputs.LAYOUTS, inputs.files_like(inputs.ANSWERS, b"EAU;N1;10/03/2026;1,5\r\n"), inputs.NAMES),
        _layout,
    ),
    "file names": Target(st.tuples(inputs.PATTERNS, inputs.NAMES, st.booleans()), _file_name),
    "scans": Target(
        st.tuples(inputs.NAMES, inputs.files_like(b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"), inputs.NAMES), _scan
    ),
    "traces of lots": Target(st.tuples(inputs.files_like(_trace_bytes(_TRACE))), _trace),
    "schedules": Target(
        st.tuples(
            st.sampled_from(("daily", "weekly")) | inputs.TEXT,
            st.integers(-2, 9),
            st.floats(-1, 25) | st.floats(),
            st.sampled_from(_ZONES) | inputs.NAMES,
            _MOMENTS,
        ),
        _schedule,
    ),
}
