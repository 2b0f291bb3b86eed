"""Stand-ins for the model and for Kafka's two sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pantau.contracts import topics
from pantau.contracts.codec import encode
from pantau.contracts.events import CommentObserved
from pantau.contracts.fields import Platform
from pantau.runtime.dead_letters import Origin
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Record
from services.sentiment.worker.batching import Arrival, Batch

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def comment(
    number: int, account: str = "dinkes", text: str = "bagus sekali", *, deleted: bool = False
) -> CommentObserved:
    return CommentObserved(
        account_id=account,
        platform=Platform.INSTAGRAM,
        observed_at=NOON,
        received_at=NOON - timedelta(seconds=2),
        comment_id=f"c{number}",
        post_id="p1",
        text=text,
        created_at=NOON,
        deleted=deleted,
    )


def arrival(offset: int, payload: bytes, partition: int = 0) -> Arrival:
    return Arrival(Origin(topics.COMMENTS, partition, offset), payload)


def batch(*comments: CommentObserved, start: int = 0) -> Batch:
    return Batch(tuple(arrival(start + n, encode(each)) for n, each in enumerate(comments)), 0.0)


@dataclass(frozen=True, slots=True)
class FakePrediction:
    label: str
    negative: float
    neutral: float
    positive: float


@dataclass(slots=True)
class FakeStatistics:
    cache_hits: int = 0
    tokens: int = 0
    unknown_tokens: int = 0


@dataclass(slots=True)
class WordLabeller:
    """`bagus` is positive, `buruk` negative, everything else neutral."""

    version: str = "words@1"
    statistics: FakeStatistics = field(default_factory=FakeStatistics)
    calls: list[list[str]] = field(default_factory=list)

    def label(self, texts: Sequence[str]) -> list[FakePrediction]:
        self.calls.append(list(texts))
        self.statistics.tokens += sum(len(text.split()) for text in texts)
        self.statistics.unknown_tokens += sum(text.split().count("?") for text in texts)
        self.statistics.cache_hits += len(texts) - len(set(texts))
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> FakePrediction:
        if "bagus" in text:
            return FakePrediction("positive", 0.05, 0.05, 0.9)
        if "buruk" in text:
            return FakePrediction("negative", 0.9, 0.05, 0.05)
        return FakePrediction("neutral", 0.1, 0.8, 0.1)


@dataclass(slots=True)
class Journal:
    """Both sides of Kafka; `steps` tells in which order they were used."""

    failures: int = 0  # how many publishes fail before one gets through
    steps: list[str] = field(default_factory=list)
    published: list[Record] = field(default_factory=list)
    committed: list[dict[int, int]] = field(default_factory=list)

    async def publish(self, records: Sequence[Record]) -> None:
        if self.failures:
            self.failures -= 1
            self.steps.append("failed")
            raise RetryableError("away")
        self.steps.append(records[0].topic)
        self.published.extend(records)

    async def commit(self, offsets: Mapping[int, int]) -> bool:
        self.steps.append("commit")
        self.committed.append(dict(offsets))
        return bool(offsets)

    def of(self, topic: str) -> list[Record]:
        return [record for record in self.published if record.topic == topic]
