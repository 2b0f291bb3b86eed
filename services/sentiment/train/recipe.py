"""Every choice that makes the shipped model what it is; `metrics.json` carries the recipe that was run."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    vocabulary: int = 8000
    layers: int = 4
    hidden: int = 256
    heads: int = 4
    feed_forward: int = 1024
    max_tokens: int = 128


@dataclass(frozen=True, slots=True)
class Pretraining:
    tokens: int = 14_000_000
    batch_tokens: int = 3072
    learning_rate: float = 1e-3
    warmup: float = 0.04
    weight_decay: float = 0.01
    masked: float = 0.20
    # How often a text of this source is read per pass; below 1, each pass reads another random part.
    source_weights: dict[str, float] = field(
        default_factory=lambda: {"formal": 0.5, "reviews": 1.0, "tweets": 1.0, "comments": 2.0, "nusax": 1.5}
    )


@dataclass(frozen=True, slots=True)
class Finetuning:
    epochs: int = 5
    patience: int = 2
    learning_rate: float = 2.5e-4
    head_factor: float = 2.0
    warmup: float = 0.08
    weight_decay: float = 0.01
    batch_rows: int = 48
    batch_tokens: int = 1536
    dropout: float = 0.1
    classifier_dropout: float = 0.2
    label_smoothing: float = 0.1
    r_drop: float = 1.0
    averaging: float = 0.998
    noisy_texts: float = 0.7
    noisy_words: float = 0.10
    placeholder_texts: float = 0.05


@dataclass(frozen=True, slots=True)
class Distillation:
    """A student goes on from the tuned model and learns from people, from that model and from TF-IDF."""

    tfidf_share: float = 0.3  # of the teachers' word; the tuned model has the rest
    folds: int = 3  # TF-IDF judges a labelled row only by models that have not seen it
    trust: float = 0.3  # how much of a labelled row's target comes from the teachers
    seed: int = 21
    epochs: int = 2
    learning_rate: float = 1e-4
    # Once more in every pass: the small sets that matter for Lampung.
    repeated_languages: tuple[str, ...] = ("indonesian", "javanese", "sundanese")


@dataclass(frozen=True, slots=True)
class Recipe:
    seed: int = 20
    shape: Shape = field(default_factory=Shape)
    pretraining: Pretraining = field(default_factory=Pretraining)
    finetuning: Finetuning = field(default_factory=Finetuning)
    distillation: Distillation = field(default_factory=Distillation)
    # Languages of NusaX whose labelled rows are learned from; the first three are also measured.
    languages: tuple[str, ...] = (
        "indonesian",
        "javanese",
        "sundanese",
        "minangkabau",
        "banjarese",
        "balinese",
        "madurese",
    )
    measured_languages: tuple[str, ...] = ("indonesian", "javanese", "sundanese")
    held_out: float = 0.10
