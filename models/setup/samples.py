"""Sample files for imports, with the names of the user's own sections and tariffs, so that they are accepted as they
are."""

import csv
import io
from pathlib import Path

from ..metering.shown_names import SEPARATOR

FOLDER = Path(__file__).resolve().parents[2] / "static/samples"
NAMES = ("abonnes.csv", "compteurs.csv", "abonnements.csv", "releves.csv")
#: Code and name of the sections in the shipped files, by service: those that *Mise en route* creates.
SHIPPED = {"water": ("EAU", "EAU"), "sewerage": ("ASST", "ASSAINISSEMENT")}
METER, SECTION, TARIFF = "Compteur", "Section", "Tarif"


class Samples:
    """Sample files for the ticked companies of an environment, in French like the files of their former software."""

    def __init__(self, env):
        sections = env["utility.section"].search([("company_id", "in", env.companies.ids)])
        self._own = {section.service: section for section in sections.sorted("sequence", reverse=True)}
        self._tariffs = env["utility.tariff"]

    def text(self, name):
        """Return a sample file as text; rows of a service without a section are left out."""
        shipped = (FOLDER / name).read_text("utf-8")
        if not self._own:
            return shipped
        rows = csv.DictReader(io.StringIO(shipped), delimiter=";")
        written = io.StringIO()
        writer = csv.DictWriter(written, rows.fieldnames, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(filter(None, map(self._adapted, rows)))
        return written.getvalue()

    def _adapted(self, row):
        """Return a row with the user's names, None if there is no section for it."""
        service = self._service(row)
        if not service:
            return row
        section = self._own.get(service)
        if not section:
            return None
        changed = {}
        if SECTION in row:
            changed[SECTION] = section.name
        if SEPARATOR in row.get(METER, ""):
            changed[METER] = SEPARATOR.join([row[METER].split(SEPARATOR)[0], section.code])
        if TARIFF in row:
            tariff = self._tariffs.search([("section_id", "=", section.id)], limit=1)
            changed[TARIFF] = tariff._name_in_files() if tariff else ""
        return row | changed

    def _service(self, row):
        """Return the service whose section a row names, if it names one."""
        named = {row.get(SECTION, ""), row.get(METER, "").rpartition(SEPARATOR)[2]}
        return next((service for service, names in SHIPPED.items() if named & set(names)), None)
