"""Facts of both cards with which a person decides on a pair: last index, former subscribers, replaced devices."""

from collections.abc import Iterable

from odoo import fields
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ..metering.reading_sql import slot

#: How many former subscribers, and replaced devices, are shown per card.
_SHOWN = 3


class MatchCards:
    """Facts of many cards, in one query per fact.

    Called by the list and the form of the pairs, whose reader may see both sections (record rule of the pairs).

    :param ids: of `utility.meter`
    """

    def __init__(self, env, ids: Iterable[int]):
        self.env = env
        self._ids = sorted(set(ids))
        env.flush_all()
        self._readings = dict(self._rows(_LAST_READING))
        self._subscribers = self._grouped(_FORMER_SUBSCRIBERS)
        self._devices = self._grouped(_REPLACED_DEVICES)

    def last_reading(self, card: int) -> str:
        """Return the last index with its date, « 1 234 (30/06/2024) »; "" if the card was never read."""
        found = self._readings.get(card)
        if not found:
            return ""
        day, index = found
        return f"{formatLang(self.env, index, digits=0 if index == int(index) else 3)} ({format_date(self.env, day)})"

    def past(self, card: int) -> str:
        """Return the former subscribers and the replaced devices, the last ones first."""
        parts = [
            self.env._("%(subscriber)s until %(day)s", subscriber=name, day=format_date(self.env, day))
            for name, day in self._subscribers.get(card, ())
        ]
        parts += [
            self.env._("device %(number)s until %(day)s", number=number, day=format_date(self.env, day))
            for number, day in self._devices.get(card, ())
        ]
        return " · ".join(parts)

    def _rows(self, query: str) -> list[tuple]:
        today = fields.Date.context_today(self.env["utility.meter"])
        rows = self.env.execute_query(SQL(query, ids=self._ids, today=today, shown=_SHOWN))
        return [(row[0], row[1:]) for row in rows]

    def _grouped(self, query: str) -> dict[int, list[tuple]]:
        found: dict[int, list[tuple]] = {}
        for card, row in self._rows(query):
            found.setdefault(card, []).append(row)
        return found


_LAST_READING = f"""
    SELECT DISTINCT ON (r.meter_id) r.meter_id, r.date, r.index
      FROM utility_reading r
     WHERE r.meter_id = ANY(%(ids)s)
     ORDER BY r.meter_id, r.date DESC, {slot("r")} DESC
"""
_FORMER_SUBSCRIBERS = """
    SELECT id, name, date_end
      FROM (SELECT s.meter_id AS id, partner.name, s.date_end,
                   row_number() OVER (PARTITION BY s.meter_id ORDER BY s.date_end DESC, s.id DESC) AS rank
              FROM utility_subscription s JOIN res_partner partner ON partner.id = s.partner_id
             WHERE s.meter_id = ANY(%(ids)s) AND s.date_end < %(today)s) AS past
     WHERE rank <= %(shown)s
     ORDER BY id, rank
"""
_REPLACED_DEVICES = """
    SELECT id, serial_number, removed_on
      FROM (SELECT m.id, d.serial_number, d.removed_on,
                   row_number() OVER (PARTITION BY m.id ORDER BY d.removed_on DESC, d.id DESC) AS rank
              FROM utility_meter m JOIN utility_device d ON d.connection_point_id = m.connection_point_id
             WHERE m.id = ANY(%(ids)s)) AS past
     WHERE rank <= %(shown)s
     ORDER BY id, rank
"""
