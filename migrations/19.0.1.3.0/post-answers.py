def migrate(cr, version):
    """Link the answers that corrected a reading of another section to that reading."""
    cr.execute(
        """
        UPDATE utility_reading_answer a SET target_reading_id = r.id
          FROM utility_reading r
         WHERE r.origin_reading_id = a.reading_id AND r.section_id = a.target_section_id AND r.date = a.date
           AND a.answer = 'synchronized' AND a.outcome = 'correct' AND a.target_reading_id IS NULL
        """
    )
