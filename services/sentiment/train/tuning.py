"""The tuned models, one for each seed. They are kept between runs, because tuning takes long."""

import dataclasses
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

from transformers import BertForSequenceClassification

from services.sentiment.train.checkpoint import Pretrained, continued_key
from services.sentiment.train.corpus import Corpus
from services.sentiment.train.finetune import Finetuned, classifier, finetune_apart, labelled
from services.sentiment.train.pretrain import Progress
from services.sentiment.train.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Tuning:
    models: dict[int, Finetuned]  # by seed
    seconds: float  # of all of them, in whichever run they were made


def tune(work: Path, corpus: Corpus, recipe: Recipe, basis: Pretrained, progress: Progress) -> Tuning:
    """The stored models of exactly these rows and settings; those that are missing are made."""
    folders = {seed: work / f"tuned-{_key(corpus, recipe)}-{seed}" for seed in recipe.tuning_seeds}
    missing = [seed for seed, folder in folders.items() if not _facts(folder).exists()]
    _make(missing, folders, corpus, recipe, basis=basis, progress=progress)
    known = {seed: json.loads(_facts(folder).read_text(encoding="utf-8")) for seed, folder in folders.items()}
    return Tuning(
        {seed: Finetuned(_read(folders[seed]), facts["epochs"]) for seed, facts in known.items()},
        sum(facts["seconds"] for facts in known.values()),
    )


def _make(
    seeds: list[int],
    folders: dict[int, Path],
    corpus: Corpus,
    recipe: Recipe,
    *,
    basis: Pretrained,
    progress: Progress,
) -> None:
    pieces, language_model, _ = basis
    started, done = time.monotonic(), 0

    def show(share: float, remark: str) -> None:
        progress((done + share) / len(seeds), f"{done + 1} of {len(seeds)} {remark}")

    fresh, rows = classifier(language_model, recipe), labelled(corpus.train)
    apart = finetune_apart(fresh, pieces, rows, corpus.validation, recipe=recipe, seeds=seeds, progress=show)
    for seed, tuned in apart:
        tuned.model.save_pretrained(str(folders[seed]))
        pieces.save_pretrained(str(folders[seed]))  # so that the folder can be a base for other rows
        facts = {"epochs": tuned.history, "seconds": time.monotonic() - started}
        _facts(folders[seed]).write_text(json.dumps(facts), encoding="utf-8")  # last: the rest is whole
        started, done = time.monotonic(), done + 1


def _read(folder: Path) -> BertForSequenceClassification:
    return BertForSequenceClassification.from_pretrained(str(folder), attn_implementation="eager")


def _facts(folder: Path) -> Path:
    return folder / "facts.json"


def _key(corpus: Corpus, recipe: Recipe) -> str:
    digest = hashlib.sha256(continued_key(corpus, recipe).encode())
    digest.update(json.dumps(dataclasses.asdict(recipe.finetuning), sort_keys=True).encode())
    digest.update("\n".join(f"{row.text} {row.label}" for row in corpus.train).encode())
    return digest.hexdigest()[:12]
