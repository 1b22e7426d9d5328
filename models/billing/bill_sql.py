"""SQL expressions for billed amounts and volumes. Arguments are table aliases, never data."""


def net_volume(move: str) -> str:
    """Return the m³ that an entry of a section adds to what is billed.

    A bill that settles others charges their volume again, so theirs is subtracted. The credit note that cancels a bill
    subtracts its volume; a partial one changes no volume.
    """
    return f"""(CASE
        WHEN {move}.utility_billing_run_id IS NOT NULL
        THEN {_own(move)}
        WHEN {move}.id = (SELECT max(note.id) FROM account_move note
                           WHERE note.reversed_entry_id = {move}.reversed_entry_id AND note.state = 'posted')
        THEN COALESCE((SELECT -{_own("bill")} FROM account_move bill
                        WHERE bill.id = {move}.reversed_entry_id AND bill.utility_credited), 0)
        ELSE 0 END)"""


def _own(bill: str) -> str:
    return f"""({bill}.utility_volume - COALESCE((
        SELECT sum(settled.utility_volume) FROM account_move settled
         WHERE settled.utility_settled_by_id = {bill}.id AND settled.state = 'posted'), 0))"""
