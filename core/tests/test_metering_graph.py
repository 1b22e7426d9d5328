"""The consumption graph shows volumes, the year before, estimates and the mean."""

import unittest
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal

from ..metering.graph import Bar, GraphWords, axis, draw, graph_bars, mean_volume
from ..metering.intervals import Interval

WORDS = GraphWords(
    title="Consommation <17-001>",
    unit="m³",
    consumption="Consommation",
    year_before="Un an plus tôt",
    estimated="Estimée",
    mean="Moyenne",
    day=lambda day: day.strftime("%m/%Y"),
    number=lambda number: str(number.quantize(Decimal(1))),
)
SVG = "{http://www.w3.org/2000/svg}"


def part(start, end, volume, **more):
    return Interval(date.fromisoformat(start), date.fromisoformat(end), Decimal(volume), **more)


HALVES = [
    part("2024-01-01", "2024-07-01", 60),
    part("2024-07-01", "2025-01-01", 40),
    part("2025-01-01", "2025-07-01", 70),
    part("2025-07-01", "2026-01-01", 44, is_actual=False),
]


class TestGraph(unittest.TestCase):
    def test_each_bar_has_the_same_days_of_the_year_before(self):
        bars = graph_bars(HALVES, 12)
        self.assertEqual([bar.volume for bar in bars], [60, 40, 70, 44])
        self.assertEqual([bar.year_before for bar in bars], [None, None, 60, 40])
        self.assertEqual([bar.is_estimated for bar in bars], [False, False, False, True])

    def test_days_that_were_not_all_measured_are_not_compared(self):
        past = [part("2024-04-01", "2024-07-01", 30), part("2025-01-01", "2025-07-01", 70)]
        self.assertIsNone(graph_bars(past, 12)[-1].year_before)

    def test_the_year_before_of_a_quarter_within_a_half_year(self):
        # 2024-01-01 to 2024-04-01: 91 of 182 days of 60 m³
        past = [HALVES[0], HALVES[1], part("2025-01-01", "2025-04-01", 35)]
        self.assertEqual(graph_bars(past, 1)[0].year_before, 30)

    def test_half_a_cubic_metre_of_the_year_before_is_rounded_up(self):
        # 91 of 182 days of 61 m³: 30.5
        past = [part("2024-01-01", "2024-07-01", 61), HALVES[1], part("2025-01-01", "2025-04-01", 35)]
        self.assertEqual(graph_bars(past, 1)[0].year_before, 31)

    def test_days_without_a_device_have_no_bar(self):
        past = [*HALVES[:2], part("2025-01-01", "2025-01-10", 0, has_device=False)]
        self.assertEqual(len(graph_bars(past, 12)), 2)

    def test_the_mean_is_that_of_what_was_measured(self):
        self.assertEqual(mean_volume(graph_bars(HALVES, 12)), Decimal(170) / 3)
        self.assertIsNone(mean_volume([Bar(date(2025, 1, 1), Decimal(4))]))

    def test_the_axis_is_round_and_above_the_highest(self):
        cases = {"70": "0 20 40 60 80", "7": "0 2 4 6 8", "1000": "0 500 1000", "0.3": "0 0.1 0.2 0.3", "0": "0 1"}
        for highest, values in cases.items():
            with self.subTest(highest):
                self.assertEqual(axis(Decimal(highest)), [Decimal(value) for value in values.split()])

    def test_what_is_drawn(self):
        root = ET.fromstring(draw(graph_bars(HALVES, 12), WORDS, "7"))
        texts = [text.text for text in root.iter(f"{SVG}text")]
        self.assertIn("m³", texts)
        for value in ("60", "40", "70", "44", "80"):
            self.assertIn(value, texts)
        self.assertIn("Moyenne: 57 m³", texts)
        kinds = [rect.get("class") for rect in root.iter(f"{SVG}rect") if rect.get("class")]
        self.assertEqual(kinds.count("o_measured"), 3)
        self.assertEqual((kinds.count("o_estimated"), kinds.count("o_year_before")), (1, 2))
        (estimated,) = (rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "o_estimated")
        self.assertEqual(estimated.get("fill"), "url(#estimated-7)")
        # 44 of the 80 of the axis, in a height of 280 - 24 - 62
        self.assertAlmostEqual(float(estimated.get("height")), 194 * 44 / 80, places=1)
        self.assertEqual(root.find(f"{SVG}title").text, "Consommation <17-001>")
