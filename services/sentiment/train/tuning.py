"""The tuned models, which are kept between runs, because tuning takes long."""

import dataclasses
import hashlib
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

from services.sentiment.train.corpus import Corpus
from services.sentiment.train.finetune import Finetuned, classifier, finetune, finetune_apart, labelled
from services.sentiment.train.pretrain import Progress
from services.sentiment.train.recipe import Finetuning, Recipe
from services.sentiment.train.stage_cache import Pretrained, continued_key, key


@dataclass(frozen=True, slots=True)
class Tuning:
    models: dict[int, Finetuned]  # by seed
    seconds: float  # of all of them, in whichever run they were made


def tune(work: Path, corpus: Corpus, recipe: Recipe, basis: Pretrained, progress: Progress) -> Tuning:
    """The stored models of exactly these rows and settings; those that are missing are made."""
    name = _key(continued_key(corpus, recipe), recipe.finetuning, corpus)
    folders = {seed: work / f"tuned-{name}-{seed}" for seed in recipe.tuning_seeds}
    missing = [seed for seed, folder in folders.items() if not _facts(folder).exists()]
    _make(missing, folders, corpus, recipe, basis=basis, progress=progress)
    known = {seed: json.loads(_facts(folder).read_text(encoding="utf-8")) for seed, folder in folders.items()}
    return Tuning(
        {seed: Finetuned(_read(folders[seed]), facts["epochs"]) for seed, facts in known.items()},
        sum(facts["seconds"] for facts in known.values()),
    )


def tune_first(
    work: Path, corpus: Corpus, recipe: Recipe, basis: Pretrained, progress: Progress
) -> tuple[Finetuned, float]:
    """The first shipped model, from the first round's weights, and its seconds; stored likewise."""
    folder = work / f"first-{_key(key(corpus, recipe), recipe.first_member, corpus)}"
    if not _facts(folder).exists():
        started = time.monotonic()
        pieces, language_model, _ = basis
        plan = replace(recipe, finetuning=recipe.first_member)
        fresh, rows = classifier(language_model, plan), labelled(corpus.train)
        tuned = finetune(fresh, pieces, rows, corpus.validation, recipe=plan, progress=progress)
        _store(folder, tuned, pieces, time.monotonic() - started)
    facts = json.loads(_facts(folder).read_text(encoding="utf-8"))
    return Finetuned(_read(folder), facts["epochs"]), facts["seconds"]


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
        _store(folders[seed], tuned, pieces, time.monotonic() - started)
        started, done = time.monotonic(), done + 1


def _store(folder: Path, tuned: Finetuned, pieces: PreTrainedTokenizerFast, seconds: float) -> None:
    tuned.model.save_pretrained(str(folder))
    pieces.save_pretrained(str(folder))  # so that the folder can be a base for other rows
    facts = {"epochs": tuned.history, "seconds": seconds}
    _facts(folder).write_text(json.dumps(facts), encoding="utf-8")  # last: it says that the rest is whole


def _read(folder: Path) -> BertForSequenceClassification:
    return BertForSequenceClassification.from_pretrained(str(folder), attn_implementation="eager")


def _facts(folder: Path) -> Path:
    return folder / "facts.json"


def _key(basis: str, plan: Finetuning, corpus: Corpus) -> str:
    """`basis`: the key of the pretrained weights."""
    digest = hashlib.sha256(basis.encode())
    digest.update(json.dumps(dataclasses.asdict(plan), sort_keys=True).encode())
    digest.update("\n".join(f"{row.text} {row.label}" for row in corpus.train).encode())
    return digest.hexdigest()[:12]
