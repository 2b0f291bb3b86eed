"""Who posts where, to how many people, and which counts their platform gives away."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from pantau.contracts.fields import Platform

# Share of agencies on a platform, its audience beside Instagram's, views per follower, likes per view.
_PLATFORMS: dict[Platform, tuple[float, float, float, float]] = {
    Platform.INSTAGRAM: (1.0, 1.0, 0.35, 0.05),
    Platform.FACEBOOK: (0.8, 0.7, 0.18, 0.03),
    Platform.TIKTOK: (0.55, 0.5, 1.1, 0.06),
    Platform.YOUTUBE: (0.45, 0.25, 0.4, 0.03),
    Platform.X: (0.45, 0.3, 0.3, 0.02),
}
SMALL_PAGE_FOLLOWERS = 4_000


@dataclass(frozen=True, slots=True)
class Channel:
    account_id: str
    agency: str
    platform: Platform
    followers: int
    activity: float  # relative share of all posts
    views_per_follower: float
    likes_per_view: float
    warmth: float  # share of positive comments among those with a mood
    reply_share: float
    reply_minutes: float
    views_given: bool
    shares_given: bool
    saves_given: bool


def fleet(accounts: Sequence[tuple[str, str]], rng: Random) -> list[Channel]:
    """Channels of (account_id, name) pairs; sizes are log-normal, as audiences are."""
    channels: list[Channel] = []
    for account_id, name in accounts:
        audience = rng.lognormvariate(9.0, 0.9)
        activity = rng.lognormvariate(0, 0.6)
        warmth = rng.betavariate(7, 4)
        replies = (rng.betavariate(2, 5), rng.uniform(3, 60))
        present = [platform for platform in Platform if rng.random() < _PLATFORMS[platform][0]]
        traits = (audience, activity, warmth)
        channels += [_channel((account_id, name), platform, traits, replies, rng) for platform in present]
    return channels


def _channel(
    account: tuple[str, str],
    platform: Platform,
    account_traits: tuple[float, float, float],
    replies: tuple[float, float],
    rng: Random,
) -> Channel:
    _, share, views_per_follower, likes_per_view = _PLATFORMS[platform]
    audience, activity, warmth = account_traits
    followers = max(50, int(audience * share * rng.lognormvariate(0, 0.4)))
    return Channel(
        account_id=account[0],
        agency=account[1],
        platform=platform,
        followers=followers,
        activity=activity * share * rng.lognormvariate(0, 0.3),
        views_per_follower=views_per_follower * rng.lognormvariate(0, 0.3),
        likes_per_view=likes_per_view * rng.lognormvariate(0, 0.3),
        warmth=warmth,
        reply_share=replies[0],
        reply_minutes=replies[1],
        # As on the platforms: small pages get no view counts, and not everybody counts shares and saves.
        views_given=platform is not Platform.FACEBOOK or followers >= SMALL_PAGE_FOLLOWERS,
        shares_given=platform not in {Platform.YOUTUBE, Platform.INSTAGRAM},
        saves_given=platform in {Platform.INSTAGRAM, Platform.TIKTOK},
    )
