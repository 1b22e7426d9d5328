"""Recall and errors of the matching on generated towns with known truth, compared with four simple methods.

    python -m venv V && V/bin/pip install -r benchmarks/matching_requirements.txt
    V/bin/python benchmarks/matching_truth.py [first seed] [number of seeds]

Plain Python: no database, no Odoo. Methods that are not installed are left out of the table.
"""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from matching_town import town

from core.matching import Card, Confidence, Reason, match

FIRST, SEEDS = 1, 10
#: For `rapidfuzz`: likeness from which two cards count as one device; the best balance of 60, 70, 80 and 90.
ENOUGH_TOKENS = 70
#: For `recordlinkage`: probability from which two cards count as one device.
ENOUGH_PROBABILITY = 0.5


class Tally:
    """Pairs that a method proposed over several towns, how many are false, and which devices they find."""

    def __init__(self):
        self.pairs = self.false = self.found = 0

    def add(self, pairs, devices):
        """Add the (left key, right key) pairs of one town; `devices` is the truth."""
        right = [pair for pair in pairs if devices[pair[0]] == devices[pair[1]]]
        self.pairs += len(pairs)
        self.false += len(pairs) - len(right)
        self.found += len({devices[left] for left, _right in right})

    def row(self, name, total):
        precision = 1 - self.false / self.pairs if self.pairs else 1
        return f"| {name} | {self.pairs:,} | {self.false:,} | {precision:.4f} | {self.found / total:.1%} |"


# === THE PRODUCT === #


def product(water, sewerage):
    """Return the product's proposals: {name of a group: pairs}."""
    found = match([_card(card) for card in water], [_card(card) for card in sewerage])
    parts = defaultdict(list)
    for pair in found:
        keys = (pair.left, pair.right)
        warned = Reason.NEIGHBOURS in pair.reasons
        parts["**all proposals**"].append(keys)
        parts[f"**{pair.confidence.value}**" + (", with the warning of twins" if warned else "")].append(keys)
        if pair.confidence is not Confidence.CERTAIN:
            parts["unsure"].append(keys)
            if not warned:
                parts["unsure, without the warning of twins"].append(keys)
    return parts


def _card(card):
    return Card(*card[:-1])


# === SIMPLE METHODS === #


def equal_number(water, sewerage):
    """Join on letters and digits of the number, where it is unique on both sides."""
    return _join(water, sewerage, lambda card: re.sub(r"[^A-Z0-9]", "", card.serial.upper()))


def six_digits(water, sewerage):
    """Join on the last six digits, where they are unique on both sides."""

    def end(card):
        digits = re.sub(r"\D", "", card.serial)
        return digits[-6:] if len(digits) >= 6 else ""

    return _join(water, sewerage, end)


def _join(water, sewerage, key):
    sides = [defaultdict(list), defaultdict(list)]
    for side, cards in zip(sides, (water, sewerage), strict=True):
        for card in cards:
            side[key(card)].append(card.key)
    left, right = sides
    return [(ones[0], right[k][0]) for k, ones in left.items() if k and len(ones) == 1 == len(right.get(k, ()))]


def token_ratio(water, sewerage):
    """Compare number, street and name as one text (rapidfuzz), with all cards of the same name's first letters."""
    from rapidfuzz import fuzz, process, utils

    blocks = defaultdict(list)
    for card in sewerage:
        for word in _words(card):
            blocks[word].append(card)
    best = {}
    for card in water:
        others = {other.key: other for word in _words(card) for other in blocks.get(word, ())}
        choices = {key: _text(other) for key, other in others.items()}
        found = process.extractOne(
            _text(card),
            choices,
            scorer=fuzz.token_set_ratio,
            processor=utils.default_process,
            score_cutoff=ENOUGH_TOKENS,
        )
        if found:
            best[card.key] = (found[1], found[2])
    taken = {}
    for left, (_score, right) in sorted(best.items(), key=lambda item: -item[1][0]):
        taken.setdefault(right, left)
    return [(left, right) for right, left in taken.items()]


def _text(card):
    return f"{card.serial} {card.street} {card.subscriber}"


def _words(card):
    return set(re.findall(r"\w{4,}", f"{card.serial} {card.subscriber}".upper()))


def probabilistic(water, sewerage):
    """Link by Fellegi and Sunter, weights by expectation and maximisation (recordlinkage)."""
    import pandas
    import recordlinkage

    frames = []
    for cards in (water, sewerage):
        rows = [_columns(card) for card in cards]
        frames.append(pandas.DataFrame(rows, index=[card.key for card in cards]))
    indexer = recordlinkage.Index()
    for columns in ("six", "name", ["street", "house"]):
        indexer.block(columns)
    compare = recordlinkage.Compare()
    compare.exact("six", "six")
    compare.exact("street", "street")
    compare.exact("house", "house")
    compare.string("name", "name", method="jarowinkler", threshold=0.85)
    compare.string("number", "number", method="damerau_levenshtein", threshold=0.85)
    features = compare.compute(indexer.index(*frames), *frames)
    model = recordlinkage.ECMClassifier(binarize=0.5)
    model.fit(features)
    likely = model.prob(features)
    taken, pairs = set(), []
    for (left, right), probability in likely.sort_values(ascending=False).items():
        if probability >= ENOUGH_PROBABILITY and not {left, right} & taken:
            taken |= {left, right}
            pairs.append((left, right))
    return pairs


def _columns(card):
    """Return the compared columns; missing values are None, which agrees with nothing."""
    street = re.findall(r"[A-ZÀ-Ý]+$", card.street.upper().split(" APT")[0].strip())
    return {
        "number": re.sub(r"[^A-Z0-9]", "", card.serial.upper()) or None,
        "six": re.sub(r"\D", "", card.serial)[-6:] or None,
        "street": street[0] if street else None,
        "house": (re.findall(r"\d+", card.street) or [None])[0],
        "name": card.subscriber.upper(),
    }


MEANS = {
    "equal number, unique on both sides": equal_number,
    "last six digits, unique on both sides": six_digits,
    "token ratio of number, street and name (`rapidfuzz`)": token_ratio,
    "probabilistic linkage, EM (`recordlinkage`)": probabilistic,
}


def main(first=FIRST, seeds=SEEDS):
    """Print the table."""
    tallies, total = defaultdict(Tally), 0
    missing = Counter()
    for seed in range(first, first + seeds):
        water, sewerage = town(seed)
        devices = {card.key: card.device for card in (*water, *sewerage)}
        total += len({card.device for card in water} & {card.device for card in sewerage})
        for name, pairs in product(water, sewerage).items():
            tallies[name].add(pairs, devices)
        for name, means in MEANS.items():
            try:
                tallies[name].add(means(water, sewerage), devices)
            except ImportError as error:
                missing[f"{name}: {error}"] += 1
    print(f"{seeds} towns, {total:,} devices in both sections\n")
    print("| | pairs | false | precision | devices found |\n|---|--:|--:|--:|--:|")
    order = ["**certain**", "**probable**", "**possible**", "**possible**, with the warning of twins", "unsure"]
    order += ["unsure, without the warning of twins", "**all proposals**", *MEANS]
    for name in order:
        if name in tallies:
            print(tallies[name].row(name, total))
    for name in missing:
        print(f"\nNot installed: {name}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
