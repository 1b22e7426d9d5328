"""Simulates how clerks write devices, places and people, each with their own habits (`matching_town.json`)."""

import json
from pathlib import Path

TOWN = json.loads(Path(__file__).with_name("matching_town.json").read_text())


def weighted(chance, choices):
    """Choose one of (value, weight)."""
    values, weights = zip(*choices, strict=True)
    return chance.choices(values, weights)[0]


class Pen:
    """Writes like a clerk with given habits.

    :param renamed: {street: its present name}
    """

    def __init__(self, chance, renamed):
        self.chance = chance
        self.renamed = renamed

    def number(self, device, clerk) -> str:
        chance = self.chance
        fate = chance.random()
        if fate < clerk["no_number"]:
            return ""
        if fate < clerk["no_number"] + clerk["filler"]:
            return chance.choice(TOWN["fillers"])
        year, digits = f"{device.year % 100:02}", device.sequence
        form = weighted(self.chance, clerk["forms"].items())
        written = {
            "full": device.code,
            "parted": {"fp2e": f"{device.letters}{year} {device.type} {digits}", "digits": f"{year}-{digits}"}.get(
                device.kind, f"{device.code[:4]} {device.code[4:]}"
            ),
            "no_letter": device.code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "no_year": f"{device.letters} {device.type} {digits}".strip(),
            "digits": f"{year}{digits}" if device.kind != "kamstrup" else digits,
            "long_year": device.code.replace(year, str(device.year), 1) if year in device.code[:3] else device.code,
            "year_end": f"{year}-{digits[-6:]}",
            "six": digits[-6:],
            "five": digits[-5:],
            "four": digits[-4:],
            "no_zero": digits.lstrip("0"),
            "more_zeros": f"00{digits}",
            "inner_zeros": f"{device.letters}{year}{device.type}{digits.lstrip('0')}",
            "maker": f"{chance.choice((device.maker, device.maker.title(), 'N°', 'CPT'))} {device.code}",
            "trailed": device.code + chance.choice(TOWN["trailers"]),
            "check": device.code + chance.choice("KXHT"),
            "spreadsheet": f"{int(digits):.1E}",
        }[form]
        slips = chance.random()
        if slips < clerk["slip"]:
            written = self._slip(written)
        elif slips < clerk["slip"] + clerk["cut"]:
            spot = chance.randrange(len(written))
            double = written[spot] if chance.random() < 0.4 else ""
            written = written[:spot] + double * 2 + written[spot + 1 :]
        elif slips < clerk["slip"] + clerk["cut"] + clerk["lookalike"]:
            spots = [n for n, c in enumerate(written) if c in TOWN["lookalikes"]]
            if spots:
                spot = chance.choice(spots)
                written = written[:spot] + TOWN["lookalikes"][written[spot]] + written[spot + 1 :]
        return written.lower() if chance.random() < clerk["lower"] else written

    def _slip(self, text) -> str:
        """Change one digit, or swap two neighbours."""
        spots = [n for n, c in enumerate(text) if c.isdigit()]
        if not spots:
            return text
        spot = self.chance.choice(spots)
        if self.chance.random() < 0.3 and spot + 1 < len(text):
            return text[:spot] + text[spot + 1] + text[spot] + text[spot + 2 :]
        return text[:spot] + self.chance.choice("0123456789") + text[spot + 1 :]

    def address(self, place, clerk) -> tuple[str, str, str]:
        chance = self.chance
        name, zip_code, others = TOWN["towns"][place.town]
        city = name if chance.random() < clerk["proper"] else chance.choice(others)
        if chance.random() < clerk["no_city"]:
            city = ""
        zip_code = "" if chance.random() < clerk["no_zip"] else zip_code
        if chance.random() < clerk["no_street"]:
            return "", zip_code, city
        if place.kind:
            street = place.street
            if clerk["old_names"]:
                street = self.renamed.get((place.kind, place.street, place.town), street)
            kind = place.kind if chance.random() < clerk["proper"] else chance.choice(TOWN["short_kinds"][place.kind])
            if chance.random() < clerk["other_kind"]:
                kind = chance.choice(("rue", "chemin", "route", ""))
            street = f"{kind} {self._abbreviated(street, clerk)}".strip()
        else:
            before = chance.choice(clerk["hamlet"])
            street = f"{before} {place.street}".strip()
        if chance.random() < clerk["street_slip"]:
            spot = chance.randrange(2, len(street))
            street = street[:spot] + chance.choice(("", "e", "s", street[spot])) + street[spot + 1 :]
        if chance.random() < clerk["no_article"]:
            street = street.replace(" de la ", " ").replace(" du ", " ").replace(" des ", " ").replace(" de ", " ")
        number = place.number if chance.random() > clerk["no_house"] else ""
        if number and place.repeat:
            number += chance.choice((f" {place.repeat}", place.repeat[0].upper(), f" {place.repeat.upper()}"))
        street = f"{number}{chance.choice((' ', ', '))}{street}" if number else street
        street = self._with_flat(street, place, clerk)
        return street.upper() if chance.random() < clerk["upper"] else street, zip_code, city

    def _abbreviated(self, street, clerk) -> str:
        if self.chance.random() < clerk["proper"]:
            return street
        for word, shorts in TOWN["short_words"].items():
            if f"{word} " in f"{street} " or f"{word}-" in street:
                return street.replace(word, self.chance.choice(shorts), 1)
        return street

    def _with_flat(self, street, place, clerk) -> str:
        chance = self.chance
        if place.flat and chance.random() < clerk["flat"]:
            building = f"{chance.choice(('Bât', 'BAT', 'Bâtiment'))} {place.building} " if place.building else ""
            flat = building + f"{chance.choice(clerk['flat_words'])}{place.flat}"
            street = (
                f"{flat} {street}" if chance.random() < 0.3 else f"{street}{chance.choice((' ', ', ', ' - '))}{flat}"
            )
        if place.residence and chance.random() < clerk["residence"]:
            street = f"{chance.choice(('Rés.', 'Résidence', 'RES'))} {place.residence} {street}"
        return street

    def name(self, people, clerk) -> str:
        chance = self.chance
        if people["company"]:
            return people["company"] if chance.random() < 0.8 else people["company"].title()
        if people["is_managed"] and chance.random() < clerk["manager"]:
            manager, residence = people["manager"]
            return chance.choice(
                (
                    f"SDC {residence or 'IMMEUBLE'} C/O {manager}",
                    manager,
                    f"SYNDIC {manager}",
                    f"Syndicat des copropriétaires {residence}",
                )
            ).strip()
        if people["is_let"]:
            who = weighted(
                self.chance, (("one", clerk["tenant"]), ("owner", clerk["owner"]), ("before", clerk["stale"]))
            )
        else:
            who = weighted(self.chance, (("one", 96), ("before", 100 * clerk["stale"] / 8)))
        family, first = people[who]
        if who == "one" and chance.random() < clerk["partner"]:
            first = people["partner"][1]
        if who == "one" and chance.random() < clerk["maiden"]:
            family = people["partner"][0]
        form = chance.choice(clerk["names"])
        name = form.format(family=family, first=first, initial=first[0], Family=family.title())
        if chance.random() < clerk["name_slip"]:
            spot = chance.randrange(1, len(name))
            name = name[:spot] + name[spot + 1 :] if chance.random() < 0.5 else name[:spot] + name[spot] + name[spot:]
        return "" if chance.random() < clerk["no_name"] else name
