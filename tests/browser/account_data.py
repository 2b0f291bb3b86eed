"""Canned explanations and figures of one account: invented figures, real shapes, sums that hold."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from pantau.analytics.account_metrics.models import EXAMPLES as METRICS
from pantau.analytics.explain.models import EXAMPLES as EXPLAINED
from tests.browser.wall_data import Json, instant, now

TEXTS = (
    "Vaksinasi keliling hari ini di Metro, gratis untuk semua warga. Bawa KTP dan datang sebelum pukul 12.00",
    "<script>document.title = 'diretas'</script><img src=x onerror=alert(1)>",
    "Jadwal posyandu pekan ini",
    "مستشفى لامبونج 🏥 ᬮᬫ᭄ᬧᬸᬂ " + "a" * 120,
)


def _copied(example: Json) -> Json:
    copy: Json = json.loads(json.dumps(example))
    return copy


def posts(count: int = 8) -> list[Json]:
    """Posts whose points add up to the example's parts: the first takes what the others leave."""
    parts = EXPLAINED["explanation"]["parts"]
    made = []
    for n in range(count):
        post = _copied(EXPLAINED["explanation"]["posts"][0])
        post |= {"post_id": f"p{n}", "text": TEXTS[n % len(TEXTS)], "text_shortened": n % 4 == 0}
        post["permalink"] = f"https://www.instagram.com/p/p{n}/"
        post["published_at"] = instant(now() - timedelta(hours=2 * n + 1))
        for metric, part in parts.items():
            shares = [0] * count
            shares[1:] = [round(part["points"] * 10_000) // (3 * count)] * (count - 1)
            shares[0] = round(part["points"] * 10_000) - sum(shares)
            raws = [part["raw"] // (3 * count)] * count
            raws[0] = part["raw"] - sum(raws[1:])
            post["raw"][metric], post["points"][metric] = raws[n], shares[n] / 10_000
        post["total"] = round(sum(post["points"].values()), 4)
        made.append(post)
    made[2]["giveaway"] = True
    made[3] |= {"permalink": "javascript:alert(1)", "deleted": True}
    return made


def explanation(**changes: Any) -> Json:
    at = now()
    whole = _copied(EXPLAINED["explanation"]) | {
        "at": instant(at),
        "from": instant(at - timedelta(hours=24)),
        "until": instant(at),
        "simulated": False,
        "posts": posts(),
    }
    return whole | changes


def two_platforms() -> Json:
    """Half of everything on each platform; TikTok tells no views and counts comments by its own counter."""
    told = explanation(incomplete=True, completeness=0.95)
    one = told["platforms"][0]
    halves = []
    for name in ("instagram", "tiktok"):
        half = _copied(one) | {"platform": name, "weight": 0.5, "points": 43.7}
        for part in half["parts"].values():
            part["earned"] = round(part["points"] / 2, 4)
        halves.append(half)
    other = halves[1]
    other |= {"missing": ["views"], "comments_from": "counter", "completeness": 0.9}
    nothing = {"raw": None, "normalised": None, "points": None, "earned": None, "limits": None}
    other["parts"]["views"] |= nothing
    told["parts"]["views"] |= {"points": 4.55}
    told |= {"score": 82.85}
    return told | {"platforms": halves, "platforms_without_weight": ["youtube"]}


def metrics(**changes: Any) -> Json:
    at = now()
    whole = _copied(METRICS["metrics"]) | {
        "at": instant(at),
        "from": instant(at - timedelta(hours=24)),
        "until": instant(at),
    }
    return whole | changes
