"""What fine-tuning starts from."""

from collections.abc import Sequence

import torch
from torch.nn import Linear
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertForMaskedLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from services.sentiment.export.describe import usable_positions
from services.sentiment.inference.labels import UnknownLabelsError, columns
from services.sentiment.train import tokenizer as pieces
from services.sentiment.train.corpus import LABELS, Row
from services.sentiment.train.finetune import classifier
from services.sentiment.train.pretrain import configuration
from services.sentiment.train.recipe import Recipe

SCRATCH = "scratch"
RATE, SCRATCH_RATE = 3e-5, 2.5e-4


class BaseError(RuntimeError):
    """The base cannot be read; the message says what to do."""


def opened(base: str, rows: Sequence[Row], recipe: Recipe) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Tokenizer and a three-label model, on the accelerator where there is one."""
    torch.manual_seed(recipe.seed)
    tokenizer, model = _scratch(rows, recipe) if base == SCRATCH else _checkpoint(base)
    return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu")


def longest(model: PreTrainedModel, recipe: Recipe) -> int:
    """Tokens that are read of a text."""
    return min(recipe.shape.max_tokens, usable_positions(model.config))


def _scratch(rows: Sequence[Row], recipe: Recipe) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    tokenizer = pieces.train({"labelled": [row.text for row in rows]}, recipe.shape)
    return tokenizer, classifier(BertForMaskedLM(configuration(tokenizer, recipe)), recipe)


def _checkpoint(base: str) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    names = dict(enumerate(LABELS))
    try:
        before = AutoConfig.from_pretrained(base)
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = AutoModelForSequenceClassification.from_pretrained(
            base,
            id2label=names,
            label2id={name: index for index, name in names.items()},
            ignore_mismatched_sizes=True,
            attn_implementation="eager",  # the graph that ONNX Runtime's fusion recognises
        )
    except (OSError, ValueError) as error:
        raise BaseError(
            f"{base!r} could not be read ({str(error).splitlines()[0]}); "
            "name a folder with config.json, weights and tokenizer, or a hub id while the hub can be reached"
        ) from error
    _in_our_order(model, before.id2label)
    return tokenizer, model


def _in_our_order(model: PreTrainedModel, labels: dict[int, str]) -> None:
    """A base that already tells three sentiments apart keeps what it knows, under our order of labels."""
    try:
        order = list(columns(labels))
    except UnknownLabelsError:
        return  # another task's head; it was replaced by a fresh one or is learned anew
    head = [m for m in model.modules() if isinstance(m, Linear) and m.out_features == len(LABELS)][-1]
    with torch.no_grad():
        head.weight.copy_(head.weight[order].clone())
        head.bias.copy_(head.bias[order].clone())
