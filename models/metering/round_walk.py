import re
from base64 import b64decode
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.image import image_process

from .reading_sql import running, slot, to_read

#: Number of meters sent to a telephone at a time: more than a day's round.
METERS = 500
#: Maximum size of a stored photo, in pixels.
PHOTO = (1280, 1280)
ROUND = """
    SELECT m.id, COALESCE(m.route, ''), point.serial_number, point.name, point.street, point.city, point.location,
           point.digits, partner.name, last.date, last.index, usual.daily, {to_read}
      FROM utility_meter m
      JOIN utility_section s ON s.id = m.section_id
      JOIN utility_connection_point point ON point.id = m.connection_point_id
 LEFT JOIN LATERAL (
           SELECT subscription.partner_id FROM utility_subscription subscription
            WHERE subscription.meter_id = m.id AND {running}
            ORDER BY subscription.date_start DESC LIMIT 1) served ON TRUE
 LEFT JOIN res_partner partner ON partner.id = served.partner_id
 LEFT JOIN LATERAL (
           SELECT reading.date, reading.index FROM utility_reading reading
            WHERE reading.meter_id = m.id AND reading.date < %(today)s
            ORDER BY reading.date DESC, {slot} DESC LIMIT 1) last ON TRUE
 LEFT JOIN LATERAL (
           SELECT sum(reading.consumption) / NULLIF(sum(reading.date - reading.previous_date), 0) AS daily
             FROM utility_reading reading
            WHERE reading.meter_id = m.id AND reading.previous_date IS NOT NULL AND reading.date > %(since)s) usual
        ON TRUE
     WHERE m.section_id = %(section)s AND m.active AND served.partner_id IS NOT NULL AND {route}
     ORDER BY COALESCE(m.route, ''), m.sequence, m.id
     LIMIT %(limit)s
"""
COLUMNS = (
    "id", "route", "serial_number", "name", "street", "city", "location",
    "digits", "subscriber", "previous_date", "previous_index", "daily", "to_read",
)  # fmt: skip


class RoundWalk:
    """Round of a section on a telephone: the meters to read, and the entries of the agent.

    The caller has checked that the user may read the section (`utility.section.walk_round`), whose meters these are.
    """

    def __init__(self, section):
        self._section, self._env = section, section.env
        self._today = fields.Date.context_today(section)

    def meters(self, route=None):
        """Return the meters of the section, or of one of its routes, in reading order."""
        self._env.flush_all()
        of_route = "COALESCE(m.route, '') = %(route)s" if route is not None else "TRUE"
        today = "%(today)s"
        rules = {
            "running": running("subscription", today),
            "to_read": to_read("m", "s", today),
            "slot": slot("reading"),
        }
        query = ROUND.format(**rules, route=of_route)
        rows = self._env.execute_query(
            SQL(
                query,
                section=self._section.id,
                today=self._today,
                since=self._today - timedelta(days=3 * 365),
                route=route,
                limit=METERS,
            )
        )
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    def save(self, entry):
        """Store one entry of the telephone, exactly once: the telephone resends it until it is acknowledged.

        :param dict entry: `meter_id`, and `date` and `index` (with `rollover`) or a `note`; a `photo` (base64)
        :return: {"reading_id", "finding"}, or {"refused": the reason, for the agent}
        """
        try:
            with self._env.cr.savepoint():
                meter = self._meter(entry)
                found = self._save_reading(meter, entry) if entry.get("index") is not None else {}
                self._keep_note(meter, entry)
        except UserError as error:
            return {"refused": str(error)}
        except (KeyError, TypeError, ValueError):
            return {"refused": self._env._("What was typed could not be read. Type the index again.")}
        return found

    def _meter(self, entry):
        wanted = [("id", "=", int(entry["meter_id"])), ("section_id", "=", self._section.id)]
        meter = self._env["utility.meter"].search(wanted)
        if not meter:
            raise UserError(self._env._("This meter is not one of the section any more. Load the round again."))
        return meter

    def _save_reading(self, meter, entry):
        values = {"index": float(entry["index"]), "rollover": bool(entry.get("rollover"))}
        moment = {"meter_id": meter.id, "date": fields.Date.to_date(entry["date"])}
        readings = self._env["utility.reading"]
        kept = readings.search([(name, "=", value) for name, value in moment.items()] + [("kind", "=", "real")])
        if not kept:
            kept = readings.create(moment | values)
        elif (kept.index, kept.rollover) != (values["index"], values["rollover"]):
            if kept.create_uid != self._env.user:
                raise UserError(
                    self._env._(
                        "%(who)s already read this meter that day: index %(index)s. Correct it in the readings.",
                        who=kept.create_uid.name,
                        index=readings._format_volume(readings._decimal(kept.index)),
                    )
                )
            kept.write(values)
        labels = dict(readings._fields["finding"]._description_selection(self._env))
        return {"reading_id": kept.id, "finding": labels.get(kept.finding, "")}

    def _keep_note(self, meter, entry):
        """Store a note and a photo in the meter's history, once per entry."""
        note, photo = str(entry.get("note") or "").strip(), entry.get("photo")
        key = re.sub(r"[^A-Za-z0-9-]", "", str(entry["key"]))
        message_id = f"<round-{key}@{meter.id}.utility-billing-sync>"
        if not (note or photo) or self._is_noted(meter, message_id):
            return
        meter.check_access("write")
        picture = image_process(b64decode(photo), size=PHOTO) if photo else b""
        body = self._env._("Round of readings: %s", note or self._env._("photo"))
        files = [(f"{key}.jpg", picture)] if picture else []
        meter.message_post(body=body, attachments=files, message_id=message_id)

    def _is_noted(self, meter, message_id):
        # sudo: only whether this entry was already stored, on a meter that the caller may read; no content is returned
        messages = self._env["mail.message"].sudo()
        here = [("model", "=", meter._name), ("res_id", "=", meter.id), ("message_id", "=", message_id)]
        return bool(messages.search_count(here))
