"""Runs and their steps: codes in, entries out, answers in, scans in, recovery.

The delivery protocol of `docs/architecture.rst` is carried out here.
"""

from . import (
    runner,
    steps,
    entries_out,
    answers_in,
    scans_in,
    recovery,
)
