"""Figures of a year by section: amounts billed and collected, prices, levies, the age of meters.

Nothing is stored: each figure is computed from bills, subscriptions and meters, and opens them.
"""

from . import utility_connection_point, utility_year_figure, utility_year_levy
