"""Figures of sections: one query per figure, whatever the number of sections, meters and readings.

Called by the dashboard, for sections whose company the reader has access to; every query is restricted to their ids.
"""

from collections import defaultdict
from datetime import date

from odoo import fields
from odoo.tools import SQL

from ..billing.bill_sql import net_volume
from ..metering.reading_sql import in_service, of_the_round


class SectionFigures:
    """Counts by section id, zero for a section without any records."""

    def __init__(self, env, section_ids):
        self.env = env
        self.ids = list(section_ids)

    def meters(self) -> dict[int, tuple[int, int]]:
        """Return {section: (meters to read this round, meters with a running subscription)}.

        The day on which the first round began is given as a value: without it, PostgreSQL reads every reading.
        """
        [[since]] = self._execute("SELECT min(round_start) FROM utility_section WHERE id = ANY(%(ids)s)")
        return self._rows(
            f"""
            SELECT m.section_id, count(*) - count(taken.meter_id), count(*)
              FROM utility_meter m
              LEFT JOIN (SELECT DISTINCT r.meter_id
                           FROM utility_section s
                           JOIN utility_reading r ON r.section_id = s.id AND {of_the_round("r", "s")}
                          WHERE s.id = ANY(%(ids)s) AND r.date >= %(since)s) taken ON taken.meter_id = m.id
             WHERE m.active AND m.section_id = ANY(%(ids)s) AND {in_service("m", "%(today)s")}
             GROUP BY m.section_id
            """,
            since=since,
        )

    def to_check(self) -> dict[int, int]:
        """Return {section: readings to check}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_reading "
            "WHERE state = 'draft' AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def to_synchronise(self) -> dict[int, int]:
        """Return {section: readings that wait for an answer}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_reading "
            "WHERE sync_state = 'pending' AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def moves(self) -> dict[int, int]:
        """Return {section: departures and arrivals of other sections that wait for an answer}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_move "
            "WHERE state IN ('proposed', 'blocked', 'to_undo') AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def alarms(self) -> dict[int, int]:
        """Return {section: alarms of remote readers that nobody looked into}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_telemetry_alarm "
            "WHERE state = 'open' AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def unknown_numbers(self) -> dict[int, int]:
        """Return {section: numbers of remote readings for which a meter is to be chosen}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_telemetry_unknown "
            "WHERE meter_id IS NULL AND NOT COALESCE(is_ignored, FALSE) AND section_id = ANY(%(ids)s) "
            "GROUP BY section_id"
        )

    def failing_sources(self) -> dict[int, int]:
        """Return {section: sources of remote readings whose last run failed}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_telemetry_source "
            "WHERE active AND COALESCE(error, '') <> '' AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def self_reported(self) -> dict[int, int]:
        """Return {section: readings that subscribers reported and nobody checked yet}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_reading "
            "WHERE state = 'draft' AND self_report_id IS NOT NULL AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def gaps(self) -> dict[int, int]:
        """Return {section: meters whose readings differ between sections}."""
        return self._counts(
            """
            SELECT m.section_id, count(*) FROM utility_meter m
             WHERE m.active AND m.section_id = ANY(%(ids)s) AND m.connection_point_id IN (
                   SELECT card.connection_point_id
                     FROM utility_reading r JOIN utility_meter card ON card.id = r.meter_id
                    WHERE card.active AND r.sync_state IN ('pending', 'declined', 'diverging'))
             GROUP BY m.section_id
            """
        )

    def leaks(self) -> dict[int, int]:
        """Return {section: abnormal consumptions of which the subscriber has not been warned}."""
        return self._counts(
            "SELECT section_id, count(*) FROM utility_leak_alert "
            "WHERE state = 'detected' AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def campaigns(self) -> dict[int, int]:
        """Return {section: its campaign in progress, the latest if there are several}."""
        return self._counts(
            "SELECT section_id, max(id) FROM utility_billing_run "
            "WHERE state NOT IN ('draft', 'posted') AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def sendings(self) -> dict[int, int]:
        """Return {section: the sending of a campaign that is under way or stopped, the latest if there are several}."""
        return self._counts(
            "SELECT section_id, max(id) FROM utility_bill_sending "
            "WHERE state IN ('running', 'stopped') AND section_id = ANY(%(ids)s) GROUP BY section_id"
        )

    def billed(self) -> dict[int, dict[date, tuple[float, float]]]:
        """Return {section: {first day of a quarter: (amount before tax, m³)}} of the bills posted since last year."""
        found = defaultdict(dict)
        rows = self._execute(
            f"""
            SELECT utility_section_id, date_trunc('quarter', invoice_date)::date,
                   sum(amount_untaxed_signed)::float, sum({net_volume("move")})::float
              FROM account_move move
             WHERE state = 'posted' AND utility_section_id = ANY(%(ids)s)
               AND invoice_date >= date_trunc('year', %(today)s::date) - interval '1 year'
             GROUP BY 1, 2
            """
        )
        for section, quarter, amount, volume in rows:
            found[section][quarter] = (amount or 0.0, volume or 0.0)
        return found

    def _rows(self, query, **values):
        return {section: tuple(figures) for section, *figures in self._execute(query, **values)}

    def _counts(self, query):
        return dict(self._execute(query))

    def _execute(self, query, **values):
        today = fields.Date.context_today(self.env["utility.section"])
        return self.env.execute_query(SQL(query, ids=self.ids, today=today, **values))
