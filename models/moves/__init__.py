"""Departures and arrivals: said once, done in every section that shares the meter.

The rules are those of `core.metering.occupancy` and `core.metering.estimating`; what is here ends and begins
subscriptions, has the closing bill drawn up, keeps what was done so that it can be undone, and proposes it to the
sections that the person may not enter.
"""

from . import utility_move, utility_move_actions, utility_meter, utility_subscription, res_partner
