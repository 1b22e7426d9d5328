from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Command

from ..core.metering.cell_formats import DateOrder
from ..core.metering.delimited import UnreadableFile
from ..core.metering.file_columns import Role
from ..core.metering.file_detection import Detected, Doubt, FileFormat, detect
from ..core.metering.units import Unit
from ..models.common.guarded import Guard

DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
DECIMAL_SIGNS = {"comma": ",", "point": "."}


class UtilityReadingImport(models.TransientModel):
    """Format of the imported file: detected, shown, corrected by the user."""

    _inherit = "utility.reading.import"
    _guard = Guard(
        given="encoding delimiter header_line date_order decimal_sign found_table found_date_order "
        "found_decimal_sign date_doubt decimal_doubt unit_doubt column_ids",
    )

    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("cp1252", "Windows (Western Europe)"),
            ("latin-1", "ISO 8859-1 (Western Europe)"),
            ("utf-16", "UTF-16"),
        ]
    )
    delimiter = fields.Selection(
        [("semicolon", "Semicolon ;"), ("comma", "Comma ,"), ("tab", "Tab"), ("pipe", "Bar |")],
        string="Separator",
    )
    header_line = fields.Integer(
        string="Line of the Names",
        help="The line that names the columns. Titles may stand above it.",
    )
    date_order = fields.Selection(
        [
            ("dmy", "Day / month / year"),
            ("mdy", "Month / day / year"),
            ("ymd", "Year - month - day"),
            ("compact", "YYYYMMDD"),
            ("serial", "Numbers of a spreadsheet (45658)"),
        ],
        string="Dates",
    )
    decimal_sign = fields.Selection([("comma", "Comma"), ("point", "Point")])
    # the last detection, by comparison with which a user's choice is recognised
    found_table = fields.Char(readonly=True)
    found_date_order = fields.Char(readonly=True)
    found_decimal_sign = fields.Char(readonly=True)
    date_doubt = fields.Boolean(readonly=True)
    decimal_doubt = fields.Boolean(readonly=True)
    unit_doubt = fields.Boolean(readonly=True)
    column_ids = fields.One2many("utility.reading.import.column", "import_id", string="Columns of the File")

    @api.onchange("encoding", "delimiter", "header_line", "date_order", "decimal_sign", "column_ids")
    def _onchange_format(self):
        try:
            self._find_format()
        except UnreadableFile:
            return  # reported by the check

    # === BUSINESS === #

    def _asked_format(self) -> FileFormat:
        columns = {c.position: Role(c.role) for c in self.column_ids if c.role} if self.column_ids else None
        return FileFormat(
            self.encoding or None,
            DELIMITERS.get(self.delimiter),
            DateOrder(self.date_order) if self.date_order else None,
            DECIMAL_SIGNS.get(self.decimal_sign),
            columns,
            self.header_line or None,
            {c.position: Unit(c.unit) for c in self.column_ids if c.unit and c.unit != c.found_unit},
            self._words(),
        )

    def _find_format(self):
        """Detect the format of the file, except for the user's choices, which stay.

        :raises UnreadableFile: the file cannot be read
        """
        asked = self._asked_format()
        same_table = bool(self.encoding) and self.found_table == self._table_name()
        chose_dates = same_table and self.date_order != self.found_date_order
        chose_decimals = same_table and self.decimal_sign != self.found_decimal_sign
        asked = replace(
            asked,
            date_order=asked.date_order if chose_dates else None,
            decimal_sign=asked.decimal_sign if chose_decimals else None,
            columns=asked.columns if same_table else None,
            # with another separator or encoding, the header may be on another line; a line that the user typed stays
            header_line=asked.header_line if same_table or self._chose_line() else None,
            units=asked.units if same_table else None,
        )
        detected = detect(self._content(), asked)
        values = self._prepare_format(detected)
        self.update(values)
        if not chose_dates:
            self.found_date_order = values["date_order"]
        if not chose_decimals:
            self.found_decimal_sign = values["decimal_sign"]
        if not same_table:
            self.column_ids = self._prepare_columns(detected)
        for column in self.column_ids:
            unit = detected.format.units.get(column.position)
            if not unit or not column.unit or column.unit == column.found_unit:
                column.unit = column.found_unit = unit and unit.value

    def _table_name(self) -> str:
        return f"{self.encoding} {self.delimiter} {self.header_line}"

    def _chose_line(self) -> bool:
        """Return whether the user chose another header line than the detected one."""
        return bool(self.found_table) and self.found_table.rpartition(" ")[2] != str(self.header_line)

    def _prepare_format(self, detected: Detected):
        found = detected.format
        delimiter = next(name for name, sign in DELIMITERS.items() if sign == found.delimiter)
        return {
            "encoding": found.encoding,
            "delimiter": delimiter,
            "header_line": found.header_line,
            "found_table": f"{found.encoding} {delimiter} {found.header_line}",
            "date_order": found.date_order.value,
            "decimal_sign": next(name for name, sign in DECIMAL_SIGNS.items() if sign == found.decimal_sign),
            "date_doubt": Doubt.DATE_ORDER in detected.doubts,
            "decimal_doubt": Doubt.DECIMAL_SIGN in detected.doubts,
            "unit_doubt": Doubt.UNIT in detected.doubts,
        }

    def _prepare_columns(self, detected: Detected):
        roles = detected.format.columns
        return [
            Command.clear(),
            *(
                Command.create(
                    {
                        "position": position,
                        "name": name,
                        "sample": detected.samples[position],
                        "role": roles[position].value if position in roles else False,
                    }
                )
                for position, name in enumerate(detected.header)
            ),
        ]
