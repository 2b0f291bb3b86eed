"""Points divided down to the post, in whole ten-thousandths, so that they add up exactly. Pure.

The formula gives points to an account's sum on a platform, not to single posts. Within a platform and metric
a post's points are in proportion to what it brought; between platforms, to what each gives the account.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pantau.contracts.fields import Platform
from pantau.score.formula import AccountScore, PlatformScore
from pantau.score.rules import Metric

UNITS = 10_000  # of one point: scores and points are rounded to four decimals

Units = dict[Metric, int]
PlatformPost = tuple[Platform, str]  # the id is empty for comments without a post


class Origin(StrEnum):
    POST = "post"
    WITHOUT_POST = "without_post"  # comments whose post is not known
    STANDING = "standing"  # points that the normaliser gives where nothing at all was gained
    OTHERS = "others"  # the posts that are not listed, together


@dataclass(frozen=True, slots=True)
class Earned:
    """What one origin brought and what it earned, in ten-thousandths of a point."""

    origin: Origin
    platform: Platform | None
    post_id: str
    raw: Mapping[Metric, int]
    units: Units
    posts: int = 1

    @property
    def total(self) -> int:
        return sum(self.units.values())


def to_units(points: float) -> int:
    return round(points * UNITS)


def to_points(units: int) -> float:
    return units / UNITS


def divide(whole: int, shares: Sequence[int]) -> list[int]:
    """`whole` in proportion to `shares`, in whole numbers that add up to it: the largest remainders get what
    is left, the first of equal ones first. Raises ValueError where all shares are zero.
    """
    total = sum(shares)
    if total <= 0 or min(shares) < 0 or whole < 0:
        raise ValueError(f"{whole} cannot be divided by {total} shares")
    parts = [whole * share // total for share in shares]
    remainders = [whole * share % total for share in shares]
    left = whole - sum(parts)
    for position in sorted(range(len(shares)), key=lambda p: -remainders[p])[:left]:
        parts[position] += 1
    return parts


def by_platform(score: AccountScore, platforms: Mapping[Platform, PlatformScore]) -> dict[Platform, Units]:
    """Each metric's points of the account, divided among the platforms that gave it."""
    divided: dict[Platform, Units] = {platform: {} for platform in platforms}
    for metric, part in score.parts.items():
        giving = [p for p, on in platforms.items() if on.parts[metric].points is not None]
        if part.points is None or not giving:
            continue
        weights = [to_units((platforms[p].parts[metric].points or 0.0) * platforms[p].weight) for p in giving]
        shares = weights if any(weights) else [1] * len(giving)
        for platform, units in zip(giving, divide(to_units(part.points), shares), strict=True):
            divided[platform][metric] = units
    return divided


def by_post(
    divided: Mapping[Platform, Units], posts: Mapping[PlatformPost, Mapping[Metric, int]]
) -> list[Earned]:
    """Every post that brought anything, the one with most points first; `posts` holds what each brought."""
    earned: list[Earned] = []
    for platform, units in divided.items():
        own = {key: raw for key, raw in sorted(posts.items()) if key[0] == platform and any(raw.values())}
        earned += _on_platform(platform, units, own)
    return sorted(earned, key=_place)


def shorten(earned: Sequence[Earned], most: int) -> list[Earned]:
    """The first `most`, and one more that stands for all the others."""
    rest = earned[most:]
    return [*earned[:most], _together(rest)] if rest else list(earned)


def _on_platform(
    platform: Platform, units: Units, posts: Mapping[PlatformPost, Mapping[Metric, int]]
) -> Iterable[Earned]:
    units_by_post: dict[PlatformPost, Units] = {key: {} for key in posts}
    standing: Units = {}
    for metric, whole in units.items():
        shares = [raw.get(metric, 0) for raw in posts.values()]
        if not any(shares):
            standing[metric] = whole
            continue
        for key, part in zip(posts, divide(whole, shares), strict=True):
            units_by_post[key][metric] = part
    for key, raw in posts.items():
        origin = Origin.POST if key[1] else Origin.WITHOUT_POST
        yield Earned(origin, platform, key[1], raw, units_by_post[key], posts=int(bool(key[1])))
    if any(standing.values()):
        yield Earned(Origin.STANDING, platform, "", {}, standing, posts=0)


def _together(rest: Sequence[Earned]) -> Earned:
    raw, units = _added(one.raw for one in rest), _added(one.units for one in rest)
    return Earned(Origin.OTHERS, None, "", raw, units, posts=sum(one.posts for one in rest))


def _added(counts: Iterable[Mapping[Metric, int]]) -> dict[Metric, int]:
    """Only what any of them gives."""
    added: dict[Metric, int] = {}
    for one in counts:
        for metric, count in one.items():
            added[metric] = added.get(metric, 0) + count
    return added


def _place(one: Earned) -> tuple[int, int, str, str]:
    return (-one.total, -sum(one.raw.values()), one.platform or "", one.post_id)
