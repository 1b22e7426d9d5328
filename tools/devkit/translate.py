"""`./dev i18n`: exports the template of the terms, and updates the French file."""

import ast
import json
import os
import re
import subprocess
from pathlib import Path

from . import database
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import CHECKOUT, MODULE, cache_root, digest, write_whole

TEMPLATE = CHECKOUT / "i18n" / f"{MODULE}.pot"
FRENCH = CHECKOUT / "i18n/fr.po"
DATABASE = f"utility_i18n_{digest(str(CHECKOUT))}"
SUMMARY = """
#. module: base
#: model:ir.module.module,summary:base.module_{module}
msgid {text}
msgstr ""
"""
EXPORT_DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date):.*\n', re.MULTILINE)


def run() -> int:
    """Export the template, update the French file, list untranslated terms; return the exit code."""
    bench = prepare()
    database.provide(bench, DATABASE)
    _export(bench)
    merge = Path(__file__).with_name("merge_po.py")
    missing = json.loads(_output([bench.python, merge, TEMPLATE, FRENCH, "fr", _odoo_french(bench)]))
    for term in missing:
        plain(f"not translated: {term}")
    if missing:
        raise SetupError(f"{len(missing)} terms have no French in i18n/{FRENCH.name}: listed above.")
    step("French: complete")
    return 0


def _odoo_french(bench: Workbench) -> Path:
    files = (folder / "account/i18n/fr.po" for folder in bench.odoo.addons)
    return next((file for file in files if file.exists()), Path(os.devnull))


def _export(bench: Workbench) -> None:
    step("Terms: exporting")
    with bench.configuration(DATABASE) as configuration:
        command = bench.command(configuration, "i18n", "export", MODULE, "-l", "pot", "-o", "-")
        exported = _output(command, cwd=cache_root(), env=bench.environment())
    if 'msgid "' not in exported:
        raise SetupError("Odoo exported no term.")
    # Dates would differ in the repository at each export.
    write_whole(TEMPLATE, EXPORT_DATES.sub("", exported).rstrip("\n") + "\n" + _summary_term())


def _summary_term() -> str:
    """Return the entry of the manifest's summary, which Odoo loads from this file but only exports for `base`."""
    summary = ast.literal_eval((CHECKOUT / "__manifest__.py").read_text())["summary"]
    return SUMMARY.format(module=MODULE, text=json.dumps(summary, ensure_ascii=False))


def _output(command: list, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SetupError(f"The translations could not be refreshed.\n{done.stderr.strip()}")
    return done.stdout
