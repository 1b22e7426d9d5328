"""What waits, on one screen: figures of the sections and of the connectors, each a link to what it counts.

This package stands on all others; none knows it.
"""

from . import utility_dashboard, utility_irregularity
