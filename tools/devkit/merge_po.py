"""Merge a template of terms into a translation: `python merge_po.py TEMPLATE FILE LANGUAGE`.

A program of its own, run in the virtual environment, where polib is. Prints the terms left without
translation, as JSON. A translation whose term changed or went is not kept.
"""

import json
import sys
from pathlib import Path

import polib


def merge(template: polib.POFile, kept: polib.POFile, language: str) -> polib.POFile:
    """Return the template's terms with the translations that are known."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in kept if not entry.obsolete and not entry.fuzzy}
    merged = polib.POFile(wrapwidth=78)
    merged.header = kept.header or template.header
    merged.metadata = template.metadata | {
        "Language": language,
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    # Dates that change at each export would make a difference in the repository at each export.
    for volatile in ("POT-Creation-Date", "PO-Revision-Date"):
        merged.metadata.pop(volatile, None)
    for entry in template:
        old = known.get((entry.msgctxt, entry.msgid))
        entry.msgstr = old.msgstr if old else ""
        merged.append(entry)
    return merged


def main(template: str, file: str, language: str) -> None:
    """Refresh the file and print what is missing."""
    kept = polib.pofile(file) if Path(file).exists() else polib.POFile()
    merged = merge(polib.pofile(template), kept, language)
    merged.save(file)
    print(json.dumps([entry.msgid for entry in merged if not entry.msgstr]))


if __name__ == "__main__":
    main(*sys.argv[1:])
