"""What a PyTorch checkpoint says about itself, read without PyTorch."""

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from huggingface_hub import constants
from transformers import (
    AutoConfig,
    AutoTokenizer,
    BertTokenizerFast,
    PretrainedConfig,
    PreTrainedTokenizerFast,
)
from transformers.utils import cached_file

from services.sentiment.errors import ModelError
from services.sentiment.inference.labels import columns
from services.sentiment.inference.model_folder import DEFAULT_MAX_TOKENS

FAMILIES = ("albert", "bert", "electra", "roberta", "xlm-roberta")
# These count positions from behind the padding's id, so as many of them are never used.
SHIFTED_POSITIONS = ("roberta", "xlm-roberta", "camembert")
NEEDED_PACKAGES = ("torch", "onnx")
HUB_SECONDS = 5.0
OTHER_VOCABULARIES = ("tokenizer.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    source: str  # hub id or folder
    name: str
    config: PretrainedConfig
    columns: tuple[int, int, int]  # outputs that hold negative, neutral, positive

    @property
    def max_tokens(self) -> int:
        wanted = int(getattr(self.config, "label_max_tokens", DEFAULT_MAX_TOKENS))
        return min(usable_positions(self.config), wanted)

    @property
    def temperature(self) -> float:
        return float(getattr(self.config, "label_temperature", 1.0))


def usable_positions(config: PretrainedConfig) -> int:
    """How many tokens of a text the model can read at most."""
    positions = int(getattr(config, "max_position_embeddings", DEFAULT_MAX_TOKENS))
    unused = int(config.pad_token_id or 0) + 1 if config.model_type in SHIFTED_POSITIONS else 0
    return positions - unused


def read_checkpoint(source: str) -> Checkpoint:
    """Raises `ModelError` when it is unreadable or of no known family, `UnknownLabelsError` by its labels."""
    if not is_folder(source):
        _do_without_a_silent_hub()
    config = _read(source, "configuration", AutoConfig.from_pretrained)
    if config.model_type not in FAMILIES:
        raise ModelError(f"{source}: a {config.model_type} cannot be exported; known: {', '.join(FAMILIES)}")
    name = str(getattr(config, "model_name", Path(source).resolve().name if is_folder(source) else source))
    return Checkpoint(source, slug(name), config, columns(config.id2label))


def read_tokenizer(source: str) -> PreTrainedTokenizerFast:
    """Raises `ModelError`. IndoBERT lite is an ALBERT with BERT's vocabulary; its config does not say so."""
    only_words = _has(source, "vocab.txt") and not any(_has(source, name) for name in OTHER_VOCABULARIES)
    kind: Any = BertTokenizerFast if only_words else AutoTokenizer
    tokenizer: PreTrainedTokenizerFast = _read(source, "tokenizer", kind.from_pretrained)
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"{source}: its tokenizer has no fast form; tokenizer.json cannot be written")
    return tokenizer


def missing_packages() -> list[str]:
    return [name for name in NEEDED_PACKAGES if importlib.util.find_spec(name) is None]


def is_folder(source: str) -> bool:
    return Path(source).is_dir()


def slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "--", name).strip("-.")


def _read(source: str, what: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(source)
    except (OSError, ValueError, KeyError) as error:  # what transformers raises for the unreadable
        raise ModelError(_unreadable(source, what, error)) from error


def _unreadable(source: str, what: str, error: Exception) -> str:
    if is_folder(source):
        return f"{source!r}: its {what} cannot be read: {error}"
    reason = str(error).splitlines()[0]
    return (
        f"{source!r} is no folder, and its {what} cannot be read from the hub ({reason}). "
        "Where the hub cannot be reached, name an exported folder, or unset SENTIMENT_MODEL to run the model "
        "that ships with the service"
    )


def _do_without_a_silent_hub() -> None:
    """One short question first: its own client would ask again and again, for minutes a file."""
    if constants.HF_HUB_OFFLINE:
        return
    try:
        httpx.head(constants.ENDPOINT, timeout=HUB_SECONDS)
    except httpx.TransportError:
        constants.HF_HUB_OFFLINE = True  # what was fetched before is still found


def _has(source: str, name: str) -> bool:
    return (
        cached_file(
            source,
            name,
            _raise_exceptions_for_gated_repo=False,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
        )
        is not None
    )
