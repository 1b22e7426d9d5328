"""Age of devices, which must be replaced after 15 years (arrêté of 6 March 2007)."""

from datetime import date

YEARS_IN_SERVICE = 15


def renewal_date(installed_on: date | None, year: int) -> date | None:
    """Return the day from which a device must be replaced.

    :param installed_on: day of its installation, which takes precedence if known
    :param year: year of manufacture; 0 if unknown
    :return: None if neither is known
    """
    if installed_on:
        try:
            return installed_on.replace(year=installed_on.year + YEARS_IN_SERVICE)
        except ValueError:
            return date(installed_on.year + YEARS_IN_SERVICE, 3, 1)
    return date(year + YEARS_IN_SERVICE, 1, 1) if year else None
