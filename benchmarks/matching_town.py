"""Generates two sections' cards of one town, maintained separately for ten years, with the truth about common devices.

Seeded, plain Python, independent of the product: it was written before the rules that it measures, and is not adjusted
to them. A device has a code as engraved by its maker, a place and a subscriber; the clerks of each section then write
them with their own habits. Proportions, and why:

- 5,000 devices in both sections and 1,000 cards that only one of them has (gardens and hydrants pay no sewerage, wells
  no water; devices replaced in one section only; one of two twins): five in six in common.
- Four devices in five bear a code of the French profession (FP2E: letter of the maker, year, two characters, six
  digits), as sold since the nineties; the rest DIN, Kamstrup, Elster and plain digits. They were bought in batches, so
  that neighbours' numbers follow each other: a slip of one digit leads to the neighbour's meter.
- Water installs the devices and copies what is engraved; sewerage worked from lists and telephone calls, so that it
  writes digits only, or the end of them, three times as often. Equality of numbers then finds about half of the
  devices, the last six digits four in five.
- One dwelling in five is a flat, as in a small town; one home in four is let, where the owner, the tenant, the one
  before, or the manager of the building may be who is billed.
- Two to three in a hundred of the number boxes are empty or filled with something else, one card in a hundred is there
  twice, three slips in a hundred: what clerks themselves report of such lists.
"""

import random
from typing import Any, NamedTuple

from matching_clerks import TOWN, Pen, weighted

DEVICES, ALONE = 5000, 1000

#: Clerks of each section, in proportion to the cards that they wrote.
_WATER = ("careful", "careful", "careful", "hasty")
_SEWERAGE = ("listed", "listed", "listed", "listed", "hasty", "careful", "careful", "phoned")


class TownCard(NamedTuple):
    """A section's card, as its clerk wrote it. `device` is the truth, which the matching does not see."""

    key: Any
    serial: str
    brand: str
    street: str
    zip: str
    city: str
    subscriber: str
    diameter: int
    device: int


class _Device(NamedTuple):
    kind: str
    maker: str
    letters: str
    year: int
    type: str
    sequence: str
    diameter: int

    @property
    def code(self) -> str:
        """The engraved code."""
        year = f"{self.year % 100:02}"
        return {
            "fp2e": f"{self.letters}{year}{self.type}{self.sequence}",
            "din": f"8{self.letters}{self.type}{year}{self.sequence}",
            "kamstrup": f"{self.sequence}/{year}",
            "elster": f"{year}{self.type}{self.sequence}",
            "digits": f"{year}{self.sequence}",
        }[self.kind]


class _Place(NamedTuple):
    number: str
    repeat: str
    kind: str  # "" in a hamlet
    street: str
    flat: str
    building: str
    residence: str
    town: int


def town(seed: int, devices: int = DEVICES, alone: int = ALONE) -> tuple[list[TownCard], list[TownCard]]:
    """Return the cards of the water section and those of the sewerage section of one town."""
    return _Town(seed, devices, alone).cards()


class _Town:
    def __init__(self, seed, devices, alone):
        self.chance = random.Random(seed)
        self.devices, self.alone = devices, alone
        names = [
            (weighted(self.chance, TOWN["street_kinds"]), name)
            for name in TOWN["street_names"]
            for _ in range(1 + devices // 4000)
        ]
        self.streets = [(kind, name, self.chance.choice((0, 0, 0, 1, 1, 2))) for kind, name in names]
        self.renamed = {
            street: self.chance.choice(TOWN["street_names"]) for street in self.chance.sample(self.streets, 3)
        }
        self.pen = Pen(self.chance, self.renamed)
        self.batch = None

    def cards(self):
        water, sewerage = [], []
        places = self._places(self.devices + self.alone)
        device = place = people = None
        for rank in range(self.devices):
            if rank and self.chance.random() < 0.02:  # a second one for the garden: same place, same subscriber
                device = self._twin(device)
            else:
                device, place = self._device(), places[rank]
                people = self._people(place)
            self._write(water, device, place, people, rank, _WATER)
            self._write(sewerage, device, place, people, rank, _SEWERAGE)
        for rank in range(self.alone):
            place, people = places[self.devices + rank], None
            mine, theirs = self.devices + 2 * rank, self.devices + 2 * rank + 1
            fate = self.chance.random()
            device, other = self._device(), self._device()
            if fate < 0.12:  # replaced, in the water section only
                people = self._people(place)
                self._write(water, device, place, people, mine, _WATER)
                self._write(sewerage, other, place, people, theirs, _SEWERAGE)
            elif fate < 0.17:  # twins: each section has another one
                people, other = self._people(place), self._twin(device)
                self._write(water, device, place, people, mine, _WATER)
                self._write(sewerage, other, place, people, theirs, _SEWERAGE)
            else:
                elsewhere = self._places(1)[0]
                self._write(water, device, place, self._people(place), mine, _WATER)
                self._write(sewerage, other, elsewhere, self._people(elsewhere), theirs, _SEWERAGE)
        for side in (water, sewerage):
            self.chance.shuffle(side)
        return water, sewerage

    # === TRUTH === #

    def _device(self) -> _Device:
        """Return the next device of the batch being installed, sometimes one of another batch."""
        if self.batch is None or self.chance.random() < 0.02:
            self.batch = self._new_device()
        if self.chance.random() < 0.25:
            return self._new_device()
        self.batch = self._after(self.batch, self.chance.choice((1, 1, 1, 2, 3, 7)))
        return self.batch

    def _new_device(self) -> _Device:
        chance = self.chance
        kind = weighted(self.chance, (("fp2e", 78), ("din", 5), ("kamstrup", 5), ("elster", 4), ("digits", 8)))
        letter, maker = chance.choice(TOWN["makers"])
        year = chance.randint(1998, 2024)
        diameter = weighted(self.chance, ((15, 80), (20, 12), (30, 4), (40, 4)))
        if kind == "din":
            letter, type_ = (
                {"ITRON": "ITR", "SENSUS": "SEN", "ZENNER": "ZRI"}.get(maker, "DME"),
                f"{chance.randint(0, 9):02}",
            )
        elif kind == "kamstrup":
            letter, type_, maker = "", "", "KAMSTRUP"
        elif kind == "elster":
            letter, type_, maker = "", "EL", "ELSTER"
        else:
            type_ = chance.choice("FLRTUVBS") + chance.choice("ABCDELI12")
        digits = {"kamstrup": 8, "din": 6, "elster": 7}.get(kind, 6)
        number = chance.randint(1, 880_000) + (61_000_000 if kind == "kamstrup" else 0)
        return _Device(kind, maker, letter, year, type_, f"{number:0{digits}}", diameter)

    def _after(self, device, distance) -> _Device:
        return device._replace(sequence=f"{int(device.sequence) + distance:0{len(device.sequence)}}")

    def _twin(self, device) -> _Device:
        """Return the next device in the box."""
        return self._after(device, 1)

    def _places(self, count) -> list[_Place]:
        chance, places = self.chance, []
        while len(places) < count:
            fate = chance.random()
            kind, street, place = chance.choice(self.streets)
            if fate < 0.07:
                number = str(chance.randint(1, 400)) if chance.random() < 0.2 else ""
                places.append(_Place(number, "", "", chance.choice(TOWN["hamlets"]), "", "", "", chance.randrange(3)))
            elif fate < 0.095:
                number, residence = str(chance.randint(1, 150)), chance.choice(("", *TOWN["residences"]))
                building = chance.choice(("", "", "A", "B", "C"))
                for flat in range(1, chance.randint(4, 20)):
                    named = f"{flat // 4 + 1}{flat % 4 + 1:02}" if number[-1] in "02468" else str(flat)
                    places.append(_Place(number, "", kind, street, named, building, residence, place))
            else:
                repeat = weighted(self.chance, (("", 93), ("bis", 5), ("ter", 1), ("A", 1)))
                places.append(_Place(str(chance.randint(1, 150)), repeat, kind, street, "", "", "", place))
        return places[:count]

    def _family(self) -> str:
        return self.chance.choice(TOWN["families"])

    def _people(self, place) -> dict:
        """Return who lives there, and who else may be billed for it."""
        chance = self.chance
        one, partner, before, owner = ((self._family(), chance.choice(TOWN["first_names"])) for _ in range(4))
        return {
            "one": one,
            "partner": partner,
            "before": before,
            "owner": owner,
            "manager": (chance.choice(TOWN["managers"]), place.residence),
            "company": chance.choice(TOWN["companies"]) if chance.random() < 0.04 else "",
            "is_let": chance.random() < (0.6 if place.flat else 0.17),
            "is_managed": bool(place.flat) and chance.random() < 0.3,
        }

    # === CARDS === #

    def _write(self, side, device, place, people, truth, habits):
        """Add the section's card, sometimes twice for the same device."""
        copies = 2 if self.chance.random() < 0.008 else 1
        for _ in range(copies):
            clerk = TOWN["clerks"][habits[self.chance.randrange(len(habits))]]
            street, zip_code, city = self.pen.address(place, clerk)
            brand = device.maker.title() if self.chance.random() < clerk["brand"] else ""
            diameter = device.diameter if self.chance.random() < clerk["diameter"] else 0
            if diameter and self.chance.random() < 0.01:
                diameter = 20 if diameter == 15 else 15
            key = (1 if habits is _WATER else 2) * 1_000_000 + len(side)
            number, name = self.pen.number(device, clerk), self.pen.name(people, clerk)
            side.append(TownCard(key, number, brand, street, zip_code, city, name, diameter, truth))
