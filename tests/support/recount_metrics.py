"""An account's figures beside its score, again in plain Python from the raw events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from pantau.contracts.events import LabelledComment
from tests.support.oracle import JAKARTA, Oracle, _words
from tests.support.recount import Recount, Within

Figures = dict[str, Any]
WithinOf = Callable[[str, str], Within]  # of an account and a platform
PROMPT = timedelta(hours=12)


@dataclass(frozen=True)
class Asked:
    """One account's platforms together, over [start, until), as told of at `at`."""

    oracle: Oracle
    account_id: str
    platforms: list[str]
    start: datetime
    until: datetime
    at: datetime

    def own(self, events: dict[Any, Any]) -> list[Any]:
        return _own(events, self.account_id, self.platforms)


def figures(asked: Asked, within: WithinOf) -> Figures:
    oracle, platforms = asked.oracle, asked.platforms
    counted = _counted(oracle, asked.account_id, platforms, within)
    fleet = [
        _counted(oracle, account.account_id, platforms, within)
        for account in oracle.accounts.values()
        if account.active or account.account_id == asked.account_id
    ]
    labels = [str(oracle._label(comment)) for comment in counted]
    net = labels.count("positive") - labels.count("negative")
    heard = [len(_words(c.text)) > 1 and mood != "negative" for c, mood in zip(counted, labels, strict=True)]
    return {
        "followers": _followers(asked),
        "cadence": _cadence(asked),
        "replies": _replies(asked),
        "comments_counted": len(counted),
        "share_of_voice": _share(len(counted), sum(map(len, fleet))),
        "net_sentiment": _share(net, len(counted)),
        "interaction_quality": _share(sum(heard), len(counted)),
    }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _own(events: dict[Any, Any], account_id: str, platforms: list[str]) -> list[Any]:
    return [e for e in events.values() if e.account_id == account_id and e.platform.value in platforms]


def _counted(oracle: Oracle, account_id: str, platforms: list[str], within: WithinOf) -> list[Any]:
    found = []
    for platform in platforms:
        recount = Recount(oracle, account_id, platform, within(account_id, platform))
        said = _own(oracle.comments, account_id, [platform])
        found += [
            c for c in said if recount.within(c.post_id, c.created_at) and recount._reason(c) == "counted"
        ]
    return found


def _followers(asked: Asked) -> Figures:
    known, first, last = [], [], []
    for platform in asked.platforms:
        own = _own(asked.oracle.followers, asked.account_id, [platform])
        own.sort(key=lambda r: r.observed_at)
        before = [r for r in own if r.observed_at < asked.until]
        inside = [r for r in before if r.observed_at >= asked.start]
        known += [r.followers for r in before[-1:]]
        if len(inside) > 1:
            first.append(inside[0].followers)
            last.append(inside[-1].followers)
    change = sum(last) - sum(first) if first else None
    return {
        "known": sum(known) if known else None,
        "first": sum(first) if first else None,
        "last": sum(last) if first else None,
        "change": change,
        "change_share": _share(change, sum(first)) if change is not None else None,
    }


def _cadence(asked: Asked) -> Figures:
    published = [post.published_at for post in asked.own(asked.oracle.posts) if not post.deleted]
    posts = sorted(at for at in published if asked.start <= at < asked.until)
    edges = [asked.start, *posts, min(asked.at, asked.until)]
    gaps = [later - earlier for earlier, later in pairwise(edges)]
    return {
        "posts": len(posts),
        "days_with_post": len({p.astimezone(JAKARTA).date() for p in posts}),
        "longest_gap_hours": round(max(gaps).total_seconds() / 3600, 2),
    }


def _replies(asked: Asked) -> Figures:
    own = [c for c in asked.own(asked.oracle.comments) if not c.deleted]
    waits, unanswered, prompt, due = [], [], 0, 0
    for comment in own:
        if comment.by_account or not asked.start <= comment.created_at < asked.until:
            continue
        wait = _wait(comment, own, asked.at)
        if wait is None and comment.parent_id not in {None, comment.post_id}:
            continue
        in_time = wait is not None and wait <= PROMPT
        prompt += in_time
        due += in_time or asked.at - comment.created_at > PROMPT
        if wait is None:
            unanswered.append(comment)
        else:
            waits.append(wait.total_seconds())
    nine_of_ten = quantiles(waits, n=10, method="inclusive")[8] if len(waits) > 1 else sum(waits)
    return {
        "comments": len(waits) + len(unanswered),
        "answered": len(waits),
        "median_seconds": round(median(waits), 1) if waits else None,
        "p90_seconds": round(nine_of_ten, 1) if waits else None,
        "within_12h_share": _share(prompt, due),
        "oldest_open_at": min((c.created_at for c in unanswered), default=None),
        "open_questions": sum("?" in c.text for c in unanswered),
    }


def _wait(comment: LabelledComment, said: list[LabelledComment], at: datetime) -> timedelta | None:
    asked = (comment.platform, comment.post_id, comment.comment_id)
    answers = [
        other.created_at
        for other in said
        if other.by_account
        and (other.platform, other.post_id, other.parent_id) == asked
        and other.created_at < at
    ]
    return max(timedelta(0), min(answers) - comment.created_at) if answers else None
