"""A post's life: how its counts grow, saturate and now and then fall."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from pantau.contracts.fields import Platform
from services.connectors.demo import phrases
from services.connectors.demo.fleet import Channel

_KINDS: dict[Platform, tuple[str, ...]] = {
    Platform.INSTAGRAM: ("image", "reel", "album", "video"),
    Platform.FACEBOOK: ("image", "link", "video", "text"),
    Platform.TIKTOK: ("video",),
    Platform.YOUTUBE: ("video",),
    Platform.X: ("text", "image", "link"),
}

Event = dict[str, Any]


@dataclass(slots=True)
class Post:
    channel: Channel
    post_id: str
    topic: str
    published_at: datetime
    kind: str
    text: str
    reach: float  # views when everybody has seen it
    half_life_hours: float
    likes_lost: int = 0
    comments: int = 0
    deleted: bool = False

    def appeal(self, at: datetime) -> float:
        """Weight among all posts for the next comment."""
        hours = max(0.0, (at - self.published_at) / timedelta(hours=1))
        return math.sqrt(self.reach) * math.pow(0.5, hours / self.half_life_hours)

    def observed(self, at: datetime) -> Event:
        return {
            "type": "post.observed",
            **self._where(at),
            "published_at": self.published_at,
            "kind": self.kind,
            "text": self.text,
            "deleted": self.deleted,
        }

    def reading(self, at: datetime, rng: Random) -> Event:
        channel = self.channel
        views = self._views(at)
        likes = int(views * channel.likes_per_view)
        if rng.random() < 0.04:  # unfollows, cleaned-up bots, taken-back likes
            self.likes_lost = min(likes, self.likes_lost + 1 + likes // 40)
        return {
            "type": "metrics.observed",
            **self._where(at),
            "views": int(views) if channel.views_given else None,
            "likes": max(0, likes - self.likes_lost),
            "comments": self.comments,
            "shares": int(views * channel.likes_per_view * 0.15) if channel.shares_given else None,
            "saves": int(views * channel.likes_per_view * 0.08) if channel.saves_given else None,
        }

    def _views(self, at: datetime) -> float:
        hours = max(0.0, (at - self.published_at) / timedelta(hours=1))
        return self.reach * (1 - math.pow(0.5, hours / self.half_life_hours))

    def _where(self, at: datetime) -> Event:
        return {
            "account_id": self.channel.account_id,
            "platform": self.channel.platform.value,
            "post_id": self.post_id,
            "observed_at": at,
            "simulated": True,
        }


def new_post(channel: Channel, post_id: str, published_at: datetime, rng: Random) -> Post:
    topic = phrases.topic_of(channel.account_id, rng)
    text = phrases.write(rng.choice(phrases.POSTS), rng, topic=topic, agency=channel.agency)
    return Post(
        channel=channel,
        post_id=post_id,
        topic=topic,
        published_at=published_at,
        kind=rng.choice(_KINDS[channel.platform]),
        text=text[:1].upper() + text[1:],
        reach=channel.followers * channel.views_per_follower * rng.lognormvariate(0, 0.6),
        half_life_hours=rng.uniform(3, 9),
    )
