"""Merge a template of terms into a translation: `python merge_po.py TEMPLATE FILE LANGUAGE ODOO_FILE`.

A program of its own, run in the virtual environment, where polib is. Prints the terms left without
translation, as JSON. A translation whose term changed or went is not kept. The names of the fields that
every model has (Created by…) come from ODOO_FILE, a translation of Odoo's own.
"""

import json
import re
import sys
from pathlib import Path

import polib

AUTOMATIC = re.compile(r"__(id|display_name|create_uid|create_date|write_uid|write_date)$")


def merge(template: polib.POFile, known: dict[str, str], language: str) -> polib.POFile:
    """Return the template's terms with the translations that are known."""
    merged = polib.POFile(wrapwidth=78)
    merged.header = template.header
    merged.metadata = template.metadata | {
        "Language": language,
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    # Dates that change at each export would make a difference in the repository at each export.
    for volatile in ("POT-Creation-Date", "PO-Revision-Date"):
        merged.metadata.pop(volatile, None)
    for entry in template:
        entry.msgstr = known.get(entry.msgid, "")
        merged.append(entry)
    return merged


def translations(file: str, *, automatic: bool = False) -> dict[str, str]:
    """Return the translations that a file holds; only those of the automatic fields if so asked."""
    entries = [entry for entry in polib.pofile(file) if not entry.obsolete and not entry.fuzzy and entry.msgstr]
    return {entry.msgid: entry.msgstr for entry in entries if not automatic or _is_automatic(entry)}


def _is_automatic(entry: polib.POEntry) -> bool:
    return any(AUTOMATIC.search(place) for place, _line in entry.occurrences)


def main(template: str, file: str, language: str, odoo_file: str) -> None:
    """Refresh the file and print what is missing."""
    known = translations(odoo_file, automatic=True)
    if Path(file).exists():
        known |= translations(file)
    merged = merge(polib.pofile(template), known, language)
    merged.save(file)
    print(json.dumps([entry.msgid for entry in merged if not entry.msgstr]))


if __name__ == "__main__":
    main(*sys.argv[1:])
