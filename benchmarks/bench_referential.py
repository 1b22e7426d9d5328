"""The référentiel of an accounting system: third parties and accounts, in files, come in.

`./dev bench referential --rows N`: N third parties and N / 10 accounts, for the first time, again without a change,
with one row in a hundred changed. The peer is Odoo's own import of third parties (`res.partner.load`), on a sample; the
limit is COPY of the files into tables, which compares nothing.
"""

import csv

from ledger_books import Books
from side_by_side import Comparison, Contender

ROWS = rows or 50_000
ACCOUNTS = ROWS // 10
ALL = ROWS + ACCOUNTS
SAMPLE = min(ROWS, 1_000)
COLUMNS = (
    "company", "type", "code", "name", "street", "street2", "street3", "zip", "city", "country", "vat", "siret",
    "payment_mode", "payment_terms", "account", "iban", "bic", "email",
)  # fmt: skip

books = Books.open(env)
bench = Comparison(books.env, script, rows, only)
connector, cr = books.connector, books.cr
folder = books.directory / connector.referential_folder


def third_party(number, changed):
    """A row of a third party; one in a hundred moves where `changed`."""
    moved = changed and number % 100 == 0
    street = f"{number % 300} rue {'de la Poste' if moved else 'du Lavoir'}"
    return (
        "EAU", "customer", f"N{number:07}", f"Abonné {number}", street, f"Bât. {number % 9}", "",
        f"{63000 + number % 400}", f"Bourg {number % 40}", "FR", "", f"{10_000_000_000_000 + number}", "VIR", "30J",
        "411000", "", "", f"abonne{number}@example.com",
    )  # fmt: skip


def publish(changed=False):
    """Write the files; those of an earlier contender are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    accounts = (("EAU", f"{4_110_000_000 + n}", f"Compte {n}", "G") for n in range(ACCOUNTS))
    parties = (third_party(n, changed) for n in range(ROWS))
    for name, columns, lines in (
        ("accounts.csv", ("company", "code", "name", "type"), accounts),
        ("third_parties.csv", COLUMNS, parties),
    ):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=";").writerows([columns, *lines])


def come_in(make=False):
    """Bring the files in: the step `referential` of a run. Returns its counts."""
    connector.write({"create_third_parties": make, "create_accounts": make})
    with books.uncommitted():
        run = books.run("referential")
        with connector._open_transport() as transport:
            while not run.connector_id._step_referential(run, transport):
                pass
        return run.made, run.updated, run.deactivated, run.unchanged, run.refused


def load(changed=False):
    """Import a sample as a user does, with external identifiers."""
    names = ["id", "ref", "name", "street", "street2", "zip", "city", "country_id", "email", "is_company"]
    sample = [third_party(number, changed) for number in range(SAMPLE)]
    lines = [[f"bench.{r[2]}", r[2], r[3], r[4], r[5], r[7], r[8], "France", r[17], "0"] for r in sample]
    result = books.env["res.partner"].with_company(books.water).load(names, lines)
    assert result["ids"], result["messages"]
    books.env.flush_all()
    return len(result["ids"])


def copy():
    """Fill tables with the files as they are."""
    counts = 0
    for name, columns in (("accounts.csv", COLUMNS[:4]), ("third_parties.csv", COLUMNS)):
        cr.execute(f"CREATE TEMP TABLE copied ({', '.join(f'{column}_ text' for column in columns)}) ON COMMIT DROP")
        with (folder / name).open(encoding="utf-8") as file:
            cr._obj.copy_expert("COPY copied FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')", file)
        counts += cr._obj.rowcount
        cr.execute("DROP TABLE copied")
    return counts


def compare(title, expected, changed=False, make=False):
    """The product brings in what it says it does; the others read every row of theirs."""

    def agree(results):
        assert results == [expected, SAMPLE, ALL], (results, expected)

    bench.compare(
        title,
        Contender("this product", lambda: come_in(make), "product", ALL),
        Contender("res.partner.load", lambda: load(changed), "peer", SAMPLE),
        Contender("COPY of the files", copy, "limit", ALL),
        agree=agree,
    )


known = books.env["ledger.code"].search_count([("code", "=like", "N0%")])
if only is None:
    publish()
    # the few codes of the books' own files are missing in these
    connector.referential_layout_ids = connector.referential_layout_ids.filtered(
        lambda layout: layout.flow in ("third_party", "account")
    )
    come_in()
    cr.execute("DELETE FROM ledger_code WHERE code ~ '^N0' OR code ~ '^411.......'")
    books.commit()
if not known:
    compare("First time, the mirror alone", (ALL, 0, 0, 0, 0))
    compare("First time, partners and accounts made", (ALL, 0, 0, 0, 0), make=True)
if only is None:
    come_in()
    load()
    books.commit()
compare("Unchanged", (0, 0, 0, ALL, 0))
if only is None:
    publish(changed=True)
compare("One in a hundred changed", (0, ROWS // 100, 0, ALL - ROWS // 100, 0), changed=True)
