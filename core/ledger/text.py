"""Normalises text: composed accents, no invisible characters, blanks as empty, plain equivalents."""

import re
import unicodedata

# Characters with a plain equivalent; accents are handled by decomposition.
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
    # bullets and arrows of word processors' symbol fonts
    "\uf0b7": "-", "\uf0a7": "-", "\uf0d8": "-", "\uf0fc": "-", "\uf0e0": "->",
}  # fmt: skip
UNWRITABLE = "?"

# Invisible: marks of direction, soft hyphens, joiners, variation selectors, fillers. The numbering signs of Arabic and
# Syriac have the same category, but are visible.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
#: Control characters that Windows' encoding uses otherwise; U+0085 is a line break, too.
_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0) if code != 0x85}
#: Characters that a blank cell may consist of, besides the invisible ones.
BLANKS = (
    " \t\n\r\x0b\x0c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


def is_blank(text: str) -> bool:
    """Return whether a text has no visible character."""
    return not text or not _INVISIBLE.sub("", text).strip()


def composed(text: str) -> str:
    """Return a text with composed accents (NFC), as typed on keyboards, and Windows' characters as themselves.

    Text of Windows (cp1252) that a program took for Latin-1 has control characters in place of quotes and dashes.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.translate(_WINDOWS) if _CONTROLS.search(text) else text)


def without_invisible(text: str) -> tuple[str, str]:
    """Return (the text without its invisible characters, those characters)."""
    if text.isascii():
        return text, ""
    found = "".join(sorted(set(_INVISIBLE.findall(text))))
    return (_INVISIBLE.sub("", text), found) if found else (text, "")


def equivalent(char: str, encoding: str) -> str:
    """Return what an encoding can write for a character: itself, a plain equivalent, or `?`."""
    if _can_write(char, encoding):
        return char
    if unicodedata.combining(char):
        # an accent that Unicode cannot compose with its letter is dropped
        return ""
    for new in (EQUIVALENTS.get(char, ""), _decomposed(char)):
        if new and _can_write(new, encoding):
            return new
    return UNWRITABLE


def _decomposed(char: str) -> str:
    """Return a character decomposed without accents, each part replaced by its plain equivalent."""
    parts = (part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return "".join(EQUIVALENTS.get(part, part) for part in parts)


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def named(characters: str) -> str:
    """Return characters by their Unicode numbers and names, for a message: some are invisible."""
    return ", ".join(_named(char) for char in sorted(set(characters)))


def _named(char: str) -> str:
    number = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "")
    is_seen = char.isprintable() and not char.isspace() and unicodedata.category(char)[0] != "M"
    shown = f"{char} " if is_seen else ""
    return f"{shown}({number} {name})" if name else f"{shown}({number})"
