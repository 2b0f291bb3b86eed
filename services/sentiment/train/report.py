"""What was measured, for machines (metrics.json) and for people (README.md, the model card)."""

import dataclasses
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.sentiment.evaluate.__main__ import Quality, as_array, quality
from services.sentiment.inference.labeller import Labeller
from services.sentiment.train.corpus import LICENCES, Corpus
from services.sentiment.train.recipe import Recipe

CARD = "README.md"
TEMPLATE = Path(__file__).with_name("card.md")
LIBRARIES = ("torch", "transformers", "tokenizers", "onnx", "onnxruntime", "scikit-learn", "numpy")
ABSTENTION = (1.0, 0.9, 0.8)

Scores = Mapping[str, Quality]
Probabilities = Mapping[str, NDArray[np.float64]]


def score(corpus: Corpus, probabilities: Probabilities) -> dict[str, Quality]:
    return {
        name: quality([row.label for row in rows], probabilities[name])
        for name, rows in corpus.validation.items()
    }


def shipped_probabilities(folder: Path, corpus: Corpus) -> dict[str, NDArray[np.float64]]:
    """From the exported files through the service's own code, not from the PyTorch model."""
    labeller = Labeller.load(str(folder), threads=2)
    return {
        name: as_array(labeller.label([row.text for row in rows])) for name, rows in corpus.validation.items()
    }


def most_confident(corpus: Corpus, probabilities: Probabilities, name: str) -> dict[str, float]:
    """Macro-F1 on one set when only this share of the texts, the most confident, is kept."""
    given = np.array([row.label for row in corpus.validation[name]])
    order = np.argsort(-probabilities[name].max(axis=1), kind="stable")
    kept = {share: order[: round(share * len(order))] for share in ABSTENTION}
    return {
        f"{share:.0%}": quality(given[rows].tolist(), probabilities[name][rows]).macro_f1
        for share, rows in kept.items()
    }


def metrics(
    recipe: Recipe,
    shipped: Scores,
    tfidf: Scores,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"2 threads, {platform.machine()}",
        "libraries": {name: version(name) for name in LIBRARIES},
        "validation": {name: dataclasses.asdict(result) for name, result in shipped.items()},
        "tfidf_logistic_regression": {name: dataclasses.asdict(result) for name, result in tfidf.items()},
        "recipe": dataclasses.asdict(recipe),
        **facts,
    }


def write(folder: Path, content: Mapping[str, Any]) -> None:
    rounded = json.loads(json.dumps(content), parse_float=lambda text: round(float(text), 6))
    (folder / "metrics.json").write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    (folder / CARD).write_text(_card(rounded), encoding="utf-8")


def table(shipped: Mapping[str, Any], tfidf: Mapping[str, Any]) -> str:
    """Markdown: a line for every validation set, then the plain means of their macro-F1."""
    lines = [
        "| validation set | rows | macro-F1 | TF-IDF + LR | F1 negative | F1 neutral | F1 positive | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, result in shipped.items():
        classes = " | ".join(f"{result['classes'][label]['f1']:.3f}" for label in result["classes"])
        lines.append(
            f"| {name} | {result['rows']} | {result['macro_f1']:.3f} | {tfidf[name]['macro_f1']:.3f} "
            f"| {classes} | {result['calibration_error']:.3f} |"
        )
    means = [np.mean([result["macro_f1"] for result in side.values()]) for side in (shipped, tfidf)]
    lines.append(f"| mean of the sets | | {means[0]:.3f} | {means[1]:.3f} | | | | |")
    return "\n".join(lines)


def _card(content: Mapping[str, Any]) -> str:
    shape, training = content["recipe"]["shape"], content["training"]
    stages = ("seconds", "first_member_seconds", "tuning_seconds", "distilling_seconds")
    seconds = sum(training.get(name, 0.0) for name in stages)
    kept = ", ".join(f"{share}: {value:.3f}" for share, value in content["dkk_most_confident"].items())
    return TEMPLATE.read_text(encoding="utf-8").format(
        **shape,
        name=content["model_name"],
        licences="\n".join(f"- {name}: {licence}" for name, licence in LICENCES.items()),
        million_tokens=training["tokens"] / 1e6,
        tuning=_tuning(content),
        rows=content["training_rows"],
        distillation=_distillation(content),
        minutes=seconds / 60,
        temperature=content["label_temperature"],
        measured_on=content["measured_at"][:10],
        table=table(content["validation"], content["tfidf_logistic_regression"]),
        nusax_rows=content["validation"]["nusax_indonesian"]["rows"],
        kept=kept,
    )


def _tuning(content: Mapping[str, Any]) -> str:
    training, recipe = content["training"], content["recipe"]
    plan, first = recipe["finetuning"], recipe["first_member"]
    seeds = ", ".join(training["epochs"])
    chosen = " and ".join(map(str, training["averaged_seeds"]))
    return (
        f"- the first from the weights after round one, at most {first['epochs']} passes, "
        f"{first['smsa_part']:.0%} of SmSA in each, seed {recipe['seed']};\n"
        f"- the second from the weights after round two, {plan['smsa_part']:.0%} of SmSA in each pass: the "
        f"seeds {seeds} part\n  after pass {plan['shared_epochs']} of {plan['epochs']}; it is the mean of "
        f"the weights of {chosen}, a greedy soup (a seed joins where validation gains)."
    )


def _distillation(content: Mapping[str, Any]) -> str:
    """Nothing when the tuned model itself is shipped."""
    training, plan = content["training"], content["recipe"]["distillation"]
    if "distilling_seconds" not in training:
        return ""
    return (
        f"\n\nA student then went on from the second for {len(training['student_epochs'])} epochs and took "
        f"its place. It read {training['examples']:,} examples:\nthe labelled rows, unlabelled comments of "
        "the same account, and once more the NusaX rows of the measured languages.\nIts teachers are the "
        "tuned seeds and "
        f"TF-IDF (share {plan['tfidf_share']}); of a labelled row's target {plan['trust']:.0%} is theirs."
    )
