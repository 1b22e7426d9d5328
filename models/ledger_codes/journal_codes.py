"""Codes of journals, which are shorter in Odoo than in the accounting system."""

from ...core.ledger.short_codes import free_short_code

#: Characters of a journal's code in Odoo.
JOURNAL_WIDTH = 5


def with_short_code(values, kind, taken, model):
    """Return the values of a record; of a journal, with an unused short code."""
    if kind != "journal":
        return values
    journals = model.with_context(active_test=False)
    taken.update(() if taken else journals.search([("company_id", "parent_of", values["company_id"])]).mapped("code"))
    short = free_short_code(values["code"], taken, JOURNAL_WIDTH)
    taken.add(short)
    return {**values, "code": short}
