"""Rounding half-up and sharing without loss.

Shares of a year (90/365) have no finite decimal form: the rules compute with exact `Fraction` values and round
them once, here, to a `Decimal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from .errors import NothingToShare


@dataclass(frozen=True, slots=True)
class Rounding:
    """Smallest steps of a bill.

    `money`: the currency's smallest unit. `volume`: the precision of a quantity on a bill line, in m³;
    the prorated bounds of blocks and the volumes split by days are multiples of it.
    """

    money: Decimal = Decimal("0.01")
    volume: Decimal = Decimal("0.001")


def round_half_up(value: Fraction | Decimal, step: Decimal) -> Decimal:
    """Return the multiple of `step` nearest to `value`; halves round away from zero (-0.005 → -0.01)."""
    top, bottom = value.as_integer_ratio()
    step_top, step_bottom = step.as_integer_ratio()
    amount, unit = abs(top) * step_bottom, bottom * step_top
    steps = (2 * amount + unit) // (2 * unit)
    return (steps if value >= 0 else -steps) * step


def allocate(total: Decimal, weights: Sequence[Fraction | Decimal | int], step: Decimal) -> list[Decimal]:
    """Allocate `total` in proportion to `weights` (none negative), without losing a cent or a litre.

    Every part is a multiple of `step` (or of the last decimal of `total`, if that is finer), and the parts sum
    exactly to `total`. Uses the largest remainder method; among equal remainders, earlier parts come first. A
    negative total is allocated as its opposite. With three parts or more, one more step to allocate may move a step
    between two other parts, a known property of this method.

    :raises NothingToShare: the weights are all zero and the total is not
    """
    if not total:
        return [total] * len(weights)
    weights = _integers(weights)
    whole = sum(weights)
    if not whole:
        raise NothingToShare(total=total)
    if total % step:
        step = Decimal(1).scaleb(int(total.as_tuple().exponent))
    steps = abs(int(total / step))
    shares = [steps * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(steps * weights[i] % whole))
    for i in by_remainder[: steps - sum(shares)]:
        shares[i] += 1
    return [(share if total > 0 else -share) * step for share in shares]


def _integers(values: Sequence[Fraction | Decimal | int]) -> list[int]:
    """Return integers in the same proportions as `values`."""
    ratios = [value.as_integer_ratio() for value in values]
    common = lcm(*(bottom for _top, bottom in ratios))
    return [top * (common // bottom) for top, bottom in ratios]
