#!/usr/bin/env python3
"""Writes docs/guide/anomalies.rst: what to do for each anomaly of the exchange, by its sentence as users read it."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide"
TITLE = "Que faire devant une anomalie ?"
HEAD = f"""{"=" * len(TITLE)}
{TITLE}
{"=" * len(TITLE)}

Chaque anomalie de l'échange avec le logiciel comptable : la phrase qui s'affiche, ce qui la cause, l'écran où elle se
voit, le remède. Une *remarque* n'arrête rien. Les mots entre ``%( )s`` sont remplacés par les valeurs de la pièce ou du
fichier. Le nom entre parenthèses est celui que connaissent les programmes.

.. Page faite par tools/anomaly_guide.py : corriger docs/guide/anomalies.toml, puis la refaire.

"""


def render(sentences):
    """Return the page.

    :param sentences: {code: its sentence in French}
    """
    entries = tomllib.loads((GUIDE / "anomalies.toml").read_text("utf-8"))
    parts, chapter = [HEAD], ""
    for code, entry in entries.items():
        if entry["chapter"] != chapter:
            chapter = entry["chapter"]
            parts.append(f"{chapter}\n{'=' * len(chapter)}\n\n")
        parts.append(
            f"**{_escaped(sentences[code])}** (``{code}``)\n\n"
            f"- Cause : {entry['cause']}\n- Écran : {entry['screen']}\n- Remède : {entry['remedy']}\n\n"
        )
    return "".join(parts).rstrip() + "\n"


def codes():
    """Return the codes that the guide knows."""
    return set(tomllib.loads((GUIDE / "anomalies.toml").read_text("utf-8")))


def _escaped(text):
    return text.replace("*", "\\*").replace("%%", "%")


def french(messages):
    """Return {code: French sentence} of the exchange's messages ({code: English sentence})."""
    import polib

    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ROOT / "i18n/fr.po"))}
    return {code: known.get(text, text) for code, text in messages.items()}


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(ROOT))
    from core.ledger.messages import MESSAGES

    (GUIDE / "anomalies.rst").write_text(render(french(MESSAGES)), "utf-8")
