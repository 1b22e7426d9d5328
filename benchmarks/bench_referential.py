"""Import of an accounting system's référentiel: third parties and accounts, in files.

`./dev bench referential --rows N`: N third parties and N / 10 accounts, for the first time, again without changes, and
with one row in a hundred changed. The peer is Odoo's own import of third parties (`res.partner.load`), on a sample; the
limit is COPY of the files into tables, which compares nothing.
"""

from ledger_books import Books
from referential_files import COLUMNS, Referential, third_party
from side_by_side import Comparison, Contender, settle

ROWS = rows or 50_000
ACCOUNTS = ROWS // 10
ALL = ROWS + ACCOUNTS
SAMPLE = min(ROWS, 250)

books = Books.open(env)
bench = Comparison(books.env, script, rows, only)
files, cr = Referential(books, ROWS), books.cr


def load(changed=False):
    """Import a sample like a user, with external ids."""
    names = ["id", "ref", "name", "street", "street2", "zip", "city", "country_id", "email", "is_company"]
    sample = [third_party(number, changed) for number in range(SAMPLE)]
    lines = [[f"bench.{r[2]}", r[2], r[3], r[4], r[5], r[7], r[8], "France", r[17], "0"] for r in sample]
    result = books.env["res.partner"].with_company(books.water).load(names, lines)
    assert result["ids"], result["messages"]
    books.env.flush_all()
    return len(result["ids"])


def copy():
    """Copy the files into tables as they are."""
    counts = 0
    for name, columns in (("accounts.csv", COLUMNS[:4]), ("third_parties.csv", COLUMNS)):
        cr.execute(f"CREATE TEMP TABLE copied ({', '.join(f'{column}_ text' for column in columns)}) ON COMMIT DROP")
        with (files.folder / name).open(encoding="utf-8") as file:
            cr._obj.copy_expert("COPY copied FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')", file)
        counts += cr._obj.rowcount
        cr.execute("DROP TABLE copied")
    return counts


def compare(title, expected, changed=False, make=False):
    """Check that the product imported what it reports, and that the others read all their rows."""

    def agree(results):
        assert results == [expected, SAMPLE, ALL], (results, expected)

    bench.compare(
        title,
        Contender("this product", lambda: files.come_in(make), "product", ALL),
        Contender("res.partner.load", lambda: load(changed), "peer", SAMPLE),
        Contender("COPY of the files", copy, "limit", ALL),
        agree=agree,
    )


known = books.env["ledger.code"].search_count([("code", "=like", "N0%")])
if only is None:
    files.only()
    files.publish()
    files.come_in()
    files.forget()
if not known:
    compare("First time, codes only", (ALL, 0, 0, 0, 0))
    compare("First time, partners and accounts made", (ALL, 0, 0, 0, 0), make=True)
if only is None:
    files.come_in()
    load()
    settle(books.env)
compare("Unchanged", (0, 0, 0, ALL, 0))
if only is None:
    files.publish(changed=True)
compare("One in a hundred changed", (0, ROWS // 100, 0, ALL - ROWS // 100, 0), changed=True)
