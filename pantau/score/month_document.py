"""An official month as a document: what it follows from, and what came out of that. Pure.

The document holds neither clock nor code version, so the same facts and rules always give the same bytes.
When something was last observed is left out too: reading a comment again changes no figure.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from pantau.contracts.events import ScorePart
from pantau.contracts.fields import Platform
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.fact_sums import PostKey
from pantau.score.formula import (
    AccountScore,
    Inputs,
    Key,
    PlatformScore,
    Profile,
    Ranking,
    Sums,
    rank_fleet,
)
from pantau.score.rules import Normaliser, Rules
from pantau.score.windows import closes_at, month_span

FORMAT = 1
PLACES = 3  # whose change under another normaliser is worth a sentence
DECIMALS = 6  # so that another machine's mathematics gives the same bytes

Json = dict[str, Any]
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a month's result follows from, of the active accounts; an empty post id: without a post.

    `counts` tells of facts that were read: how many, and why some did not count.
    """

    month: date
    accounts: tuple[Profile, ...]
    posts: Mapping[PostKey, Sums]
    followers: Mapping[Key, int]
    counts: Counts

    @property
    def simulated(self) -> bool:
        return any(sums.simulated for sums in self.posts.values()) or any(
            counted.get("simulated", 0) for counted in self.counts.values()
        )


def document(gathered: Gathered, rules: Rules) -> Json:
    span = month_span(gathered.month)
    sums = totals(gathered.posts)
    inputs = Inputs(gathered.accounts, sums, sums, gathered.followers)
    return {
        "format": FORMAT,
        "month": f"{gathered.month:%Y-%m}",
        "from": span.start.isoformat(),
        "until": span.until.isoformat(),
        "closes_at": closes_at(gathered.month).isoformat(),
        "simulated": gathered.simulated,
        "rules": rules.model_dump(mode="json"),
        "inputs": {
            "accounts": _accounts(inputs),
            "posts": _posts(gathered.posts),
            "facts": {what: dict(counted) for what, counted in gathered.counts.items()},
        },
        "results": results(inputs, rules),
    }


def canonical(value: Json) -> bytes:
    """JSON with sorted keys and without spaces, in ASCII: one value, one text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def loaded(content: bytes) -> Json:
    """A document that was frozen. Raises ValueError."""
    value = json.loads(content)
    if not isinstance(value, dict):
        raise ValueError("the document is no JSON object")  # noqa: TRY004 - a ValueError like the others
    return value


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def totals(posts: Mapping[PostKey, Sums]) -> dict[Key, Sums]:
    """What the posts of each account on each platform add up to; without `newest_at`."""
    added: dict[Key, dict[str, Any]] = {}
    for (account, platform, _), sums in posts.items():
        total = added.setdefault((account, platform), dict.fromkeys(ADDITIVE, 0))
        for name in ADDITIVE:
            total[name] += getattr(sums, name)
    return {key: Sums(**total) for key, total in added.items()}


def results(inputs: Inputs, rules: Rules) -> Json:
    ranking = rank_fleet(inputs, rules, minimum_posts=rules.minimum_posts)
    return {
        "scores": {score.account_id: _score(score) for score in ranking.scores},
        "platforms": _by_account(
            {key: _platform(platform) for key, platform in sorted(ranking.platforms.items())}
        ),
        "limits": _limits(ranking),
        "sensitivity": _sensitivity(ranking, inputs, rules),
    }


def inputs_of(stored: Json) -> Inputs:
    """The inputs that a document tells. Raises KeyError, TypeError or ValueError when it is none."""
    accounts: Json = stored["inputs"]["accounts"]
    given = {
        (account, Platform(platform)): told
        for account, about in accounts.items()
        for platform, told in about["platforms"].items()
    }
    sums = {key: Sums(**told["sums"]) for key, told in given.items() if "sums" in told}
    followers = {key: told["followers"] for key, told in given.items() if "followers" in told}
    profiles = tuple(Profile(account, about["kind"]) for account, about in sorted(accounts.items()))
    return Inputs(profiles, sums, sums, followers)


def posts_of(stored: Json) -> dict[PostKey, Sums]:
    """What each post contributed. Raises as `inputs_of`."""
    return {
        (account, Platform(platform), post): Sums(**figures)
        for account, platforms in stored["inputs"]["posts"].items()
        for platform, posts in platforms.items()
        for post, figures in posts.items()
    }


def _accounts(inputs: Inputs) -> Json:
    told: Json = {profile.account_id: {"kind": profile.kind, "platforms": {}} for profile in inputs.accounts}
    for (account, platform), sums in inputs.span.items():
        told[account]["platforms"][platform.value] = {"sums": _figures(sums)}
    for (account, platform), followers in inputs.followers.items():
        told[account]["platforms"].setdefault(platform.value, {})["followers"] = followers
    return told


def _posts(posts: Mapping[PostKey, Sums]) -> Json:
    told: Json = defaultdict(lambda: defaultdict(dict))
    for (account, platform, post), sums in posts.items():
        told[account][platform.value][post] = _figures(sums)
    return told


def _figures(sums: Sums) -> dict[str, int]:
    """Those that are not zero."""
    return {name: value for name in ADDITIVE if (value := getattr(sums, name))}


def _score(score: AccountScore) -> Json:
    return {
        "group": score.group,
        "rank": score.rank,
        "score": score.score,
        "completeness": score.completeness,
        "incomplete": score.incomplete,
        "posts_missing": score.posts_missing,
        "parts": {metric.value: _part(part) for metric, part in score.parts.items()},
        "positive": score.positive,
        "neutral": score.neutral,
        "negative": score.negative,
        "simulated": score.simulated,
    }


def _platform(platform: PlatformScore) -> Json:
    return {
        "completeness": _rounded(platform.completeness),
        "weight": platform.weight,
        "parts": {metric.value: _part(part) for metric, part in platform.parts.items()},
    }


def _part(part: ScorePart) -> Json:
    return {
        "raw": part.raw,
        "normalised": _rounded(part.normalised),
        "weight": _rounded(part.weight),
        "points": _rounded(part.points),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, DECIMALS)


def _by_account(of_keys: Mapping[Key, Json]) -> Json:
    told: Json = defaultdict(dict)
    for (account, platform), about in of_keys.items():
        told[account][platform.value] = about
    return told


def _limits(ranking: Ranking) -> Json:
    told: Json = defaultdict(lambda: defaultdict(dict))
    for (group, platform, metric), limits in ranking.limits.items():
        told[group][platform.value][metric.value] = asdict(limits)
    return told


def _sensitivity(ranking: Ranking, inputs: Inputs, rules: Rules) -> Json:
    """Ranks under the other normalisers, and under which of these the first places go to others.

    Unknown is what ranks nobody at all, as per_1000_followers does where no followers were read.
    """
    first = first_places(ranking)
    others = {
        normaliser.value: rank_fleet(
            inputs, rules.model_copy(update={"normaliser": normaliser}), minimum_posts=rules.minimum_posts
        )
        for normaliser in Normaliser
        if normaliser is not rules.normaliser
    }
    return {
        "ranks": {
            name: {score.account_id: score.rank for score in other.scores} for name, other in others.items()
        },
        "first_places": {rules.normaliser.value: first}
        | {name: first_places(other) for name, other in others.items()},
        "changes_under": [name for name, other in others.items() if first_places(other) not in (first, {})],
        "unknown_under": [name for name, other in others.items() if first and not first_places(other)],
    }


def first_places(ranking: Ranking) -> dict[str, list[str]]:
    """By peer group the accounts of the first places, best first; more where ranks are shared."""
    places: dict[str, list[str]] = defaultdict(list)
    for score in sorted(ranking.scores, key=lambda s: (s.rank or 0, s.account_id)):
        if score.rank is not None and score.rank <= PLACES:
            places[score.group].append(score.account_id)
    return places
