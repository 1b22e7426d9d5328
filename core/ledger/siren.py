"""The SIREN of a company: nine digits with a check digit."""

import re

_DIGITS = 9


def siren_of(registry: str, vat: str) -> str:
    """Return the SIREN in a SIREN, SIRET or RCS number, or else in a French VAT number; "" if there is none."""
    digits = re.sub(r"\D", "", registry or "")
    number = re.sub(r"[^0-9A-Za-z]", "", vat or "").upper()
    french = number[4:] if number.startswith("FR") and len(number) == 4 + _DIGITS else ""
    return next((found[:_DIGITS] for found in (digits, french) if _is_siren(found[:_DIGITS])), "")


def _is_siren(digits: str) -> bool:
    """Return whether nine digits pass the Luhn check."""
    if len(digits) != _DIGITS or not digits.isdigit() or not digits.strip("0"):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
