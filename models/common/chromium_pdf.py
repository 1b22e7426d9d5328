"""Prints documents with Chromium, on systems that no longer ship wkhtmltopdf, which is unmaintained.

Each document is an HTML page of its own. Its header and footer are repeated on each printed page.
"""

import io

import lxml.html

from odoo.tools.pdf import ArrayObject, DictionaryObject, NameObject, NumberObject, PdfReader, PdfWriter

from .chromium import Chromium

#: Distance of header and footer from the edge of the paper, in mm: they are part of the page, not of its margins.
EDGE = 10
_PAGE = "@page {{ size: {size}; margin: {top}mm {right}mm {bottom}mm {left}mm; }}"
_LAYOUT = (
    "table.o_printed, table.o_printed > * > tr > td { width: 100%; border: 0; padding: 0; vertical-align: top }"
    # the narrow width of the paper must not count as a small screen
    ".container { max-width: none; width: 100%; padding: 0 }"
)


def print_documents(bodies, header, footer, paper, landscape=False) -> bytes:
    """Print documents into one file, with an outline entry for the first page of each.

    :param bodies: HTML pages
    :param header: an HTML page with the header of each document, in order, or None; `footer` likewise
    :param paper: a `report.paperformat`
    :raises PrintError: Chromium did not print
    """
    headers, footers = _parts(header, "header"), _parts(footer, "footer")
    writer, starts = PdfWriter(), []
    with Chromium() as browser:
        for place, body in enumerate(bodies):
            parts = [some[place] if place < len(some) else None for some in (headers, footers)]
            reader = PdfReader(io.BytesIO(browser.print(_page(str(body), parts, paper, landscape))))
            starts.append(len(writer.pages))
            for page in reader.pages:
                writer.add_page(page)
    _add_outline(writer, starts)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def _parts(page, kind):
    """Return the headers or footers of the documents, without page numbers, which only wkhtmltopdf fills in."""
    if not page:
        return []
    nodes = lxml.html.fromstring(str(page)).xpath(f"//div[contains(concat(' ', @class, ' '), ' {kind} ')]")
    for node in nodes:
        for counted in node.xpath(".//*[contains(concat(' ', @class, ' '), ' page ')]"):
            counted.getparent().getparent().remove(counted.getparent())
    return nodes


def _page(body, parts, paper, landscape):
    """Return the HTML of one document, with header and footer as those of a table, which Chromium repeats."""
    root = lxml.html.document_fromstring(body)
    above, below = parts
    table = lxml.html.Element("table", {"class": "o_printed"})
    for tag, part in (("thead", above), ("tfoot", below), ("tbody", None)):
        if part is not None or tag == "tbody":
            cell = lxml.html.Element("td")
            row = lxml.html.Element("tr")
            row.append(cell)
            group = lxml.html.Element(tag)
            group.append(row)
            table.append(group)
            if part is not None:
                cell.append(part)
    for child in list(root.body):
        cell.append(child)
    root.body.append(table)
    style = lxml.html.Element("style")
    style.text = _page_rule(paper, landscape) + _LAYOUT
    root.head.append(style)
    return lxml.html.tostring(root, doctype="<!DOCTYPE html>", encoding="unicode")


def _page_rule(paper, landscape):
    landscape = landscape or paper.orientation == "Landscape"
    size = paper.format if paper.format and paper.format != "custom" else ""
    if not size:
        width, height = paper.page_width or 210, paper.page_height or 297
        size = f"{height}mm {width}mm" if landscape else f"{width}mm {height}mm"
    elif landscape:
        size += " landscape"
    return _PAGE.format(
        size=size,
        top=min(paper.margin_top, EDGE) if paper.header_spacing else paper.margin_top,
        right=paper.margin_right,
        bottom=min(paper.margin_bottom, EDGE) if paper.header_spacing else paper.margin_bottom,
        left=paper.margin_left,
    )


def _add_outline(writer, starts):
    """Add the outline by which Odoo splits a file into its documents: named destinations with page numbers."""
    root = writer._root_object
    names = [NameObject(f"/document{place}") for place in range(len(starts))]
    pages = {
        name: ArrayObject([NumberObject(start), NameObject("/Fit")]) for name, start in zip(names, starts, strict=True)
    }
    root[NameObject("/Dests")] = DictionaryObject(pages)
    entries = [writer._add_object(DictionaryObject({NameObject("/Dest"): name})) for name in names]
    for place, entry in enumerate(entries[:-1]):
        entry.get_object()[NameObject("/Next")] = entries[place + 1]
    root[NameObject("/Outlines")] = writer._add_object(DictionaryObject({NameObject("/First"): entries[0]}))
