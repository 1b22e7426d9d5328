"""Moves the clock of one server process, but not that of PostgreSQL, as on another machine."""

import time
from datetime import timedelta

import freezegun
from freezegun.api import real_monotonic

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Clock:
    """A clock that runs from another time: `start` it in the process, `jump` during its work."""

    def __init__(self, shift=timedelta(), jump=timedelta()):
        self._shift, self._jump, self._frozen = shift, jump, None

    def start(self):
        self._frozen = freezegun.freeze_time(self._shift, tick=True).start()
        # the monotonic clock never jumps
        time.monotonic = real_monotonic

    def jump(self):
        self._frozen.tick(self._jump)
