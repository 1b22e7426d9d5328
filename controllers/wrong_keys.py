"""Rate limit on wrong keys: an address with too many is refused for a while."""

import time
from collections import OrderedDict

#: Number of wrong keys allowed per address in a window of so many seconds.
ALLOWED = 10
WINDOW = 60.0
#: Number of addresses to remember, so that an attacker with many of them cannot fill the memory.
REMEMBERED = 10_000


class WrongKeys:
    """Counts wrong keys per address, in the memory of one server process, like Odoo's failed logins."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._moments = OrderedDict()

    def seconds_to_wait(self, address):
        """Return for how many seconds an address is still refused; 0 if it is not."""
        moments = self._recent(address)
        return max(1, round(moments[0] + WINDOW - self._clock())) if len(moments) >= ALLOWED else 0

    def add(self, address):
        """Record a wrong key of an address."""
        self._moments[address] = [*self._recent(address), self._clock()]
        self._moments.move_to_end(address)
        while len(self._moments) > REMEMBERED:
            self._moments.popitem(last=False)

    def _recent(self, address):
        since = self._clock() - WINDOW
        return [moment for moment in self._moments.get(address, ()) if moment > since]
