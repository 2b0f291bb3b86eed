"""The first tuned model. It teaches the student and is kept between runs, because tuning it takes long."""

import dataclasses
import hashlib
import json
import time
from pathlib import Path

from transformers import BertForSequenceClassification

from services.sentiment.train.checkpoint import Pretrained, key
from services.sentiment.train.corpus import Corpus
from services.sentiment.train.finetune import Finetuned, classifier, finetune, labelled
from services.sentiment.train.pretrain import Progress
from services.sentiment.train.recipe import Recipe


def teacher(
    work: Path, corpus: Corpus, recipe: Recipe, basis: Pretrained, progress: Progress
) -> tuple[Finetuned, float]:
    """The stored model of exactly these rows and settings, or a new one; and the seconds of its tuning."""
    folder = work / f"teacher-{_key(corpus, recipe)}"
    facts = folder / "facts.json"
    if facts.exists():
        known = json.loads(facts.read_text(encoding="utf-8"))
        model = BertForSequenceClassification.from_pretrained(str(folder), attn_implementation="eager")
        return Finetuned(model, known["epochs"]), known["seconds"]
    started = time.monotonic()
    pieces, language_model, _ = basis
    fresh, rows = classifier(language_model, recipe), labelled(corpus.train)
    tuned = finetune(fresh, pieces, rows, corpus.validation, recipe=recipe, progress=progress)
    seconds = time.monotonic() - started
    tuned.model.save_pretrained(str(folder))
    pieces.save_pretrained(str(folder))  # so that the folder can be a base for tuning on other rows
    facts.write_text(json.dumps({"epochs": tuned.history, "seconds": seconds}), encoding="utf-8")  # last
    return tuned, seconds


def _key(corpus: Corpus, recipe: Recipe) -> str:
    digest = hashlib.sha256(key(corpus, recipe).encode())
    digest.update(json.dumps(dataclasses.asdict(recipe.finetuning), sort_keys=True).encode())
    digest.update("\n".join(f"{row.text} {row.label}" for row in corpus.train).encode())
    return digest.hexdigest()[:12]
