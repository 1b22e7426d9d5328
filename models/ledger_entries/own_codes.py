"""SQL of the attributes of entries in a FEC."""

from odoo.tools import SQL

from . import entry_sql


class OwnCodes:
    """Attributes that fall back to Odoo's own code if a record has no code in the accounting system.

    For a FEC, for which codes need not be bound.
    """

    HEAD = {"journal": "COALESCE(journal_code.code, journal.code)"}
    LINE = {
        "account": "COALESCE(account_code.code, account.code_store ->> ("
        "SELECT split_part(owner.parent_path, '/', 1) FROM res_company owner WHERE owner.id = head.company_id), '')",
        "third_party": entry_sql.third_party("head.is_sale", *entry_sql.OWN_THIRD),
    }

    @classmethod
    def head(cls, name, lang):
        return SQL(cls.HEAD[name]) if name in cls.HEAD else entry_sql.head(name, lang)

    @classmethod
    def line(cls, name, lang):
        return SQL(cls.LINE[name]) if name in cls.LINE else entry_sql.line(name, lang)
