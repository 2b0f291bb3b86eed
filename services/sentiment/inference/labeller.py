"""Text -> label. On ONNX Runtime a text's prediction never depends on the texts beside it."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Self

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pantau.contracts.fields import Label
from services.sentiment.inference.model_folder import GRAPH, ModelFolder, open_model_folder, read_tokenizer
from services.sentiment.inference.normalise import normalise

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# Texts share a batch only when they are padded to the same length, and that length follows from the text
# alone: sums over a row then always have the same terms in the same order, to the last bit.
PADDING_STEP = 4
CACHED_TEXTS = 20_000
# Activations of one batch, tokens times width: more of them only leave the processor's caches.
MAX_BATCH_NUMBERS = 2**19

# Token ids and attention mask, int64 [rows, tokens], to logits, float32 [rows, outputs].
Engine = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Probabilities rounded to 4 decimals; `label` is the largest of them (ties: neutral, then negative)."""

    label: Label
    negative: float
    neutral: float
    positive: float


@dataclass(slots=True)
class Statistics:
    """Running totals since the labeller was loaded."""

    texts: int = 0
    cache_hits: int = 0
    tokens: int = 0
    unknown_tokens: int = 0


class Labeller:
    """Not thread-safe: call `label` from one thread at a time."""

    def __init__(
        self,
        model: ModelFolder,
        tokenizer: "PreTrainedTokenizerFast",
        engine: Engine,
        parallel: int = 1,
        cached_texts: int = CACHED_TEXTS,
    ) -> None:
        self.version = model.version
        self.statistics = Statistics()
        self._model_folder, self._tokenizer, self._engine = model, tokenizer, engine
        self._workers = ThreadPoolExecutor(parallel, "batch")
        self._cache: OrderedDict[str, Prediction] = OrderedDict()
        self._cached_texts = cached_texts

    @classmethod
    def load(cls, folder: str, threads: int) -> Self:
        """A folder with a graph. Raises `ModelError` or `UnknownLabelsError` when it cannot be used."""
        model = open_model_folder(folder)
        return cls(model, read_tokenizer(model), _onnx_engine(model), threads)

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction per text, in the order of `texts`; an empty list for none."""
        normalised = [normalise(text) for text in texts]
        fresh = [text for text in dict.fromkeys(normalised) if text not in self._cache]
        known = {text: self._cache[text] for text in dict.fromkeys(normalised) if text in self._cache}
        known.update(zip(fresh, self._predict(fresh), strict=True))
        self.statistics.texts += len(texts)
        self.statistics.cache_hits += len(texts) - len(fresh)
        self._remember(known)
        return [known[text] for text in normalised]

    def _predict(self, texts: list[str]) -> list[Prediction]:
        if not texts:
            return []
        rows = self._encode(texts)
        scores = np.zeros((len(rows), 3), dtype=np.float64)
        most_tokens = MAX_BATCH_NUMBERS // self._model_folder.width
        batches = list(_batches([len(row) for row in rows], self._model_folder.max_tokens, most_tokens))
        batches.sort(key=lambda each: -len(each[0]) * each[1])  # the largest first, so that none ends late
        # A thread for each batch, not many for one: nobody waits for others between two operators.
        results = self._workers.map(lambda each: self._run([rows[i] for i in each[0]], each[1]), batches)
        for (batch, _), result in zip(batches, results, strict=True):
            scores[batch] = result
        return [_prediction(row) for row in _softmax(scores / self._model_folder.temperature)]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        encoded = self._tokenizer(texts, truncation=True, max_length=self._model_folder.max_tokens)
        rows: list[list[int]] = encoded["input_ids"]
        unknown = self._tokenizer.unk_token_id
        self.statistics.tokens += sum(map(len, rows))
        self.statistics.unknown_tokens += sum(row.count(unknown) for row in rows)
        return rows

    def _run(self, rows: list[list[int]], length: int) -> NDArray[np.float32]:
        """float32 [rows, 3]: negative, neutral, positive."""
        shape = (max(len(rows), self._model_folder.min_rows), length)
        ids = np.full(shape, self._tokenizer.pad_token_id, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        mask[len(rows) :, 0] = 1  # a filler row attends to something, or its softmax is undefined
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        result: NDArray[np.float32] = self._engine(ids, mask)[: len(rows), list(self._model_folder.columns)]
        return result

    def _remember(self, predictions: dict[str, Prediction]) -> None:
        for text, prediction in predictions.items():
            self._cache[text] = prediction
            self._cache.move_to_end(text)
        while len(self._cache) > self._cached_texts:
            self._cache.popitem(last=False)


def _onnx_engine(model: ModelFolder) -> Engine:
    session = _session(model)
    inputs = {node.name for node in session.get_inputs()}

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        offered = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        logits: NDArray[np.float32] = session.run(None, {name: offered[name] for name in inputs})[0]
        return logits

    return run


def _session(model: ModelFolder) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph stores weights as int8; unpack them once at load instead of in every run.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    path = str(model.folder / GRAPH)
    return ort.InferenceSession(path, sess_options=options, providers=["CPUExecutionProvider"])


def _batches(lengths: Sequence[int], longest: int, most_tokens: int) -> Iterator[tuple[list[int], int]]:
    """Indices that share one padded length, with that length; shortest first."""
    groups: dict[int, list[int]] = {}
    for index, tokens in enumerate(lengths):
        padded = min(-(-tokens // PADDING_STEP) * PADDING_STEP, longest)
        groups.setdefault(padded, []).append(index)
    for padded, group in sorted(groups.items()):
        rows = max(1, most_tokens // padded)
        for start in range(0, len(group), rows):
            yield group[start : start + rows], padded


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _prediction(probabilities: Iterable[float]) -> Prediction:
    negative, neutral, positive = (round(float(value), 4) for value in probabilities)
    ranked = ((neutral, Label.NEUTRAL), (negative, Label.NEGATIVE), (positive, Label.POSITIVE))
    _, label = max(ranked, key=itemgetter(0))  # max keeps the first of equals
    return Prediction(label, negative, neutral, positive)
