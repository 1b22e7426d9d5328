"""Departures and arrivals: entered once, applied in every section that shares the meter.

The rules are in `core.metering.occupancy` and `core.metering.estimating`. This package ends and begins subscriptions,
draws up the closing bill, records what was done so that it can be undone, and proposes it to sections that the user may
not enter.
"""

from . import utility_move, utility_move_actions, utility_meter, utility_subscription, res_partner
