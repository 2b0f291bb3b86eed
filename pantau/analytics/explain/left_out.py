"""What a score leaves out of what is stored, by reason. Pure."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from pantau.analytics.explain import models as schemas
from pantau.analytics.explain.queries import AccountFacts, Readings
from pantau.contracts.fields import Platform
from pantau.score.rules import Metric

NONE = Readings()
REASONS = ("counted", "deleted", "by_account", "on_giveaways", "above_cap", "copied_text", "one_word")


def left_out(platform: Platform, facts: AccountFacts, *, from_counter: bool) -> schemas.LeftOut:
    """`from_counter`: the platform's own comment counter is what counts, so its readings matter."""
    published = [post for post in facts.published if post.platform == platform]
    comments = {reason: one.comments for (name, reason), one in facts.comments.items() if name == platform}
    return schemas.LeftOut(
        posts_deleted=sum(post.deleted for post in published),
        posts_above_daily_limit=sum(post.beyond and not post.deleted for post in published),
        comments_seen=sum(comments.values()),
        **{f"comments_{reason}": comments.get(reason, 0) for reason in REASONS},
        readings=schemas.ReadingsLeftOut(
            views=_readings(facts.readings.get((platform, Metric.VIEWS), NONE)),
            likes=_readings(facts.readings.get((platform, Metric.LIKES), NONE)),
            comments=_readings(
                facts.readings.get((platform, Metric.COMMENTS), NONE) if from_counter else NONE
            ),
        ),
    )


def together(platforms: Sequence[schemas.LeftOut]) -> schemas.LeftOut:
    """All platforms' counts, added up."""
    nothing = left_out(Platform.X, AccountFacts({}, [], {}, {}), from_counter=False)
    counts = reduce(_sum, (platform.model_dump() for platform in (nothing, *platforms)))
    return schemas.LeftOut.model_validate(counts)


def _sum(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _sum(value, other[name]) if isinstance(value, dict) else value + other[name]
        for name, value in one.items()
    }


def _readings(read: Readings) -> schemas.MetricReadings:
    return schemas.MetricReadings(
        fallen=schemas.FallenReadings(readings=read.fallen, amount=read.fallen_amount),
        baselines=schemas.Baselines(readings=read.baselines, amount=read.baseline_amount),
        redefined=read.redefined,
    )
