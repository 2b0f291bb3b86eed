"""The scoring job as one would write it with Quix Streams, for `make bench-scoring` alone.

    KAFKA_BOOTSTRAP_SERVERS=… CLICKHOUSE_URL=… python -m tests.bench.quix_peer

It shares what says nothing about the framework: the contracts (so the same validation), the rows of the facts
and the formula. Its own are the loop, the state and the sink: buckets are kept in Quix's state per account,
each comment's id too, so that a repeated comment counts once; what changed is written at each checkpoint.

What it does less than services/scoring, in its favour: an edited, deleted, relabelled or corrected comment
changes its fact and no bucket; which three comments of a person count follows their arrival and not their
time; no rule on copied texts and bursts; no answers of the account, no roll-up by month; a batch that cannot
be read is dropped.
"""

import asyncio
import os
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from quixstreams import Application, State
from quixstreams.sinks import BatchingSink, SinkBatch

from pantau.contracts import topics
from pantau.contracts.codec import ContractError, decode_labelled
from pantau.contracts.events import LabelledComment
from pantau.runtime.clickhouse import connect
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.facts import COLUMNS, facts
from pantau.score.formula import AccountScore
from pantau.score.rules import Rules, load_rules
from pantau.score.windows import SLIDING

GROUP = "quix-peer"
STORED = ("comments", "positive", "neutral", "negative", "comments_observed", "simulated")
Key = tuple[
    str, str, str, int
]  # account, platform, post id, start in Unix seconds; an hour's post id is empty


@dataclass(frozen=True, slots=True)
class Counted:
    """One message's comments, and the buckets that they changed with the figures they hold now."""

    comments: list[LabelledComment]
    minutes: dict[Key, list[float]]
    hours: dict[Key, list[float]]


def read(value: bytes) -> list[LabelledComment]:
    try:
        return decode_labelled(value)[0]
    except ContractError:
        return []


def count(comments: list[LabelledComment], state: State, rules: Rules) -> Counted:
    gained: dict[str, list[float]] = defaultdict(lambda: [0.0] * (len(STORED) + 1))
    keys: dict[str, Key] = {}
    for comment in comments:
        about = f"{comment.platform}/{comment.post_id}"
        seen = f"seen/{about}/{comment.comment_id}"
        if state.exists(seen) or comment.by_account or comment.deleted:
            continue
        state.set(seen, 1)
        figures = _figures(comment, counts=_may_count(comment, about, state, rules))
        minute = int(comment.created_at.timestamp()) // 60 * 60
        hour = minute // 3600 * 3600
        account, platform = comment.account_id, comment.platform.value
        for name, key in (
            (f"minute/{about}/{minute}", (account, platform, comment.post_id or "", minute)),
            (f"hour/{platform}/{hour}", (account, platform, "", hour)),
        ):
            keys[name] = key
            _add(gained[name], figures)
    minutes: dict[Key, list[float]] = {}
    hours: dict[Key, list[float]] = {}
    for name, gain in gained.items():
        held = state.get(name) or [0.0] * len(gain)
        _add(held, gain)
        state.set(name, held)
        (minutes if name.startswith("minute/") else hours)[keys[name]] = held
    return Counted(comments, minutes, hours)


def _may_count(comment: LabelledComment, about: str, state: State, rules: Rules) -> bool:
    if comment.author is None or comment.post_id is None:
        return True
    name = f"author/{about}/{comment.author}"
    before = state.get(name, default=0)
    state.set(name, before + 1)
    return bool(before < rules.max_comments_per_author_and_post)


def _figures(comment: LabelledComment, *, counts: bool) -> list[float]:
    label = comment.label.value if comment.label else ""
    marks = (counts, *(counts and label == name for name in STORED[1:4]), True, comment.simulated)
    return [*map(float, marks), comment.observed_at.timestamp()]


def _add(held: list[float], gain: list[float]) -> None:
    """In place; the last figure is an instant, of which the later holds."""
    held[:-1] = map(float.__add__, held[:-1], gain[:-1])
    held[-1] = max(held[-1], gain[-1])


class ClickHouseSink(BatchingSink):  # type: ignore[misc]  # Quix is not in the environment that checks types
    """At each checkpoint: facts, buckets, then the scores that follow from them."""

    def __init__(self, url: str, rules: Rules, app: Application) -> None:
        super().__init__()
        self._url = url
        self._rules = rules
        self._producer = app.get_producer()
        self._loop = asyncio.new_event_loop()

    def setup(self) -> None:
        address = urlsplit(self._url)
        self._client = clickhouse_connect.get_client(
            host=address.hostname, port=address.port, database=address.path.strip("/")
        )
        self._reader = self._loop.run_until_complete(connect(self._url))

    def flush(self) -> None:
        super().flush()  # a write per partition
        self._score()

    def write(self, batch: SinkBatch) -> None:
        minutes: dict[Key, list[float]] = {}
        hours: dict[Key, list[float]] = {}
        comments: list[LabelledComment] = []
        for item in batch:
            comments += item.value.comments
            minutes |= item.value.minutes
            hours |= item.value.hours
        rows = facts(comments).rows["comments"]
        self._client.insert("comments", rows, column_names=COLUMNS["comments"])
        version = int(datetime.now(UTC).timestamp() * 1_000_000)
        self._store("post_buckets", ("account_id", "platform", "post_id", "minute"), minutes, version)
        by_hour = {(hour, account, platform): held for (account, platform, _, hour), held in hours.items()}
        self._store("hour_buckets", ("hour", "account_id", "platform"), by_hour, version)

    def _store(self, table: str, keys: tuple[str, ...], held: dict[Any, list[float]], version: int) -> None:
        rows = [(*key, *map(int, figures[:-1]), figures[-1], version) for key, figures in held.items()]
        columns = [list(column) for column in zip(*rows, strict=True)]
        names = (*keys, *STORED, "newest_at", "version")
        columns[-2] = [datetime.fromtimestamp(at, UTC) for at in columns[-2]]
        if columns:
            self._client.insert(table, columns, column_names=names, column_oriented=True)

    def _score(self) -> None:
        at = datetime.now(UTC)
        rankings = self._loop.run_until_complete(
            sliding_rankings(self._reader, tuple(SLIDING), at, self._rules)
        )
        rows = [_row(window.value, score, at) for window, each in rankings.items() for score in each.scores]
        names = ("window", "account_id", "at", "score", "rank", "positive", "neutral", "negative", "version")
        self._client.insert("scores", rows, column_names=names)
        for row in rows:
            key, value = f"{row[0]}//{row[1]}", f'{{"score":{row[3]},"rank":{row[4]}}}'
            self._producer.produce(topics.SCORES, key=key.encode(), value=value.encode())
        self._producer.flush()


def _row(window: str, score: AccountScore, at: datetime) -> tuple[Any, ...]:
    said = (score.positive, score.neutral, score.negative)
    return (window, score.account_id, at, score.score, score.rank, *said, int(at.timestamp() * 1_000_000))


def main() -> None:
    rules = load_rules(Path("deploy/scoring/rules.yaml"))
    with tempfile.TemporaryDirectory(prefix="pantau-quix-") as folder:
        app = Application(
            broker_address=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            consumer_group=GROUP,
            auto_offset_reset="earliest",
            commit_interval=float(os.environ.get("QUIX_COMMIT_SECONDS", "1")),
            state_dir=folder,
            loglevel="WARNING",
        )
        labelled = app.topic(topics.LABELLED, key_deserializer="str", value_deserializer="bytes")
        frame = app.dataframe(labelled).apply(read)
        frame = frame.apply(lambda comments, state: count(comments, state, rules), stateful=True)
        frame.sink(ClickHouseSink(os.environ["CLICKHOUSE_URL"], rules, app))
        app.run()


if __name__ == "__main__":
    main()
