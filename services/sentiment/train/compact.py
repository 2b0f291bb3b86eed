"""The shipped model: two rounds of pretraining, a tuned model of each, both in one graph."""

import copy
import time
from collections.abc import Mapping, Sequence
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

from services.sentiment.export.folder import write_model
from services.sentiment.inference.model_folder import write_checksums
from services.sentiment.train import distil, report, tokenizer
from services.sentiment.train.baseline import baseline, fitted, out_of_fold
from services.sentiment.train.calibration import temperature
from services.sentiment.train.corpus import Corpus, Row, load
from services.sentiment.train.finetune import Examples, Finetuned, Logits, finetune, logits
from services.sentiment.train.pretrain import pretrain, pretrain_further
from services.sentiment.train.recipe import Recipe
from services.sentiment.train.stage_cache import Pretrained, continued, pretrained
from services.sentiment.train.stages import stage
from services.sentiment.train.tuning import tune, tune_first
from services.sentiment.train.weight_averaging import choose

MODEL_NAME = "pantau-bert-2x4x256"
CACHE = Path.home() / ".cache" / "pantau" / "sentiment"


@dataclass(frozen=True, slots=True)
class Trained:
    corpus: Corpus
    recipe: Recipe
    pieces: PreTrainedTokenizerFast
    members: list[PreTrainedModel]  # the shipped answer is the mean of their log probabilities
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
    epochs: Annotated[int, typer.Option(min=1, help="most passes of the seeds")] = Recipe().finetuning.epochs,
    distilled: Annotated[
        bool, typer.Option("--distil", help="a student takes the second model's place; not so as shipped")
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
    first, basis = _pretrained(work, corpus, recipe, console)
    with stage(console, "fine-tuning, first model") as show:
        member, seconds = tune_first(work, corpus, recipe, first, show)
    with stage(console, "fine-tuning") as show:
        tuning = tune(work, corpus, recipe, basis, show)
    chosen = choose(tuning.models, basis[0], corpus.validation, recipe)
    facts: dict[str, Any] = {
        **basis[2],
        "first_member_seconds": seconds,
        "first_member_epochs": member.history,
        "tuning_seconds": tuning.seconds,
        "epochs": {seed: one.history for seed, one in tuning.models.items()},
        "candidates": chosen.scores,
        "averaged_seeds": chosen.seeds,
    }
    members = [member.model, chosen.model]
    trained = Trained(corpus, recipe, basis[0], members, fitted(corpus.train), facts)
    models = [one.model for one in tuning.models.values()]
    return _distilled(trained, models, console) if distilled else trained


def _distilled(made: Trained, teachers: Sequence[PreTrainedModel], console: Console) -> Trained:
    """A student that went on from the second member takes its place."""
    started = time.monotonic()
    texts = _taught(made.corpus)
    console.print(f"the tuned models and TF-IDF judge {len(texts):,} texts")
    opinion = _opinion(teachers, made.pieces, texts, made.recipe)
    lesson = _lesson(made.corpus, made.tfidf, opinion, made.recipe)
    first, second = made.members
    student = _student(second, lesson, made.pieces, corpus=made.corpus, recipe=made.recipe, console=console)
    facts = {
        **made.facts,
        "examples": len(lesson.texts),
        "student_epochs": student.history,
        "distilling_seconds": time.monotonic() - started,
    }
    return replace(made, members=[first, student.model], facts=facts)


def _opinion(
    models: Sequence[PreTrainedModel], pieces: PreTrainedTokenizerFast, texts: list[str], recipe: Recipe
) -> Logits:
    """Mean log probabilities."""
    each = [log_softmax(logits(model, pieces, texts, recipe), axis=1) for model in models]
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


def _pretrained(
    work: Path, corpus: Corpus, recipe: Recipe, console: Console
) -> tuple[Pretrained, Pretrained]:
    """After the first round and after the second."""

    def first() -> Pretrained:
        started = time.monotonic()
        pieces = tokenizer.train(corpus.texts, recipe.shape)
        with stage(console, "pretraining") as show:
            model, facts = pretrain(corpus.texts, pieces, recipe, show)
        return pieces, model, {**facts, "seconds": time.monotonic() - started}

    def second() -> Pretrained:
        pieces, model, before = early[0], copy.deepcopy(early[1]), early[2]
        started = time.monotonic()
        with stage(console, "pretraining, second round") as show:
            facts = pretrain_further(model, {**corpus.texts, **corpus.translations}, pieces, recipe, show)
        rounds = [before, {**facts, "seconds": time.monotonic() - started}]
        totals = {name: sum(one[name] for one in rounds) for name in ("tokens", "seconds")}
        return pieces, model, {"rounds": rounds, "masked_loss": facts["masked_loss"], **totals}

    early = pretrained(work, corpus, recipe, first)
    return early, continued(work, corpus, recipe, second)


def _ship(out: Path, made: Trained) -> None:
    rows = made.corpus.validation
    scores = {name: _opinion(made.members, made.pieces, _texts(rows[name]), made.recipe) for name in rows}
    given = {name: [row.label for row in rows[name]] for name in rows}
    settings = {
        "model_name": MODEL_NAME,
        "label_temperature": round(temperature(scores, given), 4),
        "label_max_tokens": made.recipe.shape.max_tokens,
    }
    for old in out.glob("*"):
        old.unlink()
    write_model(out, made.members, made.pieces, settings)
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
