"""Two sections' cards of one town, kept apart for ten years, with the known truth of which are of one device.

Seeded, plain Python, nothing of the product: it was written before the rules that it measures and is not adjusted to
them. A device has a code as its maker engraves it; a place; a subscriber; each section's clerks then write that down
with their own habits. Proportions, and why:

- 5,000 devices in both sections and 1,000 cards that only one of them has (gardens and hydrants pay no sewerage, private
  wells no water; devices replaced in one section only; one of two twins): five in six in common.
- Four devices in five bear a code of the French profession (FP2E: letter of the maker, year, two characters, six
  digits), as sold since the nineties; the rest DIN, Kamstrup, Elster and plain digits. They were bought in batches, so
  that neighbours' numbers follow each other: a slip of one digit leads to the neighbour's meter.
- Water installs the devices and copies what is engraved; sewerage worked from lists and telephone calls, so that it
  writes digits only, or the end of them, three times as often. Equality of
  numbers then finds about half of the devices, the last six digits four in five.
- One dwelling in five is a flat, as in a small town; one home in four is let, where the owner, the tenant, the one before,
  or the manager of the building may be who is billed.
- Two to three in a hundred of the number boxes are empty or filled with something else, one card in a hundred is there
  twice, three slips in a hundred: what clerks themselves report of such lists.
"""

import random
from typing import Any, NamedTuple

DEVICES, ALONE = 5000, 1000

_FAMILIES = (
    "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE LEROY ROUX DAVID "
    "BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MULLER LEFEVRE FAURE ANDRE MERCIER "
    "BLANC GUERIN BOYER GARNIER CHEVALIER FRANCOIS LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLEMENT MORIN NICOLAS HENRY "
    "ROUSSEL MATHIEU GAUTIER MASSON MARCHAND DUVAL DENIS DUMONT MARIE LEMAIRE NOEL MEYER DUFOUR MEUNIER BRUN BLANCHARD "
    "GIRAUD JOLY RIVIERE LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTINEZ GERARD ROCHE RENARD SCHMITT ROY LEROUX COLIN "
    "VIDAL CARON PICARD ROGER FABRE AUBERT LEMOINE RENAUD DUMAS LACROIX OLIVIER PHILIPPE BOURGEOIS PIERRE BENOIT REY "
    "LECLERC PAYET ROLLAND LECLERCQ GUILLAUME LECOMTE LOPEZ JEAN DUPUY GUILLOT HUBERT BERGER CARPENTIER SANCHEZ DUPUIS "
    "MOULIN LOUIS DESCHAMPS HUET VASSEUR PEREZ BOUCHER FLEURY ROYER KLEIN JACQUET ADAM PARIS POIRIER MARTY AUBRY GUYOT "
    "CARRE CHARLES RENAULT CHARPENTIER MENARD MAILLARD BARON BERTIN BAILLY HERVE SCHNEIDER FERNANDEZ LE_GALL COLLET "
    "LEGER BOUVIER JULIEN PREVOST MILLET PERROT DANIEL LE_ROUX COUSIN GERMAIN BRETON BESSON LANGLOIS REMY LE_GOFF "
    "PELLETIER LEVEQUE PERRIER LEBLANC BARRE LEBRUN MARCHAL WEBER MALLET HAMON BOULANGER JACOB MONNIER MICHAUD RODRIGUEZ "
    "GUICHARD GILLET ETIENNE GRONDIN POULAIN TESSIER CHEVALLIER COLLIN CHAUVIN BOUCHET GAY LEMAITRE BENARD MARECHAL"
).split()
_FIRST = (
    "Jean Marie Michel Catherine Philippe Nathalie Alain Isabelle Patrick Sylvie Bernard Martine Christophe Christine "
    "Pierre Françoise Nicolas Valérie Laurent Sandrine Christian Véronique Frédéric Céline Daniel Stéphanie Éric Anne "
    "Stéphane Monique Olivier Julie Thierry Patricia Jacques Aurélie Gérard Brigitte Julien Hélène André Émilie Sébastien "
    "Nicole Claude Chantal René Élodie Paul Annie Denis Lucie Yves Camille Marcel Zoé Hugo Inès Léa Noël"
).split()
_STREET_KINDS = (("rue", 50), ("avenue", 8), ("boulevard", 4), ("chemin", 14), ("impasse", 8), ("place", 4),
                 ("allée", 7), ("route", 8), ("square", 1), ("montée", 2), ("sentier", 2), ("quai", 1))  # fmt: skip
_STREET_NAMES = (
    "du Lavoir|de l'Église|du Général de Gaulle|du Maréchal Foch|Saint-Jean|des Prés|Victor Hugo|des Écoles|Jean Jaurès|"
    "de la République|du 8 Mai 1945|du 11 Novembre|Pasteur|de la Gare|du Moulin|des Tilleuls|de la Fontaine|du Stade|"
    "Jules Ferry|de la Mairie|des Acacias|du Château|de Verdun|Gambetta|du Docteur Roux|Sainte-Anne|de Bellevue|"
    "du Commandant Charcot|des Vignes|de la Liberté|Émile Zola|du Pont Neuf|des Lilas|du Président Wilson|des Cerisiers|"
    "de l'Abbé Grégoire|du Capitaine Guynemer|des Marronniers|de la Croix Blanche|du Professeur Calmette|des Champs|"
    "du Colonel Fabien|de la Poste|Aristide Briand|des Peupliers|du Vieux Four|Ampère|de Provence|du Bois Joli|"
    "des Mésanges|du Cimetière|Haute|Basse|Neuve|des Jardins|du Puits|de la Source|Marcel Pagnol|Georges Brassens|"
    "des Anciens Combattants|du 19 Mars 1962|de la Tour|des Rosiers|du Ruisseau|Anatole France|de la Forge|des Genêts"
).split("|")
_SHORT_KINDS = {"rue": ("r.", "R", "rue"), "avenue": ("av.", "AV", "ave"), "boulevard": ("bd", "BLD", "bvd"),
                "chemin": ("ch.", "CHE", "CHM"), "impasse": ("imp.", "IMP"), "place": ("pl.", "PL", "Pce"),
                "allée": ("all.", "ALL"), "route": ("rte", "RTE"), "square": ("sq.", "SQ"),
                "montée": ("mte", "MTE"), "sentier": ("sent.", "SEN"), "quai": ("quai", "QU")}  # fmt: skip
_SHORT_WORDS = {"Général": ("Gal", "Gén.", "Gl"), "Maréchal": ("Mal", "Mar."), "Saint": ("St",), "Sainte": ("Ste",),
                "Docteur": ("Dr",), "Commandant": ("Cdt", "Cmdt"), "Président": ("Pdt", "Prés."), "Abbé": ("Abb.",),
                "Capitaine": ("Cne", "Cap."), "Professeur": ("Pr", "Prof."), "Colonel": ("Col.", "Cel")}  # fmt: skip
_HAMLETS = (
    "Le Moulin Neuf|La Grange aux Bois|Les Quatre Vents|Le Mas Vieux|La Croix de Pierre|Bellevue|Le Petit Bois|"
    "La Combe|Les Granges|Le Pont Romain|Fontclaire|Le Haut du Bourg|La Roche|Les Trois Chênes|Le Verdier|"
    "Champ Rond|La Bergerie|Les Ormeaux|Le Clos Saint-Pierre|La Vernière|Chantemerle|Les Communaux"
).split("|")
_RESIDENCES = "Les Lilas|Le Parc|Bellevue|Les Tilleuls|Beau Soleil|Le Clos Fleuri|Les Terrasses|Saint-Exupéry".split("|")
_MANAGERS = "FONCIA|NEXITY|CITYA IMMOBILIER|SQUARE HABITAT|CABINET MOREAU|AGENCE DU CENTRE".split("|")
_COMPANIES = "SCI DU LAC|SARL GARAGE CENTRAL|BOULANGERIE PETIT|EARL DES PRES|COMMUNE|SCI LES PINS|PHARMACIE DU MARCHE".split("|")
#: (name, post code, other ways to write it); the third was a town of its own until it was merged into the first.
_TOWNS = (
    ("Saint-Martin-sur-Loire", "42160", ("St Martin s/ Loire", "SAINT MARTIN SUR LOIRE", "ST-MARTIN SUR LOIRE CEDEX")),
    ("Villeneuve", "42170", ("VILLENEUVE", "Villeneuve")),
    ("Bourg-le-Château", "42160", ("BOURG LE CHATEAU", "Saint-Martin-sur-Loire", "St Martin sur Loire")),
)
#: (letter or trigram, name on the case or on the invoice of the device)
_MAKERS = (("D", "ITRON"), ("C", "SAPPEL"), ("H", "SENSUS"), ("E", "ELSTER"), ("A", "ACTARIS"), ("Z", "ZENNER"))
_FILLERS = ("DN15", "DN 20", "1234", "FORFAIT", "FORFAIT 2024", "EAU FROIDE 15", "SANS NUMERO", "?", "0000", "A VOIR",
            "COMPTEUR 1", "INCONNU", "000000", "2019", "123456", "EN COURS", "ILLISIBLE", "1", "99999999")  # fmt: skip
_TRAILERS = (" cave", " DN15", " (ITRON)", "/2", " regard", " EF", " - garage", " DN 20", " neuf", " (2018)", " jardin")
_LOOKALIKES = {"0": "O", "1": "I", "8": "B", "5": "S"}


class TownCard(NamedTuple):
    """A section's card, as its clerk wrote it. `device` is the truth, that nobody who matches is given."""

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
        """What is engraved."""
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
        names = [(self._weighted(_STREET_KINDS), name) for name in _STREET_NAMES for _ in range(1 + devices // 4000)]
        self.streets = [(kind, name, self.chance.choice((0, 0, 0, 1, 1, 2))) for kind, name in names]
        self.renamed = {street: self.chance.choice(_STREET_NAMES) for street in self.chance.sample(self.streets, 3)}
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
            if fate < 0.12:  # replaced, which only water knows
                people = self._people(place)
                self._write(water, device, place, people, mine, _WATER)
                self._write(sewerage, other, place, people, theirs, _SEWERAGE)
            elif fate < 0.17:  # twins, of which each has another
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

    # === WHAT IS TRUE === #

    def _weighted(self, choices):
        values, weights = zip(*choices, strict=True)
        return self.chance.choices(values, weights)[0]

    def _device(self) -> _Device:
        """Take the next device of the batch that is being installed; now and then one of another batch."""
        if self.batch is None or self.chance.random() < 0.02:
            self.batch = self._new_device()
        if self.chance.random() < 0.25:
            return self._new_device()
        self.batch = self._after(self.batch, self.chance.choice((1, 1, 1, 2, 3, 7)))
        return self.batch

    def _new_device(self) -> _Device:
        chance = self.chance
        kind = self._weighted((("fp2e", 78), ("din", 5), ("kamstrup", 5), ("elster", 4), ("digits", 8)))
        letter, maker = chance.choice(_MAKERS)
        year = chance.randint(1998, 2024)
        diameter = self._weighted(((15, 80), (20, 12), (30, 4), (40, 4)))
        if kind == "din":
            letter, type_ = {"ITRON": "ITR", "SENSUS": "SEN", "ZENNER": "ZRI"}.get(maker, "DME"), f"{chance.randint(0, 9):02}"
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
        """Return the device that stood next to it in the box."""
        return self._after(device, 1)

    def _places(self, count) -> list[_Place]:
        chance, places = self.chance, []
        while len(places) < count:
            fate = chance.random()
            kind, street, place = chance.choice(self.streets)
            if fate < 0.07:
                number = str(chance.randint(1, 400)) if chance.random() < 0.2 else ""
                places.append(_Place(number, "", "", chance.choice(_HAMLETS), "", "", "", chance.randrange(3)))
            elif fate < 0.095:
                number, residence = str(chance.randint(1, 150)), chance.choice(("", *_RESIDENCES))
                building = chance.choice(("", "", "A", "B", "C"))
                for flat in range(1, chance.randint(4, 20)):
                    named = f"{flat // 4 + 1}{flat % 4 + 1:02}" if number[-1] in "02468" else str(flat)
                    places.append(_Place(number, "", kind, street, named, building, residence, place))
            else:
                repeat = self._weighted((("", 93), ("bis", 5), ("ter", 1), ("A", 1)))
                places.append(_Place(str(chance.randint(1, 150)), repeat, kind, street, "", "", "", place))
        return places[:count]

    def _family(self) -> str:
        return self.chance.choice(_FAMILIES).replace("_", " ")

    def _people(self, place) -> dict:
        """Who lives there, and who else may be billed for it."""
        chance = self.chance
        one, partner, before, owner = ((self._family(), chance.choice(_FIRST)) for _ in range(4))
        return {
            "one": one,
            "partner": partner,
            "before": before,
            "owner": owner,
            "manager": (chance.choice(_MANAGERS), place.residence),
            "company": chance.choice(_COMPANIES) if chance.random() < 0.04 else "",
            "is_let": chance.random() < (0.6 if place.flat else 0.17),
            "is_managed": bool(place.flat) and chance.random() < 0.3,
        }

    # === WHAT A CLERK WRITES === #

    def _write(self, side, device, place, people, truth, habits):
        """Add the section's card, and now and then the same device once more."""
        copies = 2 if self.chance.random() < 0.008 else 1
        for _ in range(copies):
            clerk = habits[self.chance.randrange(len(habits))]
            street, zip_code, city = self._address(place, clerk)
            brand = device.maker.title() if self.chance.random() < clerk["brand"] else ""
            diameter = device.diameter if self.chance.random() < clerk["diameter"] else 0
            if diameter and self.chance.random() < 0.01:
                diameter = 20 if diameter == 15 else 15
            key = (1 if habits is _WATER else 2) * 1_000_000 + len(side)
            side.append(
                TownCard(key, self._number(device, clerk), brand, street, zip_code, city,
                         self._name(people, clerk), diameter, truth)  # fmt: skip
            )

    def _number(self, device, clerk) -> str:
        chance = self.chance
        fate = chance.random()
        if fate < clerk["no_number"]:
            return ""
        if fate < clerk["no_number"] + clerk["filler"]:
            return chance.choice(_FILLERS)
        year, digits = f"{device.year % 100:02}", device.sequence
        form = self._weighted(clerk["forms"].items())
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
            "trailed": device.code + chance.choice(_TRAILERS),
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
            spots = [n for n, c in enumerate(written) if c in _LOOKALIKES]
            if spots:
                spot = chance.choice(spots)
                written = written[:spot] + _LOOKALIKES[written[spot]] + written[spot + 1 :]
        return written.lower() if chance.random() < clerk["lower"] else written

    def _slip(self, text) -> str:
        """Get one digit wrong, or exchange two neighbours."""
        spots = [n for n, c in enumerate(text) if c.isdigit()]
        if not spots:
            return text
        spot = self.chance.choice(spots)
        if self.chance.random() < 0.3 and spot + 1 < len(text):
            return text[:spot] + text[spot + 1] + text[spot] + text[spot + 2 :]
        return text[:spot] + self.chance.choice("0123456789") + text[spot + 1 :]

    def _address(self, place, clerk) -> tuple[str, str, str]:
        chance = self.chance
        name, zip_code, others = _TOWNS[place.town]
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
            kind = place.kind if chance.random() < clerk["proper"] else chance.choice(_SHORT_KINDS[place.kind])
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
        for word, shorts in _SHORT_WORDS.items():
            if f"{word} " in f"{street} " or f"{word}-" in street:
                return street.replace(word, self.chance.choice(shorts), 1)
        return street

    def _with_flat(self, street, place, clerk) -> str:
        chance = self.chance
        if place.flat and chance.random() < clerk["flat"]:
            building = f"{chance.choice(('Bât', 'BAT', 'Bâtiment'))} {place.building} " if place.building else ""
            flat = building + f"{chance.choice(clerk['flat_words'])}{place.flat}"
            street = f"{flat} {street}" if chance.random() < 0.3 else f"{street}{chance.choice((' ', ', ', ' - '))}{flat}"
        if place.residence and chance.random() < clerk["residence"]:
            street = f"{chance.choice(('Rés.', 'Résidence', 'RES'))} {place.residence} {street}"
        return street

    def _name(self, people, clerk) -> str:
        chance = self.chance
        if people["company"]:
            return people["company"] if chance.random() < 0.8 else people["company"].title()
        if people["is_managed"] and chance.random() < clerk["manager"]:
            manager, residence = people["manager"]
            return chance.choice(
                (f"SDC {residence or 'IMMEUBLE'} C/O {manager}", manager, f"SYNDIC {manager}", f"Syndicat des copropriétaires {residence}")
            ).strip()
        if people["is_let"]:
            who = self._weighted((("one", clerk["tenant"]), ("owner", clerk["owner"]), ("before", clerk["stale"])))
        else:
            who = self._weighted((("one", 96), ("before", 100 * clerk["stale"] / 8)))
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


_CAREFUL = {
    "forms": {"full": 110, "parted": 16, "no_letter": 2, "digits": 4, "year_end": 3, "six": 4, "no_zero": 1,
              "maker": 4, "trailed": 3, "more_zeros": 1},  # fmt: skip
    "no_number": 0.008, "filler": 0.012, "slip": 0.015, "cut": 0.008, "lookalike": 0.01, "lower": 0.05,
    "brand": 0.7, "diameter": 0.85, "proper": 0.75, "no_city": 0.02, "no_zip": 0.02, "no_street": 0.01,
    "old_names": False, "other_kind": 0.01, "hamlet": ("", "Lieu-dit", "Hameau de"), "street_slip": 0.01,
    "no_article": 0.03, "no_house": 0.01, "flat": 0.8, "flat_words": ("Appt ", "APT ", "Appartement "), "residence": 0.5,
    "upper": 0.2, "manager": 0.3, "tenant": 80, "owner": 12, "stale": 0.25, "partner": 0.03, "maiden": 0.01,
    "names": ("{family} {first}", "{family} {first}", "M. {family} {first}", "{Family} {first}"), "name_slip": 0.01,
    "no_name": 0.01,
}  # fmt: skip
_HASTY = _CAREFUL | {
    "forms": {"full": 80, "parted": 16, "no_letter": 6, "digits": 10, "year_end": 5, "six": 12, "no_zero": 3, "five": 2,
              "maker": 4, "trailed": 4, "inner_zeros": 2, "no_year": 2},  # fmt: skip
    "no_number": 0.01, "filler": 0.02, "slip": 0.03, "cut": 0.015, "lookalike": 0.015, "lower": 0.25, "brand": 0.3,
    "proper": 0.45, "upper": 0.5, "no_house": 0.03, "no_article": 0.15, "flat": 0.5, "hamlet": ("", "LD", "ham."),
    "names": ("{family}", "{family} {initial}.", "M. et Mme {family}", "{first} {family}"), "name_slip": 0.02,
}  # fmt: skip
_LISTED = _CAREFUL | {
    "forms": {"full": 120, "parted": 6, "no_letter": 4, "digits": 8, "six": 6, "year_end": 3, "no_zero": 3,
              "long_year": 2, "spreadsheet": 0.4, "check": 0.5, "more_zeros": 2},  # fmt: skip
    "no_number": 0.012, "filler": 0.02, "slip": 0.015, "cut": 0.015, "lower": 0, "upper": 1, "brand": 0.1, "diameter": 0.5,
    "proper": 0.35, "no_city": 0.04, "no_zip": 0.1, "no_street": 0.02, "old_names": True, "other_kind": 0.03,
    "hamlet": ("LIEU DIT", "LD", "HAMEAU"), "no_article": 0.4, "flat": 0.35, "flat_words": ("LOGT ", "APPT N°", "LOG "),
    "residence": 0.3, "manager": 0.7, "tenant": 50, "owner": 35, "stale": 0.6, "partner": 0.06, "maiden": 0.02,
    "names": ("{family} {first}", "MR {family} {first}", "M OU MME {family} {first}", "{family} {first}"), "no_name": 0.015,
}  # fmt: skip
_PHONED = _LISTED | {
    "forms": {"full": 30, "six": 26, "five": 7, "four": 3, "digits": 12, "year_end": 7, "no_letter": 6, "no_zero": 6,
              "trailed": 5, "maker": 3},  # fmt: skip
    "no_number": 0.03, "filler": 0.02, "slip": 0.04, "cut": 0.02, "upper": 0.2, "street_slip": 0.03, "no_house": 0.04,
    "name_slip": 0.03, "names": ("{family}", "Mme {family}", "M. {family}", "{family} {first}"),
}  # fmt: skip
#: Each section's clerks, as often as each has written.
_WATER = (_CAREFUL, _CAREFUL, _CAREFUL, _HASTY)
_SEWERAGE = (_LISTED, _LISTED, _LISTED, _LISTED, _HASTY, _CAREFUL, _CAREFUL, _PHONED)
