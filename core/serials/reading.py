"""Parses serial numbers: what is engraved on a device, as somebody typed it."""

import re
from typing import NamedTuple

from .makers import MAKERS, maker_of, names_before_number
from .words import words

#: Words that announce a number.
_ANNOUNCED = frozenset(words("N NO NR NUM NUMERO NUMBER SN SERIE SERIAL COMPTEUR CPT CTR MAT MATRICULE NS"))
#: Most letters in a row of a code: more are a word, for the place or the use of the meter.
_LONGEST_LETTERS = 3
#: Shorter words that are not part of a code either.
_WORDS = frozenset(words("DN EAU EF EC EFS ECS"))
#: Minimum number of digits that identifies a device; four may be a year, a house number, « 1234 ».
TELLING_DIGITS = 5
#: Number of final digits of a code of the profession.
_OF_PROFESSION = 6

_DIGIT_FOR = str.maketrans("OQDILZSGB", "001112568")
#: FP2E, the code of the French profession: letter of the maker, year, two characters, six digits; parts may be missing.
_PROFESSION = re.compile(
    r"(?P<letter>[A-Z]?)(?P<year>(?:19|20)[0-9]{2}|[0-9][0-9OIL]|[OIL][0-9])?(?P<type>[A-Z][A-Z0-9])?"
    r"(?P<sequence>[0-9OQILZSGB]{6})"
)
#: The same, complete, followed by the check letter that some makers add.
_CHECKED = re.compile(r"(?P<code>[A-Z][0-9]{2}[A-Z][A-Z0-9][0-9]{6})[A-Z]")
#: The same, complete except for the leading zeros of the six digits.
_SHORTENED = re.compile(r"(?P<letter>[A-Z])(?P<year>(?:19|20)?[0-9]{2})(?P<type>[A-Z]{2})(?P<sequence>[0-9]{2,5})")
_CODE = re.compile(r"(?P<type>.*?)(?P<sequence>[0-9]+)(?P<check>[A-Z]?)", re.DOTALL)
#: Letters misread for digits: between two digits, or a single one before digits.
_MISREAD = re.compile(r"(?<=[0-9])[OIL]+(?=[0-9])|^[OI](?=[0-9]+$)")
_SUFFIX = re.compile(r"/\s*([0-9]{1,2})(?![0-9A-Za-z])")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIZE = re.compile(r"(?:DN|D|Q3?)?[0-9]{2}(?:MM)?|DN[0-9]*|[0-9]{2,3}MM")
_SPREADSHEET = re.compile(r"\s*[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}\s*", re.IGNORECASE)


class Serial(NamedTuple):
    """A parsed serial number.

    :param written: letters and digits as typed, without case, spaces and signs
    :param code: without the maker's name, remarks, leading zeros; a year is shortened to two digits
    :param letter: letter of the maker, in a code of the profession
    :param year: two digits, "" if the number has none
    :param type: the other characters before the final digits
    :param sequence: the final digits, zeros included
    :param maker: group of makers named by the text or the card
    :param is_telling: long enough to identify one device among thousands
    """

    written: str
    code: str
    letter: str
    year: str
    type: str
    sequence: str
    maker: str
    is_telling: bool

    @property
    def number(self) -> str:
        """The final digits without leading zeros."""
        return self.sequence.lstrip("0")

    @property
    def end(self) -> str:
        """The last five digits, equal however the rest of the number is written."""
        return self.sequence[-TELLING_DIGITS:].rjust(TELLING_DIGITS, "0")

    @property
    def head(self) -> str:
        """The part before the final digits."""
        return self.letter + self.year + self.type if self.letter or self.type else ""

    @property
    def full(self) -> str:
        """The code with its leading zeros."""
        return self.head + self.sequence


def read_serial(text: str | None, brand: str | None = None) -> Serial | None:
    """Parse a serial number; None if the text is not one (« inconnu », « 0000 », « DN15 », « FORFAIT 2024 »).

    :param brand: maker named by the card: it may precede the number, and distinguishes equal numbers
    """
    if not text:
        return None
    if text.isdecimal() and text.isascii():  # as most are
        return _digits(text, maker_of(brand))
    if not any(map(str.isdigit, text)) or _SPREADSHEET.fullmatch(text):
        return None
    return _typed(text, brand)


def _digits(text: str, maker: str) -> Serial | None:
    if _is_filler(text):
        return None
    return Serial(text, text.lstrip("0"), "", "", "", text, maker, _tells(text))


def _typed(text: str, brand: str | None) -> Serial | None:
    typed = words(text)
    written = "".join(typed)
    plain, year = _without_suffix(text)
    parts, glued, follows_word = _number_of(words(_REMARK.sub(" ", plain)) or words(plain), brand)
    code = "".join(parts)
    if not any(map(str.isdigit, code)):
        return None
    said = glued or next((MAKERS[word] for word in typed if word in MAKERS), "")
    maker = said or maker_of(brand)
    if code.isdecimal() and code.isascii():
        found = None if follows_word and len(code) < TELLING_DIGITS else _digits(code, maker)
        return found and found._replace(written=written, year=year)
    return _coded(written, code, maker)


def _without_suffix(text: str) -> tuple[str, str]:
    """Drop what follows a slash: « /2 », the second device of a place; « /17 », the year that Kamstrup prints."""
    found = _SUFFIX.search(text)
    if not found or sum(map(str.isalnum, text[: found.start()])) < TELLING_DIGITS:
        return text, ""
    return f"{text[: found.start()]} {text[found.end() :]}", found[1] if len(found[1]) == 2 else ""


def _number_of(parts: list[str], brand: str | None) -> tuple[list[str], str, bool]:
    """Drop the words around a number.

    :return: the parts of the number, the maker whose name is attached to it, whether another word precedes it
    """
    makers = names_before_number(brand)
    follows_word, start, stop = False, 0, len(parts)
    leading = next((rank for rank, part in enumerate(parts) if not part.isalpha()), 0)
    for rank, part in enumerate(parts[:leading]):
        is_word = part not in makers and part not in _ANNOUNCED
        if is_word and len(part) <= _LONGEST_LETTERS and part not in _WORDS:
            continue  # letters of a code, unless a word follows
        follows_word = follows_word or is_word
        start = rank + 1
    while stop - start > 1 and _is_remark(parts, start, stop):
        stop -= 1
    first, *others = parts[start:stop]
    glued = "" if first[0].isdigit() else _glued_name(first, makers)
    return [first[len(glued) :], *others], MAKERS.get(glued, ""), follows_word


def _glued_name(part: str, makers: frozenset[str]) -> str:
    """Return the maker's name that a number begins with (« ITRON17001 »), the longest if several match."""
    fitting = (name for name in makers if part.startswith(name) and part[len(name) :][:1].isdigit())
    return max(fitting, default="", key=lambda name: (len(name), name))


def _is_remark(parts: list[str], start: int, stop: int) -> bool:
    """Return whether the last part, after a number, is a word (« cave ») or a diameter (« DN15 », « DN 15 »)."""
    last, before = parts[stop - 1], "".join(parts[start : stop - 1])
    if last.isalpha() and len(last) > _LONGEST_LETTERS:
        return True
    if len(last) < 2 or sum(map(str.isdigit, before)) < TELLING_DIGITS:
        return False
    if last.isdigit():
        return parts[stop - 2] == "DN" and len(last) == 2
    return last.isalpha() or bool(_SIZE.fullmatch(last))


def _coded(written: str, code: str, maker: str) -> Serial | None:
    """Parse a number that contains letters."""
    if _SIZE.fullmatch(code):
        return None
    checked = _CHECKED.fullmatch(code)
    found = _PROFESSION.fullmatch(checked["code"] if checked else code)
    if found and sum(map(str.isdigit, found["sequence"])) >= TELLING_DIGITS:
        return _of_profession(written, maker, **found.groupdict(default=""))
    found = _SHORTENED.fullmatch(code)
    if found:
        return _of_profession(written, maker, **found.groupdict())
    code = _MISREAD.sub(lambda letter: letter[0].translate(_DIGIT_FOR), code)
    found = _CODE.fullmatch(code)
    if not found:  # ends with letters: no digits to compare
        return Serial(written, code, "", "", code, "", maker, False)
    kind, sequence, check = found["type"], found["sequence"], found["check"]
    letters = kind.lstrip("0")
    if _is_nothing(sequence) and not letters:
        return None
    number = sequence.lstrip("0")
    return Serial(written, letters + number + check, "", "", letters, sequence, maker, _tells(sequence))


def _of_profession(written: str, maker: str, letter: str, year: str, type: str, sequence: str) -> Serial | None:
    sequence = sequence.translate(_DIGIT_FOR).rjust(_OF_PROFESSION, "0")
    year = year.translate(_DIGIT_FOR)[-2:]
    if _is_nothing(sequence) and not (letter and year and type):
        return None
    code = f"{letter}{year}{type}{sequence}"
    if not (letter or type):
        code = code.lstrip("0")
        return Serial(written, code, "", "", "", year + sequence, maker, _tells(year + sequence))
    return Serial(written, code, letter, year, type, sequence, maker, True)


def _tells(digits: str) -> bool:
    """Return whether digits identify one device; leading zeros count if all six digits of a code are present."""
    return len(digits) == _OF_PROFESSION or len(digits.lstrip("0")) >= TELLING_DIGITS


def _is_nothing(digits: str) -> bool:
    number = digits.lstrip("0")
    return len(set(number)) < 2 and len(number) != 1


def _is_filler(digits: str) -> bool:
    """Return whether the text is a placeholder: one repeated digit, or a year."""
    return _is_nothing(digits) or (len(digits) == 4 and digits[:2] in ("19", "20"))
