"""Does the exported graph say what the checkpoint says? In figures, as JSON and Markdown."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

REPORT = "parity.json"
PAGE = "parity.md"
# Far beyond what rounding to int8 does: the graph computes something else.
MOST_MEAN_DIFFERENCE = 0.05


@dataclass(frozen=True, slots=True)
class Parity:
    checkpoint: str
    arithmetic: str
    texts: int
    agreement: float  # share of texts with the same label
    mean_difference: float  # between two probabilities of the same label, 0..1
    largest_difference: float
    alone_as_in_batch: bool  # every text has the same probabilities alone and among all others
    checkpoint_mebibytes: float
    graph_mebibytes: float
    fused_attention_layers: int
    layers: int

    @property
    def acceptable(self) -> bool:
        return self.mean_difference <= MOST_MEAN_DIFFERENCE


def differences(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float, float]:
    """Agreement, mean and largest difference of probabilities, each [texts, 3]."""
    gaps = np.abs(ours - theirs)
    agreement = (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean()
    return float(agreement), float(gaps.mean()), float(gaps.max())


def sample_texts() -> list[str]:
    lines = files(__package__).joinpath("sample.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line]


def write(folder: Path, parity: Parity) -> None:
    (folder / REPORT).write_text(json.dumps(asdict(parity), indent=2) + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(parity), encoding="utf-8")


def page(parity: Parity) -> str:
    rows: Sequence[tuple[str, str]] = (
        ("checkpoint", f"`{parity.checkpoint}`"),
        ("arithmetic", parity.arithmetic),
        ("texts compared", str(parity.texts)),
        ("same label", f"{parity.agreement:.2%}"),
        ("mean difference of a probability", f"{parity.mean_difference:.5f}"),
        ("largest difference of a probability", f"{parity.largest_difference:.5f}"),
        ("same alone as in a batch", "yes" if parity.alone_as_in_batch else "**no**"),
        ("attention layers fused", f"{parity.fused_attention_layers} of {parity.layers}"),
        ("parameters as float32, MiB", f"{parity.checkpoint_mebibytes:.1f}"),
        ("graph, MiB", f"{parity.graph_mebibytes:.1f}"),
    )
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"# Exported graph and PyTorch checkpoint compared\n\n| | |\n|---|---|\n{table}\n"
