"""What training may read, on a small data folder of the same layout."""

import csv
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.sentiment.train import corpus, parallel
from services.sentiment.train.corpus import Corpus, load
from services.sentiment.train.recipe import Recipe

LONG = "Pelayanan di kantor ini sangat lambat dan petugasnya tidak ramah"


def packed(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content.encode()))


def table(path: Path, rows: Sequence[tuple[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        numbered = [(number, *row) for number, row in enumerate(rows)]
        lines = csv.writer(file, delimiter="\t" if ".tsv" in path.name else ",")
        lines.writerows([("id", "text", "label"), *numbered])


@pytest.fixture
def read(tmp_path: Path) -> Corpus:
    table(tmp_path / corpus.SMSA_TRAIN, [(f"{LONG} , sekali", "negative"), ("enak", "positive")])
    table(tmp_path / corpus.SMSA_VALID, [("biasa saja", "neutral")])
    comments = [{"text": f"komentar {index}", "label": "neutral"} for index in range(40)]
    packed(tmp_path / corpus.DKK, "".join(json.dumps(row) + "\n" for row in comments))
    for language in Recipe().languages:
        table(
            tmp_path / corpus.NUSAX.format(language=language, split="train"), [(f"{language} a", "positive")]
        )
        table(tmp_path / corpus.NUSAX.format(language=language, split="valid"), [(LONG, "negative")])
        packed(tmp_path / parallel.WORDS.format(language=language), f"indonesian,{language}\nbagus,apik\n")
    for name, file in corpus.TEXT_FILES.items():
        packed(tmp_path / file, f"biasa SAJA\n{name} lain\n{name} lain\n")
    packed(tmp_path / "text/tweets_no_licence_stated.txt.gz", "jangan dibaca\n")
    return load(tmp_path, Recipe())


def test_no_text_of_a_validation_set_is_learned_from(read: Corpus) -> None:
    held_out = {row.text for rows in read.validation.values() for row in rows}
    assert held_out.isdisjoint(row.text for row in read.train)
    assert held_out.isdisjoint(text for texts in read.texts.values() for text in texts)
    assert len(read.validation["dkk"]) == 4


def test_a_row_that_begins_like_a_validation_row_is_left_out(read: Corpus) -> None:
    assert [row.text for row in read.train if row.text.startswith("pelayanan")] == []
    assert "enak" in {row.text for row in read.train}


def test_only_files_whose_licence_allows_it_are_read(read: Corpus) -> None:
    assert "jangan dibaca" not in {text for texts in read.texts.values() for text in texts}
    assert set(read.texts) == {*corpus.TEXT_FILES, "nusax"}


def test_translations_are_of_training_sentences(read: Corpus) -> None:
    pairs = read.translations["sentence_pairs"]
    assert len(pairs) == len(Recipe().languages) - 1
    assert {frozenset(pair.split()) for pair in pairs} >= {frozenset({"indonesian", "javanese", "a"})}
    assert not [pair for pair in pairs if "pelayanan" in pair]


def test_texts_come_once_per_source(read: Corpus) -> None:
    assert read.texts["comments"] == ["comments lain"]


def test_rows_know_where_they_come_from(read: Corpus) -> None:
    assert {row.source for row in read.train} == {"", corpus.SMSA, *Recipe().languages}
