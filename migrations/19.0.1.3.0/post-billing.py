"""Fills the new fields of bills, subscriptions and alerts of earlier versions."""

from odoo.tools import SQL


def migrate(cr, version):
    if not version:
        return
    _begin_tariff_periods(cr)
    _keep_meters_of_bills(cr)
    _keep_billed_readings(cr)
    _keep_numbers(cr)


def _begin_tariff_periods(cr):
    """Create a tariff period for each subscription from its first day, with the tariff that it was billed by."""
    cr.execute(
        SQL(
            """
            INSERT INTO utility_subscription_tariff (subscription_id, company_id, date_start, tariff_id,
                                                     create_uid, write_uid, create_date, write_date)
            SELECT s.id, s.company_id, s.date_start, s.tariff_id, 1, 1,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM utility_subscription s
             WHERE s.tariff_id IS NOT NULL AND NOT EXISTS (
                   SELECT FROM utility_subscription_tariff t WHERE t.subscription_id = s.id)
            """
        )
    )


def _keep_meters_of_bills(cr):
    """Store the meter of each bill: that of its billed readings, else that of its subscription."""
    cr.execute(
        SQL(
            """
            UPDATE account_move m
               SET utility_meter_id = COALESCE(
                       (SELECT b.meter_id FROM utility_billed_reading b WHERE b.move_id = m.id ORDER BY b.id LIMIT 1),
                       s.meter_id)
              FROM utility_subscription s
             WHERE s.id = m.utility_subscription_id AND m.utility_meter_id IS NULL
            """
        )
    )


def _keep_numbers(cr):
    """Store the number of each device that was read, and that of the meter as the bill printed it."""
    cr.execute(
        SQL(
            """
            UPDATE utility_billed_reading b
               SET device = COALESCE(
                       (SELECT d.serial_number FROM utility_device d
                         WHERE d.connection_point_id = p.id AND b.kind != 'installation' AND d.removed_on >= b.date
                         ORDER BY d.removed_on LIMIT 1), p.serial_number, p.name)
              FROM utility_meter m JOIN utility_connection_point p ON p.id = m.connection_point_id
             WHERE m.id = b.meter_id AND b.device IS NULL
            """
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE account_move move SET utility_meter_number = COALESCE(p.serial_number, p.name)
              FROM utility_meter m JOIN utility_connection_point p ON p.id = m.connection_point_id
             WHERE m.id = move.utility_meter_id AND move.utility_meter_number IS NULL
            """
        )
    )


def _keep_billed_readings(cr):
    """Whether a billed consumption was modified, and why, or rolled over: as its reading says, which cannot change."""
    cr.execute(
        SQL(
            """
            UPDATE utility_billed_reading b
               SET rollover = r.rollover IS TRUE, computed_consumption = r.computed_consumption,
                   is_modified = r.is_modified IS TRUE, modification_reason = r.modification_reason
              FROM utility_reading r
             WHERE r.id = b.reading_id AND b.computed_consumption IS NULL
               AND r.consumption = b.consumption AND r.index = b.index
            """
        )
    )
