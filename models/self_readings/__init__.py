"""Readings that subscribers report themselves: on the portal, by a signed link, by a printed card.

What they report arrives as self-reported and to check on every card of the meter, with its photo. Invitations are sent
to those whose meter is still to read.
"""

from . import (
    utility_self_report,
    utility_subscription,
    utility_reading,
    utility_reading_invitation,
    utility_reading_invitation_line,
)
