"""The demo's world: what happens next is drawn, queued and told in the order of time.

Pure: the instant of the start, the random numbers and the present are passed in. The same three give the same
events. Every id carries the start's instant, so a second run adds to the first and never rewrites it.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from services.connectors.demo import phrases, rhythm
from services.connectors.demo.fleet import Channel
from services.connectors.demo.posts import Event, Post, new_post

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
READING_GROWTH = 1.18  # each reading of a post waits longer than the one before
FIRST_INCIDENT = timedelta(minutes=4)
MINUTES_BETWEEN_INCIDENTS = 25.0


# Which post is commented on, how it is meant, and what about.
Occasion = tuple[Post, phrases.Mood, str]


@dataclass(frozen=True, slots=True)
class Size:
    """How much happened in the 24 hours before the start, and how much happens from then on."""

    posts: int = 200
    comments: int = 1_000  # besides those of the last hour, replies, edits and deletions
    comments_per_second: float = 0.5
    readings_per_second: float = 1.0
    posts_per_hour: float = 30.0


@dataclass(frozen=True, slots=True)
class Incident:
    """Many people are angry with one account for some minutes."""

    account_id: str
    topic: str
    until: datetime


class Feed:
    def __init__(self, channels: Sequence[Channel], rng: Random, started_at: datetime, size: Size) -> None:
        self._channels = channels
        self._activity = [channel.activity for channel in channels]
        self._rng = rng
        self._started_at = started_at
        self._size = size
        self._run = f"{started_at:%Y%m%dT%H%M%S}"
        self._ids = 0
        self._queue: list[tuple[datetime, int, Callable[[datetime], list[Event]]]] = []
        self._queued = 0
        self._posts: list[Post] = []
        self._incident: Incident | None = None
        self._fill_queue()

    def until(self, now: datetime) -> list[Event]:
        """What happened since the last call; the first call tells of the day before the start too."""
        events: list[Event] = []
        while self._queue and self._queue[0][0] <= now:
            at, _, happens = heapq.heappop(self._queue)
            events += happens(at)
        return events

    def _fill_queue(self) -> None:
        rng, start, size = self._rng, self._started_at, self._size
        older = size.posts // 5
        for at in rhythm.instants(rng, older, start - DAY, DAY, office=True):
            self._at(start - DAY, partial(self._publish, published_at=at))
        for at in rhythm.instants(rng, size.posts - older, start, DAY, office=True):
            self._at(at, self._publish)
        for at in rhythm.instants(rng, size.comments, start, DAY):
            self._at(at, self._comment)
        for _ in range(min(int(size.comments_per_second * 3600), 2 * size.comments)):
            self._at(
                start - HOUR * rng.random(), self._comment
            )  # goes over into the live rate without a step
        for channel in self._channels:
            for at in (start - DAY, start):
                self._at(at, partial(self._followers, channel))
        if size.comments:
            self._at(start - timedelta(hours=3), self._begin_incident)
        self._every(size.comments_per_second, self._comment)
        self._every(size.readings_per_second, self._read_again)
        self._every(size.posts_per_hour / 3600, self._publish)
        self._at(start + FIRST_INCIDENT, self._recurring_incident)

    def _at(self, at: datetime, happens: Callable[[datetime], list[Event]]) -> None:
        self._queued += 1
        heapq.heappush(self._queue, (at, self._queued, happens))

    def _every(self, per_second: float, happens: Callable[[datetime], list[Event]]) -> None:
        """From the start on, at random with this mean rate."""
        if per_second <= 0:
            return

        def again(at: datetime) -> list[Event]:
            self._at(at + timedelta(seconds=self._rng.expovariate(per_second)), again)
            return happens(at)

        self._at(self._started_at + timedelta(seconds=self._rng.expovariate(per_second)), again)

    def _id(self, kind: str) -> str:
        self._ids += 1
        return f"demo-{self._run}-{kind}{self._ids}"

    def _publish(self, at: datetime, published_at: datetime | None = None) -> list[Event]:
        channel = self._rng.choices(self._channels, self._activity)[0]
        post = new_post(channel, self._id("p"), published_at or at, self._rng)
        self._posts.append(post)
        self._plan_readings(post, at)
        if self._rng.random() < 0.005:
            self._at(
                at + timedelta(minutes=self._rng.uniform(20, 300)), lambda when: self._take_down(post, when)
            )
        return [post.observed(at)]

    def _plan_readings(self, post: Post, seen_at: datetime) -> None:
        """Often while young, then ever more rarely; from the start on `_read_again` takes over."""
        age = max(seen_at - post.published_at, timedelta(minutes=1))
        while (at := post.published_at + age) < self._started_at:
            self._at(at, lambda when: [] if post.deleted else [post.reading(when, self._rng)])
            age = age * READING_GROWTH + timedelta(minutes=self._rng.uniform(2, 4))

    def _read_again(self, at: datetime) -> list[Event]:
        post = self._popular(at, self._posts)
        return [post.reading(at, self._rng)] if post else []

    def _popular(self, at: datetime, posts: Sequence[Post]) -> Post | None:
        self._posts = [post for post in self._posts if at - post.published_at < 2 * DAY and not post.deleted]
        candidates = [post for post in posts if not post.deleted]
        if not candidates:
            return None
        return self._rng.choices(candidates, [post.appeal(at) + 1e-6 for post in candidates])[0]

    def _take_down(self, post: Post, at: datetime) -> list[Event]:
        post.deleted = True
        return [post.observed(at)]

    def _followers(self, channel: Channel, at: datetime) -> list[Event]:
        gained = int(channel.followers * 0.002 * ((at - self._started_at) / DAY + self._rng.random()))
        event = {
            "type": "followers.observed",
            "account_id": channel.account_id,
            "platform": channel.platform.value,
            "observed_at": at,
            "followers": max(0, channel.followers + gained),
            "simulated": True,
        }
        return [event]

    def _begin_incident(self, at: datetime) -> list[Event]:
        if not self._posts:
            return []
        account_id = self._rng.choice(self._posts).channel.account_id
        topic = phrases.topic_of(account_id, self._rng)
        self._incident = Incident(account_id, topic, at + timedelta(minutes=self._rng.uniform(6, 12)))
        return []

    def _recurring_incident(self, at: datetime) -> list[Event]:
        pause = timedelta(minutes=12 + self._rng.expovariate(1 / MINUTES_BETWEEN_INCIDENTS))
        self._at(at + pause, self._recurring_incident)
        return self._begin_incident(at)

    def _comment(self, at: datetime) -> list[Event]:
        occasion = self._complaint(at) or self._occasion(at)
        if occasion is None:
            return []
        post, mood, topic = occasion
        text = phrases.comment(mood, self._rng, topic=topic, agency=post.channel.agency)
        person = min(4_000, int(self._rng.paretovariate(0.6)))
        event = self._comment_event(post, at, text, f"demo-{post.channel.platform.value}-{person}")
        post.comments += 1
        self._aftermath(post, event, mood, at)
        return [event]

    def _occasion(self, at: datetime) -> Occasion | None:
        post = self._popular(at, self._posts)
        if post is None:
            return None
        if self._rng.random() < 0.33:
            return post, "neutral", post.topic
        return post, "positive" if self._rng.random() < post.channel.warmth else "negative", post.topic

    def _complaint(self, at: datetime) -> Occasion | None:
        """While an incident lasts, every other comment is part of it."""
        incident = self._incident
        if incident is None or at >= incident.until or self._rng.random() < 0.5:
            return None
        post = self._popular(at, [p for p in self._posts if p.channel.account_id == incident.account_id])
        if post is None:
            return None
        return post, "negative" if self._rng.random() < 0.88 else "neutral", incident.topic

    def _comment_event(self, post: Post, at: datetime, text: str, author_id: str, **more: Any) -> Event:
        return {
            "type": "comment.observed",
            "account_id": post.channel.account_id,
            "platform": post.channel.platform.value,
            "comment_id": self._id("c"),
            "post_id": post.post_id,
            "author_id": author_id,
            "text": text,
            "created_at": at,
            "observed_at": at,
            "simulated": True,
        } | more

    def _aftermath(self, post: Post, event: Event, mood: phrases.Mood, at: datetime) -> None:
        """A reply by the account, an edit, a deletion: each now and then, each some time later."""
        rng, channel = self._rng, post.channel
        eagerness = channel.reply_share * (1.3 if mood != "positive" else 0.5)
        if rng.random() < eagerness:
            delay = timedelta(minutes=rng.expovariate(1 / channel.reply_minutes) + 0.3)
            self._at(at + delay, lambda when: [self._reply(post, event, when)])
        fate = rng.random()
        if fate < 0.015:
            delay = timedelta(seconds=rng.uniform(15, 300))
            self._at(
                at + delay, lambda when: [event | {"observed_at": when, "text": f"{event['text']} (edit)"}]
            )
        elif fate < 0.03:
            delay = timedelta(seconds=rng.uniform(60, 1_800))
            self._at(at + delay, lambda when: self._withdraw(post, event, when))

    def _reply(self, post: Post, event: Event, at: datetime) -> Event:
        text = phrases.write(
            self._rng.choice(phrases.REPLIES), self._rng, topic=post.topic, agency=post.channel.agency
        )
        post.comments += 1
        author_id = f"demo-{post.channel.platform.value}-{post.channel.account_id}"
        return self._comment_event(post, at, text, author_id, by_account=True, parent_id=event["comment_id"])

    def _withdraw(self, post: Post, event: Event, at: datetime) -> list[Event]:
        post.comments = max(0, post.comments - 1)
        return [event | {"observed_at": at, "text": "", "deleted": True}]
