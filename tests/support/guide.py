"""The worked examples of the guide: tests compute their figures and compare the sentences with the page."""

from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "docs/guide"


def french(number, digits=0):
    """Return a number as the guide writes it: “1 249”, “8,52”."""
    return f"{number:,.{digits}f}".replace(",", " ").replace(".", ",")


def words(text):
    """Return a text with each run of spaces of any kind as one space."""
    return " ".join(text.split())


class ExampleCase:
    """Tests of worked examples; `test_guide.py` finds the pages that they compare by the name `assert_example`."""

    def assert_example(self, page, *sentences):
        """Fail unless a page of the guide says each of the sentences, whose figures the test has computed."""
        told = words((PAGES / f"{page}.rst").read_text("utf-8"))
        for sentence in sentences:
            self.assertIn(words(sentence), told)
