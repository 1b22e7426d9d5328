"""Messages of the import dialog about files, rows and meters that it refuses, and what to do about them."""

from odoo.tools import format_date

from ...core.metering.delimited import FileFault, RowFault, UnreadableFile
from ...core.metering.file_remarks import RowFinding
from ...core.metering.findings import Code, ReadingFinding
from ...core.metering.readings_file import BadReadingRow
from .meter_finder import MeterFault
from .reading_import_results import Refusal


def file_sentence(env, refused: UnreadableFile) -> str:
    """Return why a whole file is refused."""
    labels = dict(env["utility.reading.import.column"]._fields["role"]._description_selection(env))
    params = {
        **refused.params,
        "missing": ", ".join(labels[role] for role in refused.params.get("missing", ())),
        "columns": ", ".join(refused.params.get("columns", ())),
    }
    found = refused.params.get("found", "")
    params["found"] = found if isinstance(found, str) else ", ".join(found)
    template = {
        FileFault.EMPTY: env._("The file is empty."),
        FileFault.TOO_LARGE: env._("The file is larger than %(megabytes)s MB. Cut it into several files."),
        FileFault.SPREADSHEET: env._(
            "This is a spreadsheet workbook. Open it, save it as CSV (delimited text), then import that file."
        ),
        FileFault.BINARY: env._("This is not a text file. Import a file of delimited text (CSV)."),
        FileFault.NO_COLUMNS: env._(
            "No line of the file names columns (the first one: “%(found)s”). One must: meter, date, index."
        ),
        FileFault.NO_ROWS: env._("There is no reading under the names of the columns (%(found)s)."),
        FileFault.MISSING_COLUMNS: env._(
            "No column is known as: %(missing)s. The file has: %(found)s. Choose the content of each column."
        ),
        FileFault.DUPLICATE_COLUMNS: env._(
            "Several columns have the same content: %(columns)s. Keep one of them, clear the others."
        ),
    }[refused.code]
    return template % params


def refusal_sentence(env, refusal: Refusal) -> str:
    """Return why a row is refused."""
    if isinstance(refusal.cause, ReadingFinding):
        return _finding_sentence(env, refusal.meter, refusal.cause)
    if isinstance(refusal.cause, BadReadingRow):
        row = refusal.cause
        return _row_template(env, row.code) % {"value": row.value, "column": row.column, "meter": row.meter}
    values = {"meter": refusal.meter, "found": ", ".join(refusal.cause.proposals)}
    return _meter_template(env, refusal.cause.fault) % values


def _finding_sentence(env, meter: str, finding: ReadingFinding) -> str:
    """Return what is wrong with a reading among the others, with the rows of the file concerned."""
    readings = env["utility.reading"]
    if not isinstance(finding, RowFinding) or not finding.lines:
        return readings._finding_sentence(meter, finding)
    lines = ", ".join(map(str, finding.lines))
    if finding.code is Code.DUPLICATE:
        return env._(
            "Meter %(meter)s: line %(lines)s of this file already gives its reading of %(date)s, index %(previous)s. "
            "Index %(index)s is not taken: keep one of the two rows.",
            meter=meter,
            lines=lines,
            date=format_date(env, finding.date),
            previous=readings._format_volume(finding.previous_index),
            index=readings._format_volume(finding.index),
        )
    doubt = env._("Nothing tells whether this row or line %(lines)s is wrong: check them all.", lines=lines)
    return f"{readings._finding_sentence(meter, finding)} {doubt}"


def _meter_template(env, fault: MeterFault) -> str:
    return {
        MeterFault.UNKNOWN: env._(
            "Meter %(meter)s is not known in this section. Correct its number, or tick “Create Unknown Meters”."
        ),
        MeterFault.ALIKE: env._(
            "Meter %(meter)s is not known in this section, but resembles %(found)s. Correct the number, tick “Take "
            "the Meters They Resemble”, or create its meter by hand if it is another one."
        ),
        MeterFault.ELSEWHERE: env._(
            "Meter %(meter)s is not known in this section: another one has it (%(found)s). Tick “Attach the Other "
            "Section's Meters” to share it, or create its meter by hand if it is another one."
        ),
        MeterFault.TWIN: env._(
            "Meter %(meter)s is not known, and this file also has %(found)s, which may be the same one. Write one "
            "number for both, or create their meters by hand if they are two."
        ),
        MeterFault.ARCHIVED: env._("Meter %(meter)s is archived in this section. Unarchive it, or correct the number."),
        MeterFault.AMBIGUOUS: env._(
            "Several meters of this section have the number %(meter)s. Give each a number of its own first."
        ),
    }[fault]


def _row_template(env, fault: RowFault) -> str:
    return {
        RowFault.LINE_TOO_LONG: env._("The line is far too long for a reading. Check how the file was made."),
        RowFault.QUOTE_NOT_CLOSED: env._("A quotation mark is opened and never closed: %(value)s"),
        RowFault.CELL_COUNT: env._("The row does not have as many cells as the first line: %(value)s"),
        RowFault.UNREADABLE: env._(
            "Column “%(column)s” holds characters that can't be read: %(value)s. Try another encoding."
        ),
        RowFault.METER_MISSING: env._("The meter is missing (column “%(column)s”)."),
        RowFault.METER_REWRITTEN: env._(
            "“%(value)s” is a number rewritten by a spreadsheet. Format column “%(column)s” as text before saving it."
        ),
        RowFault.METER_TOO_LONG: env._("“%(value)s” is too long for the number of a meter."),
        RowFault.DATE_MISSING: env._("Meter %(meter)s: the date is missing (column “%(column)s”)."),
        RowFault.DATE_WRONG: env._("Meter %(meter)s: “%(value)s” is not a date in the format chosen."),
        RowFault.INDEX_MISSING: env._("Meter %(meter)s: the index is missing (column “%(column)s”)."),
        RowFault.INDEX_WRONG: env._("Meter %(meter)s: “%(value)s” is not an index. Write digits only."),
        RowFault.TIME_WRONG: env._("Meter %(meter)s: “%(value)s” is not an hour (column “%(column)s”)."),
        RowFault.UNIT_UNKNOWN: env._("Meter %(meter)s: “%(value)s” is not a known unit of volume. Write m3, L or hL."),
        RowFault.CONSUMPTION_WRONG: env._("Meter %(meter)s: “%(value)s” is not a consumption. Write digits only."),
        RowFault.DIGITS_WRONG: env._("Meter %(meter)s: “%(value)s” is not a number of digits between 1 and 12."),
    }[fault]
