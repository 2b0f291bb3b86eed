import csv
import gzip
from collections.abc import Iterable
from pathlib import Path

from services.sentiment.train.parallel import PIVOT, SENTENCES, WORDS, translations
from services.sentiment.train.recipe import Recipe

RECIPE = Recipe(languages=(PIVOT, "javanese"))
INDONESIAN = {"1": "Pelayanan bagus", "2": "Jalan rusak", "3": "Tidak diterjemahkan"}
JAVANESE = {"1": "Pelayanane apik", "2": "Dalane rusak"}


def test_both_languages_stand_in_one_text(tmp_path: Path) -> None:
    found = translations(_data(tmp_path), RECIPE)["sentence_pairs"]
    assert [set(text.split()) for text in found] == [
        {"pelayanan", "bagus", "pelayanane", "apik"},
        {"jalan", "dalane", "rusak"},
    ]


def test_words_share_lines_with_their_translations(tmp_path: Path) -> None:
    found = translations(_data(tmp_path), RECIPE)["word_pairs"]
    pairs = [set(pair.split()) for line in found for pair in line.split(" . ")]
    assert len(found) == 2, "24 pairs, 12 a line"
    assert {"kata7", "tembung7"} in pairs


def test_the_same_recipe_gives_the_same_texts(tmp_path: Path) -> None:
    data = _data(tmp_path)
    assert translations(data, RECIPE) == translations(data, RECIPE)


def _data(folder: Path) -> Path:
    _write(folder / SENTENCES.format(language=PIVOT), ("id", "text"), INDONESIAN.items())
    _write(folder / SENTENCES.format(language="javanese"), ("id", "text"), JAVANESE.items())
    words = [(f"kata{n}", f"tembung{n}") for n in range(24)]
    _write(folder / WORDS.format(language="javanese"), (PIVOT, "javanese"), words)
    return folder


def _write(path: Path, head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
