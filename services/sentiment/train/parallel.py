"""Sentences and words beside their translations: what ties Javanese and Sundanese to Indonesian.

A masked word can be guessed from the other language (translation language modelling,
Conneau and Lample 2019).
"""

import csv
import gzip
import random
from collections.abc import Iterator
from pathlib import Path

from services.sentiment.inference.normalise import normalise
from services.sentiment.train.recipe import Recipe

SENTENCES = "sentiment/nusax/{language}/train.csv.gz"
WORDS = "lexicon/nusax/{language}.csv.gz"
PIVOT = "indonesian"
WORDS_PER_LINE = 12


def translations(data: Path, recipe: Recipe) -> dict[str, list[str]]:
    """Source -> texts; each holds both languages, in either order. No validation file is read."""
    dice = random.Random(recipe.seed)  # noqa: S311  reproducible on purpose
    languages = [language for language in recipe.languages if language != PIVOT]
    return {
        "sentence_pairs": [pair for language in languages for pair in _sentences(data, language, dice)],
        "word_pairs": [line for language in languages for line in _words(data, language, dice)],
    }


def _sentences(data: Path, language: str, dice: random.Random) -> Iterator[str]:
    known = {row["id"]: row["text"] for row in _rows(data / SENTENCES.format(language=PIVOT))}
    for row in _rows(data / SENTENCES.format(language=language)):
        if row["id"] in known:
            yield _either_way(known[row["id"]], row["text"], dice)


def _words(data: Path, language: str, dice: random.Random) -> Iterator[str]:
    pairs = [
        _either_way(row[PIVOT], row[language], dice) for row in _rows(data / WORDS.format(language=language))
    ]
    dice.shuffle(pairs)
    for start in range(0, len(pairs), WORDS_PER_LINE):
        yield " . ".join(pairs[start : start + WORDS_PER_LINE])


def _either_way(first: str, second: str, dice: random.Random) -> str:
    return normalise(" ".join(dice.sample([first, second], 2)))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
