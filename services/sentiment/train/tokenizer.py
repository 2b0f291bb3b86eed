"""WordPiece on the licensed texts."""

from collections.abc import Iterator, Mapping

from tokenizers import Tokenizer
from tokenizers.decoders import WordPiece as WordPieceDecoder
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordPieceTrainer
from transformers import PreTrainedTokenizerFast

from services.sentiment.inference.normalise import PLACEHOLDERS
from services.sentiment.train.recipe import Shape

UNKNOWN = "[UNK]"
SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": UNKNOWN,
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
DOMAIN_REPEATS = 3  # comments weigh three times as much as other text when the pieces are chosen


def train(texts: Mapping[str, list[str]], shape: Shape) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN))
    tokenizer.normalizer = BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.decoder = WordPieceDecoder()
    trainer = WordPieceTrainer(
        vocab_size=shape.vocabulary,
        special_tokens=list(SPECIAL.values()),
        show_progress=False,
        min_frequency=3,
    )
    tokenizer.train_from_iterator(_weighted(texts), trainer)
    tokenizer.model = _in_order(tokenizer)
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=shape.max_tokens, **SPECIAL)


def _in_order(tokenizer: Tokenizer) -> WordPiece:
    """The same pieces under the same numbers in every run; the trainer numbers ties as they come."""
    special = list(SPECIAL.values())
    pieces = sorted(set(tokenizer.get_vocab()) - set(special))
    return WordPiece({piece: index for index, piece in enumerate([*special, *pieces])}, unk_token=UNKNOWN)


def _weighted(texts: Mapping[str, list[str]]) -> Iterator[str]:
    for source, lines in texts.items():
        for _ in range(DOMAIN_REPEATS if source == "comments" else 1):
            yield from lines
    # Some placeholders are rare in these texts; each must still become one piece.
    yield from [" ".join(PLACEHOLDERS)] * 2000
