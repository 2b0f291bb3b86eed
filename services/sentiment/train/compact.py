"""The shipped model: two rounds of pretraining, tuning with several seeds, their average, export."""

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from rich.console import Console
from scipy.special import log_softmax
from sklearn.pipeline import Pipeline
from transformers import PreTrainedModel, PreTrainedTokenizerFast
from transformers.utils import logging

from services.sentiment.artefact import write_checksums
from services.sentiment.export.folder import write_model
from services.sentiment.train import distil, report, tokenizer
from services.sentiment.train.baseline import baseline, fitted, out_of_fold
from services.sentiment.train.calibration import temperature
from services.sentiment.train.checkpoint import Pretrained, continued, pretrained
from services.sentiment.train.corpus import Corpus, Row, load
from services.sentiment.train.finetune import Examples, Finetuned, Logits, finetune, logits
from services.sentiment.train.pretrain import pretrain, pretrain_further
from services.sentiment.train.recipe import Recipe
from services.sentiment.train.soup import choose
from services.sentiment.train.stages import stage
from services.sentiment.train.tuning import Tuning, tune

MODEL_NAME = "pantau-bert-4x256"
CACHE = Path.home() / ".cache" / "pantau" / "sentiment"


@dataclass(frozen=True, slots=True)
class Trained:
    corpus: Corpus
    recipe: Recipe
    pieces: PreTrainedTokenizerFast
    model: PreTrainedModel
    tfidf: Pipeline
    facts: dict[str, Any]


def compact(
    *,
    data: Annotated[Path, typer.Option(exists=True, file_okay=False, help="the developers' data folder")],
    out: Annotated[Path, typer.Option(file_okay=False, help="where the model folder is written")],
    work: Annotated[
        Path, typer.Option(help="keeps what can be used again: pretrained and tuned models")
    ] = CACHE,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    mlm_tokens: Annotated[int, typer.Option(help="tokens to pretrain on")] = Recipe().pretraining.tokens,
    further_tokens: Annotated[
        int, typer.Option(help="tokens of the second round")
    ] = Recipe().continuation.tokens,
    epochs: Annotated[int, typer.Option(min=1, help="most passes of tuning")] = Recipe().finetuning.epochs,
    distilled: Annotated[
        bool, typer.Option("--distil", help="let a student go on; the shipped model did without")
    ] = False,
    seed: Annotated[int, typer.Option()] = Recipe().seed,
) -> None:
    """Make the shipped model from the licensed data; the folder is complete when the command ends."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(mode=True)
    logging.set_verbosity_error()
    console = Console()
    trained = _train(data, work, _recipe(seed, epochs, mlm_tokens, further_tokens), distilled, console)
    _ship(out, trained)
    console.print((out / report.CARD).read_text(encoding="utf-8"), markup=False)


def _recipe(seed: int, epochs: int, mlm_tokens: int, further_tokens: int) -> Recipe:
    plain = Recipe()
    return replace(
        plain,
        seed=seed,
        pretraining=replace(plain.pretraining, tokens=mlm_tokens),
        continuation=replace(plain.continuation, tokens=further_tokens),
        finetuning=replace(plain.finetuning, epochs=epochs),
    )


def _train(data: Path, work: Path, recipe: Recipe, distilled: bool, console: Console) -> Trained:
    corpus = load(data, recipe)
    console.print(f"{sum(map(len, corpus.texts.values())):,} texts, {len(corpus.train):,} labelled rows")
    basis = _pretrained(work, corpus, recipe, console)
    with stage(console, "fine-tuning") as show:
        tuning = tune(work, corpus, recipe, basis, show)
    chosen = choose(tuning.models, basis[0], corpus.validation, recipe)
    tfidf, model = fitted(corpus.train), chosen.model
    facts: dict[str, Any] = {
        **basis[2],
        "tuning_seconds": tuning.seconds,
        "epochs": {seed: one.history for seed, one in tuning.models.items()},
        "candidates": chosen.scores,
        "averaged_seeds": chosen.seeds,
    }
    if distilled:
        started = time.monotonic()
        lesson = _lesson(corpus, tfidf, _opinion(tuning, basis[0], _taught(corpus), recipe), recipe)
        student = _student(model, lesson, basis[0], corpus=corpus, recipe=recipe, console=console)
        facts |= {"examples": len(lesson.texts), "student_epochs": student.history}
        facts["distilling_seconds"] = time.monotonic() - started
        model = student.model
    return Trained(corpus, recipe, basis[0], model, tfidf, facts)


def _opinion(tuning: Tuning, pieces: PreTrainedTokenizerFast, texts: list[str], recipe: Recipe) -> Logits:
    """Mean log probabilities of the tuned models."""
    each = [log_softmax(logits(one.model, pieces, texts, recipe), axis=1) for one in tuning.models.values()]
    mean: Logits = np.mean(each, axis=0)
    return mean


def _taught(corpus: Corpus) -> list[str]:
    return _texts(corpus.train) + distil.unlabelled(corpus)


def _lesson(corpus: Corpus, tfidf: Pipeline, scores: Logits, recipe: Recipe) -> Examples:
    plan, known = recipe.distillation, len(corpus.train)
    unseen = out_of_fold(corpus.train, plan.folds, plan.seed)
    soft = distil.mixed(
        np.concatenate([unseen, tfidf.predict_proba(distil.unlabelled(corpus))]), scores, plan
    )
    labels = distil.softened(corpus.train, soft[:known], recipe)
    texts, targets = distil.lesson(corpus, labels, soft[known:], plan)
    return Examples(texts, torch.from_numpy(targets).float())


def _student(
    known: PreTrainedModel,
    lesson: Examples,
    pieces: PreTrainedTokenizerFast,
    *,
    corpus: Corpus,
    recipe: Recipe,
    console: Console,
) -> Finetuned:
    plan = recipe.distillation
    # Its targets are smooth already, and the teachers steady it as R-Drop does, at half the price.
    tuning = replace(
        recipe.finetuning,
        epochs=plan.epochs,
        learning_rate=plan.learning_rate,
        label_smoothing=0.0,
        r_drop=0.0,
    )
    torch.manual_seed(plan.seed)
    with stage(console, "distilling") as show:
        return finetune(
            copy.deepcopy(known),
            pieces,
            lesson,
            corpus.validation,
            recipe=replace(recipe, seed=plan.seed, finetuning=tuning),
            progress=show,
        )


def _pretrained(work: Path, corpus: Corpus, recipe: Recipe, console: Console) -> Pretrained:
    def first() -> Pretrained:
        started = time.monotonic()
        pieces = tokenizer.train(corpus.texts, recipe.shape)
        with stage(console, "pretraining") as show:
            model, facts = pretrain(corpus.texts, pieces, recipe, show)
        return pieces, model, {**facts, "seconds": time.monotonic() - started}

    def second() -> Pretrained:
        pieces, model, before = pretrained(work, corpus, recipe, first)
        started = time.monotonic()
        with stage(console, "pretraining, second round") as show:
            facts = pretrain_further(model, {**corpus.texts, **corpus.translations}, pieces, recipe, show)
        rounds = [before, {**facts, "seconds": time.monotonic() - started}]
        totals = {name: sum(one[name] for one in rounds) for name in ("tokens", "seconds")}
        return pieces, model, {"rounds": rounds, "masked_loss": facts["masked_loss"], **totals}

    return continued(work, corpus, recipe, second)


def _ship(out: Path, made: Trained) -> None:
    rows = made.corpus.validation
    scores = {name: logits(made.model, made.pieces, _texts(rows[name]), made.recipe) for name in rows}
    given = {name: [row.label for row in rows[name]] for name in rows}
    settings = {
        "model_name": MODEL_NAME,
        "label_temperature": round(temperature(scores, given), 4),
        "label_max_tokens": made.recipe.shape.max_tokens,
    }
    for old in out.glob("*"):
        old.unlink()
    write_model(out, made.model, made.pieces, settings)
    shipped = report.shipped_probabilities(out, made.corpus)
    facts = {**settings, **_facts(made, scores, shipped)}
    tfidf = report.score(made.corpus, baseline(made.tfidf, made.corpus))
    report.write(out, report.metrics(made.recipe, report.score(made.corpus, shipped), tfidf, facts))
    write_checksums(out)


def _facts(
    made: Trained, scores: Mapping[str, Logits], shipped: Mapping[str, NDArray[np.float64]]
) -> dict[str, Any]:
    return {
        "training_rows": len(made.corpus.train),
        "training": made.facts,
        "same_label_as_float32": {
            name: float((shipped[name].argmax(axis=1) == scores[name].argmax(axis=1)).mean())
            for name in scores
        },
        "dkk_most_confident": report.most_confident(made.corpus, shipped, "dkk"),
    }


def _texts(rows: list[Row]) -> list[str]:
    return [row.text for row in rows]
