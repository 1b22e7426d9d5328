"""Unique indexes: the database refuses a second row whatever the code does."""

from psycopg2.errors import UniqueViolation

from odoo.tools import SQL, mute_logger

from .access_town import AccessCase

#: model: the index that refuses a second row of the same
ONCE = {
    "utility.reading": "utility_reading_one_per_moment",
    "utility.billed.reading": "utility_billed_reading_reserved_once",
    "utility.leak.alert": "utility_leak_alert_once",
    "utility.meter": "utility_meter_one_card_per_section",
    "ledger.document": "ledger_document_move_unique",
    "ledger.lot": "ledger_lot_number_unique",
    "ledger.code": "ledger_code_code_unique",
    "ledger.file": "ledger_file_read_once",
}


class TestUniqueIndexes(AccessCase):
    @mute_logger("odoo.sql_db")
    def test_a_second_row_is_refused(self):
        self.records["ledger.file"].sha256 = "0" * 64
        self.records["ledger.code"].sudo().company_code = "EAU"
        self.env.flush_all()
        for model, index in ONCE.items():
            with self.subTest(model), self.assertRaises(UniqueViolation) as refused, self.env.cr.savepoint(flush=False):
                self.copy_row(self.records[model])
            self.assertEqual(refused.exception.diag.constraint_name, index, model)

    def copy_row(self, record):
        """Insert the row of a record again by SQL."""
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id'"
        self.env.cr.execute(query, [record._table])
        columns = SQL(", ").join(SQL.identifier(name) for (name,) in self.env.cr.fetchall())
        table = SQL.identifier(record._table)
        self.env.cr.execute(
            SQL("INSERT INTO %s (%s) SELECT %s FROM %s WHERE id = %s", table, columns, columns, table, record.id)
        )

    def test_a_reading_that_a_bill_gave_back_may_be_billed_again(self):
        row = self.records["utility.billed.reading"]
        row.released = True
        self.env.flush_all()
        self.copy_row(row)
        self.assertEqual(self.env.cr.rowcount, 1)
