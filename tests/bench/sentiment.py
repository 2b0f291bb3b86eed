"""`make bench-sentiment`: comments a second, the obvious way with PyTorch and ours, in one run.

Every measurement of the pipeline is paired with one of ours right after it, because the machine may be busy:
the ratios of the pairs, their median and range, are what to read. The weights that PyTorch runs are random;
speed does not depend on them.
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
from dataclasses import dataclass, field
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
from services.sentiment.inference.labeller import Labeller
from services.sentiment.inference.normalise import normalise
from services.sentiment.settings import SHIPPED_MODEL, cpus_given

COMMENTS = Path(__file__).parents[3] / "shared/data/comments"
REAL = "dkk_semarang_unlabelled.jsonl.gz"
LABELS = {0: "negative", 1: "neutral", 2: "positive"}
MAX_TOKENS = 128
CALL = 256  # comments a call, as the service's SENTIMENT_BATCH_MAX_COMMENTS

console = Console(width=120)

WARM_UP = 64  # texts: most padded lengths are met, threads and memory are there
FEWEST_ROUNDS, MOST_ROUNDS = 3, 7
OWN_SECONDS = 5.0

Run = Callable[[list[str]], object]


@dataclass(slots=True)
class Pairs:
    """Texts a second of one reference and of ours, measured next to each other, round by round."""

    name: str
    theirs: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [own / their for own, their in zip(self.ours, self.theirs, strict=True)]


@dataclass(frozen=True, slots=True)
class Outcome:
    shape: str
    pairs: list[Pairs]
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
    seconds: float,
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
        shape = "shipped model" if ready else "BERT base (12 x 768)"
        lengths = tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        shape += f", {statistics.mean(map(len, lengths)):.0f} tokens a comment"
        members = getattr(config, "label_members", 1)
        if members > 1:
            shape += f", {members} members: the pipeline runs one after the other"
        return Outcome(
            shape, interleaved(pipelines(checkpoint, members), ours(folder), texts, seconds), found
        )


def pipelines(checkpoint: Path, members: int) -> dict[str, Run]:
    """Each text is read `members` times: weights do not matter, so one model stands for all members."""
    model = AutoModelForSequenceClassification.from_pretrained(str(checkpoint)).eval()
    tokenizer = AutoTokenizer.from_pretrained(str(checkpoint))
    pipe = TextClassificationPipeline(model=model, tokenizer=tokenizer)
    settings = {"truncation": True, "max_length": MAX_TOKENS}
    return {
        "pipeline, one by one": lambda texts: [
            pipe(text, **settings) for text in texts for _ in range(members)
        ],
        "pipeline, batches of 32": lambda texts: [
            pipe(texts, batch_size=32, **settings) for _ in range(members)
        ],
    }


def ours(folder: Path) -> Run:
    labeller = Labeller.load(str(folder), cpus_given())

    def run(texts: list[str]) -> None:
        labeller._cache.clear()  # nothing is known from the round before
        for start in range(0, len(texts), CALL):
            labeller.label(texts[start : start + CALL])

    return run


def interleaved(references: dict[str, Run], own: Run, texts: list[str], seconds: float) -> list[Pairs]:
    """Each reference in turn and ours right after it: what else the machine does then meets both alike."""
    for run in (*references.values(), own):
        run(texts[:WARM_UP])
    pairs = [Pairs(name) for name in references]
    started, longest = time.perf_counter(), 0.0
    for number in range(MOST_ROUNDS):
        begun = time.perf_counter()
        if number >= FEWEST_ROUNDS and begun - started + longest > seconds:
            break
        for pair, run in zip(pairs, references.values(), strict=True):
            pair.theirs.append(speed(run, texts))
            pair.ours.append(speed(own, texts, at_least_seconds=OWN_SECONDS))
            console.print(
                f"  round {number + 1}: {pair.name} {pair.theirs[-1]:,.1f} a second, "
                f"ours {pair.ours[-1]:,.1f}: {pair.ratios[-1]:.1f}x",
                highlight=False,
            )
        longest = max(longest, time.perf_counter() - begun)
    return pairs


def speed(run: Run, texts: list[str], at_least_seconds: float = 0.0) -> float:
    """Texts a second, over as many runs as the time takes: a short one would measure an instant's luck."""
    started, count = time.perf_counter(), 0
    while not count or time.perf_counter() - started < at_least_seconds:
        run(texts)
        count += len(texts)
    return count / (time.perf_counter() - started)


def table(outcomes: list[Outcome]) -> str:
    names = [pair.name for pair in outcomes[0].pairs]
    columns = ["comments a second", *names, "ours", *(f"ours / {name} (range)" for name in names)]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for outcome in outcomes:
        theirs = [f"{statistics.median(pair.theirs):,.0f}" for pair in outcome.pairs]
        own = statistics.median([each for pair in outcome.pairs for each in pair.ours])
        ratios = [
            f"**{statistics.median(pair.ratios):.1f}x** ({min(pair.ratios):.1f}-{max(pair.ratios):.1f})"
            for pair in outcome.pairs
        ]
        lines.append(f"| {' | '.join([outcome.shape, *theirs, f'{own:,.0f}', *ratios])} |")
    return "\n".join(lines)


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.split(": ")[1] for line in lines if line.startswith("model name")), platform.processor()
    )
    busy = os.getloadavg()[1]
    return f"{datetime.now(UTC):%F}, {model}, {cpus_given()} CPUs, load {busy:.1f} at the end"


def main(
    seconds: Annotated[
        float, typer.Option(min=0, help="for each of the two models, and at least three rounds")
    ] = 150,
    count: Annotated[int, typer.Option(min=WARM_UP, help="comments a round")] = 192,
    seed: Annotated[int, typer.Option(help="where in the comments, and the random weights")] = 7,
) -> None:
    convert.quiet()
    torch.manual_seed(seed)
    torch.set_num_threads(cpus_given())
    texts, kind = comments(count, seed)
    base = BertConfig(vocab_size=30_522, id2label=LABELS, num_labels=3)
    shipped = AutoConfig.from_pretrained(str(SHIPPED_MODEL))
    outcomes = [
        measure(base, vocabulary(base.vocab_size), texts, seconds),
        measure(shipped, AutoTokenizer.from_pretrained(str(SHIPPED_MODEL)), texts, seconds, SHIPPED_MODEL),
    ]
    rounds = ", ".join(str(len(outcome.pairs[0].ours)) for outcome in outcomes)
    console.print(
        f"\n{machine()}; rounds ({rounds}) of {count} {kind}; torch {torch.__version__}\n", soft_wrap=True
    )
    console.print(table(outcomes), highlight=False, soft_wrap=True)
    for outcome in outcomes:
        if outcome.parity:
            console.print(f"\n{parity.page(outcome.parity)}", highlight=False)


if __name__ == "__main__":
    typer.run(main)
