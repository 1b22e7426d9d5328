"""Subscriptions, tariffs and campaigns for the tests of `decide`.

The tariff, unless said: 40 €/year; 2 €/m³ up to 120 m³ a year, 3 € above; levy 0.35 €/m³.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from ..billing import Heading, LineKind, Rounding, Tariff, TariffLine, TariffVersion
from ..billing.cases import Case, Charged, Measured, PastReading, Scope
from ..billing.decide import decide
from .test_billing_tariff import block, fixed, period
from .test_metering_intervals import readings as read

PRICES = (fixed("F", 40), block("B1", 2, 0, 120), block("B2", 3, 120))
YEAR, H1, H2 = "2024-01-01..2024-12-31", "2024-01-01..2024-06-30", "2024-07-01..2024-12-31"
ROUNDING = Rounding()


def levy(key, price, at_invoice=True):
    return TariffLine(key, LineKind.LEVY, Heading.PUBLIC_BODIES, D(price), at_invoice=at_invoice)


def version(start, *lines, **more):
    return TariffVersion(date.fromisoformat(start), lines, **more)


TARIFFS = {1: Tariff((version("2015-01-01", *PRICES, levy("L", "0.35")),))}


def measured(text, since=None, first=1, **more):
    """Readings as `read` takes them; those after `since` are to bill, the others of the past."""
    rows = []
    for rank, row in enumerate(read(text)):
        if row.previous_date and (since is None or row.date > date.fromisoformat(since)):
            before = row.index - row.consumption
            rows.append(
                Measured(
                    first + rank, row.date, row.index, row.kind, row.previous_date, before, row.consumption, **more
                )
            )
    return rows


def past(text, **relieved):
    """The same readings as the meter's history; `r3=120`: what remained of the volume of reading 3."""
    return [
        PastReading(1 + rank, row.date, row.kind, row.previous_date, row.consumption, relieved.get(f"r{1 + rank}"))
        for rank, row in enumerate(read(text))
        if row.previous_date
    ]


def subscription(text="", since=None, relieved=None, **more):
    """A case whose meter has these readings."""
    rows = {"readings": measured(text, since), "history": past(text, **(relieved or {}))} if text else {}
    for name in ("date_start", "date_end"):
        if name in more:
            more[name] = date.fromisoformat(more[name])
    values = {"date_start": date(2015, 1, 1), "date_end": None, "billing_type": "measured", "flat_volume": D(0)}
    return Case(7, 70, 700, None, **values | {"is_dwelling": True, "tariffs": [(date(2015, 1, 1), 1)]} | rows | more)


def scope(days=YEAR, **more):
    days = period(days)
    values = {"reading_start": days.start, "reading_end": days.end, "use_billing_types": True}
    return Scope(1, 2, days, **values | {"invoice_date": days.end} | more)


def outcome(case, days=YEAR, tariffs=TARIFFS, bad=None, **more):
    return decide([case], scope(days, **more), tariffs, ROUNDING, bad or {})


def draft(case, *args, **more):
    batch = outcome(case, *args, **more)
    assert not batch.obstacles, batch.obstacles
    return batch.drafts[0]


def obstacle(case, *args, **more):
    batch = outcome(case, *args, **more)
    assert not batch.drafts
    return batch.obstacles[0]


def charged(bill_draft, volume, estimated_rows):
    """The draft of a bill, as a later one that settles it finds it."""
    lines = [replace(line, document=5) for line in bill_draft.bill.lines if line.kind is not LineKind.FIXED]
    return {5: Charged(D(volume), lines, estimated_rows)}
