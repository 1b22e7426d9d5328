"""Finds known codes in rows that spell them otherwise: in other capitals, or without their zeros."""

from odoo.tools import SQL

HAS_NEW_CODES = """
    SELECT EXISTS (SELECT FROM ledger_incoming row
                    WHERE %(read)s AND NOT EXISTS (SELECT FROM ledger_code known WHERE %(known)s AND %(same)s))
"""
# A code that is written in other capitals now is the same code, unless both are in the files.
RESPELL = """
    UPDATE ledger_code known SET code = row.code
      FROM ledger_incoming row
     WHERE %(known)s AND %(read)s AND row.company_code = COALESCE(known.company_code, '')
       AND upper(row.code) = upper(known.code) AND row.code != known.code
       AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
       AND NOT EXISTS (SELECT FROM ledger_incoming other
                        WHERE other.company_code = row.company_code AND upper(other.code) = upper(row.code)
                          AND other.code != row.code)
       AND NOT EXISTS (SELECT FROM ledger_code other
                        WHERE other.connector_id = known.connector_id AND other.kind = known.kind
                          AND other.company_code = known.company_code AND upper(other.code) = upper(known.code)
                          AND other.id != known.id)
"""
# A spreadsheet takes the zeros before a number away. The row is refused, and the known code is not missing.
REFUSE_WITHOUT_ZEROS = """
    UPDATE ledger_incoming row
       SET company_code = NULL, code = found.known, name = NULL, details = NULL, mark = NULL
      FROM (SELECT row.place, row.code, min(known.code) AS known
              FROM ledger_incoming row
              JOIN ledger_code known ON row.company_code = COALESCE(known.company_code, '')
               AND ltrim(known.code, '0') = row.code AND known.code != row.code
             WHERE %(known)s AND known.active AND %(read)s AND row.code ~ '^[1-9][0-9]*$'
               AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(passed)s AND row.mark = known.mark)
               AND NOT EXISTS (SELECT FROM ledger_incoming row WHERE %(read)s AND %(same)s)
               AND NOT EXISTS (SELECT FROM ledger_code other
                                WHERE other.connector_id = known.connector_id AND other.kind = known.kind
                                  AND other.company_code = known.company_code AND other.code = row.code)
          GROUP BY row.place, row.code) found
     WHERE row.place = found.place
 RETURNING row.place, found.code, found.known
"""


def recognise_spelled(env, values):
    """Respell known codes that come in other capitals, and refuse rows whose code has lost its zeros.

    :param values: parts of SQL, as of `IncomingCodes`
    :return: [(place of the row, its code, known code)] of the refused rows
    """
    if not env.execute_query(SQL(HAS_NEW_CODES, **values))[0][0]:
        return []
    env.cr.execute(SQL(RESPELL, **values))
    return env.execute_query(SQL(REFUSE_WITHOUT_ZEROS, **values))
