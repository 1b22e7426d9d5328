"""Finds the cards of a matching's two sections that are neither shared with the other section nor in a pair."""

from odoo.tools import SQL


class UnpairedCards:
    """Cards left without a pair.

    Called by the form of a matching and the search of its cards, whose reader has access to both companies (record rule
    of matchings); the cards themselves are then read under their own rule.

    :param run: a `utility.meter.matching`
    """

    def __init__(self, run):
        self.env = run.env
        self._run = run

    def of(self, section) -> SQL:
        """Return, as SQL in parentheses, the ids of one section's unpaired cards."""
        self.env.flush_all()
        run = self._run
        is_first = section == run.section_id
        return SQL(
            """(
            SELECT m.id
              FROM utility_meter m JOIN utility_connection_point p ON p.id = m.connection_point_id
             WHERE m.section_id = %(section)s AND m.active AND p.active
               AND NOT EXISTS (SELECT FROM utility_meter there
                                WHERE there.connection_point_id = p.id AND there.section_id = %(other)s)
               AND NOT EXISTS (SELECT FROM utility_meter_match pair
                                WHERE pair.run_id = %(run)s AND %(card)s = m.id
                                  AND pair.confidence != 'other_device' AND pair.state != 'distinct')
            )""",
            section=section.id,
            other=(run.other_section_id if is_first else run.section_id).id,
            run=run.id,
            card=SQL.identifier("pair", "meter_id" if is_first else "other_meter_id"),
        )

    def counts(self) -> tuple[int, int]:
        """Return the number of cards in the section that keeps its points, and in the section to attach."""
        if not self._run.id:
            return 0, 0
        first, other = self.of(self._run.section_id), self.of(self._run.other_section_id)
        query = SQL("SELECT (SELECT count(*) FROM %s AS mine), (SELECT count(*) FROM %s AS theirs)", first, other)
        return self.env.execute_query(query)[0]
