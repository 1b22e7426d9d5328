"""Wrong keys are slowed down: an address that shows many is not listened to for a while."""

import time
from collections import OrderedDict

#: Wrong keys that an address may show in a window of so many seconds.
ALLOWED = 10
WINDOW = 60.0
#: Addresses that are remembered: an attacker who has more gains no memory of ours.
REMEMBERED = 10_000


class WrongKeys:
    """The wrong keys of each address, in the memory of one server process; as Odoo counts failed logins."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._moments = OrderedDict()

    def seconds_to_wait(self, address):
        """Return after how many seconds an address is listened to again; 0: at once."""
        moments = self._recent(address)
        return max(1, round(moments[0] + WINDOW - self._clock())) if len(moments) >= ALLOWED else 0

    def add(self, address):
        """Note that an address showed a wrong key."""
        self._moments[address] = [*self._recent(address), self._clock()]
        self._moments.move_to_end(address)
        while len(self._moments) > REMEMBERED:
            self._moments.popitem(last=False)

    def _recent(self, address):
        since = self._clock() - WINDOW
        return [moment for moment in self._moments.get(address, ()) if moment > since]
