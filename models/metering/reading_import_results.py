"""Options of an import of readings, what it would change, and what it wrote."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from ...core.metering.file_check import Choices, MeterCheck
from ...core.metering.file_columns import plain
from ...core.metering.file_detection import Detected
from ...core.metering.file_remarks import Remark
from ...core.metering.findings import ReadingFinding
from ...core.metering.readings_file import BadReadingRow
from .meter_finder import MeterFault, MeterPlace


@dataclass(frozen=True, slots=True)
class ImportAnswers:
    """Options that the user chooses for an import.

    :param create_meters: create meters that no section knows, if they have a good reading
    :param use_alike: accept a similar number if only one meter of the section has it
    :param attach: attach the meter of another section, if it has a good reading
    :param accepted: numbers that stand for the one meter that is proposed for each
    :param chosen: the section's meter that a number stands for, by number
    """

    create_meters: bool = False
    use_alike: bool = False
    attach: bool = False
    choices: Choices = field(default_factory=Choices)
    accepted: frozenset[str] = frozenset()
    chosen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused row.

    :param cause: fault of the row itself, of its meter, or of the reading among the others
    """

    line: int
    meter: str
    cause: BadReadingRow | MeterPlace | ReadingFinding


@dataclass(frozen=True, slots=True)
class Remarked:
    """An accepted row that somebody should check."""

    line: int
    meter: str
    remarks: tuple[Remark, ...]


@dataclass(slots=True)
class Check:
    """What a file would change, or changed.

    :param listed: how many refusals are kept, the first ones of the file; None: all
    :param counts: number of rows by result (new, corrected, unchanged, thinned, refused), of rows to check, and of rows
        that modify a consumption
    :param faults: number of meters in the file that cannot be used as they are, by fault
    """

    detected: Detected
    listed: int | None = None
    counts: Counter = field(default_factory=Counter)
    faults: Counter = field(default_factory=Counter)
    _unknown_words: dict[str, tuple[str, int]] = field(default_factory=dict)
    _numbers: dict[bool, list[MeterPlace]] = field(default_factory=lambda: {True: [], False: []})
    _refusals: list[Refusal] = field(default_factory=list)
    _remarked: list[Remarked] = field(default_factory=list)

    def refuse(self, refusals) -> None:
        """Record refused rows."""
        before = len(self._refusals)
        self._refusals += refusals
        self.counts["refused"] += len(self._refusals) - before
        if self.listed is not None and len(self._refusals) > 2 * self.listed:
            self._refusals = self.refusals

    def count(self, result: MeterCheck) -> None:
        """Record the results of a meter's rows."""
        self.counts.update(
            new=len(result.new),
            corrected=len(result.corrected),
            unchanged=len(result.unchanged),
            thinned=len(result.thinned),
            remarked=len(result.remarks),
            modified=result.modified,
        )
        self.refuse(Refusal(row.line, row.meter, why[0]) for row, why in result.refused.items())
        self._remarked += [Remarked(row.line, row.meter, found) for row, found in result.remarks.items()]
        if self.listed is not None and len(self._remarked) > 2 * self.listed:
            self._remarked = self.remarked

    def ask(self, place: MeterPlace) -> None:
        """Record that a number of the file stands for no meter that can be used."""
        self.faults[place.fault] += 1
        asked = self._numbers[bool(place.proposals)]
        if self.listed is not None and len(asked) < self.listed and place.fault is not MeterFault.ARCHIVED:
            asked.append(place)

    def count_word(self, word: str) -> None:
        """Record that a row names its kind of reading by an unknown word."""
        name = plain(word)
        if name and self.listed is not None and (name in self._unknown_words or len(self._unknown_words) < self.listed):
            first, count = self._unknown_words.get(name, (word, 0))
            self._unknown_words[name] = first, count + 1

    @property
    def words(self) -> list[tuple[str, int]]:
        """Words for kinds of readings that are not known, as first written, with their number of rows."""
        return list(self._unknown_words.values())

    @property
    def numbers(self) -> list[MeterPlace]:
        """The numbers that stand for no meter that can be used, those for which one is proposed first."""
        return [*self._numbers[True], *self._numbers[False]][: self.listed]

    @property
    def refusals(self) -> list[Refusal]:
        """The refused rows, in the order of the file."""
        return sorted(self._refusals, key=attrgetter("line"))[: self.listed]

    @property
    def remarked(self) -> list[Remarked]:
        """The accepted rows to check, in the order of the file."""
        return sorted(self._remarked, key=attrgetter("line"))[: self.listed]

    @property
    def unknown(self) -> int:
        """Number of meters that no section has."""
        return self.faults[MeterFault.UNKNOWN]


@dataclass(slots=True)
class Written:
    """What an import wrote.

    :param first: id of the first new reading; the import's readings have the ids from it to `last`
    :param corrected: ids of the corrected readings
    :param meters: number of created meters
    :param pending: number of readings that wait for an answer
    """

    first: int = 0
    last: int = 0
    corrected: list[int] = field(default_factory=list)
    meters: int = 0
    pending: int = 0
