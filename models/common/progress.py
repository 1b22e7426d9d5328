"""Shows the progress of long work to the waiting user, while its single transaction is still open."""

import time

from odoo import api

#: Seconds between two messages; short work sends none.
PACE = 0.4


class Progress:
    """Sends percents to the web client of the environment's user (static/src/js/progress.js).

    :param title: what is being done
    :param total: number of steps; the caller calls `advance` as they are done
    """

    def __init__(self, env, title, total):
        self.env = env
        self.title = title
        self.total = total
        self.done = 0
        self.sent_at = time.monotonic()
        self.shown = False

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self.shown:
            self._send(100)

    def advance(self, steps) -> None:
        """Count steps as done; send a message if one is due."""
        self.done += steps
        if time.monotonic() - self.sent_at >= PACE:
            self._send(min(99, 100 * self.done // max(1, self.total)))

    def _send(self, percent) -> None:
        # a separate transaction: messages sent in the work's own transaction leave only when it is committed
        with self.env.registry.cursor() as cr:
            # a user created in the work's own transaction does not exist here, and has no client yet
            user = api.Environment(cr, self.env.uid, {}).user.exists()
            if user:
                user._bus_send("utility_billing_sync.progress", {"title": self.title, "percent": percent})
        self.sent_at = time.monotonic()
        self.shown = True
