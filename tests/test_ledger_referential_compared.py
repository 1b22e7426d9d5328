import random
from unittest.mock import patch

from ..models.ledger_codes import incoming_codes
from .support.ledger import LedgerCase
from .support.whole import Whole

HEADER = "company;code;name;type\n"
SEED, ROUNDS = 27, 30


def expected(mirror, files, companies):
    """What the rows of files change in {(company, code): (name, type, active)}, told one row after the other.

    :return: the mirror after, counts, (code of the finding, line, line of the first row)
    """
    first, refused, kept, unreadable = {}, [], set(), False
    for rows in files:
        for line, (company, code, name, kind) in enumerate(rows, 2):
            if not (code and name):
                refused += [("value_missing", line, None)] * ((not code) + (not name))
                kept.add(code)
                unreadable |= not code
            elif company in companies:
                there = first.setdefault((company, code), (line, name, kind))
                if there[1:] != (name, kind):
                    refused.append(("code_duplicate", line, there[0]))
    after = {key: (name, kind, True) for key, (_line, name, kind) in first.items()}
    missing = {
        key for key, value in mirror.items()
        if value[2] and key[0] in companies and key not in first and key[1] not in kept
    }  # fmt: skip
    missing = set() if unreadable else missing
    gone = {key: (*mirror[key][:2], False) for key in missing}
    made, updated = after.keys() - mirror.keys(), [key for key in after if mirror.get(key, after[key]) != after[key]]
    counts = (len(made), len(updated), len(missing), len(after) - len(made) - len(updated), len(refused))
    return {**mirror, **after, **gone}, counts, refused


class TestReferentialCompared(Whole, LedgerCase):
    """Files of a référentiel compared with the mirror as a whole, however they are cut into pages."""

    def setUp(self):
        super().setUp()
        self.folder = self.directory / "referential"
        for file in self.folder.iterdir():
            file.unlink()
        self.enterContext(patch.object(incoming_codes, "PAGE", 3))
        self.env["ledger.code"].search([("kind", "=", "account")]).unlink()
        self.connector.deactivation_share = 100

    def publish(self, *files):
        """Write files of accounts: rows of (company, code, name, type), or text."""
        for number, rows in enumerate(files):
            text = rows if isinstance(rows, str) else "".join(";".join(row) + "\n" for row in rows)
            (self.folder / f"accounts{number or ''}.csv").write_text((HEADER + text).replace("\n", "\r\n"))

    def update(self, companies=None):
        """Bring the files in; return the counts and what was found, by line."""
        run = self.do(companies or self.companies, "action_update_companies")
        found = [(anomaly.code, anomaly.line) for anomaly in run.anomaly_ids.sorted("id") if anomaly.blocking]
        return (run.made, run.updated, run.deactivated, run.unchanged, run.refused), found, run

    def mirror(self):
        codes = self.env["ledger.code"].with_context(active_test=False).search([("kind", "=", "account")])
        codes.invalidate_recordset()
        return {(c.company_code, c.code): (c.name, (c.details or {}).get("type", ""), c.active) for c in codes}

    def check(self, files, companies=None):
        """Files come in; the mirror, counts and findings are those of the plain way."""
        before = self.mirror()
        self.publish(*files)
        after, counts, refused = expected(before, files, (companies or self.companies).mapped("ledger_code"))
        told, found, run = self.update(companies)
        self.assertEqual(told, counts)
        self.assertEqual(found, [(code, line) for code, line, _first in refused])
        self.assertEqual(self.mirror(), after)
        for anomaly, (_code, _line, first) in zip(run.anomaly_ids.sorted("id"), refused, strict=False):
            if first:
                self.assertRegex(anomaly.message, rf"\b{first}\b")

    def test_files_of_any_kind_one_after_the_other(self):
        chance = random.Random(SEED)
        names, kinds = ("Un", "Deux"), ("G", "", "a\\b")
        connector = self.connector.referential_layout_ids.filtered(lambda layout: layout.flow == "account")
        connector.file_name = "accounts*.csv"
        for turn in range(ROUNDS):
            files = [
                [
                    (
                        chance.choice(("EAU", "ASST", "AUTRE")),
                        "" if chance.random() < 0.01 else str(chance.randrange(12)),
                        "" if chance.random() < 0.03 else chance.choice(names),
                        chance.choice(kinds),
                    )
                    for _row in range(chance.randrange(14))
                ]
                for _file in range(2)
            ]
            with self.subTest(turn=turn):
                self.check(files, chance.choice((self.water, self.companies)))

    def test_a_known_row_and_another_of_the_same_code(self):
        known, other = ("EAU", "401", "Fournisseurs", "G"), ("EAU", "401", "Autre", "G")
        for rows in ([known], [known, other], [other, known], [known, known], [other, other, known]):
            with self.subTest(rows=rows):
                self.check([rows])

    def test_the_same_content_written_otherwise_is_not_written_again(self):
        self.check([[("EAU", "401", "Fournisseurs", "G"), ("EAU", "411", "Clients", "G")]])
        self.env.cr.execute("UPDATE ledger_code SET write_date = '2020-01-01'")
        self.publish('EAU;401;"Fournisseurs";G\nEAU;411;Clients;G\nEAU;411; Clients;G\n')
        for _turn in range(2):
            self.assertEqual(self.update(self.water)[:2], ((0, 0, 0, 2, 0), []))
        self.env.cr.execute("SELECT count(*) FROM ledger_code WHERE write_date != '2020-01-01'")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_cells_keep_what_postgresql_reads_as_signs(self):
        name = 'a\\b \\N "c"\td'
        quoted = name.replace('"', '""')
        self.publish(f'EAU;\\.;"{quoted}\ne";"{quoted}"\n')
        self.assertEqual(self.update(self.water)[0], (1, 0, 0, 0, 0))
        self.assertEqual(self.mirror(), {("EAU", "\\."): (f"{name}\ne", name, True)})
        self.assertEqual(self.update(self.water)[0], (0, 0, 0, 1, 0))

    def test_many_wrong_rows_are_counted_and_the_first_are_told(self):
        rows = [("EAU", str(number), "", "G") for number in range(700)]
        doubles = [("EAU", "X", str(number), "G") for number in range(701)]
        self.publish([*rows, *doubles])
        counts, found, _run = self.update(self.water)
        self.assertEqual(counts, (1, 0, 0, 0, 1400))
        told = [("value_missing", line) for line in range(2, 702)]
        self.assertEqual(found, told + [("code_duplicate", line) for line in range(703, 1003)])
