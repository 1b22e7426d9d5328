"""Consumption graph of a meter: a bar per interval next to that of the previous year, estimates, the mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .intervals import Interval, drawn_between, years_before

WIDTH, NARROW_WIDTH, HEIGHT = 760, 400, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 24, 62
#: Steps of an axis, in powers of ten.
STEPS = (1, 2, 5, 10)
LINES = 4
NOW, BEFORE, MEAN = "#2f6fb0", "#c3cfdb", "#b3541e"


@dataclass(frozen=True, slots=True)
class Bar:
    """Consumption between two readings.

    :param day: day of the closing reading
    :param volume: m³
    :param is_estimated: whether it ends with an estimate that no reading has corrected yet
    :param year_before: m³ of the same days a year earlier; None if they were not all measured
    """

    day: date
    volume: Decimal
    is_estimated: bool = False
    year_before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GraphWords:
    """Texts of a graph, in the language of its reader; `day` formats a day on the axis."""

    title: str
    unit: str
    consumption: str
    year_before: str
    estimated: str
    mean: str
    day: Callable[[date], str]
    number: Callable[[Decimal], str]


def graph_bars(past: Sequence[Interval], count: int) -> tuple[Bar, ...]:
    """Return the last bars of a meter, at most `count`; days without a device have none."""
    shown = [part for part in past if part.has_device and part.volume >= 0][-count:]
    return tuple(Bar(part.end, part.volume, not part.is_actual, _year_before(past, part)) for part in shown)


def mean_volume(bars: Sequence[Bar]) -> Decimal | None:
    """Return the mean of the measured bars in m³; None if there are fewer than two."""
    measured = [bar.volume for bar in bars if not bar.is_estimated]
    return sum(measured, Decimal(0)) / len(measured) if len(measured) > 1 else None


def _year_before(past: Sequence[Interval], part: Interval) -> Decimal | None:
    first, after = years_before(part.start, 1), years_before(part.end, 1)
    found = list(drawn_between(past, first, after))
    if not found or sum(days for _volume, days in found) < (after - first).days:
        return None
    volume = sum(volume for volume, _days in found)
    return (Decimal(volume.numerator) / Decimal(volume.denominator)).quantize(Decimal(1), ROUND_HALF_UP)


def axis(highest: Decimal) -> list[Decimal]:
    """Return the round values of the axis, from 0 to the highest bar or above it."""
    if highest <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** (highest / LINES).adjusted()
    step = next(power * times for times in STEPS if power * times * LINES >= highest)
    lines = int((highest / step).to_integral_value("ROUND_CEILING"))
    return [step * number for number in range(lines + 1)]


def draw(bars: Sequence[Bar], words: GraphWords, key: str, width: int = WIDTH) -> str:
    """Return the graph as SVG.

    :param key: distinguishes it from the other graphs of a page
    :param width: of the drawing, which shrinks with the page: words stay readable on a phone at `NARROW_WIDTH`
    """
    mean = mean_volume(bars)
    volumes = [bar.volume for bar in bars] + [bar.year_before for bar in bars if bar.year_before is not None]
    lines = axis(max(volumes))
    scale = Decimal(HEIGHT - TOP - BOTTOM) / lines[-1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" role="img" class="o_utility_graph" '
        f'width="100%" style="max-width: {width}px" font-size="12" fill="currentColor">',
        f"<title>{_text(words.title)}</title>",
        f'<defs><pattern id="estimated-{key}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="3" height="6" fill="{NOW}"/></pattern></defs>',
        _label(6, 14, words.unit, "start"),
    ]
    for value in lines:
        height = _height(value * scale)
        parts.append(f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{height}" y2="{height}" stroke="#8884"/>')
        parts.append(_label(LEFT - 6, height + 4, words.number(value), "end"))
    room = (width - LEFT - RIGHT) / len(bars)
    for place, bar in enumerate(bars):
        parts += _draw_bar(bar, LEFT + place * room, room, scale, words, key)
    if mean is not None:
        height = _height(mean * scale)
        parts.append(
            f'<line class="o_mean" x1="{LEFT}" x2="{width - RIGHT}" y1="{height}" y2="{height}" '
            f'stroke="{MEAN}" stroke-dasharray="6 4"/>'
        )
    return "".join([*parts, *_legend(bars, mean, words, key, width), "</svg>"])


def _draw_bar(bar: Bar, left: float, room: float, scale: Decimal, words: GraphWords, key: str) -> list[str]:
    width = min(room * 0.36, 34)
    middle = left + room / 2
    drawn = []
    if bar.year_before is not None:
        tip = f"{words.year_before}: {words.number(bar.year_before)} {words.unit}"
        drawn.append(_rect(middle - width, bar.year_before * scale, width, BEFORE, tip, "o_year_before"))
    fill, kind = (f"url(#estimated-{key})", "o_estimated") if bar.is_estimated else (NOW, "o_measured")
    start = middle if bar.year_before is not None else middle - width / 2
    tip = f"{words.day(bar.day)}: {words.number(bar.volume)} {words.unit}"
    drawn.append(_rect(start, bar.volume * scale, width, fill, tip, kind))
    drawn.append(_label(start + width / 2, _height(bar.volume * scale) - 4, words.number(bar.volume), "middle"))
    drawn.append(_label(middle, HEIGHT - BOTTOM + 16, words.day(bar.day), "middle"))
    return drawn


def _legend(bars: Sequence[Bar], mean: Decimal | None, words: GraphWords, key: str, width: int) -> list[str]:
    said = [(NOW, words.consumption)]
    if any(bar.year_before is not None for bar in bars):
        said.append((BEFORE, words.year_before))
    if any(bar.is_estimated for bar in bars):
        said.append((f"url(#estimated-{key})", words.estimated))
    if mean is not None:
        said.append((MEAN, f"{words.mean}: {words.number(mean)} {words.unit}"))
    drawn, left, top = [], float(LEFT), HEIGHT - 22
    if LEFT + sum(40 + 7 * len(text) for _fill, text in said) > width:
        top -= 14
    for fill, text in said:
        room = 40 + 7 * len(text)
        if left + room > width:
            left, top = float(LEFT), top + 18
        drawn.append(f'<rect x="{left:.0f}" y="{top}" width="12" height="12" fill="{fill}"/>')
        drawn.append(_label(left + 17, top + 10, text, "start"))
        left += room
    return drawn


def _height(length: Decimal) -> float:
    return round(float(HEIGHT - BOTTOM - length), 1)


def _rect(left: float, length: Decimal, width: float, fill: str, tip: str, kind: str) -> str:
    top = _height(length)
    size = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{max(float(length), 0):.1f}"'
    return f'<rect class="{kind}" {size} fill="{fill}"><title>{_text(tip)}</title></rect>'


def _label(left: float, top: float, text: str, anchor: str) -> str:
    return f'<text x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}">{_text(text)}</text>'


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
