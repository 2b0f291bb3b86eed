"""Fine-tuning on files of one's own: any BERT-like base, or the compact shape from scratch."""

import dataclasses
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from scipy.special import softmax
from transformers import PreTrainedTokenizerBase
from transformers.utils import logging

from services.sentiment.evaluate.labelled_file import UnreadableFileError
from services.sentiment.inference.labels import UnknownLabelsError
from services.sentiment.inference.model_folder import write_checksums
from services.sentiment.train import bases
from services.sentiment.train.calibration import temperature
from services.sentiment.train.corpus import LABELS
from services.sentiment.train.evaluation import Evaluation, evaluation, markdown, table
from services.sentiment.train.files import Labelled, TooFewRowsError, gather
from services.sentiment.train.finetune import Finetuned, finetune, labelled, logits
from services.sentiment.train.plots import draw
from services.sentiment.train.recipe import Recipe
from services.sentiment.train.stages import stage

TEMPLATE = Path(__file__).with_name("finetune_files_card.md")
CARD, REPORT, PICTURE, METRICS = "README.md", "evaluation.md", "evaluation.png", "metrics.json"
VALIDATION = "validation"
AVERAGING = 0.9  # small files mean few steps: only the last ones count


@dataclass(frozen=True, slots=True)
class Tuned:
    base: str
    sources: list[str]  # file names
    rows: Labelled
    tuned: Finetuned
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Measured:
    temperature: float
    evaluation: Evaluation


def finetune_files(
    *,
    labelled_files: Annotated[
        list[Path],
        typer.Option(
            "--labelled",
            exists=True,
            dir_okay=False,
            help="text and label; csv, tsv, jsonl or ndjson, plain or .gz; give it again for more files",
        ),
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="where the checkpoint is written; new or empty")],
    base: Annotated[
        str, typer.Option(help="folder or hub id of a checkpoint; 'scratch' for the compact shape")
    ] = bases.SCRATCH,
    validation: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
    held_out: Annotated[
        float, typer.Option(min=0.01, max=0.5, help="without --validation: this share")
    ] = 0.1,
    epochs: Annotated[int, typer.Option(min=1)] = 4,
    patience: Annotated[int, typer.Option(min=1, help="stop after so many epochs without gain")] = 2,
    learning_rate: Annotated[
        float | None, typer.Option(help=f"default {bases.RATE:g}, from scratch {bases.SCRATCH_RATE:g}")
    ] = None,
    batch_rows: Annotated[int, typer.Option(min=1)] = 32,
    seed: Annotated[int, typer.Option()] = Recipe().seed,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Tune a base on labelled files; writes a checkpoint, its card and its evaluation."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    logging.set_verbosity_error()
    console = Console()
    recipe = _recipe(base, learning_rate, seed, epochs=epochs, patience=patience, batch_rows=batch_rows)
    try:
        _refuse_full(out)
        rows = gather(labelled_files, validation, held_out, seed)
        tokenizer, model = bases.opened(base, rows.train, recipe)
    except (
        UnreadableFileError,
        UnknownLabelsError,
        TooFewRowsError,
        bases.BaseError,
        FileExistsError,
    ) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error
    recipe = replace(recipe, shape=replace(recipe.shape, max_tokens=bases.longest(model, recipe)))
    console.print(f"{len(rows.train):,} rows to learn from, {len(rows.validation):,} to measure on")
    with stage(console, "fine-tuning") as show:
        tuned = finetune(
            model,
            tokenizer,
            labelled(rows.train),
            {VALIDATION: rows.validation},
            recipe=recipe,
            progress=show,
        )
    _write(out, tokenizer, Tuned(base, [path.name for path in labelled_files], rows, tuned, recipe))
    console.print((out / REPORT).read_text(encoding="utf-8"), markup=False)


def _recipe(base: str, learning_rate: float | None, seed: int, **choices: int) -> Recipe:
    usual = bases.SCRATCH_RATE if base == bases.SCRATCH else bases.RATE
    plain = Recipe()
    rate = learning_rate or usual
    plan = replace(plain.finetuning, learning_rate=rate, averaging=AVERAGING, r_drop=0.0, **choices)
    return replace(plain, seed=seed, finetuning=plan)


def _refuse_full(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty; name a new folder, so that no model is overwritten")


def _write(out: Path, tokenizer: PreTrainedTokenizerBase, made: Tuned) -> None:
    result = _measured(made, tokenizer)
    config = made.tuned.model.config
    config.model_name = out.resolve().name
    config.label_temperature = result.temperature
    config.label_max_tokens = made.recipe.shape.max_tokens
    made.tuned.model.save_pretrained(str(out))
    tokenizer.save_pretrained(str(out))
    facts = _facts(config.model_name, made, result)
    (out / METRICS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    (out / REPORT).write_text(markdown(config.model_name, result.evaluation, PICTURE), encoding="utf-8")
    draw(out / PICTURE, config.model_name, result.evaluation)
    (out / CARD).write_text(_card(facts, made, result.evaluation), encoding="utf-8")
    write_checksums(out)


def _measured(made: Tuned, tokenizer: PreTrainedTokenizerBase) -> Measured:
    rows = made.rows.validation
    given = [row.label for row in rows]
    scores = logits(made.tuned.model, tokenizer, [row.text for row in rows], made.recipe)
    divisor = round(temperature({VALIDATION: scores}, {VALIDATION: given}), 4)
    plain = scores.astype(float)
    return Measured(divisor, evaluation(given, softmax(plain / divisor, axis=1), softmax(plain, axis=1)))


def _facts(name: str, made: Tuned, result: Measured) -> dict[str, Any]:
    train = made.rows.train
    return {
        "model_name": name,
        "base": made.base,
        "labelled_files": made.sources,
        "training_rows": {str(n): sum(r.label == i for r in train) for i, n in enumerate(LABELS)},
        "label_temperature": result.temperature,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "epochs": made.tuned.history,
        "finetuning": dataclasses.asdict(made.recipe.finetuning),
        "seed": made.recipe.seed,
        "evaluation": dataclasses.asdict(result.evaluation),
    }


def _card(facts: dict[str, Any], made: Tuned, result: Evaluation) -> str:
    history = [
        [f"{row['epoch']:.0f}", f"{row['loss']:.3f}", f"{row[VALIDATION]:.3f}"] for row in made.tuned.history
    ]
    counts = ", ".join(f"{name} {count:,}" for name, count in facts["training_rows"].items())
    return TEMPLATE.read_text(encoding="utf-8").format(
        **facts,
        rows=result.quality.rows,
        counts=counts,
        macro_f1=result.quality.macro_f1,
        calibration_error=result.quality.calibration_error,
        report=REPORT,
        history=table(["epoch", "loss", "validation macro-F1"], history),
        files_read="\n".join(f"- `{name}`" for name in made.sources),
    )
