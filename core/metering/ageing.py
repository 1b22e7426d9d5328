"""How old a device is, and when it is to be replaced: 15 years (order of 6 March 2007)."""

from datetime import date

YEARS_IN_SERVICE = 15


def renewal_date(installed_on: date | None, year: int) -> date | None:
    """Return the day from which a device is to be replaced.

    :param installed_on: day of its installation, which counts where it is known
    :param year: of its manufacture; 0: not known
    :return: None where neither is known
    """
    if installed_on:
        try:
            return installed_on.replace(year=installed_on.year + YEARS_IN_SERVICE)
        except ValueError:
            return date(installed_on.year + YEARS_IN_SERVICE, 3, 1)
    return date(year + YEARS_IN_SERVICE, 1, 1) if year else None
