"""Messages about payments that come in, by code (see messages)."""

from .message_terms import _lt

PAYMENT_MESSAGES = {
    "payment_account_missing": _lt(
        "Journal %(journal)s has no account for payments: enter its bank account in the journal, then look at the "
        "payments again."
    ),
    "payment_bill_foreign": _lt(
        "Payment %(reference)s: bill %(number)s is in %(currency)s: register this payment by hand, then ignore it here."
    ),
    "payment_bill_not_posted": _lt(
        "Payment %(reference)s: bill %(number)s is not posted, or was cancelled: post it, or have the payment "
        "corrected in the accounting system."
    ),
    "payment_cancels_more": _lt(
        "Movement %(reference)s cancels %(amount)s of payment %(what)s, of which %(left)s is left: have it corrected "
        "in the accounting system."
    ),
    "payment_cancels_several": _lt(
        "Movement %(reference)s cancels a payment of %(what)s, of which there are %(count)s: have the reference of the "
        "payment sent with it."
    ),
    "payment_cancels_unknown": _lt(
        "Movement %(reference)s cancels a payment of %(what)s that is not registered here: it waits until that payment "
        "comes in."
    ),
    "payment_changed": _lt(
        "Line %(line)s: payment %(reference)s was registered before with other values (%(fields)s); it stays as it is. "
        "To change it, have it cancelled in the accounting system and sent again under another reference."
    ),
    "payment_company_unknown": _lt(
        "Line %(line)s: payment %(reference)s is of company %(company)s, which is none of the connector's: enter the "
        "code of the company, or have the row corrected, then read the file again."
    ),
    "payment_date_moved": _lt(
        "Payment %(reference)s of %(date)s is entered on %(entered)s, since the period is closed in Odoo."
    ),
    "payment_document_several": _lt(
        "Payment %(reference)s: several documents of company %(company)s have the number %(number)s: register this "
        "payment by hand, then ignore it here."
    ),
    "payment_document_unknown": _lt(
        "Payment %(reference)s: no document %(number)s of company %(company)s is known: the payment waits until it is "
        "posted. If it is billed elsewhere, ignore the payment."
    ),
    "payment_journal_missing": _lt(
        "%(company)s has no journal for the payments that come in: choose one on the connector, then look at the "
        "payments again."
    ),
    "payment_letter_several": _lt(
        "Payment %(reference)s: letter %(letter)s is that of several third parties: have the third party or the "
        "document sent with it."
    ),
    "payment_letter_unknown": _lt(
        "Payment %(reference)s: no document is known by the letter %(letter)s: the payment waits."
    ),
    "payment_names_nothing": _lt(
        "Payment %(reference)s names neither a document nor a letter: have it corrected in the accounting system, or "
        "ignore it here."
    ),
    "payment_over": _lt(
        "Payment %(reference)s is %(left)s more than what remained due: the rest stays as a credit of the customer."
    ),
    "payment_zero": _lt("Line %(line)s: payment %(reference)s has the amount zero: have it corrected."),
}
