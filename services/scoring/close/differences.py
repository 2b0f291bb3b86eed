"""What is different between a frozen document and what would be frozen now. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pantau.score.month_document import Json, posts_of


@dataclass(frozen=True, slots=True)
class Moved:
    """An account whose score or rank is another one; None where it has none."""

    account_id: str
    score: float | None
    rank: int | None
    score_now: float | None
    rank_now: int | None


@dataclass(frozen=True, slots=True)
class Differences:
    """`rules` and `inputs` hold a line each."""

    rules: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    accounts: list[Moved] = field(default_factory=list)


def differences(frozen: Json, now: Json) -> Differences:
    return Differences(
        list(_rules("", frozen["rules"], now["rules"])),
        [*_inputs(frozen, now), *_facts(frozen, now)],
        list(_accounts(frozen["results"]["scores"], now["results"]["scores"])),
    )


def _rules(name: str, before: Any, now: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            yield from _rules(f"{name}.{key}".lstrip("."), before.get(key), now.get(key))
    elif before != now:
        yield f"{name}: {before} → {now}"


def _inputs(frozen: Json, now: Json) -> Iterator[str]:
    before, after = frozen["inputs"]["accounts"], now["inputs"]["accounts"]
    gone, come = sorted({*before} - {*after}), sorted({*after} - {*before})
    if gone:
        yield f"no longer active: {', '.join(gone)}"
    if come:
        yield f"active now: {', '.join(come)}"
    posts, posts_now = posts_of(frozen), posts_of(now)
    changed = [key for key in {*posts, *posts_now} if posts.get(key) != posts_now.get(key)]
    if changed:
        named = ", ".join("/".join(filter(None, key)) for key in sorted(changed)[:5])
        yield f"{len(changed):,} posts contribute differently: {named}{', …' if len(changed) > 5 else ''}"
    followers = sum(_followers(before[a]) != _followers(after[a]) for a in {*before} & {*after})
    if followers:
        yield f"followers of {followers:,} accounts"


def _followers(account: Json) -> list[tuple[str, int | None]]:
    return [(name, about.get("followers")) for name, about in sorted(account["platforms"].items())]


def _facts(frozen: Json, now: Json) -> Iterator[str]:
    for name, counted in now["inputs"]["facts"].items():
        before = frozen["inputs"]["facts"].get(name, {})
        for what, count in counted.items():
            if before.get(what) != count:
                yield f"{name} {what.replace('_', ' ')}: {before.get(what, 0):,} → {count:,}"


def _accounts(before: Json, now: Json) -> Iterator[Moved]:
    nothing: Json = {"score": None, "rank": None}
    for account in sorted({*before, *now}):
        old, new = before.get(account, nothing), now.get(account, nothing)
        if (old["score"], old["rank"]) != (new["score"], new["rank"]):
            yield Moved(account, old["score"], old["rank"], new["score"], new["rank"])
