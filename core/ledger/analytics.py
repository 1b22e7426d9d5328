"""Splits lines in proportion to their analytic distribution, since a row of a file names one section."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .findings import Finding
from .records import Document, EntryLine, Share, closed_code

WHOLE = Decimal(100)
#: Most that rounding takes from a share, in percent with two decimals.
HALF_OF_LAST_DIGIT = Decimal("0.005")
#: Amounts of a line that are split, and the document's field with the decimals of their currency.
AMOUNTS = {"debit": "ledger_decimals", "credit": "ledger_decimals", "currency_balance": "currency_decimals"}


def split_document(document: Document, carries: bool) -> tuple[Document, tuple[Finding, ...]]:
    """Return (the document with one line per analytic section, findings about sections that cannot be sent).

    :param carries: whether the layout has a column for analytic sections
    """
    if not any(line.shares for line in document.lines):
        return document, ()
    if not carries:
        return document, (Finding("analytic_left_out", "analytic_section", blocking=False),)
    lines: list[EntryLine] = []
    findings: list[Finding] = []
    for place, line in enumerate(document.lines, 1):
        shares, left_out = _shares_of_one_plan(line)
        findings += _findings(shares, left_out, place)
        lines += _split(line, shares, document)
    return replace(document, lines=tuple(lines)), tuple(findings)


def _shares_of_one_plan(line: EntryLine) -> tuple[list[Share], list[Share]]:
    """Return (shares of a line's first exchanged plan, shares of other plans): a row has a single axis.

    The plan of a deleted account is unknown: its share counts with those of the exchanged plan.
    """
    shares = [share for share in line.shares if share.percent]
    known = [share.plan for share in shares if share.section]
    plan = min(known or [share.plan for share in shares if share.plan], default=0)
    return [s for s in shares if s.plan in (plan, 0)], [s for s in shares if s.plan not in (plan, 0)]


def _findings(shares: list[Share], left_out: list[Share], place: int) -> Iterator[Finding]:
    if any(share.percent < 0 for share in shares) or _rest(shares) < -len(shares) * HALF_OF_LAST_DIGIT:
        shown = ", ".join(f"{share.name} {share.percent.normalize():f} %" for share in shares)
        yield Finding("analytic_shares_wrong", "analytic_section", {"position": place, "shares": shown}, line=place)
    for share in shares:
        if share.section:
            continue
        if not share.plan:
            yield Finding("analytic_deleted", "analytic_section", {"position": place, "id": share.name}, line=place)
        elif share.closed:
            code, day = closed_code(share.closed)
            params = {"code": code, "name": share.name, "date": day or "?"}
            yield Finding("analytic_closed", "analytic_section", params, line=place)
        else:
            yield Finding("analytic_unbound", "analytic_section", {"name": share.name}, line=place)
    if left_out:
        names = ", ".join(share.name for share in left_out)
        yield Finding("analytic_axis_left_out", "analytic_axis", {"names": names}, line=place, blocking=False)


def _rest(shares: list[Share]) -> Decimal:
    return WHOLE - sum(share.percent for share in shares)


def _split(line: EntryLine, shares: list[Share], document: Document) -> Iterator[EntryLine]:
    """Split a line into one per share, plus one for the rest without a section; the last one takes the rounding."""
    if not shares:
        yield replace(line, analytic_axis="", analytic_section="", shares=()) if line.shares else line
        return
    rest = _rest(shares)
    parts = [(share.percent, share.axis, share.section) for share in shares]
    # three shares of 33.33 % are the whole
    if rest > len(shares) * HALF_OF_LAST_DIGIT:
        parts.append((rest, "", ""))
    left: dict[str, Any] = {name: getattr(line, name) for name in AMOUNTS}
    for percent, axis, section in parts[:-1]:
        amounts: dict[str, Any] = {
            name: _part(getattr(line, name), percent, left[name], getattr(document, decimals))
            for name, decimals in AMOUNTS.items()
        }
        left = {name: left[name] - amounts[name] for name in AMOUNTS}
        yield replace(line, analytic_axis=axis, analytic_section=section, shares=(), **amounts)
    _percent, axis, section = parts[-1]
    yield replace(line, analytic_axis=axis, analytic_section=section, shares=(), **left)


def _part(amount: Decimal, percent: Decimal, left: Decimal, decimals: int) -> Decimal:
    """Return a share of an amount, rounded; at most what is left of it, so that no share changes sides.

    :param decimals: of the amount's currency; an amount that is finer stays as fine as it is
    """
    exponent = amount.normalize().as_tuple().exponent
    places = max(decimals, -exponent) if isinstance(exponent, int) else decimals
    part = (amount * percent / WHOLE).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return min(part, left, key=abs)
