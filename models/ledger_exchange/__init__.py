from . import (
    runner,
    steps,
    entries_out,
    answers_in,
    scans_in,
    recovery,
)
