"""Messages about electronic invoices that are received, by code (see messages)."""

from .message_terms import _lt

E_INVOICE_MESSAGES = {
    "invoice_account_unknown": _lt(
        "%(name)s: account %(account)s is not among the reference codes of %(company)s: choose the account on the bill."
    ),
    "invoice_account_provisional": _lt(
        "%(name)s does not name the account of its lines; %(account)s was entered: choose the account on the bill."
    ),
    "invoice_iban_unknown": _lt(
        "%(name)s: the bank account %(iban)s is not known for %(supplier)s; it was not entered. Check it with the "
        "supplier before any payment."
    ),
    "invoice_module_missing": _lt(
        "%(name)s was attached without being read: install the module account_edi_ubl_cii to have such invoices read."
    ),
    "invoice_for_other": _lt(
        "%(name)s is addressed to %(numbers)s, which is not %(company)s: move it to the scans of the other company, "
        "or confirm that the bill is yours."
    ),
    "invoice_not_decoded": _lt("%(name)s was attached but could not be read: enter the bill by hand. %(reason)s"),
    "invoice_supplier_several": _lt(
        "%(name)s: several third parties have the numbers %(numbers)s (%(names)s): choose the supplier on the bill."
    ),
    "invoice_supplier_unknown": _lt(
        "%(name)s: no third party of %(company)s has the numbers (%(numbers)s) of %(supplier)s: have it created in the"
        " accounting system, update the reference codes, then choose the supplier on the bill."
    ),
    "invoice_total_differs": _lt(
        "%(name)s states %(stated)s including VAT, but the total of the bill is %(total)s: correct it."
    ),
    "invoice_vat_unknown": _lt(
        "%(name)s: VAT of %(rate)s %% is not among the purchase taxes and reference codes of %(company)s: enter it on "
        "the bill."
    ),
    "invoice_xml_entities": _lt("%(name)s declares a document type (DTD), which no invoice needs: it was refused."),
    "invoice_xml_large": _lt("%(name)s is larger than an invoice may be (%(limit)s MB, %(tags)s tags)."),
    "invoice_xml_other": _lt(
        "%(name)s is not an electronic invoice (UBL, CII): put it beside its PDF, or enter it by hand."
    ),
    "invoice_xml_wrong": _lt("%(name)s is not well-formed XML (line %(line)s): have it sent again."),
}
