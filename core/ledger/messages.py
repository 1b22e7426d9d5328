"""Messages of the exchange by code: models translate the message, tests assert the code."""

from collections.abc import Mapping

from .e_invoice_messages import E_INVOICE_MESSAGES
from .fec_messages import FEC_MESSAGES
from .message_terms import _lt
from .payment_messages import PAYMENT_MESSAGES
from .transport_messages import TRANSPORT_MESSAGES

MESSAGES = {
    # Documents that cannot be sent
    "account_closed": _lt(
        "Code %(code)s, of account %(name)s, is closed in the accounting system since %(date)s: enter another account, "
        "or have the code opened again there and update the reference codes."
    ),
    "account_unbound": _lt("No account code is bound to %(name)s: bind it among the reference codes."),
    "analytic_axis_left_out": _lt(
        "Analytic accounts %(names)s, of another plan, are left out: a row has a single axis."
    ),
    "analytic_closed": _lt(
        "Code %(code)s, of analytic account %(name)s, is closed in the accounting system since %(date)s: distribute "
        "the line otherwise, or have the code opened again there and update the reference codes."
    ),
    "analytic_deleted": _lt(
        "Line %(position)s is distributed on an analytic account that was deleted since (number %(id)s): distribute it "
        "anew."
    ),
    "analytic_left_out": _lt("The layout has no column for analytic sections: the distribution is left out."),
    "analytic_shares_wrong": _lt(
        "The analytic shares of line %(position)s (%(shares)s) are not parts of a whole: each must be positive, and "
        "together they must not exceed 100 %%. Correct the distribution."
    ),
    "analytic_unbound": _lt("No analytic section code is bound to %(name)s: bind it among the reference codes."),
    "amount_too_precise": _lt("%(value)s has more decimals than column %(column)s holds: round the amount."),
    "amount_too_wide": _lt("%(value)s is wider than column %(column)s (%(width)s characters)."),
    "company_locked": _lt("Company %(company)s is locked in the accounting system: unlock it or wait."),
    "company_unbound": _lt("The company has no accounting code: enter it in Administration, Company."),
    "currency_unknown": _lt("The connector does not exchange currency %(currency)s."),
    "document_empty": _lt("The document has no line."),
    "document_number_missing": _lt("The document has no number: post it."),
    "due_date_missing": _lt("Third-party line %(position)s has no due date: enter it or the payment terms."),
    "due_dates_several": _lt(
        "The document has %(count)s due dates, but the layout has one per document: %(date)s is written. To send them "
        "all, add a column with the due date of the line."
    ),
    "journal_closed": _lt(
        "Code %(code)s, of journal %(name)s, is closed in the accounting system since %(date)s: enter the document in "
        "another journal, or have the code opened again there and update the reference codes."
    ),
    "journal_unknown": _lt("Journal %(journal)s is unknown to company %(company)s in the accounting system."),
    "payment_mode_closed": _lt(
        "Code %(code)s, of payment mode %(name)s, is closed in the accounting system since %(date)s: choose another "
        "mode, or have the code opened again there and update the reference codes."
    ),
    "payment_mode_unbound": _lt(
        "No payment mode code is bound to %(name)s: bind it among the reference codes, or choose another mode."
    ),
    "rate_missing": _lt("The document is in %(currency)s and has no rate to %(ledger_currency)s."),
    "required_missing": _lt("Column %(column)s is required, but the document has no value for it."),
    "third_party_closed": _lt(
        "Code %(code)s, of third party %(name)s, is closed in the accounting system since %(date)s: bind another of "
        "its codes, or have it opened again there and update the reference codes."
    ),
    "third_party_doubtful": _lt(
        "Code %(code)s, of third party %(name)s, stands for another one in the accounting system by now: decide among "
        "the reference codes (filter To Decide)."
    ),
    "third_party_unbound": _lt("No third-party code is bound to %(name)s: bind it among the reference codes."),
    "text_replaced": _lt("Column %(column)s: %(characters)s cannot be written as it is and was replaced."),
    "text_invisible": _lt("Column %(column)s: the invisible characters %(characters)s were left out."),
    "text_truncated": _lt("Column %(column)s: the text was cut to %(width)s characters."),
    "text_too_wide": _lt("Column %(column)s: %(value)s is longer than %(width)s characters."),
    "text_unwritable": _lt("Column %(column)s: %(encoding)s cannot write %(characters)s: change the text."),
    "unbalanced": _lt("Debit %(debit)s and credit %(credit)s differ by %(difference)s: correct the document."),
    "reversal_needed": _lt("%(fields)s changed after the integration: reverse the document and enter it again."),
    "value_wrong": _lt("Column %(column)s cannot hold %(value)s: a value of kind %(kind)s is expected."),
    # Rows of incoming files
    "amount_wrong": _lt("Line %(line)s, column %(column)s: %(value)s is not an amount."),
    "cell_too_many": _lt("Line %(line)s has %(count)s columns, %(expected)s are expected."),
    "code_duplicate": _lt("Line %(line)s: code %(code)s is already on line %(first)s with other values."),
    "date_wrong": _lt("Line %(line)s, column %(column)s: %(value)s is not a date of the form %(format)s."),
    "binding_ambiguous": _lt("Code %(code)s is the reference of several records (%(names)s): bind it by hand."),
    "third_party_replaced": _lt(
        "Line %(line)s: code %(code)s stood for %(known)s and stands for %(now)s now: it stays as it was, and nothing "
        "is sent under it, until you decide among the reference codes (filter To Decide)."
    ),
    "company_not_known": _lt(
        "%(count)s rows of %(kind)s belong to company code %(company)s, which no company has here, while nothing "
        "has come for %(names)s: check their codes (Reference Codes, kind Company), then update the reference codes "
        "again."
    ),
    "code_spoiled": _lt(
        "Line %(line)s, column %(column)s: a spreadsheet took the code for a number and saved %(value)s: send the file "
        "again."
    ),
    "code_zeros": _lt(
        "Line %(line)s: code %(code)s is known as %(known)s, whose zeros a spreadsheet has taken away: %(known)s stays "
        "as it was. Send the file again; if the code really changed, archive %(known)s among the reference codes first."
    ),
    "deactivation_no_rows": _lt(
        "The files of %(kind)s contain no rows: the %(count)s known codes stay active. If they were really deleted, "
        "confirm it on the connector."
    ),
    "deactivation_share": _lt(
        "%(count)s of %(known)s codes of %(kind)s are missing from the files, more than %(limit)s %%: the files are "
        "probably incomplete, and the codes stay active. If they were really deleted, confirm it on the connector."
    ),
    "deactivation_held": _lt("Missing codes of %(kind)s stay active: %(count)s unreadable rows may contain them."),
    "flag_wrong": _lt("Line %(line)s, column %(column)s: %(value)s is neither %(yes)s nor %(no)s."),
    "line_nul": _lt("Line %(line)s contains a NUL character, at column %(column)s."),
    "line_too_long": _lt("Line %(line)s is longer than %(limit)s bytes and was skipped."),
    "line_truncated": _lt("Line %(line)s has no line end: the file is cut there; send it again."),
    "line_other_encoding": _lt("Line %(line)s is UTF-8 text where %(encoding)s is expected: save the file again."),
    "line_odd_letters": _lt(
        "Line %(line)s: the letters of “%(word)s” are those of DOS or of old Macintosh computers, where %(encoding)s "
        "is expected: save the file again as %(encoding)s."
    ),
    "line_undecodable": _lt("Line %(line)s, byte %(column)s: not %(encoding)s text."),
    "quote_open": _lt("Line %(line)s: a quote opened in column %(column)s is never closed."),
    "quote_wrong": _lt("Line %(line)s, column %(column)s: text follows the closing quote."),
    "row_short": _lt("Line %(line)s has %(count)s columns, %(expected)s are expected: the row is cut."),
    "value_missing": _lt("Line %(line)s, column %(column)s: a value is required."),
    "word_unknown": _lt(
        "Line %(line)s, column %(column)s: %(value)s is not one of the words that the layout knows (%(known)s): add it"
        " to its correspondences."
    ),
    # Acknowledgements
    "acknowledgement_already_there": _lt(
        "The accounting system says that it has the document already: %(code)s %(message)s. If it is this one, do not "
        "export it again: have its acceptance sent, which will be taken."
    ),
    "acknowledgement_ambiguous": _lt(
        "Line %(line)s: %(count)s documents with the number %(number)s of company %(company)s wait for an answer:"
        " record the outcome of their lots."
    ),
    "acknowledgement_contradicts": _lt("Line %(line)s: %(number)s is %(state)s, the report says %(status)s."),
    "acknowledgement_duplicate": _lt("Line %(line)s: document %(number)s was already %(status)s."),
    "acknowledgement_late": _lt(
        "Line %(line)s: this answers lot %(lot)s, but %(number)s was sent again in lot %(current)s."
    ),
    "acknowledgement_pending": _lt(
        "Line %(line)s: document %(number)s still waits in the accounting system: its answer is yet to come."
    ),
    "acknowledgement_rejected": _lt("The accounting system rejected the document: %(code)s %(message)s"),
    "acknowledgement_twice": _lt(
        "Line %(line)s: document %(number)s is accepted under the reference %(reference)s, and on line %(first_line)s "
        "under %(first)s: the accounting system may have it twice. Have the one too many removed there."
    ),
    "acknowledgement_unexpected": _lt(
        "Line %(line)s: document %(number)s was never sent, but the report says %(status)s."
    ),
    "acknowledgement_unknown": _lt("Line %(line)s: no document %(number)s of company %(company)s is known."),
    "lot_refused": _lt("The accounting system refused the whole lot %(lot)s: correct, then export again."),
    "lot_refused_because": _lt(
        "The accounting system refused the whole lot %(lot)s (%(code)s %(message)s): correct, then export again."
    ),
    # A database restored from an older backup
    "document_lost": _lt(
        "Document %(number)s of %(company)s was sent in lot %(lot)s, but this database, restored from an older backup,"
        " does not contain it: enter it again under the same number, or reverse it in the accounting system."
    ),
    "lot_recognized": _lt(
        "Lot %(lot)s was sent before this database was restored: its %(count)s documents still belong to it."
    ),
    "trace_wrong": _lt("%(name)s, the trace of a lot that was sent, cannot be read: it was moved aside."),
    # Files as a whole, layouts, states
    "column_duplicate": _lt("The header names column %(column)s twice."),
    "column_missing": _lt("The header lacks column %(column)s."),
    "encoding_wrong": _lt("The file is not %(encoding)s text (it begins as %(found)s): save it as %(encoding)s."),
    "file_empty": _lt("The file is empty: it does not even have a header."),
    "file_too_large": _lt("The file is larger than %(limit)s bytes."),
    "header_unreadable": _lt("The header cannot be read: %(reason)s"),
    "layout_wrong": _lt("Layout %(layout)s: %(reason)s"),
    "schedule_wrong": _lt("The schedule cannot be used: %(reason)s"),
    "transition_forbidden": _lt("%(event)s is impossible in the state %(state)s."),
    # Why a layout or a schedule cannot be used
    "because_alignment": _lt("column %(column)s must be aligned to the left or to the right."),
    "because_attribute": _lt("column %(column)s: %(value)s is not an attribute of this flow."),
    "because_both": _lt("column %(column)s must have either an attribute or a constant, not both."),
    "because_column_twice": _lt("two columns have the same name in the header."),
    "because_constant_wide": _lt("the constant of column %(column)s is wider than the column."),
    "because_decimal_sign": _lt("without quotes, the decimal sign cannot be the delimiter."),
    "because_flow": _lt("the flow %(value)s does not exist."),
    "because_form": _lt("%(value)s is not one of the known values of “%(what)s” (%(known)s)."),
    "because_frequency": _lt("the frequency %(value)s is unknown."),
    "because_naive": _lt("the start of the search has no time zone."),
    "because_no_amount": _lt("it needs amount and direction, or debit and credit, or the signed balance."),
    "because_no_column": _lt("it has no column."),
    "because_not_plain": _lt(
        "the name and the constant of column %(column)s must be plain text, without delimiter, in characters of the "
        "encoding."
    ),
    "because_padding": _lt("the padding of column %(column)s must be one plain character, and needs a width."),
    "because_padding_zeros": _lt(
        "column %(column)s: zeros behind an amount would make it another one. Align the column to the right."
    ),
    "because_payment_column": _lt("payments need a required column %(column)s."),
    "because_pattern": _lt("the file name pattern is wrong: %(reason)s"),
    "because_pattern_characters": _lt(
        "the file name pattern may only contain letters, digits, dots, dashes and underscores."
    ),
    "because_pattern_fields": _lt("the file name pattern may only contain the fields %(known)s."),
    "because_pattern_long": _lt("the file name pattern has more than %(limit)s characters."),
    "because_pattern_lot": _lt("the file name must contain {lot}, so that a lot delivered twice is one file."),
    "because_pattern_several": _lt("the file name pattern contains %(names)s twice: only one field may be repeated."),
    "because_pattern_twice": _lt("%(name)s occurs twice in the file name pattern: only plain text may precede it."),
    "because_time": _lt("the time %(value)s is not between 0:00 and 23:59."),
    "because_too_few": _lt("%(width)s characters are too few for column %(column)s."),
    "because_weekday": _lt("the weekday %(value)s is not between 0 and 6."),
    "because_width": _lt("the width of column %(column)s must be between 0 and 1000, its decimals between 0 and 8."),
    "because_word_attribute": _lt("%(column)s has no correspondences in this flow."),
    "because_word_empty": _lt("the word for %(value)s is empty."),
    "because_word_value": _lt("%(value)s is not one of %(known)s."),
    "because_yes_no": _lt("yes and no must differ and be plain text."),
    "because_zone": _lt("the time zone %(value)s is unknown."),
    # Scans
    "scan_cut": _lt("%(name)s has no end marker: the scan is incomplete, scan it again."),
    "scan_directory_shared": _lt(
        "%(name)s is, holds or lies in the scan directory of another company: give each company its own."
    ),
    "scan_empty": _lt("%(name)s is empty: scan it again."),
    "scan_journal_missing": _lt("%(company)s has no purchase journal: create one, the scans wait for it."),
    "scan_locked": _lt(
        "%(name)s was attached, but opens with a password only: ask who sent it for the password, or for a copy "
        "without one."
    ),
    "scan_not_pdf": _lt("%(name)s is neither a PDF document nor an XML invoice: scan it as PDF."),
    **E_INVOICE_MESSAGES,
    **FEC_MESSAGES,
    **PAYMENT_MESSAGES,
    **TRANSPORT_MESSAGES,
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """Return the English message of a code, with its parameters (strings or numbers)."""
    return MESSAGES[code] % params
