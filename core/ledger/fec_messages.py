"""Messages of the check of a FEC, by code (see messages)."""

from .message_terms import _lt

FEC_MESSAGES = {
    "fec_account": _lt("Line %(line)s: account %(value)s does not begin with three digits of the French chart."),
    "fec_amount": _lt("Line %(line)s, column %(column)s: %(value)s is not an amount with a decimal comma."),
    "fec_characters": _lt("Line %(line)s, column %(column)s: %(characters)s cannot be in a FEC."),
    "fec_cells": _lt("Line %(line)s has %(count)s fields, %(expected)s are expected."),
    "fec_branches": _lt(
        "The entries of %(names)s, branches of the company, are not in the file: have it exported by a user of them."
    ),
    "fec_currency": _lt("Line %(line)s: %(value)s is not a currency of three letters (ISO 4217)."),
    "fec_date": _lt("Line %(line)s, column %(column)s: %(value)s is not a date of the form YYYYMMDD."),
    "fec_delimiter": _lt(
        "A tabulator or a vertical bar must separate the columns, not “%(value)s”: change the layout."
    ),
    "fec_drafts": _lt("%(count)s entries of the period are drafts, and not in the file: post or delete them first."),
    "fec_empty": _lt("Line %(line)s: column %(column)s is empty."),
    "fec_encoding": _lt("The character set %(value)s is not one that the law allows (%(known)s): change the layout."),
    "fec_gap": _lt(
        "Journal %(journal)s: numbers %(missing)s of the sequence “%(prefix)s” are missing (%(count)s gaps). If they "
        "are of entries that were deleted, keep the reason."
    ),
    "fec_header": _lt("The columns are not the 18 that the law requires, in their order: %(columns)s."),
    "fec_ledger_currency": _lt("The books are kept in %(currency)s: debit and credit of a FEC must be in euros."),
    "fec_name": _lt("%(name)s is not the name of a FEC: SIREN, FEC, last day of the period."),
    "fec_name_date": _lt("%(name)s does not bear the last day of the period, %(date)s."),
    "fec_no_rows": _lt("The file has no row: no entry is posted in the period."),
    "fec_not_a_year": _lt(
        "The period is no fiscal year of the company (%(date)s): the tax office asks for the file of a whole one."
    ),
    "fec_order": _lt(
        "Line %(line)s: validated on %(value)s, after rows validated on %(date)s: not in order of validation."
    ),
    "fec_pair": _lt("Line %(line)s: %(first)s and %(second)s must both be filled, or both be empty."),
    "fec_period": _lt("Line %(line)s: the date %(value)s is not in the period."),
    "fec_sides": _lt("Line %(line)s: exactly one of debit (%(debit)s) and credit (%(credit)s) must be zero."),
    "fec_two_dates": _lt("Entry %(number)s of journal %(journal)s has several dates: %(dates)s."),
    "fec_unbalanced": _lt("Entry %(number)s of journal %(journal)s is not balanced: %(difference)s."),
    "fec_validated_before": _lt("Line %(line)s: validated on %(value)s, before its date %(date)s."),
    "siren_missing": _lt("%(company)s has no SIREN: enter its company number or its French VAT number."),
}
