"""One period's scores under two rule files, from the facts. Nothing stored decides, nothing is written."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.score import fact_sums
from pantau.score.bucket_sums import read_accounts, read_followers
from pantau.score.formula import AccountScore, Inputs, Ranking, rank_fleet
from pantau.score.rules import Rules
from pantau.score.windows import HORIZON, Window, closes_at, month_span, sliding_span

FIRST = 3


@dataclass(frozen=True, slots=True)
class Sliding:
    """The window that ends with the minute of `at`."""

    window: Window
    at: datetime


Period = Sliding | date  # or the first day of a month


@dataclass(frozen=True, slots=True)
class Pair:
    """One account before and after."""

    before: AccountScore
    after: AccountScore

    @property
    def change(self) -> float | None:
        if self.before.score is None or self.after.score is None:
            return None
        return round(self.after.score - self.before.score, 4)

    @property
    def moved(self) -> bool:
        return (self.before.group, self.before.rank) != (self.after.group, self.after.rank)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`tau`: Kendall's tau-b of the accounts that are ranked both times; None under two of them."""

    pairs: list[Pair]
    tau: float | None
    first_before: dict[str, list[str]]  # by peer group, accounts with the ranks 1 to 3
    first_after: dict[str, list[str]]

    @property
    def first_change(self) -> bool:
        return self.first_before != self.first_after


async def compare(
    client: AsyncClient, period: Period, before: Rules, after: Rules, now: datetime
) -> Comparison:
    """Both rankings of the period, account by account, in the order of the first."""
    old = await ranking(client, period, before, now)
    new = await ranking(client, period, after, now)
    return compared(old.scores, new.scores)


async def ranking(client: AsyncClient, period: Period, rules: Rules, now: datetime) -> Ranking:
    """As the service would give it where all buckets were made with these rules."""
    accounts = await read_accounts(client)
    if isinstance(period, Sliding):
        span, horizon = sliding_span(period.window, period.at), sliding_span(HORIZON, period.at)
        wide = await fact_sums.read_span(client, horizon, rules)
        sums = wide if span == horizon else await fact_sums.read_span(client, span, rules)
        until, minimum = horizon.until, 0
    else:
        sums = wide = await fact_sums.read_month(client, period, rules)
        until = closes_at(period)
        minimum = rules.minimum_posts if now >= month_span(period).until else 0
    followers = await read_followers(client, until) if rules.needs_followers else {}
    inputs = Inputs(accounts, sums, wide, followers)
    return await asyncio.to_thread(rank_fleet, inputs, rules, minimum_posts=minimum)


def compared(before: Sequence[AccountScore], after: Sequence[AccountScore]) -> Comparison:
    new = {score.account_id: score for score in after}
    pairs = [Pair(score, new[score.account_id]) for score in before if score.account_id in new]
    return Comparison(pairs, kendall(pairs), _first(before), _first(after))


def kendall(pairs: Sequence[Pair]) -> float | None:
    """Tau-b of the scores of accounts that are ranked both times, among those of one group."""
    ranked = [p for p in pairs if p.before.rank is not None and p.after.rank is not None]
    agreeing = old_apart = new_apart = 0
    for one, other in combinations(ranked, 2):
        if one.before.group != other.before.group or one.after.group != other.after.group:
            continue
        old = _sign(one.before.rank, other.before.rank)
        new = _sign(one.after.rank, other.after.rank)
        agreeing += old * new
        old_apart += old != 0
        new_apart += new != 0
    return round(agreeing / math.sqrt(old_apart * new_apart), 4) if old_apart and new_apart else None


def _sign(one: int | None, other: int | None) -> int:
    return ((one or 0) > (other or 0)) - ((one or 0) < (other or 0))


def _first(scores: Sequence[AccountScore]) -> dict[str, list[str]]:
    first: dict[str, list[str]] = {}
    for score in scores:
        if score.rank is not None and score.rank <= FIRST:
            first.setdefault(score.group, []).append(score.account_id)
    return first
