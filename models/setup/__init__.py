"""*Mise en route*: what a town sets up until its first bill, step by step.

Each step knows whether it is done, leads to its screen, and makes in one click what can be made. It uses the packages
of the trade; only the dashboard, which shows how far the town is, stands above it.
"""

from . import res_company, utility_setup_step
