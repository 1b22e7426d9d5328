"""File names: checks the patterns of layouts, and matches names with them."""

import re
import string
from collections.abc import Iterator

from ..findings import Finding
from ..records import OUTGOING

NAME_FIELDS = ("lot", "company", "origin", "siren", "date")
MAX_NAME = 120
#: Maximum length on file systems; a server may return anything.
MAX_FOUND_NAME = 255
#: Maximum length of a field that occurs twice in a pattern.
MAX_REPEATED = 64
#: Letters in capitals, which systems write in names of files as they like, or as their disk does.
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_FIELD_TEXT = re.compile(r"[A-Za-z0-9.-]*")


def match_pattern(pattern: str, name: str) -> dict[str, str] | None:
    """Return the fields ({lot}, {company}…) of a file name, None if it does not match the pattern, whatever its case.
    Fields are greedy, from left to right.

    Since a server chooses its names, matching never backtracks, so that no name takes long. A field that occurs twice
    in the pattern has at most `MAX_REPEATED` characters, and each possible text is tried once.
    """
    if len(name) > MAX_FOUND_NAME:
        return None
    parts = _name_parts(pattern)
    repeated = _repeated_fields(parts)
    if not repeated:
        found = _fields(parts, name)
        return None if found is None else {part[1:-1]: text for part, text in found.items()}
    start = sum(map(len, parts[: parts.index(repeated[0])]))
    field_text = _FIELD_TEXT.match(name, start)
    longest = min(field_text.end() if field_text else start, start + MAX_REPEATED)
    for end in range(longest, start, -1):
        text = name[start:end]
        found = _fields([text if part == repeated[0] else part for part in parts], name)
        if found is not None:
            return {part[1:-1]: found_text for part, found_text in {repeated[0]: text, **found}.items()}
    return None


def _fields(parts: list[str], name: str) -> dict[str, str] | None:
    """Return {field: its text} of a name, None if it does not match: one pass over the name per part, from the last.

    Whether the rest of the pattern matches from a position of the name is computed once.
    """
    fits, ends = [place == len(name) for place in range(len(name) + 1)], []
    for part in reversed(parts):
        ends.append(_farthest_ends(part, name, fits))
        fits = [end >= 0 for end in ends[-1]]
    if not fits[0]:
        return None
    found, place = {}, 0
    for part, farthest in zip(parts, reversed(ends), strict=True):
        if part[0] == "{":
            found[part] = name[place : farthest[place]]
        place = farthest[place]
    return found


def _farthest_ends(part: str, name: str, fits: list[bool]) -> list[int]:
    """Return, for each position of the name, the farthest end of a part that begins there; -1 for none.

    :param fits: for each position, whether the rest of the pattern matches from there
    """
    places = range(len(name) + 1)
    if part != "*" and part[0] != "{":
        small, wanted = name.translate(_SMALL), part.translate(_SMALL)
        return [p + len(part) if small.startswith(wanted, p) and fits[p + len(part)] else -1 for p in places]
    ends, farthest = [], -1
    for place in reversed(places):
        taken = name[place : place + 1]
        goes_on = bool(taken) and (taken != "\n" if part == "*" else bool(_FIELD_TEXT.fullmatch(taken)))
        longer = farthest if goes_on else -1
        farthest = longer if longer >= 0 or not fits[place] else place
        # a field has at least one character
        ends.append(farthest if part == "*" else longer)
    return ends[::-1]


def _name_parts(pattern: str) -> list[str]:
    """Split a pattern into {fields}, `*` and texts."""
    parts: list[str] = []
    for text, field, _spec, _conversion in string.Formatter().parse(pattern):
        parts += filter(None, re.split(r"(\*)", text))
        parts += [f"{{{field}}}"] if field else []
    return parts


def _repeated_fields(parts: list[str]) -> list[str]:
    return sorted({part for part in parts if part[0] == "{" and parts.count(part) > 1}, key=parts.index)


def pattern_mistakes(pattern: str, flow: str) -> Iterator[Finding]:
    """Yield the reasons why files of a flow cannot be named by a pattern."""
    try:
        parsed = list(string.Formatter().parse(pattern))
    except ValueError as error:
        yield Finding("because_pattern", params={"reason": str(error)})
        return
    literal = "".join(text for text, _field, _spec, _conversion in parsed)
    fields = [(field, spec, conversion) for _text, field, spec, conversion in parsed if field is not None]
    if any(field not in NAME_FIELDS or spec or conversion for field, spec, conversion in fields):
        yield Finding("because_pattern_fields", params={"known": ", ".join(f"{{{name}}}" for name in NAME_FIELDS)})
    else:
        yield from _ambiguities(pattern, flow)
    allowed = r"[A-Za-z0-9._*-]*" if flow not in OUTGOING else r"[A-Za-z0-9._-]*"
    if len(pattern) > MAX_NAME:
        yield Finding("because_pattern_long", params={"limit": MAX_NAME})
    if not re.fullmatch(allowed, literal) or not (literal or fields) or literal.startswith("."):
        yield Finding("because_pattern_characters")
    if flow in ("entries", "updates") and "lot" not in {field for field, _spec, _conversion in fields}:
        yield Finding("because_pattern_lot")


def _ambiguities(pattern: str, flow: str) -> Iterator[Finding]:
    """Yield the reasons why names could not be matched with the pattern in linear time."""
    if flow in OUTGOING:
        return
    parts = _name_parts(pattern)
    repeated = _repeated_fields(parts)
    if len(repeated) > 1:
        yield Finding("because_pattern_several", params={"names": ", ".join(repeated)})
    elif repeated and any(part[0] in "{*" for part in parts[: parts.index(repeated[0])]):
        yield Finding("because_pattern_twice", params={"name": repeated[0]})
