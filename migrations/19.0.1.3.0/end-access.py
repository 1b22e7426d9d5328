"""Counts the records that violate a rule of this version; they are listed in Administration, and stay as they are."""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)


def migrate(cr, _version):
    found = api.Environment(cr, SUPERUSER_ID, {})["utility.irregularity"]._count_kinds()
    for kind, count in found.items():
        _logger.info("Records to correct (Administration, Records To Correct): %s × %s", count, kind)
