"""Keeps the pretrained model of either round between runs: fine-tuning again need not pretrain again."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, BertForMaskedLM, PreTrainedTokenizerFast

from services.sentiment.train.corpus import Corpus
from services.sentiment.train.recipe import Recipe

Facts = dict[str, Any]
Pretrained = tuple[PreTrainedTokenizerFast, BertForMaskedLM, Facts]


def pretrained(work: Path, corpus: Corpus, recipe: Recipe, make: Callable[[], Pretrained]) -> Pretrained:
    """The stored model of exactly these texts and settings, or a new one, which is then stored."""
    return _stored(work / f"pretrained-{key(corpus, recipe)}", make)


def continued(work: Path, corpus: Corpus, recipe: Recipe, make: Callable[[], Pretrained]) -> Pretrained:
    """The same after the second round."""
    return _stored(work / f"continued-{continued_key(corpus, recipe)}", make)


def _stored(folder: Path, make: Callable[[], Pretrained]) -> Pretrained:
    facts = folder / "facts.json"
    if facts.exists():
        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        model = BertForMaskedLM.from_pretrained(str(folder), attn_implementation="eager")
        return tokenizer, model, json.loads(facts.read_text(encoding="utf-8"))
    made = make()
    made[0].save_pretrained(str(folder))
    made[1].save_pretrained(str(folder))
    facts.write_text(json.dumps(made[2]), encoding="utf-8")  # last: it says that the rest is whole
    return made


def key(corpus: Corpus, recipe: Recipe) -> str:
    digest = hashlib.sha256()
    settings = [recipe.seed, dataclasses.asdict(recipe.shape), dataclasses.asdict(recipe.pretraining)]
    digest.update(json.dumps(settings, sort_keys=True).encode())
    for name, texts in corpus.texts.items():
        digest.update("\n".join([name, *texts]).encode())
    return digest.hexdigest()[:12]


def continued_key(corpus: Corpus, recipe: Recipe) -> str:
    digest = hashlib.sha256(key(corpus, recipe).encode())
    digest.update(json.dumps(dataclasses.asdict(recipe.continuation), sort_keys=True).encode())
    for name, texts in corpus.translations.items():
        digest.update("\n".join([name, *texts]).encode())
    return digest.hexdigest()[:12]
