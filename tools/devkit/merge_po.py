"""Merge a template of terms into a translation: `python merge_po.py TEMPLATE FILE LANGUAGE ODOO_FILE`.

A separate program, run in the virtual environment, which has polib. Prints the untranslated terms as JSON. Translations
of changed or deleted terms are dropped. The names of the fields that every model has (Created by…) come from ODOO_FILE,
one of Odoo's own translations. French gets its non-breaking spaces.
"""

import json
import re
import sys
from pathlib import Path

import polib
from french_spaces import spaced

#: Sentences of the users' notices, which keep the notices' plain spaces (tests/test_translation.py).
AS_IN_THE_NOTICES = {
    "This meter is currently associated with:",
    "Do you want to synchronise the meter readings in billing %(sections)s?",
}
AUTOMATIC = re.compile(r"__(id|display_name|create_uid|create_date|write_uid|write_date)$")


def merge(template: polib.POFile, known: dict[str, str], language: str) -> polib.POFile:
    """Return the template's terms with the known translations."""
    merged = polib.POFile(wrapwidth=78)
    merged.header = template.header
    merged.metadata = template.metadata | {
        "Language": language,
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    # Dates would differ in the repository at each export.
    for volatile in ("POT-Creation-Date", "PO-Revision-Date"):
        merged.metadata.pop(volatile, None)
    for entry in template:
        entry.msgstr = _typeset(entry.msgid, known.get(entry.msgid, ""), language)
        merged.append(entry)
    return merged


def _typeset(term: str, translation: str, language: str) -> str:
    return spaced(translation) if language == "fr" and term not in AS_IN_THE_NOTICES else translation


def translations(file: str, *, automatic: bool = False) -> dict[str, str]:
    """Return the translations of a file, or only those of the automatic fields."""
    entries = [entry for entry in polib.pofile(file) if not entry.obsolete and not entry.fuzzy and entry.msgstr]
    return {entry.msgid: entry.msgstr for entry in entries if not automatic or _is_automatic(entry)}


def _is_automatic(entry: polib.POEntry) -> bool:
    return any(AUTOMATIC.search(place) for place, _line in entry.occurrences)


def main(template: str, file: str, language: str, odoo_file: str) -> None:
    """Update the file and print the untranslated terms."""
    known = translations(odoo_file, automatic=True)
    if Path(file).exists():
        known |= translations(file)
    merged = merge(polib.pofile(template), known, language)
    merged.save(file)
    print(json.dumps([entry.msgid for entry in merged if not entry.msgstr]))


if __name__ == "__main__":
    main(*sys.argv[1:])
