"""Trains the shipped model: `python -m services.sentiment.train --data DIR --out FOLDER`."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from transformers import PreTrainedTokenizerFast
from transformers.utils import logging

from services.sentiment.artefact import write_checksums
from services.sentiment.train import report, tokenizer
from services.sentiment.train.baseline import baseline
from services.sentiment.train.calibration import temperature
from services.sentiment.train.checkpoint import Pretrained, pretrained
from services.sentiment.train.corpus import Corpus, load
from services.sentiment.train.export import export
from services.sentiment.train.finetune import Finetuned, Logits, finetune, logits
from services.sentiment.train.pretrain import pretrain
from services.sentiment.train.recipe import Recipe

MODEL_NAME = "pantau-bert-4x256"
CACHE = Path.home() / ".cache" / "pantau" / "sentiment"

Stage = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    corpus: Corpus
    recipe: Recipe
    pieces: PreTrainedTokenizerFast
    tuned: Finetuned
    facts: dict[str, float]


def main(
    *,
    data: Annotated[Path, typer.Option(exists=True, file_okay=False, help="the developers' data folder")],
    out: Annotated[Path, typer.Option(file_okay=False, help="where the model folder is written")],
    work: Annotated[Path, typer.Option(help="keeps the pretrained model between runs")] = CACHE,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    mlm_tokens: Annotated[int, typer.Option(help="tokens to pretrain on")] = Recipe().pretraining.tokens,
    epochs: Annotated[int, typer.Option(min=1, help="most passes of tuning")] = Recipe().finetuning.epochs,
    seed: Annotated[int, typer.Option()] = Recipe().seed,
) -> None:
    """Train, export, measure; the folder is complete when the command ends."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(mode=True)
    logging.set_verbosity_error()
    console = Console()
    trained = _train(data, work, _recipe(seed, mlm_tokens, epochs), console)
    _ship(out, trained)
    console.print((out / report.CARD).read_text(encoding="utf-8"), markup=False)


def _recipe(seed: int, mlm_tokens: int, epochs: int) -> Recipe:
    plain = Recipe()
    return replace(
        plain,
        seed=seed,
        pretraining=replace(plain.pretraining, tokens=mlm_tokens),
        finetuning=replace(plain.finetuning, epochs=epochs),
    )


def _train(data: Path, work: Path, recipe: Recipe, console: Console) -> Trained:
    corpus = load(data, recipe)
    console.print(f"{sum(map(len, corpus.texts.values())):,} texts, {len(corpus.train):,} labelled rows")
    pieces, language_model, facts = pretrained(
        work, corpus, recipe, lambda: _pretrained(corpus, recipe, console)
    )
    started = time.monotonic()
    with _stage(console, "fine-tuning") as show:
        tuned = finetune(language_model, pieces, corpus, recipe, show)
    facts["tuning_seconds"] = time.monotonic() - started
    return Trained(corpus, recipe, pieces, tuned, facts)


def _pretrained(corpus: Corpus, recipe: Recipe, console: Console) -> Pretrained:
    started = time.monotonic()
    pieces = tokenizer.train(corpus.texts, recipe.shape)
    with _stage(console, "pretraining") as show:
        model, facts = pretrain(corpus.texts, pieces, recipe, show)
    return pieces, model, {**facts, "seconds": time.monotonic() - started}


def _ship(out: Path, made: Trained) -> None:
    rows = made.corpus.validation
    scores = {name: logits(made.tuned.model, made.pieces, rows[name], made.recipe) for name in rows}
    given = {name: [row.label for row in rows[name]] for name in rows}
    settings = {
        "model_name": MODEL_NAME,
        "label_temperature": round(temperature(scores, given), 4),
        "label_max_tokens": made.recipe.shape.max_tokens,
    }
    for old in out.glob("*"):
        old.unlink()
    export(made.tuned.model, made.pieces, out, settings)
    shipped = report.shipped_probabilities(out, made.corpus)
    facts = {**settings, **_facts(made, scores, shipped)}
    tfidf = report.score(made.corpus, baseline(made.corpus))
    report.write(out, report.metrics(made.recipe, report.score(made.corpus, shipped), tfidf, facts))
    write_checksums(out)


def _facts(
    made: Trained, scores: Mapping[str, Logits], shipped: Mapping[str, NDArray[np.float64]]
) -> dict[str, Any]:
    return {
        "training_rows": len(made.corpus.train),
        "training": made.facts,
        "epochs": made.tuned.history,
        "same_label_as_float32": {
            name: float((shipped[name].argmax(axis=1) == scores[name].argmax(axis=1)).mean())
            for name in scores
        },
        "dkk_most_confident": report.most_confident(made.corpus, shipped, "dkk"),
    }


@contextmanager
def _stage(console: Console, name: str) -> Iterator[Stage]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, refresh_per_second=1) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda share, remark: bar.update(task, completed=share, description=f"{name} {remark}")


if __name__ == "__main__":
    typer.run(main)
