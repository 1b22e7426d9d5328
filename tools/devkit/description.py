"""Renders the addon's page in Odoo's Apps: README.rst as HTML, with its pictures.

Run with a Python that has docutils: `description.py` writes the page; the exit code of `description.py --check` is 0 if
the page is up to date.
"""

import re
import sys
from pathlib import Path

from docutils.core import publish_parts

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "static/description/index.html"
SETTINGS = {"initial_header_level": 2, "report_level": 2, "halt_level": 2, "embed_stylesheet": False}
SECTION = '<section class="oe_container">\n{body}\n</section>\n'


def render() -> str:
    """Return the page of the present README."""
    parts = publish_parts((CHECKOUT / "README.rst").read_text("utf-8"), writer="html5", settings_overrides=SETTINGS)
    # the page is in the folder of its pictures
    body = re.sub(r'src="static/description/', 'src="', parts["html_body"])
    # the other files of the repository are not served
    body = re.sub(r'<a class="reference external" href="docs/[^"]*">(.*?)</a>', r"\1", body)
    return SECTION.format(body=body.strip())


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(not PAGE.exists() or PAGE.read_text("utf-8") != render())
    PAGE.write_text(render(), "utf-8")
