"""The three labels, and how the names that checkpoints and data sets use map to them."""

from collections.abc import Mapping

from pantau.contracts.fields import Label

LABELS = tuple(Label)  # the order of every confusion matrix and probability array

_NAMES: dict[str, Label] = {
    "negative": Label.NEGATIVE,
    "negatif": Label.NEGATIVE,
    "neg": Label.NEGATIVE,
    "neutral": Label.NEUTRAL,
    "netral": Label.NEUTRAL,
    "neu": Label.NEUTRAL,
    "positive": Label.POSITIVE,
    "positif": Label.POSITIVE,
    "pos": Label.POSITIVE,
}
# Bare names say nothing: this is IndoNLU's order, which most Indonesian checkpoints were trained with.
_BARE: dict[str, Label] = {"label_0": Label.POSITIVE, "label_1": Label.NEUTRAL, "label_2": Label.NEGATIVE}


class UnknownLabelsError(ValueError):
    """The names of the labels cannot be mapped one to one to negative, neutral and positive."""


def label_named(name: str) -> Label:
    """Raises `UnknownLabelsError` for a name that is none of the known spellings."""
    label = _NAMES.get(name.strip().lower())
    if label is None:
        raise UnknownLabelsError(f"label {name!r} is unknown; known are: {', '.join(_NAMES)}")
    return label


def columns(id2label: Mapping[int, str]) -> tuple[int, int, int]:
    """Which output of the model holds negative, neutral and positive.

    Raises `UnknownLabelsError`, listing what the checkpoint says, when the three cannot be told apart.
    """
    names = {index: str(name).strip().lower() for index, name in id2label.items()}
    table = _BARE if set(names.values()) == set(_BARE) else _NAMES
    found = {table[name]: index for index, name in names.items() if name in table}
    if len(names) != len(LABELS) or set(found) != set(LABELS) or set(names) != set(range(len(LABELS))):
        listing = ", ".join(f"{index}: {name!r}" for index, name in sorted(id2label.items())) or "none"
        raise UnknownLabelsError(
            f"the checkpoint's labels ({listing}) do not map one to one to {', '.join(LABELS)}; "
            "name them in id2label of its config.json"
        )
    return found[Label.NEGATIVE], found[Label.NEUTRAL], found[Label.POSITIVE]
