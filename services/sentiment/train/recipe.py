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
class Continuation:
    """Goes on from the pretrained model: less formal text, and translations side by side."""

    tokens: int = 4_800_000
    batch_tokens: int = 3072
    learning_rate: float = 8e-4
    warmup_steps: int = 60
    cooling: float = 0.4  # of all steps; before them the rate is constant
    weight_decay: float = 0.01
    masked: float = 0.20
    source_weights: dict[str, float] = field(
        default_factory=lambda: {
            "formal": 0.25,
            "reviews": 1.0,
            "tweets": 1.5,
            "comments": 2.0,
            "nusax": 1.5,
            "sentence_pairs": 1.5,
            "word_pairs": 4.0,
        }
    )


@dataclass(frozen=True, slots=True)
class Finetuning:
    epochs: int = 3
    # The first passes are the same for all seeds: weights that part late can be averaged.
    shared_epochs: int = 1
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
    shared_r_drop: float = 0.0  # it steadies the end; the first passes do without and take half the time
    # How much of SmSA is read per pass, another random part each time. Its reviews are long and most of them
    # positive: whole, it is half the rows and two thirds of the work, and it is least like comments.
    smsa_part: float = 0.5
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
    continuation: Continuation = field(default_factory=Continuation)
    finetuning: Finetuning = field(default_factory=Finetuning)
    tuning_seeds: tuple[int, ...] = (20, 21, 22)
    # Two models are shipped as one. The first is tuned from the first round's weights with `seed`, on all of
    # SmSA, the second from the second round's as above: they err on different texts.
    first_member: Finetuning = field(
        default_factory=lambda: Finetuning(epochs=5, shared_epochs=0, smsa_part=1.0)
    )
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
