"""What the import dialog says of a file, a row or a meter that cannot be taken, and what to do about it."""

from ..core.metering.delimited import FileFault, FileRefused, RowFault
from ..core.metering.findings import Finding
from ..core.metering.readings_file import BadRow
from ..models.metering.reading_import import MeterFault, Refusal


def file_sentence(env, refused: FileRefused) -> str:
    """Say why a whole file is refused."""
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
            "No columns in the first line: “%(found)s”. It must name them: meter, date, index."
        ),
        FileFault.NO_ROWS: env._("There is no reading under the names of the columns (%(found)s)."),
        FileFault.MISSING_COLUMNS: env._(
            "No column is known as: %(missing)s. The file has: %(found)s. Say what each column holds."
        ),
        FileFault.DUPLICATE_COLUMNS: env._(
            "Several columns hold the same thing: %(columns)s. Keep one of them, clear the others."
        ),
    }[refused.code]
    return template % params


def refusal_sentence(env, refusal: Refusal) -> str:
    """Say why a row is refused."""
    if isinstance(refusal.cause, Finding):
        return env["utility.reading"]._finding_sentence(refusal.meter, refusal.cause)
    if isinstance(refusal.cause, BadRow):
        row = refusal.cause
        return _row_template(env, row.code) % {"value": row.value, "column": row.column, "meter": row.meter}
    return _meter_template(env, refusal.cause) % {"meter": refusal.meter}


def _meter_template(env, fault: MeterFault) -> str:
    return {
        MeterFault.UNKNOWN: env._(
            "Meter %(meter)s is not known in this section. Correct its number, or tick “Create Unknown Meters”."
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
        RowFault.KIND_UNKNOWN: env._(
            "Meter %(meter)s: “%(value)s” is not a known kind of reading. "
            "Correct it, or leave column “%(column)s” unused."
        ),
        RowFault.CONSUMPTION_WRONG: env._("Meter %(meter)s: “%(value)s” is not a consumption. Write digits only."),
        RowFault.DIGITS_WRONG: env._("Meter %(meter)s: “%(value)s” is not a number of digits between 1 and 12."),
    }[fault]
