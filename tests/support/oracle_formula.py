"""The formula of oracle.py: from each account's figures on each platform to scores and ranks."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pantau.contracts.events import AccountRegistered, FollowersObserved

METRICS = ("views", "posts", "comments", "likes")
Key = tuple[str, str]  # of an account on a platform


@dataclass
class Figures:
    """What one account gained on one platform in one span."""

    views: int = 0
    likes: int = 0
    comments: int = 0
    comments_reported: int = 0
    posts: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    gives: set[str] = field(default_factory=set)


class Formula:
    """`rules` is the rule file as plain data."""

    def __init__(
        self,
        rules: dict[str, Any],
        accounts: dict[str, AccountRegistered],
        followers: list[FollowersObserved],
    ) -> None:
        self.rules = rules
        self.accounts = accounts
        self.followers = followers

    def scores(
        self,
        span: dict[Key, Figures],
        horizon: dict[Key, Figures],
        before: datetime,
        minimum_posts: int = 0,
    ) -> dict[str, dict[str, Any]]:
        active = sorted(a.account_id for a in self.accounts.values() if a.active)
        raw: dict[Key, dict[str, int]] = {}
        for key, known in horizon.items():
            if key[0] in active and (known.gives or known.posts) and self.rules["platforms"][key[1]] > 0:
                raw[key] = _given(span.get(key, Figures()), known)
        measured = {key: self._measured(key, given, before) for key, given in raw.items()}
        raw = {key: {m: given[m] for m in given if m in measured[key]} for key, given in raw.items()}
        shares = {
            (key, metric): self._share(measured, key, metric)
            for key, given in raw.items()
            for metric in given
        }
        scores = {account: self._account(account, raw, shares, span) for account in active}
        for account, score in scores.items():
            score["group"] = self._group(account)
            score["posts_missing"] = max(0, minimum_posts - (score["raw"]["posts"] or 0))
        for score in scores.values():
            rivals = [s for s in scores.values() if self._is_ranked(s) and s["group"] == score["group"]]
            if self._is_ranked(score):
                score["rank"] = 1 + sum(rival["score"] > score["score"] for rival in rivals)
        return scores

    def _is_ranked(self, score: dict[str, Any]) -> bool:
        enough = score["completeness"] >= self.rules["minimum_completeness"]
        return score["score"] is not None and enough and not score["posts_missing"]

    def _group(self, account_id: str) -> str:
        """Named in a group, or of a kind that is; whoever is in none is compared with all like it."""
        kind = self.accounts[account_id].kind.value
        by_name = [name for name, g in self.rules["peer_groups"].items() if account_id in g["accounts"]]
        by_kind = [name for name, g in self.rules["peer_groups"].items() if kind in g["kinds"]]
        named: list[str] = [*by_name, *by_kind, ""]
        return named[0]

    def _measured(self, key: Key, given: dict[str, int], before: datetime) -> dict[str, float]:
        """What is compared: the figures, or the figures per 1,000 followers where these are known."""
        if self.rules["normaliser"] != "per_1000_followers":
            return dict(given)
        known = [r for r in self.followers if (r.account_id, r.platform.value) == key]
        known = [r for r in known if r.observed_at < before]
        if not known:
            return {"posts": given["posts"]}
        followers = max(known, key=lambda r: r.observed_at).followers
        divisor = max(followers, self.rules["minimum_followers"])
        return {m: value if m == "posts" else 1000 * value / divisor for m, value in given.items()}

    def _share(self, measured: dict[Key, dict[str, float]], key: Key, metric: str) -> float:
        among = (self._group(key[0]), key[1])
        peers = [
            given[metric]
            for k, given in measured.items()
            if (self._group(k[0]), k[1]) == among and metric in given
        ]
        value = measured[key][metric]
        if self.rules["normaliser"] == "share_of_max":
            return value / max(peers) if max(peers) else 0.0
        alike = 1.0 if value else 0.0
        if self.rules["normaliser"] == "percentile":
            if min(peers) == max(peers):
                return alike
            below, equal = sum(p < value for p in peers), sum(p == value for p in peers)
            return (below + (equal - 1) / 2) / (len(peers) - 1)
        logs = sorted(math.log1p(peer) for peer in peers)
        low, high = _percentile(logs, 0.05), _percentile(logs, 0.95)
        if low == high:
            low, high = logs[0], logs[-1]
        if low == high:
            return alike
        return (min(max(math.log1p(value), low), high) - low) / (high - low)

    def _account(self, account: str, raw: Any, shares: Any, span: Any) -> dict[str, Any]:
        weights, platforms = self.rules["weights"], self.rules["platforms"]
        own = {key: given for key, given in raw.items() if key[0] == account}
        total = sum(platforms[key[1]] for key in sorted(own))
        points: dict[str, float | None] = {}
        for metric in METRICS:
            parts = [
                round(100 * weights[metric] * shares[key, metric] / _whole(weights, given), 4)
                * platforms[key[1]]
                for key, given in sorted(own.items())
                if metric in given
            ]
            points[metric] = round(sum(parts) / total, 4) if parts else None
        complete = sum(
            round(_whole(weights, given), 4) * platforms[key[1]] for key, given in sorted(own.items())
        )
        figures = [f for key, f in span.items() if key[0] == account]
        return {
            "score": round(sum(p for p in points.values() if p is not None), 4) if own else None,
            "rank": None,
            "completeness": round(complete / total, 4) if total else 0.0,
            "points": points,
            "raw": {
                m: sum(given[m] for given in own.values() if m in given)
                if any(m in given for given in own.values())
                else None
                for m in METRICS
            },
            "sentiment": tuple(
                sum(getattr(f, name) for f in figures) for name in ("positive", "neutral", "negative")
            ),
        }


def _given(span: Figures, horizon: Figures) -> dict[str, int]:
    given = {"posts": span.posts}
    if "views readings" in horizon.gives:
        given["views"] = span.views
    if "likes readings" in horizon.gives:
        given["likes"] = span.likes
    if "comments" in horizon.gives:
        given["comments"] = span.comments
    elif "comments readings" in horizon.gives:
        given["comments"] = span.comments_reported
    return given


def _whole(weights: dict[str, float], given: dict[str, int]) -> float:
    return sum(weights[m] for m in METRICS if m in given)


def _percentile(ordered: list[float], share: float) -> float:
    position = share * (len(ordered) - 1)
    lower = ordered[math.floor(position)]
    upper = ordered[math.ceil(position)]
    return lower + (upper - lower) * (position - math.floor(position))
