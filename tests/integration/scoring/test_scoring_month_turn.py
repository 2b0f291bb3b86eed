"""The turn of a month in the live scores: who was ranked while it ran may have too few posts at its end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pantau.contracts.events import AccountRegistered, FollowersObserved, MetricsObserved, PostObserved
from pantau.contracts.fields import AccountKind, Platform
from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka.publisher import Record
from pantau.score.rules import Normaliser, PeerGroup, Rules
from services.scoring.buckets.flush import Flush
from services.scoring.scores import ScoreUpdater
from tests.support.scoring_oracle import RULES

END = datetime(2026, 11, 30, 17, tzinfo=UTC)  # midnight in Asia/Jakarta
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
GROUPED = RULES.model_copy(update={"peer_groups": {"rs": PeerGroup(kinds=(AccountKind.HOSPITAL,))}})


class Setting:
    """The scorer with a clock that is set by hand; `published` is what it sent to the topic."""

    def __init__(self, client: Any, rules: Rules) -> None:
        self.client = client
        self.now = END - HOUR
        self.published: list[Record] = []
        self.flush = Flush(client, rules)
        self.updater = ScoreUpdater(client, rules, self._publish, lambda: self.now)

    async def _publish(self, records: Sequence[Record]) -> None:
        self.published += records

    async def at(self, now: datetime) -> dict[str, tuple[int | None, int, str]]:
        """Rank, missing posts and group of each account in November as they are stored after a tick then."""
        self.now = now
        await self.updater.tick()
        rows = await self.client.query(
            "SELECT account_id, rank, posts_missing, peer_group FROM scores FINAL"
            " WHERE window = 'month' AND period = '2026-11'"
        )
        return {row[0]: tuple(row[1:]) for row in rows.result_rows}


def registered(account_id: str, kind: AccountKind = AccountKind.OPD) -> AccountRegistered:
    first = END - 90 * DAY
    return AccountRegistered(
        account_id=account_id,
        name=account_id,
        short_name=account_id,
        kind=kind,
        onboarded_at=first,
        registered_at=first,
    )


def seen(account_id: str, at: datetime) -> dict[str, Any]:
    return {"account_id": account_id, "platform": Platform.INSTAGRAM, "observed_at": at, "received_at": at}


def busy(account_id: str, posts: int) -> list[Any]:
    """Posts of different days, each read once with everything given."""
    events: list[Any] = []
    for n in range(posts):
        at = END - (n + 1) * DAY
        events.append(PostObserved(**seen(account_id, at), post_id=f"p{n}", published_at=at))
        events.append(
            MetricsObserved(**seen(account_id, at + HOUR), post_id=f"p{n}", views=9, likes=5, comments=1)
        )
    return events


async def test_too_few_posts_lose_their_rank_when_the_month_ends(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    setting = Setting(client, GROUPED)
    everybody = [registered("dinkes"), registered("disdik"), registered("rsud", AccountKind.HOSPITAL)]
    await setting.flush.write([*everybody, *busy("dinkes", 5), *busy("disdik", 2), *busy("rsud", 1)])
    running = {"dinkes": (1, 0, ""), "disdik": (2, 0, ""), "rsud": (1, 0, "rs")}
    assert await setting.at(END - 30 * SECOND) == running
    assert await setting.at(END - SECOND) == running
    setting.published.clear()
    ended = {"dinkes": (1, 0, ""), "disdik": (None, 2, ""), "rsud": (None, 3, "rs")}
    assert await setting.at(END + 5 * SECOND) == ended
    keys = {record.key for record in setting.published if b"2026-11" in (record.key or b"")}
    assert keys == {b"month/2026-11/disdik", b"month/2026-11/rsud"}
    late = END - 20 * DAY  # found only now, and published within the month
    await setting.flush.write(
        [
            PostObserved(**seen("disdik", late + n * HOUR), post_id=f"late{n}", published_at=late)
            for n in range(2)
        ]
    )
    assert (await setting.at(END + 6 * SECOND))["disdik"] == (2, 0, "")
    await client.close()


async def test_followers_move_an_ended_month_until_it_closes(clickhouse_database_url: str) -> None:
    rules = RULES.model_copy(update={"normaliser": Normaliser.PER_1000_FOLLOWERS})
    client = await connect(clickhouse_database_url)
    setting = Setting(client, rules)
    followed = [FollowersObserved(**seen(a, END - DAY), followers=1000) for a in ("dinkes", "disdik")]
    accounts = [registered("dinkes"), registered("disdik")]
    await setting.flush.write([*accounts, *busy("dinkes", 5), *busy("disdik", 4), *followed])
    assert await setting.at(END + 5 * SECOND) == {"dinkes": (1, 0, ""), "disdik": (2, 0, "")}
    shrunk = FollowersObserved(**seen("disdik", END + DAY), followers=100)
    await setting.flush.write([shrunk])
    assert await setting.at(END + DAY + HOUR) == {"dinkes": (2, 0, ""), "disdik": (1, 0, "")}
    grown = FollowersObserved(**seen("dinkes", END + 3 * DAY), followers=100)  # as the month closes: too late
    await setting.flush.write([grown])
    assert await setting.at(END + 3 * DAY + HOUR) == {"dinkes": (2, 0, ""), "disdik": (1, 0, "")}
    await client.close()
