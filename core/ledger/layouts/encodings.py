"""Recognises bytes that are in another encoding than the one that a layout declares."""

import re

BYTE_ORDER_MARKS = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"\xef\xbb\xbf", "UTF-8"),
    (b"PK\x03\x04", "a spreadsheet or archive"),
    (b"%PDF", "PDF"),
)
#: Bytes by which the form of a file is known.
HEAD = 4
#: Characters shown of a word.
SHOWN = 60
#: Bytes of accented letters in other encodings, which are signs and capitals in this one, where no word has them.
_ODD_LETTERS = {"cp850": re.compile(b"(?:[a-z]|[A-Z](?=.[a-z]))[\xe0\xe2\xe7-\xeb\xee\xef\xf4\xf9\xfb]")}
_ODD_LETTERS_OF_WINDOWS = re.compile(
    b"[A-Za-z][\x82\x83\x87-\x89]|[a-z](?:\x85[a-z]|[\x8a\x8e](?![A-Z]))|[A-Z][\x8a\x8e][a-z]"
)
_ACCENTS_IN_UTF8 = re.compile(b"[\xc2\xc3][\x80-\xbf]")


def odd_letter(data: bytes, codec: str) -> int:
    """Return the place of a letter of another single-byte encoding (DOS, Macintosh), from 1; 0 if there is none."""
    found = _ODD_LETTERS.get(codec, _ODD_LETTERS_OF_WINDOWS).search(data)
    return found.start() + 1 if found else 0


def wide(head: bytes) -> str:
    """Return what a file is whose first bytes are not those of text: UTF-16 without its mark, zeros; "" for text."""
    if not head.strip(b"\0"):
        return "zeros" if head else ""
    is_wide = len(head) == HEAD and not (head[0::2].strip(b"\0") and head[1::2].strip(b"\0"))
    return "UTF-16" if is_wide else ""


def word_at(text: str, place: int) -> str:
    """Return the word of a text around a place."""
    words = (found for found in re.finditer(r"[^\s;,|]+", text) if found.end() >= place)
    return next(words)[0][:SHOWN]


def is_utf8(data: bytes) -> bool:
    """Whether a line is UTF-8 text with accents: letters that no French word has side by side in other
    encodings."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # its mark, where such a file was appended to this one
    return data.startswith(b"\xef\xbb\xbf") or bool(_ACCENTS_IN_UTF8.search(data))
