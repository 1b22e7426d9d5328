from odoo import api, fields, models
from odoo.tools import SQL

#: Kinds of records that violate an access rule, being older than the rule or written without the ORM. The query
#: returns each record once, with the company that must correct it, its name and its day. Numbers must not change: ids
#: contain them. PostgreSQL leaves out the queries of kinds that are not searched, and applies what is searched in the
#: name to each of them, if it is a column of the same type in all.
KINDS = {
    1: (
        "foreign_meter",
        "utility.subscription",
        """
        SELECT s.id, COALESCE(s.company_id, m.company_id), p.complete_name, NULL FROM utility_subscription s
          JOIN utility_meter m ON m.id = s.meter_id JOIN res_partner p ON p.id = s.partner_id
         WHERE s.company_id IS DISTINCT FROM m.company_id OR s.section_id IS DISTINCT FROM m.section_id
        """,
    ),
    2: (
        "foreign_tariff",
        "utility.subscription",
        """
        SELECT s.id, s.company_id, p.complete_name, NULL FROM utility_subscription s
          JOIN utility_tariff t ON t.id = s.tariff_id JOIN res_partner p ON p.id = s.partner_id
         WHERE t.company_id IS DISTINCT FROM s.company_id
        """,
    ),
    3: (
        "foreign_partner",
        "utility.subscription",
        """
        SELECT s.id, s.company_id, p.complete_name, NULL
          FROM utility_subscription s JOIN res_partner p ON p.id = s.partner_id
         WHERE p.company_id IS NOT NULL AND p.company_id != s.company_id
        """,
    ),
    4: (
        "foreign_section",
        "utility.meter",
        """
        SELECT m.id, m.company_id, p.name, NULL
          FROM utility_meter m JOIN utility_section s ON s.id = m.section_id
          JOIN utility_connection_point p ON p.id = m.connection_point_id
         WHERE m.company_id IS DISTINCT FROM s.company_id
        """,
    ),
    5: (
        "foreign_reading",
        "utility.reading",
        """
        SELECT r.id, r.company_id, p.name, r.date
          FROM utility_reading r JOIN utility_meter m ON m.id = r.meter_id
          JOIN utility_connection_point p ON p.id = m.connection_point_id
         WHERE r.company_id IS DISTINCT FROM m.company_id OR r.section_id IS DISTINCT FROM m.section_id
        """,
    ),
    6: (
        "foreign_bill",
        "account.move",
        """
        SELECT move.id, move.company_id, COALESCE(move.name, move.ref, ''), NULL
          FROM account_move move JOIN utility_subscription s ON s.id = move.utility_subscription_id
         WHERE s.company_id IS DISTINCT FROM move.company_id
        """,
    ),
    7: (
        "unsigned_approval",
        "account.move",
        """
        SELECT move.id, move.company_id, COALESCE(move.name, move.ref, ''), NULL
          FROM account_move move
         WHERE move.payment_approval = 'approved'
           AND (move.payment_approval_user_id IS NULL OR move.payment_approval_date IS NULL)
        """,
    ),
    8: (
        "billed_without_bill",
        "utility.reading",
        """
        SELECT r.id, r.company_id, p.name, r.date
          FROM utility_reading r JOIN utility_meter m ON m.id = r.meter_id
          JOIN utility_connection_point p ON p.id = m.connection_point_id
         WHERE r.state = 'billed' AND NOT EXISTS (
               SELECT FROM utility_billed_reading b JOIN account_move move ON move.id = b.move_id
                WHERE b.reading_id = r.id AND b.released IS NOT TRUE AND move.state = 'posted')
        """,
    ),
    9: (
        "foreign_leak",
        "utility.leak.alert",
        """
        SELECT a.id, a.company_id, p.complete_name, NULL
          FROM utility_leak_alert a JOIN utility_subscription s ON s.id = a.subscription_id
          JOIN res_partner p ON p.id = s.partner_id JOIN utility_reading r ON r.id = a.reading_id
         WHERE r.company_id IS DISTINCT FROM s.company_id
        """,
    ),
    10: (
        "shared_directory",
        "ledger.connector",
        """
        SELECT DISTINCT ON (one.id) one.id, served.res_company_id, one.name, NULL
          FROM ledger_connector one
          JOIN ledger_connector other ON other.id != one.id AND other.protocol = one.protocol
           AND COALESCE(other.host, '') = COALESCE(one.host, '')
           AND (lower(other.directory) || '/' LIKE lower(one.directory) || '/%%'
                OR lower(one.directory) || '/' LIKE lower(other.directory) || '/%%')
          JOIN ledger_connector_res_company_rel served ON served.ledger_connector_id = one.id
        """,
    ),
}
#: Greater than every kind's number: ids are made of a record's id and of a kind.
STEP = 16


class UtilityIrregularity(models.Model):
    """A record that violates a present rule, listed to be corrected; never changed from here."""

    _name = "utility.irregularity"
    _description = "Record To Correct"
    _auto = False
    _log_access = False
    _order = "kind, name, id"

    kind = fields.Selection(
        [
            ("foreign_meter", "Subscription on a meter of another company"),
            ("foreign_tariff", "Tariff of another company"),
            ("foreign_partner", "Subscriber of another company"),
            ("foreign_section", "Meter of another company than its section"),
            ("foreign_reading", "Reading of another company than its meter"),
            ("foreign_bill", "Bill of a subscription of another company"),
            ("unsigned_approval", "Payment approved by nobody"),
            ("billed_without_bill", "Reading marked billed without a bill"),
            ("foreign_leak", "Possible leak of another company's reading"),
            ("shared_directory", "Directory of several connectors"),
        ],
        string="What Is Wrong",
        readonly=True,
    )
    name = fields.Char(string="Record", readonly=True)
    date = fields.Date(readonly=True, help="Date of a reading.")
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @property
    def _table_query(self):
        # no sudo needed: the record rule on `company_id` restricts the rows to the reader's companies
        parts = [
            SQL(
                "SELECT found.id * %s + %s AS id, %s AS kind, found.name, found.date::date, found.company_id,"
                " %s AS res_model, found.id AS res_id FROM (%s) AS found(id, company_id, name, date)",
                STEP,
                number,
                kind,
                model,
                SQL(query),  # pylint: disable=sql-injection
            )
            for number, (kind, model, query) in KINDS.items()
        ]
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _count_kinds(self):
        """Return {kind: number of records}, for the note of an upgrade."""
        return dict(self._read_group([], ["kind"], ["__count"]))

    # === ACTIONS === #

    def action_open_record(self):
        """Open the record to correct it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
