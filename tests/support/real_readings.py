"""Real readings of a year: an extract of an operator's open data, errors included."""

import csv
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

EXTRACT = Path(__file__).resolve().parents[1] / "data/readings_2023_extract.csv"


def read_extract(path=EXTRACT):
    """Return {meter: [(day, index)]} of the points whose index never decreases."""
    indexes = defaultdict(list)
    for row in csv.DictReader(path.open()):
        indexes[row["meter"]].append((date.fromisoformat(row["date"]), int(row["index_m3"])))
    return {
        meter: rows
        for meter, rows in indexes.items()
        if rows[0][1] >= 0 and all(one[1] <= two[1] for one, two in pairwise(rows))
    }
