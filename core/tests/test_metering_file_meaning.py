"""What the columns of a file mean: units, titles above their names, kinds of readings, hours."""

import unittest
from decimal import Decimal as D

from ..metering.delimited import RowFault
from ..metering.file_detection import Doubt, FileFormat, detect
from ..metering.readings import ReadingKind
from ..metering.readings_file import read
from ..metering.units import Unit, read_heading
from .test_metering_file import faults, read_all


class TestUnits(unittest.TestCase):
    def index(self, heading, value="57300", **asked):
        text = f"Compteur;Date;{heading}\nA;2025-03-31;{value}\n"
        (row,) = read_all(text, **asked)
        return row.index

    def test_unit_of_the_heading(self):
        for heading, expected in (
            ("Index", "57300"), ("Index (m3)", "57300"), ("Index (m³)", "57300"), ("index_m3", "57300"),
            ("Index en mètres cubes", "57300"), ("Index (kL)", "57300"), ("Nouvel index [kl]", "57300"),
            ("Index (L)", "57.3"), ("Index L", "57.3"), ("Index en litres", "57.3"), ("index_l", "57.3"),
            ("Index (dm3)", "57.3"), ("Index dm³", "57.3"), ("INDEX (LITRES)", "57.3"), ("Reading (liters)", "57.3"),
            ("Index (hL)", "5730"), ("Index en hectolitres", "5730"), ("Index (daL)", "573"),
            ("Index (unité : L)", "57.3"),
        ):  # fmt: skip
            with self.subTest(heading):
                self.assertEqual(self.index(heading), D(expected))

    def test_unit_is_shown_and_can_be_corrected(self):
        detected = detect(b"Compteur;Date;Index (L);Conso\nA;2025-03-31;57300;45\n")
        self.assertEqual(detected.format.units, {2: Unit.LITRE, 3: Unit.M3})
        self.assertEqual(self.index("Index (L)", units={2: Unit.M3}), D(57300))
        self.assertEqual(self.index("Index", units={2: Unit.LITRE}), D("57.3"))

    def test_unit_that_is_not_known_is_in_doubt(self):
        for heading, unknown in (
            ("Index (gal)", "gal"), ("Index (10 L)", "10 L"), ("Index_kwh", "kwh"), ("Index (imp.)", "imp."),
            ("Index (nouveau)", ""), ("Index (L)", ""),
        ):  # fmt: skip
            with self.subTest(heading):
                self.assertEqual(read_heading(heading).unknown, unknown)
        detected = detect(b"Compteur;Date;Index (gal)\nA;2025-03-31;57300\n")
        self.assertEqual(detected.doubts, {Doubt.UNIT})
        corrected = detect(b"Compteur;Date;Index (gal)\nA;2025-03-31;57300\n", FileFormat(units={2: Unit.LITRE}))
        self.assertEqual(corrected.doubts, frozenset())

    def test_unit_of_a_row_and_of_a_cell(self):
        rows = read_all(
            "compteur;date;index;unité;conso\nA;2025-03-31;57300;L;45000\nB;2025-03-31;57,3;m³;45\n"
            "C;2025-03-31;57 300 L;;45 m3\nD;2025-03-31;573 hl;;\nE;2025-03-31;1;lieue;\n"
        )
        self.assertEqual([row.index for row in rows[:4]], [D("57.3"), D("57.3"), D("57.3"), D("57.3")])
        self.assertEqual([row.consumption for row in rows[:3]], [45, 45, 45])
        self.assertEqual(faults(rows), [(6, RowFault.UNIT_UNKNOWN)])


class TestHeading(unittest.TestCase):
    """Programs write titles above the heading."""

    def test_titles_above_the_heading(self):
        for titles in (
            "Relevés du 4e trimestre\n\n",
            "Commune de Volvic;;\nÉdité le 03/01/2025;;\n\n",
            'Relève; tournée 3\n"Agent : A, B"\nlibre\n',
        ):
            with self.subTest(titles):
                data = (titles + "N° compteur;Date de relève;Index (L)\nA;31/12/2024;57300\n").encode()
                detected = detect(data)
                line = titles.count("\n") + 1
                self.assertEqual((detected.format.header_line, detected.format.delimiter), (line, ";"))
                (row,) = read(data, detected)
                self.assertEqual((row.line, row.meter, row.index), (line + 1, "A", D("57.3")))

    def test_the_line_can_be_asked(self):
        text = "Compteur;Date;Index\nAppareil;Jour;Valeur\nA;31/12/2024;5\n"
        detected = detect(text.encode(), FileFormat(header_line=2))
        self.assertEqual(detected.header, ("Appareil", "Jour", "Valeur"))
        self.assertEqual(detected.row_count, 1)

    def test_a_title_is_no_heading_where_nothing_names_columns(self):
        detected = detect(b"Releves 2024\nAppareil;Jour;Valeur\nA;31/12/2024;5\n")
        self.assertEqual(detected.header, ("Appareil", "Jour", "Valeur"))


class TestKinds(unittest.TestCase):
    def test_words_for_kinds(self):
        rows = read_all(
            "compteur;date;index;nature de relève\n"
            + "".join(f"A{n};2025-03-31;1;{word}\n" for n, word in enumerate(
                ("Facturé", "Absent", "Relevé agent", "Auto-relève", "Télé-relève", "Dépose", "Pose", "")))
        )  # fmt: skip
        self.assertEqual(
            [row.kind for row in rows],
            [
                ReadingKind.REAL,
                ReadingKind.ESTIMATED,
                ReadingKind.REAL,
                ReadingKind.SELF_REPORTED,
                ReadingKind.REMOTE,
                ReadingKind.REMOVAL,
                ReadingKind.INSTALLATION,
                None,
            ],
        )

    def test_an_unknown_word_is_told_and_the_reading_kept(self):
        rows = read_all("compteur;date;index;nature de relève\nA;2025-03-31;1;Facturette\n")
        self.assertEqual([(row.kind, row.unknown_kind) for row in rows], [(None, "Facturette")])


class TestHours(unittest.TestCase):
    def test_hour_of_the_date_or_of_a_column(self):
        rows = read_all(
            "compteur;date;heure;index\nA;31/03/2025;23:45;1\nA;31/03/2025;6h05;1\nA;31/03/2025;;1\nA;31/03/2025;x;1\n"
        )
        self.assertEqual([getattr(row, "seconds", None) for row in rows], [85_500, 21_900, None, None])
        self.assertEqual(faults(rows), [(5, RowFault.TIME_WRONG)])
