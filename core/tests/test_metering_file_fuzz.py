"""Files of readings made of anything."""

import random
import unittest

from ..metering.delimited import DELIMITERS, ENCODINGS, FileRefused
from ..metering.file_detection import FileFormat, detect
from ..metering.readings_file import BadRow, Row, read


class TestAnyBytes(unittest.TestCase):
    """Whatever comes, a typed refusal or rows; every line under the header is accounted for."""

    SEEDS = (
        b"Compteur;Date;Index;Type\nA1;31/03/2023;12,5;R\nA2;31/03/2023;1 234;E\n\"B\";01/04/2023;\"9\";\n",
        "meter,date,index\nÉ,2023-03-31,-19\nB,20230331,4\n".encode("cp1252"),
        "compteur|date|index|adresse\nA|2023-03-31|1|\"x\ny\"\n".encode("utf-16"),
    )
    SPICE = (*b'"\0\n\r;,\t\x85\xff', b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"9" * 200)

    def mutated(self, dice):
        data = bytearray(dice.choice(self.SEEDS))
        for _ in range(dice.randrange(5)):
            place = dice.randrange(len(data) + 1)
            action = dice.randrange(4)
            if action == 0:
                spice = dice.choice(self.SPICE)
                data[place:place] = spice if isinstance(spice, bytes) else bytes([spice])
            elif action == 1:
                del data[place : place + dice.randrange(1, 9)]
            elif action == 2:
                data[place : place + 1] = bytes([dice.randrange(256)])
            else:
                data[place:place] = data[: dice.randrange(60)]
        return bytes(data)

    def test_thousands_of_files(self):
        dice = random.Random(2023)
        read_through = 0
        for turn in range(6000):
            data = dice.randbytes(dice.randrange(200)) if turn % 4 == 0 else self.mutated(dice)
            asked = FileFormat(
                encoding=dice.choice((None,) * 9 + ENCODINGS), delimiter=dice.choice((None,) * 9 + DELIMITERS)
            )
            try:
                detected = detect(data, asked)
                rows = list(read(data, detected))
            except FileRefused:
                continue
            read_through += 1
            self.assertEqual(len(rows), detected.row_count)
            self.assertEqual([row.line for row in rows], sorted({row.line for row in rows}))
            self.assertTrue(all(isinstance(row, Row | BadRow) for row in rows))
        self.assertGreater(read_through, 1000)
