"""Text as it is meant: composed accents, no invisible characters, blanks are empty, plain equivalents."""

import re
import unicodedata

# What has an equivalent everywhere; accents are dealt with by decomposition.
EQUIVALENTS = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "€": "EUR", "£": "GBP",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T",
    "þ": "th", "Þ": "TH", "ŋ": "n", "Ŋ": "N", "ĸ": "k", "µ": "u", "μ": "u",
    "’": "'", "‘": "'", "‚": "'", "‛": "'", "“": "'", "”": "'", "„": "'", "‟": "'", "«": "'", "»": "'", "‹": "'",
    "›": "'", "′": "'", "″": "'", "ʼ": "'", "ʹ": "'", "`": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁃": "-", "•": "-", "·": "-", "‣": "-",
    "●": "-", "▪": "-", "…": "...", "⁄": "/", "∕": "/", "÷": "/", "×": "x", "≤": "<=", "≥": ">=", "≠": "<>", "→": "->",
    "←": "<-", "°": "o", "²": "2", "³": "3", "¹": "1", "©": "(c)", "®": "(r)", "\u00a0": " ", "\u202f": " ",
    "\u2028": " ", "\u2029": " ",
}  # fmt: skip
UNWRITABLE = "?"

# Nothing of these shows: marks of direction, soft hyphens, joiners, variation selectors, fillers. The numbering signs
# of Arabic and Syriac have the same category and are drawn.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
#: Characters that a blank cell may be made of, besides those that do not show.
BLANKS = (
    " \t\n\r\x0b\x0c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text shows."""
    return not text or not _INVISIBLE.sub("", text).strip()


def composed(text: str) -> str:
    """Return a text with its accents composed (NFC), as keyboards write them."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def without_invisible(text: str) -> tuple[str, str]:
    """Return (the text without the characters that do not show, those characters)."""
    if text.isascii():
        return text, ""
    found = "".join(sorted(set(_INVISIBLE.findall(text))))
    return (_INVISIBLE.sub("", text), found) if found else (text, "")


def equivalent(char: str, encoding: str) -> str:
    """Return what an encoding can write of a character: itself, a plain equivalent, `?` where there is none."""
    if _can_write(char, encoding):
        return char
    if unicodedata.combining(char):
        # an accent that no letter of Unicode is composed with: the letter stays
        return ""
    for new in (EQUIVALENTS.get(char, ""), _decomposed(char)):
        if new and _can_write(new, encoding):
            return new
    return UNWRITABLE


def _decomposed(char: str) -> str:
    """Return a character's parts without accents, each by its plain equivalent."""
    parts = (part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return "".join(EQUIVALENTS.get(part, part) for part in parts)


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def named(characters: str) -> str:
    """Return characters for a sentence: each one by its number and name of Unicode, as some do not show."""
    return ", ".join(_named(char) for char in sorted(set(characters)))


def _named(char: str) -> str:
    number = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "")
    is_seen = char.isprintable() and not char.isspace() and unicodedata.category(char)[0] != "M"
    shown = f"{char} " if is_seen else ""
    return f"{shown}({number} {name})" if name else f"{shown}({number})"
