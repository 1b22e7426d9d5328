"""The figures of a year by section: what was billed and collected, prices, levies, the age of meters.

Nothing is stored: each figure is worked out from bills, subscriptions and meters, and leads to them.
"""

from . import utility_connection_point, utility_year_figure, utility_year_levy
