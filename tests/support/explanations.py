"""What every explanation has to satisfy."""

from typing import Any

from pantau.analytics.explain.points import to_units
from pantau.score.rules import Metric

Body = dict[str, Any]


def units(points: float | None) -> int:
    return to_units(points or 0.0)


def assert_adds_up(body: Body) -> None:
    """In ten-thousandths: posts to parts, platforms to parts, parts to the score."""
    for metric in Metric:
        whole = units(body["parts"][metric]["points"])
        assert sum(units(post["points"][metric]) for post in body["posts"]) == whole, metric
        assert sum(units(p["parts"][metric]["earned"]) for p in body["platforms"]) == whole, metric
        raw = sum(post["raw"][metric] or 0 for post in body["posts"])
        assert raw == (body["parts"][metric]["raw"] or 0), metric
    assert sum(units(part["points"]) for part in body["parts"].values()) == units(body["score"])
    assert sum(units(post["total"]) for post in body["posts"]) == units(body["score"])
    assert sum(units(platform["points"]) for platform in body["platforms"]) == units(body["score"])
    for post in body["posts"]:
        assert sum(units(points) for points in post["points"].values()) == units(post["total"])
