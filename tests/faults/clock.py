"""The clock of one server process is moved; that of PostgreSQL, on another machine, is not."""

import time
from datetime import timedelta

import freezegun
from freezegun.api import real_monotonic

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Clock:
    """A clock that goes on from another hour: `start` it in the process, `jump` during its work."""

    def __init__(self, shift=timedelta(), jump=timedelta()):
        self._shift, self._jump, self._frozen = shift, jump, None

    def start(self):
        self._frozen = freezegun.freeze_time(self._shift, tick=True).start()
        # moving the clock never moves this one
        time.monotonic = real_monotonic

    def jump(self):
        self._frozen.tick(self._jump)
