"""SQL checks of the invariants of meters and readings after concurrent work."""

CHECKS = {
    "1: cards of one meter have different points": """
        SELECT first, second FROM unnest(%(first)s, %(second)s) AS pair(first, second)
          JOIN utility_meter a ON a.id = first JOIN utility_meter b ON b.id = second
         WHERE a.connection_point_id != b.connection_point_id""",
    "2: two cards of a section on one point": """
        SELECT connection_point_id, section_id FROM utility_meter GROUP BY 1, 2 HAVING count(*) > 1""",
    "3: a billed reading was changed or deleted": """
        SELECT card, index FROM unnest(%(cards)s, %(billed)s) AS kept(card, id) LEFT JOIN utility_reading r USING (id)
         WHERE r.state IS DISTINCT FROM 'billed' OR r.index != %(index)s - card %% 7 OR r.date != %(date)s
            OR r.meter_id != card""",
    "4: a reading reached another section without an answer": """
        SELECT r.id, r.meter_id, r.date FROM utility_reading r JOIN utility_meter m ON m.id = r.meter_id
         WHERE r.origin_reading_id IS NOT NULL AND r.meter_id = ANY(%(cards)s)
           AND NOT EXISTS (
               SELECT FROM utility_reading_answer a
                WHERE a.target_section_id = m.section_id AND a.date = r.date AND a.answer = 'synchronized')""",
    "5, 6: shared where the option is off": """
        SELECT m.connection_point_id FROM utility_meter m JOIN res_company c ON c.id = m.company_id WHERE m.active
      GROUP BY 1 HAVING count(*) > 1 AND NOT bool_and(c.share_connection_points)""",
    "is_shared is wrong": """
        SELECT p.id, p.is_shared FROM utility_connection_point p
          JOIN utility_meter m ON m.connection_point_id = p.id AND m.active
      GROUP BY p.id HAVING p.is_shared != (count(*) > 1)""",
    "a reading that was saved is lost": """
        SELECT DISTINCT card, day FROM unnest(%(saved_cards)s, %(saved_days)s) AS saved(card, day)
         WHERE NOT EXISTS (SELECT FROM utility_reading r WHERE r.meter_id = card AND r.date = day::date)""",
    "an index that no agent entered": """
        SELECT r.meter_id, r.date, r.index FROM utility_reading r
         WHERE r.meter_id = ANY(%(cards)s) AND r.date != %(date)s
           AND NOT EXISTS (SELECT FROM unnest(%(saved_days)s, %(saved)s) AS saved(day, value)
                            WHERE day::date = r.date AND value = r.index)""",
    "a reading does not follow the one before": """
        SELECT id, date, previous_index, before FROM (
               SELECT *, lag(index) OVER (PARTITION BY meter_id ORDER BY date) AS before FROM utility_reading) r
         WHERE meter_id = ANY(%(cards)s) AND date != %(date)s AND previous_index IS DISTINCT FROM before""",
    "synchronised, but different in the other section": """
        SELECT r.id, r.date, r.index, o.index FROM utility_reading r
          JOIN utility_meter m ON m.id = r.meter_id
          JOIN utility_meter other ON other.connection_point_id = m.connection_point_id AND other.id != m.id
     LEFT JOIN utility_reading o ON o.meter_id = other.id AND o.date = r.date
         WHERE r.meter_id = ANY(%(cards)s) AND r.sync_state = 'synced'
           AND (o.index IS DISTINCT FROM r.index OR o.sync_state != 'synced')""",
}
MOST = 3


def problems(world, **values):
    """Return a sentence for each violated invariant, with the first rows that violate it."""
    found = []
    with world.transaction() as env:
        for name, query in CHECKS.items():
            env.cr.execute(query, values)
            rows = env.cr.fetchall()
            if rows:
                found.append(f"{name}: {len(rows)}, {rows[:MOST]}")
    return found
