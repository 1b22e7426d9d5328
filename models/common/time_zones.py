"""Time zones of companies."""

import pytz


def zone_name_of(company) -> str:
    """Return the time zone of a company: its own, else its country's if that has only one, else the user's."""
    # sudo: only the time zone of the company, whose address the user may not be allowed to see
    partner = company.sudo().partner_id
    zones = pytz.country_timezones.get(partner.country_id.code or "", ())
    return partner.tz or (zones[0] if len(zones) == 1 else False) or company.env.user.tz or "UTC"
