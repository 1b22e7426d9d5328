#!/usr/bin/env python3
"""Writes the demo town's data files: subscribers, meters, subscriptions, two years of readings, the référentiel.

    demo_town.py            writes demo/ and tools/frp1000_demo.json
    demo_town.py --check    says which of them are not what it would write

Meters are read on the first day of every third month, counted back from last month: the town is as old whenever it is
loaded, and its periods end where its readings do. What happens to it (campaigns, a leak, payments) is in the other
files of demo/.
"""

import csv
import io
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from demo_town_facts import (
    ACCOUNTS,
    BEFORE,
    CITY,
    JOURNALS,
    LOCATIONS,
    ODD_QUARTERS,
    OLD,
    PLAIN,
    QUARTERS,
    ROLLED_OVER,
    SEASONS,
    STORIES,
    STORY_METERS,
    STORY_READINGS,
    SUPPLIERS,
    UNKNOWN,
    ZIP,
)
from demo_town_readings import readings_file, round_file

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "demo"


@dataclass
class Place:
    """A meter of the town: its key in the data, its subscriber's, its indexes."""

    key: str
    serial: str
    street: str
    route: str
    rank: int
    shared: bool
    installed: str
    readings: list
    mode: str = "manual"
    brand: str = "Itron"
    diameter: int = 15
    location: str = ""
    number: int | None = None

    @property
    def water(self):
        return f"demo_meter_water_{self.key}"

    @property
    def sewerage(self):
        return f"demo_meter_sewerage_{self.key}"


def places():
    """Return the meters of the town in the order of the rounds."""
    return [*map(_plain, range(len(PLAIN)), PLAIN), *map(_story, range(len(STORY_METERS)), STORY_METERS)]


def _plain(rank, row):
    number, _name, _company, street, route, volume, shared, mode = row
    brand = ("Itron", "Sensus", "Diehl")[rank % 3]
    return Place(
        key=str(number),
        serial=f"V{18 + rank % 6}-{104200 + 37 * (number - 1)}",
        street=street,
        route=route,
        rank=10 * (rank + 1),
        shared=shared,
        installed=OLD.get(number, f"{2016 + rank % 8}-05-12"),
        readings=[(quarter, 0, index, "real") for quarter, index in _indexes(number, volume)],
        mode=mode,
        brand=brand,
        diameter=40 if volume > 500 else 30 if volume > 300 else 15,
        location=LOCATIONS[rank % len(LOCATIONS)],
        number=number,
    )


def _indexes(number, volume):
    """Return (quarters ago, index), the oldest first: the year's volume by season, a little more or less."""
    chance = random.Random(f"Valmont {number}")
    index = BEFORE if number == ROLLED_OVER else chance.randint(120, 820)
    yield QUARTERS, index
    for quarter in range(QUARTERS - 1, -1, -1):
        share = SEASONS[-quarter % 4 - 2]
        usual = round(volume * share * chance.uniform(0.9, 1.1))
        index += ODD_QUARTERS.get(number, {}).get(quarter, usual)
        index %= 100000
        yield quarter, index


def _story(rank, row):
    key, serial, street, installed, shared = row
    return Place(
        key=key,
        serial=serial,
        street=street,
        route="Rives",
        rank=10 * (len(PLAIN) + rank + 1),
        shared=shared,
        installed=installed,
        readings=STORY_READINGS[key],
        location="Regard en limite de propriété",
    )


# === FILES === #


def files():
    """Return {path: content} of all that is written."""
    town = places()
    written = {
        "res.partner.csv": _table(_subscribers()),
        "utility.connection.point.csv": _table(_points(town)),
        "utility.meter.csv": _table(_meters(town)),
        "utility.subscription.csv": _table(_subscriptions()),
        "readings_demo.xml": readings_file(town),
        "round_demo.xml": round_file(town),
    }
    found = {DEMO / name: content for name, content in written.items()}
    return found | {ROOT / "tools/frp1000_demo.json": _referential()}


def _table(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _subscribers():
    yield "id", "name", "ref", "street", "zip", "city", "country_id/id", "is_subscriber", "is_company", "lang"
    tail = "base.fr", "True"
    for number, name, company, street, *_rest in PLAIN:
        key = f"demo_subscriber_{number}"
        yield key, name, f"AB{number:04}", street, ZIP, CITY, *tail, company, "fr_FR"
    for key, number, name, street, code, city in STORIES:
        yield f"demo_subscriber_{key}", name, f"AB{number:04}", street, code, city, *tail, False, "fr_FR"


def _points(town):
    yield (
        "id", "serial_number", "reading_mode", "brand", "diameter", "digits", "year", "location", "street", "zip",
        "city", "installation_date",
    )  # fmt: skip
    for place in town:
        year = place.installed[:4]
        key = f"demo_point_{place.key}"
        device = place.serial, place.mode, place.brand, place.diameter, 5, year, place.location
        yield key, *device, place.street, ZIP, CITY, place.installed
    device = "A-5504", "manual", "Itron", 20, 5, 2012, "Cave"
    yield "demo_point_own_5", *device, "14 rue du Moulin", ZIP, CITY, "2012-03-01"


def _meters(town):
    yield "id", "section_id/id", "connection_point_id/id", "route", "sequence"
    for place in town:
        point = f"demo_point_{place.key}", place.route, place.rank
        yield place.water, "demo_section_water", *point
        if place.shared:
            yield place.sewerage, "demo_section_sewerage", *point
    yield "demo_meter_sewerage_5", "demo_section_sewerage", "demo_point_own_5", "Bourg", 50


def _subscriptions():
    """Yield those that run; the dates of those that came or left are in campaigns_demo.xml."""
    yield "id", "partner_id/id", "meter_id/id", "date_start", "tariff_id/id", "is_dwelling"
    for number, _name, company, _street, _route, _volume, shared, _mode in PLAIN:
        services = ("water", "sewerage") if shared or number == 5 else ("water",)
        yield from (_subscription(service, str(number), "2020-01-01", not company) for service in services)
    for key in ("leak", "estimate", "replaced"):
        yield from (_subscription(service, key, "2021-01-01", True) for service in ("water", "sewerage"))


def _subscription(service, key, start, dwelling):
    subscriber, meter = f"demo_subscriber_{key}", f"demo_meter_{service}_{key}"
    return f"demo_subscription_{service}_{key}", subscriber, meter, start, f"demo_tariff_{service}", dwelling


def _referential():
    """Return what the accounting system knows of the town, as its counterpart publishes it."""
    tables = {
        "companies": [
            {"code": "EAU", "name": "Service de l'eau", "scan_directory": "C0071000325_data_1"},
            {"code": "ASST", "name": "Service de l'assainissement", "scan_directory": "C0071000325_data_3"},
        ],
        "accounts": [
            {"company": company, "code": code, "name": name, "type": "G"}
            for company, rows in ACCOUNTS.items()
            for code, name in rows
        ],
        "journals": [
            {"company": company, "code": code, "name": name, "type": kind}
            for company, rows in JOURNALS.items()
            for code, name, kind in rows
        ],
        "third_parties": list(_third_parties()),
        "vat_profiles": [
            {"company": company, "code": code, "name": f"TVA {rate} %", "rate": f"{rate}"}
            for company in ("EAU", "ASST")
            for code, rate in (("TVA20", "20,0"), ("TVA10", "10,0"), ("TVA55", "5,5"))
        ],
        "payment_modes": [
            {"company": company, "code": code, "name": name}
            for company in ("EAU", "ASST")
            for code, name in (("PRLV", "Prélèvement"), ("VIR", "Virement"), ("CHQ", "Chèque"))
        ],
        "analytic_axes": [{"company": company, "code": "SERVICE", "name": "Service"} for company in ("EAU", "ASST")],
        "analytic_sections": [
            {"company": company, "axis": "SERVICE", "code": company, "name": name}
            for company, name in (("EAU", "Eau"), ("ASST", "Assainissement"))
        ],
    }
    parts = []
    for kind, rows in tables.items():
        lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
        parts.append(f'"{kind}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _third_parties():
    customers = [(number, name) for number, name, *_rest in PLAIN if number != UNKNOWN]
    customers += [(number, name) for _key, number, name, *_rest in STORIES]
    for company in ("EAU", "ASST"):
        for code, name, city, known in SUPPLIERS:
            yield _third_party(company, "supplier", code, name, city, "401000") | known
        yield _third_party(company, "customer", "C0001", "Mairie de Valmont", CITY, "411000")
        for number, name in sorted(customers):
            yield _third_party(company, "customer", f"AB{number:04}", name, CITY, "411100")


def _third_party(company, kind, code, name, city, account):
    return {
        "company": company, "type": kind, "code": code, "name": name, "city": city, "country": "FR", "account": account,
    }  # fmt: skip


def different():
    """Return the files that are not what this program writes."""
    return [path for path, content in files().items() if not path.exists() or path.read_text("utf-8") != content]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(f"{path.relative_to(ROOT)} is not what it should be" for path in different()) or 0)
    for path, content in files().items():
        path.write_text(content, "utf-8", newline="\n")
