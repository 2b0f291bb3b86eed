"""`make bench-sentiment`: comments a second, the obvious way with PyTorch and ours, in one run.

Rounds are interleaved and medians taken, because the machine may be busy; the ratios are what to read. The
weights that PyTorch runs are random: speed does not depend on them.
"""

import gzip
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    PretrainedConfig,
    PreTrainedTokenizerFast,
    TextClassificationPipeline,
)

from services.sentiment.export import convert, parity
from services.sentiment.model import Labeller
from services.sentiment.settings import SHIPPED_MODEL, cpus_given
from services.sentiment.text import normalise

COMMENTS = Path(__file__).parents[3] / "shared/data/comments"
REAL = "dkk_semarang_unlabelled.jsonl.gz"
LABELS = {0: "negative", 1: "neutral", 2: "positive"}
MAX_TOKENS = 128
CALL = 256  # comments a call, as the service's SENTIMENT_BATCH_MAX_COMMENTS

console = Console(width=120)

Run = Callable[[list[str]], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    shape: str
    per_second: dict[str, float]  # median of the rounds
    parity: parity.Parity | None


def comments(count: int, seed: int) -> tuple[list[str], str]:
    """Neighbouring real comments where they are at hand, as a stream would bring them."""
    if not (COMMENTS / REAL).is_file():
        dice = random.Random(seed)
        words = " ".join(parity.sample_texts()).split()
        return [" ".join(dice.choices(words, k=dice.randint(1, 40))) for _ in range(count)], "generated"
    texts = read(COMMENTS / REAL)
    start = random.Random(seed).randrange(len(texts) - count)
    return texts[start : start + count], "real comments (DKK Semarang, unlabelled)"


def read(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines]


def vocabulary(size: int) -> PreTrainedTokenizerFast:
    """As many word pieces as IndoBERT has, of all comments at hand; the shipped ones where there are none."""
    shipped = AutoTokenizer.from_pretrained(str(SHIPPED_MODEL))
    files = sorted(COMMENTS.glob("*.jsonl.gz"))
    texts = (normalise(text) for file in files for text in read(file))
    return shipped.train_new_from_iterator(texts, size) if files else shipped


def measure(
    config: PretrainedConfig,
    tokenizer: PreTrainedTokenizerFast,
    texts: list[str],
    rounds: int,
    ready: Path | None = None,
) -> Outcome:
    """`ready`: the folder to run as ours; otherwise the random checkpoint is exported."""
    with tempfile.TemporaryDirectory() as scratch:
        checkpoint, folder, found = Path(scratch) / "checkpoint", ready, None
        AutoModelForSequenceClassification.from_config(config).save_pretrained(str(checkpoint))
        tokenizer.save_pretrained(str(checkpoint))
        if folder is None:
            folder = Path(scratch) / "exported"
            order = convert.Order(str(checkpoint), parity.sample_texts(), threads=cpus_given())
            found = convert.export(order, folder, console.print)
        runs = {**pipelines(checkpoint), "ours": ours(folder)}
        shape = "shipped model" if ready else "BERT base (12 x 768)"
        lengths = tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        shape += f", {statistics.mean(map(len, lengths)):.0f} tokens a comment"
        return Outcome(shape, interleaved(runs, texts, rounds), found)


def pipelines(checkpoint: Path) -> dict[str, Run]:
    model = AutoModelForSequenceClassification.from_pretrained(str(checkpoint)).eval()
    tokenizer = AutoTokenizer.from_pretrained(str(checkpoint))
    pipe = TextClassificationPipeline(model=model, tokenizer=tokenizer)
    settings = {"truncation": True, "max_length": MAX_TOKENS}
    return {
        "pipeline, one by one": lambda texts: [pipe(text, **settings) for text in texts],
        "pipeline, batches of 32": lambda texts: pipe(texts, batch_size=32, **settings),
    }


def ours(folder: Path) -> Run:
    labeller = Labeller.load(str(folder), cpus_given())

    def run(texts: list[str]) -> None:
        labeller._cache.clear()  # nothing is known from the round before
        for start in range(0, len(texts), CALL):
            labeller.label(texts[start : start + CALL])

    return run


def interleaved(runs: dict[str, Run], texts: list[str], rounds: int) -> dict[str, float]:
    for run in runs.values():
        run(texts[:8])
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            run(texts)
            seconds[name].append(time.perf_counter() - started)
            speed = len(texts) / seconds[name][-1]
            console.print(f"  round {number + 1}: {name}: {speed:,.1f} a second", highlight=False)
    return {name: len(texts) / statistics.median(each) for name, each in seconds.items()}


def table(outcomes: list[Outcome]) -> str:
    names = list(outcomes[0].per_second)
    lines = [f"| comments a second | {' | '.join(names)} | ratios |", "|---" * (len(names) + 2) + "|"]
    for outcome in outcomes:
        speeds = list(outcome.per_second.values())
        ratios = " and ".join(f"{speeds[-1] / speed:.1f}x" for speed in speeds[:-1])
        numbers = " | ".join(f"{speed:,.0f}" for speed in speeds)
        lines.append(f"| {outcome.shape} | {numbers} | {ratios} |")
    return "\n".join(lines)


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.split(": ")[1] for line in lines if line.startswith("model name")), platform.processor()
    )
    busy = os.getloadavg()[1]
    return f"{datetime.now(UTC):%F}, {model}, {cpus_given()} CPUs, load {busy:.1f} at the end"


def main(
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    count: Annotated[int, typer.Option(min=32, help="comments a round")] = 512,
    seed: Annotated[int, typer.Option(help="where in the comments, and the random weights")] = 7,
) -> None:
    convert.quiet()
    torch.manual_seed(seed)
    torch.set_num_threads(cpus_given())
    texts, kind = comments(count, seed)
    base = BertConfig(vocab_size=30_522, id2label=LABELS, num_labels=3)
    shipped = AutoConfig.from_pretrained(str(SHIPPED_MODEL))
    outcomes = [
        measure(base, vocabulary(base.vocab_size), texts, rounds),
        measure(shipped, AutoTokenizer.from_pretrained(str(SHIPPED_MODEL)), texts, rounds, SHIPPED_MODEL),
    ]
    console.print(f"\n{machine()}; {rounds} rounds of {count} {kind}; torch {torch.__version__}\n")
    console.print(table(outcomes), highlight=False, soft_wrap=True)
    for outcome in outcomes:
        if outcome.parity:
            console.print(f"\n{parity.page(outcome.parity)}", highlight=False)


if __name__ == "__main__":
    typer.run(main)
