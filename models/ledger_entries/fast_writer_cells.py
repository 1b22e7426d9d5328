"""SQL of the cells of a file, for values without findings, with the results of core/ledger/layouts/cells.py."""

from odoo.tools import SQL

#: Parts of the layouts' date formats, with those of PostgreSQL.
DATE_PARTS = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY"}


def can_write(layout):
    """Return whether PostgreSQL can render a layout: entries, without quotes, padding, words or skipped lines."""
    padded = any(column.pad for column in layout.columns)
    if layout.words or layout.skip_zero_lines:
        return False
    quoted = layout.quoting == "all" or layout.delimiter == layout.decimal_sign
    return layout.flow == "entries" and not padded and not quoted


def cell(layout, column, kind, value):
    """Return (SQL of a cell's text, conditions under which it equals that of the Writer)."""
    make = {"date": _date, "flag": _flag, "amount": _amount, "rate": _amount}.get(kind, _text)
    return make(layout, column, SQL("(%s)::text", value) if kind == "integer" else value)


def _text(_layout, column, value):
    conditions = [SQL("char_length(%s) <= %s", value, column.width)] if column.width else []
    if column.required:
        conditions.append(SQL("%s != ''", value))
    return value, conditions


def _amount(layout, column, value):
    text = SQL("round(%s, %s)::text", value, column.decimals)
    # not too precise, not NaN
    conditions = [SQL("COALESCE(min_scale(%s) <= %s, %s IS NULL)", value, column.decimals, value)]
    if column.width:
        conditions.append(SQL("COALESCE(char_length(%s), 0) <= %s", text, column.width))
    if column.required:
        conditions.append(SQL("%s IS NOT NULL", value))
    return text if layout.decimal_sign == "." else SQL("replace(%s, '.', %s)", text, layout.decimal_sign), conditions


def _date(layout, column, value):
    form = layout.date_format
    for sign, part in DATE_PARTS.items():
        form = form.replace(sign, part)
    return SQL("to_char(%s, %s)", value, form), [SQL("%s IS NOT NULL", value)] if column.required else []


def _flag(layout, _column, value):
    return SQL("CASE WHEN %s THEN %s ELSE %s END", value, layout.yes, layout.no), []
