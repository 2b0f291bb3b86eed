"""Tiny checkpoints with random weights, in the files that the hub has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    AlbertConfig,
    AutoModelForSequenceClassification,
    BertConfig,
    ElectraConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
    XLMRobertaConfig,
)

from services.sentiment.export.parity import sample_texts

NAMES = {0: "positif", 1: "NETRAL", 2: "negatif"}
SMALL: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "initializer_range": 0.2,  # far from even probabilities, so that labels differ
}
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]

CONFIGS: dict[str, Callable[..., Any]] = {
    "bert": BertConfig,
    "albert": lambda **settings: AlbertConfig(embedding_size=32, **settings),
    "electra": lambda **settings: ElectraConfig(embedding_size=32, **settings),
    "roberta": lambda **settings: RobertaConfig(
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
        max_position_embeddings=130,
        **settings,
    ),
    "xlm-roberta": lambda **settings: XLMRobertaConfig(
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
        max_position_embeddings=66,
        **settings,
    ),
}


def make(
    family: str, folder: Path, id2label: dict[int, str] | None = None, *, words_only: bool = False
) -> Path:
    """`words_only`: the tokenizer as vocab.txt and nothing else, as IndoBERT has it."""
    torch.manual_seed(7)
    byte_pairs = family.endswith("roberta")
    tokenizer = _byte_pairs() if byte_pairs else _words()
    config = CONFIGS[family](
        vocab_size=len(tokenizer), id2label=id2label or NAMES, num_labels=len(id2label or NAMES), **SMALL
    )
    AutoModelForSequenceClassification.from_config(config).save_pretrained(str(folder))
    if words_only:
        words = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        (folder / "vocab.txt").write_text("\n".join(word for word, _ in words), encoding="utf-8")
    else:
        tokenizer.save_pretrained(str(folder))
    return folder


def _words() -> PreTrainedTokenizerFast:
    pieces = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pieces.train_from_iterator(
        sample_texts(), trainers.WordPieceTrainer(vocab_size=600, special_tokens=SPECIAL)
    )
    pieces.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def _byte_pairs() -> PreTrainedTokenizerFast:
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.train_from_iterator(
        sample_texts(), trainers.BpeTrainer(vocab_size=700, special_tokens=ROBERTA_SPECIAL)
    )
    pieces.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        mask_token="<mask>",
    )
