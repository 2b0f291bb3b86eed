from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from pantau.contracts import topics
from pantau.runtime.errors import FatalError, RetryableError
from services.sentiment.worker.batching import Limits
from services.sentiment.worker.source import CommentSource


@dataclass(frozen=True, slots=True)
class FakeRecord:
    partition: int
    offset: int
    value: bytes | None = b"x"
    topic: str = topics.COMMENTS


@dataclass(slots=True)
class FakeReader:
    """The part of aiokafka's consumer that the source uses."""

    records: list[FakeRecord] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    errors: list[KafkaError] = field(default_factory=list)
    commits: list[dict[int, int]] = field(default_factory=list)

    def _fail(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

    async def getmany(self, *, max_records: int, **_: int) -> dict[TopicPartition, list[FakeRecord]]:
        self._fail()
        taken, self.records = self.records[:max_records], self.records[max_records:]
        found: dict[TopicPartition, list[FakeRecord]] = {}
        for record in taken:
            found.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
            self.positions[record.partition] = record.offset + 1
        return found

    async def commit(self, offsets: Mapping[Any, int]) -> None:
        self._fail()
        self.commits.append({tp.partition: offset for tp, offset in offsets.items()})

    async def end_offsets(self, partitions: Iterable[Any]) -> dict[Any, int]:
        self._fail()
        return {tp: self.ends[tp.partition] for tp in partitions}

    async def position(self, partition: Any) -> int:
        return self.positions.get(partition.partition, 0)


def started(reader: FakeReader, *partitions: int) -> CommentSource:
    source = CommentSource("nowhere:1", "sentiment", None, Limits(comments=10, seconds=0))
    source._reader = reader
    source.assigned(partitions)
    return source


async def test_a_postponed_commit_is_made_up_for_with_the_next() -> None:
    reader = FakeReader(errors=[KafkaConnectionError()])
    source = started(reader, 0, 1)
    assert await source.commit({0: 5}) is False
    assert await source.commit({1: 7}) is True
    assert await source.commit({}) is False
    assert reader.commits == [{0: 5, 1: 7}]


@pytest.mark.parametrize("error", [CommitFailedError(), IllegalStateError()])
async def test_a_refused_commit_is_not_repeated(error: KafkaError) -> None:
    reader = FakeReader(errors=[error])
    source = started(reader, 0)
    assert await source.commit({0: 5}) is False
    assert await source.commit({}) is False
    assert reader.commits == []


async def test_only_assigned_partitions_are_committed() -> None:
    reader = FakeReader()
    source = started(reader, 0)
    assert await source.commit({0: 5, 3: 9}) is True
    source.revoked()
    assert await source.commit({0: 6}) is False
    source.assigned([1])
    assert await source.commit({1: 2}) is True
    assert reader.commits == [{0: 5}, {1: 2}]


async def test_lag_counts_from_the_first_uncommitted_record() -> None:
    records = [FakeRecord(0, 3), FakeRecord(0, 4), FakeRecord(1, 0)]
    reader = FakeReader(records=records, ends={0: 6, 1: 1}, positions={0: 3, 1: 0})
    source = started(reader, 0, 1)
    assert await source.lag() == {0: 3, 1: 1}
    batch = await source.next_batch()
    assert len(batch.arrivals) == 3
    assert await source.lag() == {0: 3, 1: 1}
    await source.commit({0: 4, 1: 1})
    assert await source.lag() == {0: 2, 1: 0}
    await source.commit({0: 5})
    assert await source.lag() == {0: 1, 1: 0}


async def test_lag_is_unknown_while_partitions_are_handed_around() -> None:
    source = started(FakeReader(), 0)
    source.revoked()
    assert await source.lag() is None
    source.assigned([])
    assert await source.lag() == {}


async def test_lag_says_when_the_broker_is_away() -> None:
    source = started(FakeReader(errors=[KafkaConnectionError()]), 0)
    with pytest.raises(RetryableError):
        await source.lag()


async def test_a_record_without_value_arrives_empty() -> None:
    batch = await started(FakeReader(records=[FakeRecord(0, 0, None)]), 0).next_batch()
    assert [each.payload for each in batch.arrivals] == [b""]


@pytest.mark.parametrize(
    ("error", "fate"),
    [(KafkaConnectionError(), RetryableError), (TopicAuthorizationFailedError(), FatalError)],
)
async def test_the_fate_of_a_fetch_error_follows_from_its_kind(
    error: KafkaError, fate: type[Exception]
) -> None:
    with pytest.raises(fate):
        await started(FakeReader(errors=[error]), 0).next_batch()
