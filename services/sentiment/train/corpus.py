"""Reads the licensed files, and only those: a file that is not named here cannot reach the shipped model."""

import csv
import gzip
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.sentiment.inference.normalise import normalise
from services.sentiment.train.parallel import translations
from services.sentiment.train.recipe import Recipe

SMSA = "smsa"  # a row's source
LABELS = ("negative", "neutral", "positive")

TEXT_FILES = {
    "formal": "text/formal_news_wiki_sentences.txt.gz",
    "reviews": "text/reviews.txt.gz",
    "tweets": "text/tweets_apache.txt.gz",
    "comments": "text/comments_dkk_apache.txt.gz",
}
SMSA_TRAIN = "sentiment/smsa/train.tsv.gz"
SMSA_VALID = "sentiment/smsa/valid.tsv.gz"
DKK = "comments/dkk_semarang_labelled_train.jsonl.gz"
NUSAX = "sentiment/nusax/{language}/{split}.csv.gz"

BEGINNING = 40  # letters and digits

LICENCES = {
    "IndoNLU (SmSA, and the texts of its other tasks)": "Apache-2.0",
    "NusaX": "CC BY-SA 4.0",
    "sentiment-dkk-semarang": "Apache-2.0",
}


@dataclass(frozen=True, slots=True)
class Row:
    text: str  # normalised
    label: int  # index into LABELS
    source: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    texts: Mapping[str, list[str]]  # source -> unlabelled texts, without any text of a validation set
    train: list[Row]
    validation: Mapping[str, list[Row]]  # set name -> rows
    translations: Mapping[str, list[str]] = field(default_factory=dict)  # source -> texts


def load(data: Path, recipe: Recipe) -> Corpus:
    dkk_train, dkk_valid = _split(list(_jsonl(data / DKK)), recipe)
    validation = {"smsa": list(_table(data / SMSA_VALID, "\t")), "dkk": dkk_valid}
    for language in recipe.measured_languages:
        validation[f"nusax_{language}"] = list(_nusax(data, language, "valid"))
    held_out = {row.text for rows in validation.values() for row in rows}
    train = [*_table(data / SMSA_TRAIN, "\t", SMSA), *dkk_train]
    for language in recipe.languages:
        train += _nusax(data, language, "train")
    return Corpus(
        texts={name: [t for t in texts if t not in held_out] for name, texts in _texts(data).items()},
        train=_unseen(train, held_out),
        validation=validation,
        translations=translations(data, recipe),
    )


def _unseen(rows: list[Row], held_out: set[str]) -> list[Row]:
    """Without the rows of a validation set, also where only spacing or the end differs.

    NusaX translates sentences of SmSA: half of its Indonesian validation rows stand in SmSA's training rows.
    """
    beginnings = {_beginning(text) for text in held_out} - {None}
    return [row for row in rows if row.text not in held_out and _beginning(row.text) not in beginnings]


def _beginning(text: str) -> str | None:
    """What tells long texts apart; None for short ones, which people write again and again."""
    letters = "".join(filter(str.isalnum, text))
    return letters[:BEGINNING] if len(letters) >= BEGINNING else None


def _split(rows: list[Row], recipe: Recipe) -> tuple[list[Row], list[Row]]:
    """Equal texts go to the same side, so that no validation text was seen in training."""
    texts = sorted({row.text for row in rows})
    random.Random(recipe.seed).shuffle(texts)  # noqa: S311  reproducible on purpose
    held_out = set(texts[: round(len(texts) * recipe.held_out)])
    return [r for r in rows if r.text not in held_out], [r for r in rows if r.text in held_out]


def _texts(data: Path) -> dict[str, list[str]]:
    texts = {name: _distinct(_lines(data / file)) for name, file in TEXT_FILES.items()}
    nusax = sorted((data / "sentiment/nusax").glob("*/train.csv.gz"))
    texts["nusax"] = _distinct(row.text for path in nusax for row in _table(path, ","))
    return texts


def _distinct(texts: Iterator[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield normalise(line)


def _nusax(data: Path, language: str, split: str) -> Iterator[Row]:
    return _table(data / NUSAX.format(language=language, split=split), ",", language)


def _table(path: Path, delimiter: str, source: str = "") -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        if delimiter == "\t":
            rows = csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        else:
            rows = csv.DictReader(file)
        for row in rows:
            yield Row(normalise(row["text"]), LABELS.index(row["label"]), source)


def _jsonl(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Row(normalise(row["text"]), LABELS.index(row["label"]))
