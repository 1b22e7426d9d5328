"""Where a company's clocks are."""

import pytz


def zone_name_of(company) -> str:
    """Return the time zone of a company: its own, else that of its country where there is one, else the user's."""
    # sudo: the time zone of a company, whose address the user may not see
    partner = company.sudo().partner_id
    zones = pytz.country_timezones.get(partner.country_id.code or "", ())
    return partner.tz or (zones[0] if len(zones) == 1 else False) or company.env.user.tz or "UTC"
