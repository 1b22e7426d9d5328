"""Where the parts of a consumption graph are drawn, in pixels worked out by hand.

760 pixels by 280: the bars have 52 to 748 from left to right, and 24 to 218 from top to bottom. An axis up to 80 m³ has
thus 194 / 80 = 2.425 pixels a m³, and each of three bars has (748 - 52) / 3 = 232 pixels.
"""

import unittest
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal

from ..metering.graph import BEFORE, MEAN, NARROW_WIDTH, NOW, Bar, axis, draw, graph_bars
from .test_metering_graph import SVG, WORDS, part

BARS = (
    Bar(date(2025, 1, 1), Decimal(40)),
    Bar(date(2025, 7, 1), Decimal(80), year_before=Decimal(20)),
    Bar(date(2026, 1, 1), Decimal(13), is_estimated=True),
)
ESTIMATED = "url(#estimated-7)"


def elements(root, tag, *names):
    return [tuple(found.get(name) for name in names) for found in root.iter(f"{SVG}{tag}")]


def labels(root):
    return {(found.text, found.get("x"), found.get("y"), found.get("text-anchor")) for found in root.iter(f"{SVG}text")}


class TestPlaces(unittest.TestCase):
    def setUp(self):
        self.root = ET.fromstring(draw(BARS, WORDS, "7"))

    def test_a_bar_stands_in_the_middle_of_its_room_or_right_of_the_year_before(self):
        bars = [bar for bar in elements(self.root, "rect", "class", "x", "y", "width", "height", "fill") if bar[0]]
        self.assertEqual(
            bars,
            [
                ("o_measured", "151.0", "121.0", "34.0", "97.0", NOW),
                ("o_year_before", "366.0", "169.5", "34.0", "48.5", BEFORE),
                ("o_measured", "400.0", "24.0", "34.0", "194.0", NOW),
                ("o_estimated", "615.0", "186.5", "34.0", "31.5", ESTIMATED),
            ],
        )

    def test_each_volume_is_above_its_bar_and_each_day_below_the_axis(self):
        expected = {
            ("40", "168.0", "117.0", "middle"),
            ("80", "417.0", "20.0", "middle"),
            ("13", "632.0", "182.5", "middle"),
            ("01/2025", "168.0", "234.0", "middle"),
            ("07/2025", "400.0", "234.0", "middle"),
            ("01/2026", "632.0", "234.0", "middle"),
        }
        self.assertLessEqual(expected, labels(self.root))

    def test_the_axis_has_its_unit_lines_and_values(self):
        lines = elements(self.root, "line", "class", "x1", "x2", "y1", "y2")
        heights = {"0": "218.0", "20": "169.5", "40": "121.0", "60": "72.5", "80": "24.0"}
        self.assertEqual(lines[:-1], [(None, "52", "748", height, height) for height in heights.values()])
        expected = {(value, "46.0", str(float(height) + 4), "end") for value, height in heights.items()}
        self.assertLessEqual({*expected, ("m³", "6.0", "14.0", "start")}, labels(self.root))

    def test_the_mean_of_both_measured_bars_is_a_line(self):
        # 60 m³: 218 - 60 * 2.425
        lines = elements(self.root, "line", "class", "x1", "x2", "y1", "y2", "stroke")
        self.assertEqual(lines[-1], ("o_mean", "52", "748", "72.5", "72.5", MEAN))

    def test_the_legend_gives_each_text_seven_pixels_a_letter_and_forty_more(self):
        boxes = [box for box in elements(self.root, "rect", "x", "y", "width", "fill") if box[1] == "258"]
        places = {"Consommation": 52, "Un an plus tôt": 176, "Estimée": 314, "Moyenne: 60 m³": 403}
        fills = (NOW, BEFORE, ESTIMATED, MEAN)
        self.assertEqual(
            boxes, [(str(left), "258", "12", fill) for left, fill in zip(places.values(), fills, strict=True)]
        )
        self.assertLessEqual(
            {(text, f"{left + 17:.1f}", "268.0", "start") for text, left in places.items()}, labels(self.root)
        )

    def test_a_narrow_graph_has_a_legend_of_two_rows(self):
        """52 + 124 + 138 + 89 exceeds 400: the third text begins the second row, 18 pixels below."""
        root = ET.fromstring(draw(BARS, WORDS, "7", NARROW_WIDTH))
        self.assertEqual(root.get("viewBox"), "0 0 400 280")
        places = {(found.text, found.get("x"), found.get("y")) for found in root.iter(f"{SVG}text")}
        self.assertLessEqual(
            {
                ("Consommation", "69.0", "254.0"),
                ("Un an plus tôt", "193.0", "254.0"),
                ("Estimée", "69.0", "272.0"),
                ("Moyenne: 60 m³", "158.0", "272.0"),
            },
            places,
        )
        # the first of three bars stands around 52 + (400 - 52 - 12) / 6
        self.assertIn(("01/2025", "108.0", "234.0"), places)

    def test_each_bar_says_its_day_and_volume(self):
        tips = [rect.find(f"{SVG}title").text for rect in self.root.iter(f"{SVG}rect") if rect.get("class")]
        self.assertEqual(tips, ["01/2025: 40 m³", "Un an plus tôt: 20 m³", "07/2025: 80 m³", "01/2026: 13 m³"])

    def test_nothing_is_written_between_the_parts(self):
        self.assertFalse([part.tail for part in self.root.iter() if part.tail])


class TestFewAndMany(unittest.TestCase):
    def test_one_bar_has_no_mean(self):
        root = ET.fromstring(draw([Bar(date(2025, 1, 1), Decimal(40), year_before=Decimal(30))], WORDS, "7"))
        self.assertNotIn("o_mean", [name for (name,) in elements(root, "line", "class")])
        legend = [text for text, _x, y, _anchor in labels(root) if y == "268.0"]
        self.assertEqual(sorted(legend), ["Consommation", "Un an plus tôt"])

    def test_many_bars_are_narrower(self):
        # 24 bars: 696 / 24 = 29 pixels each, of which a bar has 36 %
        root = ET.fromstring(draw([Bar(date(2025, 1, 1), Decimal(40))] * 24, WORDS, "7"))
        bars = [bar[1:] for bar in elements(root, "rect", "class", "x", "width") if bar[0]]
        self.assertEqual(bars[:2], [("61.3", "10.4"), ("90.3", "10.4")])

    def test_a_meter_that_measured_nothing_has_a_bar_without_height(self):
        bars = graph_bars([part("2025-01-01", "2025-07-01", 0), part("2025-07-01", "2026-01-01", "0.4")], 12)
        self.assertEqual([bar.volume for bar in bars], [0, Decimal("0.4")])
        root = ET.fromstring(draw(bars, WORDS, "7"))
        self.assertEqual([bar[1] for bar in elements(root, "rect", "class", "height") if bar[0]], ["0.0", "194.0"])

    def test_the_axis_ends_at_the_highest_bar_or_at_the_next_line(self):
        for highest, values in {"80": "0 20 40 60 80", "65": "0 20 40 60 80", "50": "0 20 40 60"}.items():
            with self.subTest(highest):
                self.assertEqual(axis(Decimal(highest)), [Decimal(value) for value in values.split()])

    def test_a_name_with_signs_of_svg(self):
        words = type(WORDS)(**{name: getattr(WORDS, name) for name in WORDS.__slots__} | {"title": "<A & B>"})
        self.assertIn("<title>&lt;A &amp; B&gt;</title>", draw(BARS, words, "7"))
